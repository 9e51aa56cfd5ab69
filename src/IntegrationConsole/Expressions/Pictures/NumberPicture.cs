using System.Globalization;
using System.Text;
using IntegrationConsole.Expressions.Functions;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Pictures;

/// <summary>Formats numbers by a picture, as XPath's <c>format-number</c> defines it.</summary>
internal static class NumberPicture
{
    public static string Format(double number, string picture, Value options, int position)
    {
        var symbols = new NumberSymbols(options);
        var parts = picture.Split(symbols.PatternSeparator);
        if (parts.Length > 2)
        {
            throw new ExpressionFailure("D3080", position, "formatNumber", picture);
        }

        var subpictures = Array.ConvertAll(parts, part => new NumberSubpicture(part, symbols, position));
        if (double.IsNaN(number))
        {
            return symbols.NaN;
        }

        var isNegative = number < 0;
        var subpicture = subpictures[isNegative ? subpictures.Length - 1 : 0];
        var prefix = isNegative && subpictures.Length == 1 ? symbols.MinusSign + subpicture.Prefix : subpicture.Prefix;
        var body = double.IsInfinity(number) ? symbols.Infinity : Body(Math.Abs(number), subpicture, symbols);
        return prefix + body + subpicture.Suffix;
    }

    private static string Body(double number, NumberSubpicture picture, NumberSymbols symbols)
    {
        var mantissa = picture.IsPercent ? number * 100 : picture.IsPerMille ? number * 1000 : number;
        var exponent = 0;
        if (picture.MinimumExponent is not null && mantissa > 0)
        {
            (mantissa, exponent) = Scaled(mantissa, picture.Scale);
        }

        var rounded = NumberFunctions.Round(mantissa, picture.MaximumFraction);
        var text = rounded.ToString("F" + picture.MaximumFraction.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);
        var point = text.IndexOf('.');
        var whole = (point < 0 ? text : text[..point]).TrimStart('0').PadLeft(picture.MinimumWhole, '0');
        var fraction = (point < 0 ? "" : text[(point + 1)..].TrimEnd('0')).PadRight(picture.MinimumFraction, '0');
        var result = new StringBuilder(symbols.Localised(whole)).Append(symbols.DecimalSeparator);
        result.Append(symbols.Localised(GroupedFraction(fraction, picture.FractionGroups, symbols)));
        Group(result, whole.Length, picture.WholeGroups, symbols);
        if (!picture.HasDecimalSeparator || fraction.Length == 0)
        {
            // One sign goes and not the whole fraction, as in the language's reference: the picture #e0 keeps the point.
            result.Length--;
        }

        if (picture.MinimumExponent is { } digits)
        {
            var size = Math.Abs(exponent).ToString(CultureInfo.InvariantCulture).PadLeft(digits, '0');
            result.Append(symbols.ExponentSeparator).Append(exponent < 0 ? symbols.MinusSign : "").Append(symbols.Localised(size));
        }

        return result.ToString();
    }

    /// <summary>The number with so many digits before its point, and the power of ten that this takes away.</summary>
    private static (double Mantissa, int Exponent) Scaled(double number, int digits)
    {
        var (significant, exponent) = NumberText.Parts(number);
        var shift = exponent + 1 - digits;

        // A power of ten that is divided down is left at one digit more, as the language's reference leaves it.
        if (significant == "1" && exponent >= digits)
        {
            shift--;
            digits++;
        }

        var mantissa = double.Parse(string.Create(CultureInfo.InvariantCulture, $"{significant}E{digits - significant.Length}"), NumberStyles.Float, CultureInfo.InvariantCulture);
        return (mantissa, shift);
    }

    /// <param name="text">The number so far.</param>
    /// <param name="point">Where its decimal separator is.</param>
    /// <param name="groups">How many digits stand behind each separator of the picture.</param>
    /// <param name="symbols">The signs of the picture.</param>
    private static void Group(StringBuilder text, int point, List<int> groups, NumberSymbols symbols)
    {
        var regular = Regular(groups);
        for (var place = point - regular; regular > 0 && place > 0; place -= regular)
        {
            text.Insert(place, symbols.GroupingSeparator);
        }

        foreach (var group in regular > 0 ? [] : groups)
        {
            // A separator that the digits do not reach is counted from the end, as in the language's reference.
            var place = point++ - group;
            text.Insert(place < 0 ? Math.Max(0, text.Length + place) : place, symbols.GroupingSeparator);
        }
    }

    private static string GroupedFraction(string fraction, List<int> groups, NumberSymbols symbols)
    {
        var result = new StringBuilder();
        for (var index = 0; index < fraction.Length; index++)
        {
            if (groups.Contains(index))
            {
                result.Append(symbols.GroupingSeparator);
            }

            result.Append(fraction[index]);
        }

        return result.ToString();
    }

    /// <summary>The size of the groups where the separators stand at all its multiples, so that they go on to the left; else zero.</summary>
    public static int Regular(List<int> groups)
    {
        if (groups.Count == 0)
        {
            return 0;
        }

        var size = groups.Aggregate(GreatestCommonDivisor);
        return Enumerable.Range(1, groups.Count).All(index => groups.Contains(index * size)) ? size : 0;
    }

    private static int GreatestCommonDivisor(int one, int other) => other == 0 ? one : GreatestCommonDivisor(other, one % other);
}
