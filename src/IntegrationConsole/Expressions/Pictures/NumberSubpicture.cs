namespace IntegrationConsole.Expressions.Pictures;

/// <summary>One of the two parts of a number's picture, for positive or for negative numbers, taken apart and checked.</summary>
internal sealed class NumberSubpicture
{
    public NumberSubpicture(string picture, NumberSymbols symbols, int position)
    {
        (Prefix, var active, Suffix) = Split(picture, symbols);
        var mark = active.IndexOf(symbols.ExponentSeparator, StringComparison.Ordinal);
        var mantissa = mark < 0 ? active : active[..mark];
        var exponent = mark < 0 ? null : active[(mark + symbols.ExponentSeparator.Length)..];
        if (mark < 0 && Suffix.StartsWith(symbols.ExponentSeparator, StringComparison.Ordinal))
        {
            exponent = "";
        }

        var point = mantissa.IndexOf(symbols.DecimalSeparator, StringComparison.Ordinal);
        var whole = point < 0 ? mantissa : mantissa[..point];
        var fraction = point < 0 ? "" : mantissa[(point + symbols.DecimalSeparator.Length)..];
        if (Problem(picture, active, mantissa, whole, fraction, exponent, symbols) is { } code)
        {
            throw new ExpressionFailure(code, position, "formatNumber", picture);
        }

        IsPercent = picture.Contains(symbols.Percent, StringComparison.Ordinal);
        IsPerMille = picture.Contains(symbols.PerMille, StringComparison.Ordinal);
        HasDecimalSeparator = point >= 0;
        WholeGroups = Groups(whole, symbols, fromRight: true);
        FractionGroups = Groups(fraction, symbols, fromRight: false);
        Size(whole, fraction, exponent, symbols);
    }

    public string Prefix { get; init; }

    public string Suffix { get; }

    public bool IsPercent { get; }

    public bool IsPerMille { get; }

    public bool HasDecimalSeparator { get; }

    /// <summary>How many digits stand between each separator and the decimal point.</summary>
    public List<int> WholeGroups { get; }

    public List<int> FractionGroups { get; }

    public int MinimumWhole { get; private set; }

    /// <summary>How many digits the mantissa of a number with an exponent has before its point.</summary>
    public int Scale { get; private set; }

    public int MinimumFraction { get; private set; }

    public int MaximumFraction { get; private set; }

    public int? MinimumExponent { get; private set; }

    private static (string Prefix, string Active, string Suffix) Split(string picture, NumberSymbols symbols)
    {
        bool IsInside(char each) => symbols.IsActive(each) && !NumberSymbols.Is(each, symbols.ExponentSeparator);
        var first = 0;
        while (first < picture.Length && !IsInside(picture[first]))
        {
            first++;
        }

        if (first == picture.Length)
        {
            return ("", picture, "");
        }

        var last = picture.Length - 1;
        while (!IsInside(picture[last]))
        {
            last--;
        }

        return (picture[..first], picture[first..(last + 1)], picture[(last + 1)..]);
    }

    private static string? Problem(string picture, string active, string mantissa, string whole, string fraction, string? exponent, NumberSymbols symbols)
    {
        var separator = symbols.GroupingSeparator;
        var percents = Count(picture, symbols.Percent);
        var perMilles = Count(picture, symbols.PerMille);
        // Of several problems the last is named, as in the language's reference.
        return true switch
        {
            _ when exponent is not null && (exponent.Length == 0 || !exponent.All(symbols.IsMandatory)) => "D3093",
            _ when exponent is { Length: > 0 } && percents + perMilles > 0 => "D3092",
            _ when fraction.LastIndexOf(symbols.Digit, StringComparison.Ordinal) is >= 0 and var optional && fraction[optional..].Any(symbols.IsMandatory) => "D3091",
            _ when whole.IndexOf(symbols.Digit, StringComparison.Ordinal) is >= 0 and var optional && whole[..optional].Any(symbols.IsMandatory) => "D3090",
            _ when picture.Contains(separator + separator, StringComparison.Ordinal) => "D3089",
            _ when mantissa.Length == whole.Length && whole.EndsWith(separator, StringComparison.Ordinal) => "D3088",
            _ when mantissa.Length > whole.Length && (whole.EndsWith(separator, StringComparison.Ordinal) || fraction.StartsWith(separator, StringComparison.Ordinal)) => "D3087",
            _ when !active.All(symbols.IsActive) => "D3086",
            _ when !mantissa.Any(symbols.IsDigit) => "D3085",
            _ when percents > 0 && perMilles > 0 => "D3084",
            _ when perMilles > 1 => "D3083",
            _ when percents > 1 => "D3082",
            _ when Count(picture, symbols.DecimalSeparator) > 1 => "D3081",
            _ => null,
        };
    }

    private static int Count(string text, string symbol)
    {
        var count = 0;
        for (var at = text.IndexOf(symbol, StringComparison.Ordinal); at >= 0; at = text.IndexOf(symbol, at + symbol.Length, StringComparison.Ordinal))
        {
            count++;
        }

        return count;
    }

    private static List<int> Groups(string digits, NumberSymbols symbols, bool fromRight)
    {
        var groups = new List<int>();
        for (var at = 0; at < digits.Length; at++)
        {
            if (NumberSymbols.Is(digits[at], symbols.GroupingSeparator))
            {
                groups.Add((fromRight ? digits[at..] : digits[..at]).Count(symbols.IsDigit));
            }
        }

        return groups;
    }

    private void Size(string whole, string fraction, string? exponent, NumberSymbols symbols)
    {
        MinimumWhole = Scale = whole.Count(symbols.IsMandatory);
        MinimumFraction = fraction.Count(symbols.IsMandatory);
        MaximumFraction = fraction.Count(symbols.IsDigit);
        MinimumExponent = exponent?.Length;
        if (MinimumWhole == 0 && MaximumFraction == 0)
        {
            if (exponent is not null)
            {
                MinimumFraction = MaximumFraction = 1;
            }
            else
            {
                MinimumWhole = 1;
            }
        }

        if (exponent is not null && MinimumWhole == 0 && whole.Contains(symbols.Digit, StringComparison.Ordinal))
        {
            MinimumWhole = 1;
        }

        if (MinimumWhole == 0 && MinimumFraction == 0)
        {
            MinimumFraction = 1;
        }
    }
}
