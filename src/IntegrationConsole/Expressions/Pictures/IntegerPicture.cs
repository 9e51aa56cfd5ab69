using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace IntegrationConsole.Expressions.Pictures;

internal enum IntegerStyle
{
    Decimal,
    Letters,
    Roman,
    Words,
    Unknown,
}

internal enum LetterCase
{
    Lower,
    Upper,
    Title,
}

/// <summary>Formats and parses integers by a picture, as XPath's <c>format-integer</c> defines it.</summary>
internal sealed partial class IntegerPicture
{
    /// <summary>The zero digits of the decimal systems of Unicode's basic plane.</summary>
    private static readonly int[] Zeros =
    [
        0x30, 0x0660, 0x06F0, 0x07C0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0B66, 0x0BE6, 0x0C66, 0x0CE6, 0x0D66, 0x0DE6, 0x0E50, 0x0ED0, 0x0F20,
        0x1040, 0x1090, 0x17E0, 0x1810, 0x1946, 0x19D0, 0x1A80, 0x1A90, 0x1B50, 0x1BB0, 0x1C40, 0x1C50, 0xA620, 0xA8D0, 0xA900, 0xA9D0, 0xA9F0,
        0xAA50, 0xABF0, 0xFF10,
    ];

    private readonly int? _position;
    private readonly string _token;
    private readonly List<(int Place, char Sign)> _separators = [];
    private int _zero = '0';
    private int _regular;

    private IntegerPicture(string token, int? position)
    {
        _token = token;
        _position = position;
    }

    public IntegerStyle Style { get; private set; } = IntegerStyle.Decimal;

    public LetterCase Case { get; private set; }

    public bool IsOrdinal { get; set; }

    public int MandatoryDigits { get; set; }

    public int OptionalDigits { get; private set; }

    /// <summary>How many digits to take where the next number follows without a sign between.</summary>
    public int? ParseWidth { get; set; }

    public bool HasRegularGroups => _regular > 0;

    /// <summary>The only separator, where there is one.</summary>
    public char? Separator => _separators.Count == 1 ? _separators[0].Sign : null;

    public static IntegerPicture Read(string picture, int? position)
    {
        var mark = picture.LastIndexOf(';');
        var primary = mark < 0 ? picture : picture[..mark];
        var read = new IntegerPicture(primary, position) { IsOrdinal = mark >= 0 && picture.AsSpan(mark + 1).StartsWith("o") };
        (read.Style, read.Case) = primary switch
        {
            "A" => (IntegerStyle.Letters, LetterCase.Upper),
            "a" => (IntegerStyle.Letters, LetterCase.Lower),
            "I" => (IntegerStyle.Roman, LetterCase.Upper),
            "i" => (IntegerStyle.Roman, LetterCase.Lower),
            "W" => (IntegerStyle.Words, LetterCase.Upper),
            "Ww" => (IntegerStyle.Words, LetterCase.Title),
            "w" => (IntegerStyle.Words, LetterCase.Lower),
            _ => (IntegerStyle.Decimal, LetterCase.Lower),
        };
        if (read.Style == IntegerStyle.Decimal)
        {
            read.ReadDigits(primary);
        }

        return read;
    }

    private void ReadDigits(string primary)
    {
        int? zero = null;
        var place = 0;
        foreach (var each in primary.Reverse())
        {
            if (each == '#')
            {
                OptionalDigits++;
                place++;
            }
            else if (Array.Find(Zeros, start => each >= start && each < start + 10) is > 0 and var system)
            {
                if (zero is not null && zero != system)
                {
                    throw new ExpressionFailure("D3131", _position, value: _token);
                }

                zero = system;
                MandatoryDigits++;
                place++;
            }
            else
            {
                _separators.Add((place, each));
            }
        }

        if (MandatoryDigits == 0)
        {
            Style = IntegerStyle.Unknown;
            return;
        }

        _zero = zero ?? '0';
        _regular = _separators.Select(each => each.Sign).Distinct().Count() == 1
            ? NumberPicture.Regular([.. _separators.Select(each => each.Place)])
            : 0;
    }

