using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Pictures;

/// <summary>The signs that a number's picture is written in, which a caller may replace one by one.</summary>
internal sealed class NumberSymbols(Value options)
{
    public string DecimalSeparator { get; } = Option(options, "decimal-separator", ".");

    public string GroupingSeparator { get; } = Option(options, "grouping-separator", ",");

    public string ExponentSeparator { get; } = Option(options, "exponent-separator", "e");

    public string Infinity { get; } = Option(options, "infinity", "Infinity");

    public string MinusSign { get; } = Option(options, "minus-sign", "-");

    public string NaN { get; } = Option(options, "NaN", "NaN");

    public string Percent { get; } = Option(options, "percent", "%");

    public string PerMille { get; } = Option(options, "per-mille", "‰");

    public char ZeroDigit { get; } = Option(options, "zero-digit", "0")[0];

    public string Digit { get; } = Option(options, "digit", "#");

    public string PatternSeparator { get; } = Option(options, "pattern-separator", ";");

    public bool IsMandatory(char each) => each >= ZeroDigit && each < ZeroDigit + 10;

    public bool IsDigit(char each) => IsMandatory(each) || Is(each, Digit);

    /// <summary>Whether a sign is part of the number rather than text around it.</summary>
    public bool IsActive(char each) =>
        IsDigit(each) || Is(each, DecimalSeparator) || Is(each, GroupingSeparator) || Is(each, ExponentSeparator);

    public static bool Is(char each, string symbol) => symbol.Length == 1 && symbol[0] == each;

    /// <summary>Digits in the system that the zero digit belongs to.</summary>
    public string Localised(string digits) =>
        ZeroDigit == '0' ? digits : string.Concat(digits.Select(each => char.IsAsciiDigit(each) ? (char)(each - '0' + ZeroDigit) : each));

    private static string Option(Value options, string name, string otherwise) =>
        options.Kind == ValueKind.Object && options.Field(name) is { Kind: ValueKind.String } given && given.AsString().Length > 0
            ? given.AsString()
            : otherwise;
}
