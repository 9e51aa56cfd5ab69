using System.Globalization;

namespace IntegrationConsole.Expressions.Values;

/// <summary>Numbers as the language writes them: the shortest digits that give the number back, in JavaScript's layout.</summary>
internal static class NumberText
{
    /// <summary>The number as JSON has it.</summary>
    public static string Exact(double number)
    {
        if (number == Math.Truncate(number) && Math.Abs(number) < 1e15)
        {
            return ((long)number).ToString(CultureInfo.InvariantCulture);
        }

        return Layout(number.ToString("R", CultureInfo.InvariantCulture));
    }

    /// <summary>The number as <c>$string</c> writes it: a fraction to fifteen significant digits, which hides what binary fractions cannot hold.</summary>
    public static string Rounded(double number) =>
        number == Math.Truncate(number) || double.IsSubnormal(number) ? Exact(number) : Layout(number.ToString("E14", CultureInfo.InvariantCulture));

    /// <summary>The significant digits of a number, without leading or trailing zeros, and the power of ten of the first digit.</summary>
    public static (string Digits, int Exponent) Parts(double number)
    {
        var text = Math.Abs(number).ToString("R", CultureInfo.InvariantCulture);
        return Split(text);
    }

    private static string Layout(string text)
    {
        var negative = text[0] == '-';
        var (digits, exponent) = Split(negative ? text[1..] : text);
        var sign = negative ? "-" : "";
        if (exponent is < -6 or >= 21)
        {
            var fraction = digits.Length > 1 ? "." + digits[1..] : "";
            return $"{sign}{digits[0]}{fraction}e{(exponent < 0 ? "-" : "+")}{Math.Abs(exponent).ToString(CultureInfo.InvariantCulture)}";
        }

        if (exponent < 0)
        {
            return $"{sign}0.{new string('0', -exponent - 1)}{digits}";
        }

        return digits.Length <= exponent + 1
            ? sign + digits.PadRight(exponent + 1, '0')
            : $"{sign}{digits[..(exponent + 1)]}.{digits[(exponent + 1)..]}";
    }

    private static (string Digits, int Exponent) Split(string text)
    {
        var exponent = 0;
        var mark = text.IndexOf('E');
        if (mark >= 0)
        {
            exponent = int.Parse(text.AsSpan(mark + 1), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
            text = text[..mark];
        }

        var point = text.IndexOf('.');
        exponent += (point < 0 ? text.Length : point) - 1;
        var digits = point < 0 ? text : text.Remove(point, 1);
        var significant = digits.TrimStart('0');
        exponent -= digits.Length - significant.Length;
        significant = significant.TrimEnd('0');
        return significant.Length == 0 ? ("0", 0) : (significant, exponent);
    }
}