    public string Format(double number)
    {
        var size = Math.Abs(number);
        var text = Style switch
        {
            IntegerStyle.Decimal => Decimal(size),
            IntegerStyle.Letters => Numerals.Letters(Bounded(size), 'a'),
            IntegerStyle.Roman => Numerals.Roman(size) ?? throw OutOfRange(size),
            IntegerStyle.Words => NumberWords.Of(Bounded(size), IsOrdinal),
            _ => throw new ExpressionFailure("D3130", _position, value: _token),
        };
        if (Style is not IntegerStyle.Decimal)
        {
            text = Case switch
            {
                LetterCase.Upper => text.ToUpperInvariant(),
                LetterCase.Lower => text.ToLowerInvariant(),
                _ => text,
            };
        }

        return number < 0 ? "-" + text : text;
    }

    /// <summary>Words and letters beyond a double's whole numbers say nothing, and grow without end.</summary>
    private double Bounded(double number) => number <= 1e21 ? number : throw OutOfRange(number);

    private ExpressionFailure OutOfRange(double number) => new("D1001", _position, value: number.ToString("R", CultureInfo.InvariantCulture));

    private string Decimal(double number)
    {
        if (!double.IsFinite(number))
        {
            throw OutOfRange(number);
        }

        var digits = number.ToString("F0", CultureInfo.InvariantCulture).PadLeft(MandatoryDigits, '0');
        var result = new StringBuilder();
        for (var index = 0; index < digits.Length; index++)
        {
            var left = digits.Length - index;
            if (index > 0 && SeparatorAt(left) is { } sign)
            {
                result.Append(sign);
            }

            result.Append((char)(digits[index] - '0' + _zero));
        }

        return IsOrdinal ? result.Append(Suffix(digits)).ToString() : result.ToString();
    }

    private char? SeparatorAt(int left)
    {
        if (_regular > 0)
        {
            return left % _regular == 0 ? _separators[0].Sign : null;
        }

        foreach (var (place, sign) in _separators)
        {
            if (place == left)
            {
                return sign;
            }
        }

        return null;
    }

    private static string Suffix(string digits) => digits switch
    {
        [.., '1', _] => "th",
        [.., '1'] => "st",
        [.., '2'] => "nd",
        [.., '3'] => "rd",
        _ => "th",
    };

    /// <summary>The number in a text; null where it is none.</summary>
    public double? Parse(string text)
    {
        switch (Style)
        {
            case IntegerStyle.Letters:
                return Numerals.FromLetters(text.ToUpperInvariant(), 'A');
            case IntegerStyle.Roman:
                return Numerals.FromRoman(text);
            case IntegerStyle.Words:
                return NumberWords.Parse(text);
            case IntegerStyle.Unknown:
                throw new ExpressionFailure("D3130", _position, value: _token);
        }

        var digits = IsOrdinal && text.Length > 2 ? text[..^2] : text;
        foreach (var (_, sign) in _separators)
        {
            digits = digits.Replace(sign.ToString(), "", StringComparison.Ordinal);
        }

        var ascii = string.Concat(digits.Select(each => each >= _zero && each < _zero + 10 ? (char)(each - _zero + '0') : each));
        return LeadingInteger().Match(ascii) is { Success: true } match
            ? double.Parse(match.ValueSpan, NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite, CultureInfo.InvariantCulture)
            : null;
    }

    /// <summary>What follows the digits does not count, nor do blanks before them.</summary>
    [GeneratedRegex(@"\A\s*[-+]?[0-9]+")]
    private static partial Regex LeadingInteger();

    /// <summary>What a text of this picture looks like, as a regular expression.</summary>
    public string Pattern()
    {
        switch (Style)
        {
            case IntegerStyle.Letters:
                return "[a-zA-Z]+";
            case IntegerStyle.Roman:
                return "[IVXLCDMivxlcdm]+";
            case IntegerStyle.Words:
                return $"(?:{string.Join('|', NumberWords.All)}|[-, ])+";
            case IntegerStyle.Unknown:
                throw new ExpressionFailure("D3130", _position, value: _token);
        }

        var digits = $@"[\u{_zero:x4}-\u{_zero + 9:x4}]";
        var count = ParseWidth is { } width ? $"{{{width}}}" : "+";
        return digits + count + (IsOrdinal ? "(?:th|st|nd|rd)" : "");
    }
}
