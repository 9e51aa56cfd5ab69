using System.Globalization;
using System.Text;

namespace IntegrationConsole.Expressions.Functions;

/// <summary>
/// Rewrites a JavaScript regular expression into .NET's dialect where the two read the same signs differently: classes
/// are ASCII, the dot and line ends know four terminators, groups are numbered in one row, and what .NET adds is not there.
/// </summary>
internal sealed class JavaScriptPattern
{
    private const string Blanks = @"\f\n\r\t\v\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff";

    private readonly string _pattern;
    private readonly bool _isMultiline;
    private readonly StringBuilder _result = new();
    private readonly List<string> _names = [];
    private readonly int _groups;
    private int _at;

    private JavaScriptPattern(string pattern, bool isMultiline)
    {
        _pattern = pattern;
        _isMultiline = isMultiline;
        _groups = CollectGroups();
    }

    public static string Translate(string pattern, bool isMultiline) => new JavaScriptPattern(pattern, isMultiline).Translate();

    private string Translate()
    {
        while (_at < _pattern.Length)
        {
            var each = _pattern[_at++];
            switch (each)
            {
                case '\\':
                    Escape(inClass: false);
                    break;
                case '[':
                    Class();
                    break;
                case '(':
                    Group();
                    break;
                case '.':
                    _result.Append(@"[^\n\r\u2028\u2029]");
                    break;
                case '^':
                    _result.Append(_isMultiline ? @"(?<=\A|[\n\r\u2028\u2029])" : @"\A");
                    break;
                case '$':
                    _result.Append(_isMultiline ? @"(?=[\n\r\u2028\u2029]|\z)" : @"\z");
                    break;
                default:
                    _result.Append(each);
                    break;
            }
        }

        return _result.ToString();
    }

    /// <summary>Named groups become plain ones, since .NET would number them after the others.</summary>
    private void Group()
    {
        if (!Follows("?"))
        {
            _result.Append('(');
        }
        else if (Follows("?<") && !Follows("?<=") && !Follows("?<!"))
        {
            _at = _pattern.IndexOf('>', _at) + 1;
            _result.Append('(');
        }
        else if (Follows("?:") || Follows("?=") || Follows("?!") || Follows("?<"))
        {
            _result.Append('(');
        }
        else
        {
            throw new FormatException($"the group (?{(_at + 1 < _pattern.Length ? _pattern[_at + 1] : ' ')} is not known.");
        }
    }

    private bool Follows(string text) => string.CompareOrdinal(_pattern, _at, text, 0, text.Length) == 0;

    private void Class()
    {
        if (Follows("]"))
        {
            _at++;
            _result.Append("(?!)");
            return;
        }

        if (Follows("^]"))
        {
            _at += 2;
            _result.Append(@"[\s\S]");
            return;
        }

        _result.Append('[');
        while (_at < _pattern.Length && _pattern[_at] != ']')
        {
            var each = _pattern[_at++];
            if (each == '\\')
            {
                Escape(inClass: true);
            }
            else
            {
                _result.Append(each == '[' ? @"\[" : each.ToString());
            }
        }

        _at++;
        _result.Append(']');
    }

    private void Escape(bool inClass)
    {
        if (_at >= _pattern.Length)
        {
            throw new FormatException("it ends in a backslash.");
        }

        var letter = _pattern[_at++];
        switch (letter)
        {
            case 'd' or 'D' or 'w' or 'W' or 's' or 'S':
                _result.Append(ClassEscape(letter, inClass));
                break;
            case 'b' when !inClass:
                _result.Append(@"(?:(?<=[a-zA-Z0-9_])(?![a-zA-Z0-9_])|(?<![a-zA-Z0-9_])(?=[a-zA-Z0-9_]))");
                break;
            case 'B' when !inClass:
                _result.Append(@"(?:(?<=[a-zA-Z0-9_])(?=[a-zA-Z0-9_])|(?<![a-zA-Z0-9_])(?![a-zA-Z0-9_]))");
                break;
            case 'k' when !inClass && _names.Count > 0 && Follows("<"):
                var end = _pattern.IndexOf('>', _at);
                Backreference(end < 0 ? 0 : _names.IndexOf(_pattern[(_at + 1)..end]) + 1);
                _at = end + 1;
                break;
            case >= '0' and <= '9':
                Number(letter, inClass);
                break;
            case 'c' or 'f' or 'n' or 'r' or 't' or 'v' or 'b':
                _result.Append('\\').Append(letter);
                break;
            case 'u' when HexFollows(4):
            case 'x' when HexFollows(2):
                _result.Append('\\').Append(letter);
                break;
            default:
                // Any other letter stands for itself, while .NET would give some of them a meaning.
                _result.Append(char.IsAsciiLetterOrDigit(letter) ? letter.ToString() : "\\" + letter);
                break;
        }
    }

