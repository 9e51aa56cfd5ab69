using System.Globalization;

namespace IntegrationConsole.Expressions.Values;

/// <summary>Reads the numbers of a JSON text.</summary>
internal static class SourceNumbers
{
    private static readonly double[] PowersOfTen =
    [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
    ];

    /// <summary>
    /// The double nearest to the digits. Up to fifteen digits without an exponent are one exact integer over one exact
    /// power of ten, so a single division rounds correctly; everything else goes to the framework.
    /// </summary>
    public static double Read(ReadOnlySpan<byte> digits)
    {
        long mantissa = 0;
        var point = -1;
        var at = digits[0] == '-' ? 1 : 0;
        if (digits.Length - at <= 16)
        {
            for (; at < digits.Length; at++)
            {
                var digit = digits[at] - '0';
                if ((uint)digit <= 9)
                {
                    mantissa = mantissa * 10 + digit;
                }
                else if (digits[at] == '.')
                {
                    point = at;
                }
                else
                {
                    return Slow(digits);
                }
            }

            if (mantissa < 1_000_000_000_000_000)
            {
                var number = point < 0 ? mantissa : mantissa / PowersOfTen[digits.Length - point - 1];
                return digits[0] == '-' ? -number : number;
            }
        }

        return Slow(digits);
    }

    private static double Slow(ReadOnlySpan<byte> digits) =>
        double.Parse(digits, NumberStyles.Float, CultureInfo.InvariantCulture);
}
