using System.Globalization;

namespace IntegrationConsole.Schemas.Patterns;

/// <summary>Escapes, classes and repetitions.</summary>
internal sealed partial class EcmaTranslation
{
    private bool Class(out CodePointSet set)
    {
        var excludes = Take('^');
        set = CodePointSet.None;
        while (!Take(']'))
        {
            if (_at >= _source.Length)
            {
                return Refuse("a bracket is not closed");
            }

            if (!ClassMember(out var member, out var first))
            {
                return false;
            }

            if (_at + 1 < _source.Length && _source[_at] == '-' && _source[_at + 1] != ']')
            {
                _at++;
                if (!ClassMember(out _, out var last))
                {
                    return false;
                }

                if (first is null || last is null || first > last)
                {
                    return Refuse("the range of characters has no order");
                }

                member = CodePointSet.Of([(first.Value, last.Value)]);
            }

            set = set.With(member);
        }

        set = excludes ? set.Complement() : set;
        return true;
    }

    /// <param name="codePoint">The character, where it is a single one: only those can begin or end a range.</param>
    private bool ClassMember(out CodePointSet set, out int? codePoint)
    {
        if (Take('\\'))
        {
            return Escape(isInClass: true, out set, out codePoint);
        }

        codePoint = NextCodePoint();
        set = CodePointSet.Of(codePoint.Value);
        return true;
    }

    private bool Escape(bool isInClass, out CodePointSet set, out int? codePoint)
    {
        codePoint = null;
        set = CodePointSet.None;
        if (_at >= _source.Length)
        {
            return Refuse("a backslash ends the pattern");
        }

        var unit = _source[_at];
        if (unit is 'p' or 'P')
        {
            return Property(out set);
        }

        if (SetOf(unit) is { } known)
        {
            _at++;
            set = known;
            return true;
        }

        codePoint = CharacterOf(unit, isInClass);
        if (codePoint is null)
        {
            return Problem.Length == 0 && Refuse($"the escape \\{unit} has no meaning");
        }

        set = CodePointSet.Of(codePoint.Value);
        return true;
    }

    private static CodePointSet? SetOf(char unit) => unit switch
    {
        'd' => CodePointSet.Digits,
        'D' => CodePointSet.Digits.Complement(),
        'w' => CodePointSet.WordCharacters,
        'W' => CodePointSet.WordCharacters.Complement(),
        's' => CodePointSet.WhiteSpace,
        'S' => CodePointSet.WhiteSpace.Complement(),
        _ => null,
    };

    private int? CharacterOf(char unit, bool isInClass)
    {
        switch (unit)
        {
            case 't' or 'n' or 'v' or 'f' or 'r':
                _at++;
                return unit switch { 't' => '\t', 'n' => '\n', 'v' => '\v', 'f' => '\f', _ => '\r' };
            case 'b' when isInClass:
                _at++;
                return '\b';
            case '0' when _at + 1 >= _source.Length || !char.IsAsciiDigit(_source[_at + 1]):
                _at++;
                return 0;
            case 'c' when _at + 1 < _source.Length && char.IsAsciiLetter(_source[_at + 1]):
                _at += 2;
                return _source[_at - 1] % 32;
            case 'x':
                _at++;
                return Hexadecimal(2);
            case 'u':
                _at++;
                return Unicode();
            default:
                return char.IsAsciiLetterOrDigit(unit) ? null : NextCodePoint();
        }
    }

    private int? Unicode()
    {
        if (Take('{'))
        {
            var end = _source.IndexOf('}', _at);
            var isCodePoint = int.TryParse(_source.AsSpan(_at, Math.Max(0, end - _at)), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var codePoint)
                && codePoint is >= 0 and <= 0x10FFFF;
            _at = isCodePoint ? end + 1 : _at;
            return isCodePoint ? codePoint : null;
        }

        var high = Hexadecimal(4);
        if (high is >= 0xD800 and <= 0xDBFF && Follows(_at, @"\u"))
        {
            var before = _at;
            _at += 2;
            if (Hexadecimal(4) is >= 0xDC00 and <= 0xDFFF and var low)
            {
                return char.ConvertToUtf32((char)high, (char)low);
            }

            _at = before;
        }

        return high;
    }

    private int? Hexadecimal(int digits)
    {
        if (_at + digits > _source.Length || !_source.AsSpan(_at, digits).ToString().All(char.IsAsciiHexDigit))
        {
            return null;
        }

        _at += digits;
        return int.Parse(_source.AsSpan(_at - digits, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
    }

    private bool Property(out CodePointSet set)
    {
        set = CodePointSet.None;
        var excludes = _source[_at] == 'P';
        var end = _source.IndexOf('}', _at);
        if (!Follows(_at + 1, "{") || end < 0)
        {
            return Refuse("a character property needs a name in braces");
        }

        var name = _source[(_at + 2)..end];
        if (UnicodeProperties.Find(name) is not { } found)
        {
            return Refuse($"the character property {name} is not known here");
        }

        _at = end + 1;
        set = excludes ? found.Complement() : found;
        return true;
    }

    private bool IsRepetition(int at)
    {
        var end = _source.IndexOf('}', at);
        return end > at + 1 && char.IsAsciiDigit(_source[at + 1])
            && _source[(at + 1)..end].All(unit => char.IsAsciiDigit(unit) || unit == ',')
            && _source.AsSpan(at + 1, end - at - 1).Count(',') <= 1;
    }

    /// <summary>How often the term just written may come; nothing is written where there is no such sign.</summary>
    private bool Repetition(int start, bool canRepeat, ref long size)
    {
        if (_at >= _source.Length || !(_source[_at] is '*' or '+' or '?' || (_source[_at] == '{' && IsRepetition(_at))))
        {
            return true;
        }

        if (!canRepeat)
        {
            return Refuse("what stands before it can't be repeated");
        }

        var sign = _source[_at].ToString();
        var times = 1L;
        if (Take('{'))
        {
            var end = _source.IndexOf('}', _at);
            var bounds = _source[_at..end].Split(',');
            if (!bounds.All(bound => bound.Length == 0 || (int.TryParse(bound, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count <= 1_000_000)))
            {
                return Refuse("the number of repetitions is too large");
            }

            var (least, most) = (NumberOf(bounds[0]), NumberOf(bounds[^1]));
            if (bounds[^1].Length > 0 && least > most)
            {
                return Refuse("the least number of repetitions is above the largest");
            }

            times = Math.Max(1, Math.Max(least, most));
            sign = $"{{{_source[_at..end]}}}";
            _at = end + 1;
        }
        else
        {
            _at++;
        }

        // Set apart, because a set may be written as several choices.
        _target.Insert(start, "(?:").Append(')').Append(sign).Append(Take('?') ? "?" : "");
        size = Math.Min(size * times, int.MaxValue);
        return true;
    }

    private static long NumberOf(string bound) => bound.Length == 0 ? 0 : long.Parse(bound, CultureInfo.InvariantCulture);
}
