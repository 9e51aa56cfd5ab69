using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace IntegrationConsole.Expressions.Parsing;

/// <summary>Cuts the text of an expression into words.</summary>
internal sealed partial class Tokenizer(string text)
{
    private const string Singles = ".[]{}(),@#;:?+-*/%|=<>^&!~";
    private static readonly string[] Doubles = ["..", ":=", "!=", ">=", "<=", "**", "~>", "?:", "??"];

    private int _at;

    /// <summary>The next word. A slash begins a regular expression where a value is expected, and divides elsewhere.</summary>
    public Token Next(bool afterValue)
    {
        SkipBlanks();
        if (_at >= text.Length)
        {
            return new Token(TokenKind.End, "(end)", _at);
        }

        var first = text[_at];
        if (first == '/' && !afterValue)
        {
            _at++;
            return Regex();
        }

        foreach (var two in Doubles)
        {
            if (string.CompareOrdinal(text, _at, two, 0, 2) == 0)
            {
                _at += 2;
                return new Token(TokenKind.Operator, two, _at);
            }
        }

        if (Singles.Contains(first))
        {
            _at++;
            return new Token(TokenKind.Operator, first.ToString(), _at);
        }

        return first switch
        {
            '"' or '\'' => String(first),
            '`' => QuotedName(),
            >= '0' and <= '9' => Number(),
            _ => Name(),
        };
    }

    private void SkipBlanks()
    {
        while (_at < text.Length)
        {
            if (IsBlank(text[_at]))
            {
                _at++;
            }
            else if (string.CompareOrdinal(text, _at, "/*", 0, 2) == 0)
            {
                var start = _at;
                var end = text.IndexOf("*/", _at + 2, StringComparison.Ordinal);
                _at = end < 0 ? throw new ExpressionFailure("S0106", start) : end + 2;
            }
            else
            {
                return;
            }
        }
    }

    private static bool IsBlank(char each) => each is ' ' or '\t' or '\n' or '\r' or '\v';

    private Token String(char quote)
    {
        var content = new StringBuilder();
        for (_at++; _at < text.Length; _at++)
        {
            var each = text[_at];
            if (each == quote)
            {
                _at++;
                return new Token(TokenKind.Text, content.ToString(), _at);
            }

            content.Append(each == '\\' ? Escape() : each);
        }

        throw new ExpressionFailure("S0101", _at);
    }

    private char Escape()
    {
        _at++;
        var letter = _at < text.Length ? text[_at] : '\0';
        switch (letter)
        {
            case '"' or '\\' or '/':
                return letter;
            case 'b':
                return '\b';
            case 'f':
                return '\f';
            case 'n':
                return '\n';
            case 'r':
                return '\r';
            case 't':
                return '\t';
            case 'u':
                var digits = text.AsSpan(_at + 1, Math.Min(4, text.Length - _at - 1));
                if (digits.Length < 4 || !ushort.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
                {
                    throw new ExpressionFailure("S0104", _at);
                }

                _at += 4;
                return (char)code;
            default:
                throw new ExpressionFailure("S0103", _at, letter.ToString());
        }
    }

    private Token QuotedName()
    {
        var end = text.IndexOf('`', _at + 1);
        if (end < 0)
        {
            throw new ExpressionFailure("S0105", text.Length);
        }

        var name = text[(_at + 1)..end];
        _at = end + 1;
        return new Token(TokenKind.Name, name, _at);
    }

    private Token Number()
    {
        var match = NumberForm().Match(text, _at);
        var number = double.Parse(match.Value, NumberStyles.Float, CultureInfo.InvariantCulture);
        if (!double.IsFinite(number))
        {
            throw new ExpressionFailure("S0102", _at, match.Value);
        }

        _at += match.Length;
        return new Token(TokenKind.Number, match.Value, _at) { Number = number };
    }

    private Token Name()
    {
        var start = _at;
        while (_at < text.Length && !IsBlank(text[_at]) && !Singles.Contains(text[_at]))
        {
            _at++;
        }

        var name = text[start.._at];
        return name switch
        {
            _ when name[0] == '$' => new Token(TokenKind.Variable, name[1..], _at),
            "and" or "or" or "in" => new Token(TokenKind.Operator, name, _at),
            "true" or "false" or "null" => new Token(TokenKind.Literal, name, _at),
            _ => new Token(TokenKind.Name, name, _at),
        };
    }

    private Token Regex()
    {
        var start = _at;
        var depth = 0;
        for (; _at < text.Length; _at++)
        {
            switch (text[_at])
            {
                case '\\':
                    _at++;
                    break;
                case '(' or '[' or '{':
                    depth++;
                    break;
                case ')' or ']' or '}':
                    depth--;
                    break;
                case '/' when depth == 0:
                    var pattern = text[start.._at];
                    return pattern.Length == 0 ? throw new ExpressionFailure("S0301", _at) : Flagged(pattern);
            }
        }

        throw new ExpressionFailure("S0302", Math.Min(_at, text.Length));
    }

    private Token Flagged(string pattern)
    {
        var start = ++_at;
        while (_at < text.Length && (text[_at] is 'i' or 'm'))
        {
            _at++;
        }

        return new Token(TokenKind.Regex, pattern, _at) { Flags = text[start.._at] };
    }

    [GeneratedRegex(@"\G(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?")]
    private static partial Regex NumberForm();
}