    /// <summary>Classes are ASCII in JavaScript; inside brackets a negated one is written as the ranges it stands for.</summary>
    private static string ClassEscape(char letter, bool inClass) => (letter, inClass) switch
    {
        ('d', true) => "0-9",
        ('d', false) => "[0-9]",
        ('D', true) => @"\u0000-/:-\uffff",
        ('D', false) => "[^0-9]",
        ('w', true) => "a-zA-Z0-9_",
        ('w', false) => "[a-zA-Z0-9_]",
        ('W', true) => @"\u0000-/:-@\[-\^`{-\uffff",
        ('W', false) => "[^a-zA-Z0-9_]",
        ('s', true) => Blanks,
        ('s', false) => $"[{Blanks}]",
        (_, true) => @"\u0000-\u0008\u000e-\u001f!-\u009f\u00a1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff\u3001-\ufefe\uff00-\uffff",
        (_, false) => $"[^{Blanks}]",
    };

    private bool HexFollows(int count) =>
        _at + count <= _pattern.Length && _pattern.Substring(_at, count).All(char.IsAsciiHexDigit);

    private void Number(char first, bool inClass)
    {
        var start = _at - 1;
        while (_at < _pattern.Length && char.IsAsciiDigit(_pattern[_at]))
        {
            _at++;
        }

        var digits = _pattern[start.._at];
        if (!inClass && first != '0' && int.TryParse(digits, CultureInfo.InvariantCulture, out var group) && group <= _groups)
        {
            Backreference(group);
            return;
        }

        // Not a group: an octal escape of up to three digits, or the digit itself.
        var octal = digits.TakeWhile((each, index) => index < 3 && each < '8').Count();
        _at = start + Math.Max(1, octal);
        _result.Append(octal == 0 ? digits[0].ToString() : @"\u" + Convert.ToInt32(digits[..octal], 8).ToString("x4", CultureInfo.InvariantCulture));
    }

    /// <summary>A group that took no part matches the empty string in JavaScript, and nothing in .NET.</summary>
    private void Backreference(int group) => _result.Append(CultureInfo.InvariantCulture, $"(?({group})\\{group}|)");

    private int CollectGroups()
    {
        var count = 0;
        var inClass = false;
        for (var index = 0; index < _pattern.Length; index++)
        {
            switch (_pattern[index])
            {
                case '\\':
                    index++;
                    break;
                case '[':
                    inClass = true;
                    break;
                case ']':
                    inClass = false;
                    break;
                case '(' when !inClass:
                    count += Counted(index) ? 1 : 0;
                    break;
            }
        }

        return count;
    }

    private bool Counted(int index)
    {
        if (string.CompareOrdinal(_pattern, index, "(?", 0, 2) != 0)
        {
            _names.Add("");
            return true;
        }

        var end = _pattern.IndexOf('>', index);
        var isNamed = string.CompareOrdinal(_pattern, index, "(?<", 0, 3) == 0 && index + 3 < _pattern.Length && _pattern[index + 3] is not ('=' or '!') && end > 0;
        if (isNamed)
        {
            _names.Add(_pattern[(index + 3)..end]);
        }

        return isNamed;
    }
}
