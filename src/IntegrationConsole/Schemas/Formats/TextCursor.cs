namespace IntegrationConsole.Schemas.Formats;

/// <summary>Reads a text from left to right.</summary>
internal ref struct TextCursor(ReadOnlySpan<char> text)
{
    private ReadOnlySpan<char> _rest = text;

    public readonly bool IsAtEnd => _rest.IsEmpty;

    public readonly char Next => _rest.IsEmpty ? '\0' : _rest[0];

    public bool Take(char expected, bool anyCase = false)
    {
        if (_rest.IsEmpty || (_rest[0] != expected && !(anyCase && char.ToUpperInvariant(_rest[0]) == expected)))
        {
            return false;
        }

        _rest = _rest[1..];
        return true;
    }

    /// <summary>Exactly so many digits, as a number; null where there are fewer.</summary>
    public int? Digits(int count)
    {
        if (_rest.Length < count)
        {
            return null;
        }

        var number = 0;
        foreach (var digit in _rest[..count])
        {
            if (!char.IsAsciiDigit(digit))
            {
                return null;
            }

            number = number * 10 + (digit - '0');
        }

        _rest = _rest[count..];
        return number;
    }

    /// <summary>As many digits as there are.</summary>
    /// <returns>How many.</returns>
    public int SkipDigits()
    {
        var count = _rest.IndexOfAnyExceptInRange('0', '9');
        count = count < 0 ? _rest.Length : count;
        _rest = _rest[count..];
        return count;
    }
}
