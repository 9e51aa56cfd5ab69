using System.Globalization;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>What a text is as a number.</summary>
internal enum NumberReading
{
    Exact,
    NotANumber,
    OutOfRange,

    /// <summary>A decimal would have to round it.</summary>
    TooManyDigits,
}

/// <summary>
/// Reads numbers the way a culture writes them, and guesses nothing: only a culture brings separators of thousands, they
/// must stand between thousands ("1,5" is not fifteen), and digits that a decimal cannot hold are refused, not rounded away.
/// </summary>
internal sealed class NumberText
{
    /// <summary>Digits, a point, an exponent: how JSON and programs write numbers.</summary>
    public static readonly NumberText International = new(CultureInfo.InvariantCulture, NumberStyles.None);

    private const NumberStyles Plain = NumberStyles.AllowLeadingSign | NumberStyles.AllowTrailingSign | NumberStyles.AllowDecimalPoint | NumberStyles.AllowExponent;
    private const int AlwaysExact = 28;
    private const string Spaces = " \u00a0\u2009\u202f";
    private const string Apostrophes = "'\u2019";

    private readonly NumberFormatInfo _format;
    private readonly NumberStyles _styles;
    private readonly string _alike;

    private NumberText(CultureInfo culture, NumberStyles groups)
    {
        _format = culture.NumberFormat;
        _styles = Plain | groups;
        var separator = _format.NumberGroupSeparator;
        _alike = Spaces.Contains(separator, StringComparison.Ordinal) ? Spaces : Apostrophes.Contains(separator, StringComparison.Ordinal) ? Apostrophes : "";
    }

    public static NumberText Of(CultureInfo culture) => new(culture, NumberStyles.AllowThousands);

    public NumberReading Read(string text, out decimal number) => Read(text, null, out number);

    /// <param name="text">The number as it is written.</param>
    /// <param name="places">To how many decimal places it is rounded afterwards; null where it is not.</param>
    /// <param name="number">The number; with <paramref name="places"/> one that rounds as the written one does.</param>
    public NumberReading Read(string text, int? places, out decimal number)
    {
        // The international way has ASCII digits only.
        var written = WithOneKindOfSeparator((_styles & NumberStyles.AllowThousands) == 0 ? text.Trim() : ScriptDigits.ToAscii(text.Trim()));
        if (places is { } kept)
        {
            written = WithoutTail(written, kept);
        }

        number = 0;
        if (!GroupsAreWhole(written))
        {
            return NumberReading.NotANumber;
        }

        if (!decimal.TryParse(written, _styles, _format, out number))
        {
            return written.Any(char.IsAsciiDigit) && double.TryParse(written, _styles, _format, out _) ? NumberReading.OutOfRange : NumberReading.NotANumber;
        }

        var isExact = (written.Length <= AlwaysExact && !written.Contains('e', StringComparison.OrdinalIgnoreCase))
            || Significant(written) == Significant(number.ToString(CultureInfo.InvariantCulture));
        return isExact ? NumberReading.Exact : NumberReading.TooManyDigits;
    }

    /// <summary>Where a culture parts thousands by a narrow blank, people type any blank; the same holds for apostrophes.</summary>
    private string WithOneKindOfSeparator(string text)
    {
        if (_alike.Length == 0 || text.AsSpan().IndexOfAny(_alike) < 0)
        {
            return text;
        }

        foreach (var separator in _alike)
        {
            text = text.Replace(separator, _format.NumberGroupSeparator[0]);
        }

        return text;
    }

    /// <summary>
    /// Cuts the digits off that rounding cannot see but for whether any of them counts: one more digit after the first that goes
    /// says so. Reading all of them would round twice, once by what a decimal holds.
    /// </summary>
    private string WithoutTail(string text, int places)
    {
        var point = text.IndexOf(_format.NumberDecimalSeparator, StringComparison.Ordinal);
        var first = point + _format.NumberDecimalSeparator.Length + places + 1;
        if (point < 0 || first >= text.Length || text.AsSpan(first).ContainsAnyExceptInRange('0', '9'))
        {
            return text;
        }

        return text[..first] + (text.AsSpan(first).ContainsAnyExcept('0') ? "1" : "");
    }

    private bool GroupsAreWhole(string text)
    {
        var separator = _format.NumberGroupSeparator;
        if ((_styles & NumberStyles.AllowThousands) == 0 || separator.Length == 0 || !text.Contains(separator, StringComparison.Ordinal))
        {
            return true;
        }

        var point = text.IndexOf(_format.NumberDecimalSeparator, StringComparison.Ordinal);
        var groups = (point < 0 ? text : text[..point]).Split(separator);
        var sizes = _format.NumberGroupSizes;
        for (var fromRight = 0; fromRight < groups.Length; fromRight++)
        {
            var size = sizes.Length == 0 ? 0 : sizes[Math.Min(fromRight, sizes.Length - 1)];
            var digits = groups[groups.Length - 1 - fromRight].Count(char.IsAsciiDigit);
            var isLeftmost = fromRight == groups.Length - 1;
            if (isLeftmost ? digits == 0 || (size > 0 && digits > size) : digits != size)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The digits that count: none of the zeros at either end, nothing of the exponent.</summary>
    private static string Significant(string text)
    {
        var exponent = text.IndexOfAny(['e', 'E']);
        return string.Concat((exponent < 0 ? text : text[..exponent]).Where(char.IsAsciiDigit)).Trim('0');
    }
}
