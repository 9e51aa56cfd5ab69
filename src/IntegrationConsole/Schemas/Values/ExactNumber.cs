using System.Globalization;
using System.Numerics;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace IntegrationConsole.Schemas.Values;

/// <summary>
/// A JSON number exactly as written, however long and however large its exponent: a sign, digits without zeros at either end, and
/// the power of ten of the last digit. Nothing here grows with the exponent, so 1e999999999 costs no more than 1.
/// </summary>
internal readonly struct ExactNumber : IComparable<ExactNumber>, IEquatable<ExactNumber>
{
    // Dividing needs arithmetic on all the digits; beyond this a number is an attack on the processor.
    private const int MostDigits = 10_000;

    // Exponents past this are taken as this; no two numbers that anybody writes differ only there.
    private const long FarthestExponent = 1_000_000_000_000_000;

    private readonly byte[]? _digits;
    private readonly long _exponent;
    private readonly bool _isNegative;

    private ExactNumber(bool isNegative, byte[] digits, long exponent)
    {
        _isNegative = isNegative && digits.Length > 0;
        _digits = digits;
        _exponent = digits.Length > 0 ? exponent : 0;
    }

    /// <summary>True for 1, 1.0 and 1e400, by value and not by spelling.</summary>
    public bool IsInteger => _exponent >= 0;

    public bool IsPositive => Digits.Length > 0 && !_isNegative;

    /// <summary>Whether the number is too long to be divided.</summary>
    public bool IsTooLong => Digits.Length > MostDigits;

    private ReadOnlySpan<byte> Digits => _digits;

    public static ExactNumber Of(JsonElement number) => Parse(JsonMarshal.GetRawUtf8Value(number));

    /// <summary>Reads a number that is known to be valid JSON.</summary>
    public static ExactNumber Parse(ReadOnlySpan<byte> text)
    {
        var isNegative = text[0] == '-';
        var rest = isNegative ? text[1..] : text;
        var exponent = 0L;
        if (rest.IndexOfAny((byte)'e', (byte)'E') is var mark and >= 0)
        {
            exponent = ExponentOf(rest[(mark + 1)..]);
            rest = rest[..mark];
        }

        var digits = new byte[rest.Length];
        var count = 0;
        var point = rest.IndexOf((byte)'.');
        foreach (var unit in rest)
        {
            if (unit != '.')
            {
                digits[count++] = unit;
            }
        }

        exponent -= point < 0 ? 0 : rest.Length - point - 1;
        var significant = digits.AsSpan(0, count).TrimEnd((byte)'0');
        exponent += count - significant.Length;
        return new ExactNumber(isNegative, significant.TrimStart((byte)'0').ToArray(), exponent);
    }

    /// <summary>Fits a count of characters, items or properties; what is larger than any count becomes the largest. Null for a fraction or a negative number.</summary>
    public long? AsCount()
    {
        if (_isNegative || !IsInteger)
        {
            return null;
        }

        return Digits.Length + _exponent > 18
            ? long.MaxValue
            : long.Parse(Encoding.ASCII.GetString(Digits) is { Length: > 0 } digits ? digits + new string('0', (int)_exponent) : "0", CultureInfo.InvariantCulture);
    }

    public bool IsMultipleOf(ExactNumber divisor)
    {
        if (Digits.Length == 0)
        {
            return true;
        }

        // The digits end in no zero, so they are no multiple of any power of ten.
        var power = _exponent - divisor._exponent;
        if (power < 0)
        {
            return false;
        }

        var modulus = WholeOf(divisor.Digits);
        return (WholeOf(Digits) % modulus * BigInteger.ModPow(10, power, modulus) % modulus).IsZero;
    }

    public int CompareTo(ExactNumber other)
    {
        if (SignOf(this) != SignOf(other))
        {
            return SignOf(this).CompareTo(SignOf(other));
        }

        var size = (Digits.Length + _exponent).CompareTo(other.Digits.Length + other._exponent);
        if (size == 0)
        {
            size = Digits.SequenceCompareTo(other.Digits);
        }

        return _isNegative ? -size : size;
    }

    public bool Equals(ExactNumber other) => _isNegative == other._isNegative && _exponent == other._exponent && Digits.SequenceEqual(other.Digits);

    public override bool Equals(object? obj) => obj is ExactNumber other && Equals(other);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Digits);
        hash.Add(_exponent);
        hash.Add(_isNegative);
        return hash.ToHashCode();
    }

    private static int SignOf(ExactNumber number) => number.Digits.Length == 0 ? 0 : number._isNegative ? -1 : 1;

    private static BigInteger WholeOf(ReadOnlySpan<byte> digits) => BigInteger.Parse(Encoding.ASCII.GetString(digits), NumberStyles.None, CultureInfo.InvariantCulture);

    private static long ExponentOf(ReadOnlySpan<byte> text)
    {
        var isNegative = text[0] == '-';
        var exponent = 0L;
        foreach (var unit in text.TrimStart("+-"u8))
        {
            exponent = Math.Min(exponent * 10 + (unit - '0'), FarthestExponent);
        }

        return isNegative ? -exponent : exponent;
    }
}
