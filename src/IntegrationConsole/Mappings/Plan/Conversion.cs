using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>Turns text into a typed value the way a rule says. Exact: numbers are decimals, never binary fractions.</summary>
internal sealed class Conversion
{
    private readonly FieldType _type;
    private readonly NumberText _numbers;
    private readonly TimeText _times;
    private readonly bool _isInternational;
    private readonly NumberRounding _rounding;
    private readonly TextLength _length;
    private readonly string[] _booleans;

    public Conversion(FieldRule rule)
    {
        var format = rule.Format.Trim();
        var culture = rule.Culture.Length == 0 ? CultureInfo.InvariantCulture : CultureInfo.GetCultureInfo(rule.Culture);
        var zone = rule.TimeZone.Length == 0 ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(rule.TimeZone);
        _type = rule.Type;
        _isInternational = rule.Culture.Length == 0;
        _numbers = _isInternational ? NumberText.International : NumberText.Of(culture);
        _rounding = new NumberRounding(rule.Rounding, rule.Decimals);
        _length = new TextLength(rule.MaxLength, rule.CutOff);
        _times = new TimeText(format, culture, zone);
        _booleans = rule.Type is FieldType.Boolean && format.Contains('|') ? format.Split('|', 2, StringSplitOptions.TrimEntries) : [];
    }

    /// <summary>The usual case without making a string: plain numbers, booleans, instants.</summary>
    /// <returns>False where <see cref="TryText"/> has to look.</returns>
    public bool TryPlain(ReadOnlySpan<byte> plain, JsonTokenType kind, out FieldValue value)
    {
        value = default;
        var isPlainNumber = _isInternational || kind is JsonTokenType.Number;
        switch (_type)
        {
            case FieldType.Integer when isPlainNumber && Utf8Parser.TryParse(plain, out long integer, out var used) && used == plain.Length:
                value = FieldValue.Of(integer);
                return true;

            // Longer ones and those with an exponent may have more digits than a decimal.
            case FieldType.Decimal when isPlainNumber && plain.Length is > 0 and <= 28 && plain.IndexOfAny((byte)'e', (byte)'E') < 0
                && Utf8Parser.TryParse(plain, out decimal number, out var used) && used == plain.Length:
                value = WithoutMinusZero(_rounding.Round(number));
                return true;
            case FieldType.Boolean when kind is JsonTokenType.True or JsonTokenType.False:
                value = FieldValue.Of(kind is JsonTokenType.True);
                return true;
            case FieldType.Timestamp when kind is JsonTokenType.String && _times.TryPlainInstant(plain, out var instant):
                value = FieldValue.Of(instant);
                return true;
            case FieldType.Uuid when Utf8Parser.TryParse(plain, out Guid uuid, out var used, 'D') && used == plain.Length:
                value = FieldValue.Of(uuid);
                return true;
            default:
                return false;
        }
    }

    /// <param name="text">The text of the value.</param>
    /// <param name="isNumber">A number of the record itself: JSON writes those in one way, whatever the culture of its texts.</param>
    /// <param name="value">The typed value.</param>
    /// <returns>Empty when it worked, otherwise what the text is not, to follow "The value at x is".</returns>
    public string TryText(string text, bool isNumber, out FieldValue value)
    {
        var numbers = isNumber ? NumberText.International : _numbers;
        switch (_type)
        {
            case FieldType.String:
                var tooLong = _length.Take(text, out var taken);
                value = FieldValue.Of(taken);
                return tooLong;
            case FieldType.Integer:
                return Integer(numbers, text, out value);
            case FieldType.Decimal:
                return Decimal(numbers, text, out value);
            case FieldType.Boolean:
                return Boolean(text, out value);
            case FieldType.Date:
                var notADate = _times.Date(text, out var date);
                value = FieldValue.Of(date);
                return notADate;
            case FieldType.Timestamp:
                var notATime = _times.Instant(text, out var instant);
                value = FieldValue.Of(instant);
                return notATime;
            case FieldType.Uuid:
                var isUuid = Guid.TryParse(text, CultureInfo.InvariantCulture, out var uuid);
                value = FieldValue.Of(uuid);
                return isUuid ? "" : "not a UUID";
            case FieldType.Json:
                // What reaches here came through a template, a lookup or a constant: it is text, and JSON of text is quoted.
                value = FieldValue.OfJson(JsonSerializer.Serialize(text));
                return "";
            default:
                throw new InvalidOperationException($"There is no conversion to {_type}.");
        }
    }

    private string Integer(NumberText numbers, string text, out FieldValue value)
    {
        var reading = Rounded(numbers, text, out var number);
        var fits = number is >= long.MinValue and <= long.MaxValue;
        value = FieldValue.Of(fits ? (long)number : 0);
        return reading switch
        {
            NumberReading.NotANumber => "not an integer",
            NumberReading.OutOfRange => "outside the range of integers",
            NumberReading.TooManyDigits or NumberReading.Exact when !fits => "outside the range of integers",
            NumberReading.TooManyDigits => "not a whole number",
            NumberReading.Exact => decimal.Truncate(number) == number ? "" : "not a whole number",
        };
    }

    private string Decimal(NumberText numbers, string text, out FieldValue value)
    {
        var reading = Rounded(numbers, text, out var number);
        value = WithoutMinusZero(number);
        return reading switch
        {
            NumberReading.NotANumber => "not a decimal number",
            NumberReading.OutOfRange => "outside the range of decimals (28 digits)",
            NumberReading.TooManyDigits => "more exact than a decimal can hold (28 digits)",
            NumberReading.Exact => "",
        };
    }

    /// <summary>A number that is rounded anyway may have any number of digits behind those that are kept.</summary>
    private NumberReading Rounded(NumberText numbers, string text, out decimal number)
    {
        var reading = numbers.Read(text, _rounding.Digits, out number);
        if (reading is not NumberReading.Exact)
        {
            return reading;
        }

        try
        {
            number = _rounding.Round(number);
            return reading;
        }
        catch (OverflowException)
        {
            return NumberReading.OutOfRange;
        }
    }

    private string Boolean(string text, out FieldValue value)
    {
        var trimmed = text.Trim();
        bool? result = _booleans.Length == 2
            ? trimmed.Equals(_booleans[0], StringComparison.OrdinalIgnoreCase) ? true : trimmed.Equals(_booleans[1], StringComparison.OrdinalIgnoreCase) ? false : null
            : trimmed.ToLowerInvariant() switch
            {
                "true" or "yes" or "y" or "1" or "on" or "t" => true,
                "false" or "no" or "n" or "0" or "off" or "f" => false,
                _ => null,
            };
        value = FieldValue.Of(result == true);
        return result is not null ? "" : _booleans.Length == 2 ? $"neither {_booleans[0]} nor {_booleans[1]}" : "neither true nor false";
    }

    /// <summary>There is no negative nothing: "-0" compares and prints like any other zero.</summary>
    private static FieldValue WithoutMinusZero(decimal number) => FieldValue.Of(number == 0 ? decimal.Abs(number) : number);
}
