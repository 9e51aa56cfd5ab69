using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>
/// Turns text into a typed value the way a rule says. Exact: numbers are decimals, never binary fractions; a time that
/// does not exist in its zone is refused, one that exists twice is taken as the first.
/// </summary>
internal sealed class Conversion
{
    private const NumberStyles Numbers = NumberStyles.Number | NumberStyles.AllowExponent;

    private readonly FieldType _type;
    private readonly string _format;
    private readonly CultureInfo _culture;
    private readonly TimeZoneInfo _zone;
    private readonly bool _isInternational;
    private readonly string[] _booleans;

    public Conversion(FieldRule rule)
    {
        _type = rule.Type;
        _format = rule.Format.Trim();
        _culture = rule.Culture.Length == 0 ? CultureInfo.InvariantCulture : CultureInfo.GetCultureInfo(rule.Culture);
        _zone = rule.TimeZone.Length == 0 ? TimeZoneInfo.Utc : TimeZoneInfo.FindSystemTimeZoneById(rule.TimeZone);
        _isInternational = rule.Culture.Length == 0;
        _booleans = rule.Type is FieldType.Boolean && _format.Contains('|') ? _format.Split('|', 2, StringSplitOptions.TrimEntries) : [];
    }

    /// <summary>The usual case without making a string: plain numbers, booleans.</summary>
    /// <returns>False where <see cref="TryText"/> has to look.</returns>
    public bool TryPlain(ReadOnlySpan<byte> plain, JsonTokenType kind, out FieldValue value)
    {
        value = default;
        switch (_type)
        {
            case FieldType.Integer when _isInternational && Utf8Parser.TryParse(plain, out long integer, out var used) && used == plain.Length:
                value = FieldValue.Of(integer);
                return true;
            case FieldType.Decimal when _isInternational && plain.Length is > 0 and <= 28 && Utf8Parser.TryParse(plain, out decimal number, out var used) && used == plain.Length:
                value = FieldValue.Of(number);
                return true;
            case FieldType.Boolean when kind is JsonTokenType.True or JsonTokenType.False:
                value = FieldValue.Of(kind is JsonTokenType.True);
                return true;
            case FieldType.Uuid when Utf8Parser.TryParse(plain, out Guid uuid, out var used, 'D') && used == plain.Length:
                value = FieldValue.Of(uuid);
                return true;
            default:
                return false;
        }
    }

    /// <returns>Empty when it worked, otherwise what the text is not, to follow "The value at x is".</returns>
    public string TryText(string text, out FieldValue value)
    {
        value = default;
        switch (_type)
        {
            case FieldType.String:
                value = FieldValue.Of(text);
                return "";
            case FieldType.Integer:
                return Integer(text, out value);
            case FieldType.Decimal:
                return Decimal(text, out value);
            case FieldType.Boolean:
                return Boolean(text, out value);
            case FieldType.Date:
                return Date(text, out value);
            case FieldType.Timestamp:
                return Timestamp(text, out value);
            case FieldType.Uuid:
                if (Guid.TryParse(text, CultureInfo.InvariantCulture, out var uuid))
                {
                    value = FieldValue.Of(uuid);
                    return "";
                }

                return "not a UUID";
            case FieldType.Json:
                return Json(text, out value);
            default:
                throw new InvalidOperationException($"There is no conversion to {_type}.");
        }
    }

    private string Integer(string text, out FieldValue value)
    {
        value = default;
        var trimmed = text.Trim();
        if (long.TryParse(trimmed, NumberStyles.Integer | NumberStyles.AllowThousands, _culture, out var integer))
        {
            value = FieldValue.Of(integer);
            return "";
        }

        if (!decimal.TryParse(trimmed, Numbers, _culture, out var number))
        {
            return "not an integer";
        }

        if (decimal.Truncate(number) != number)
        {
            return "not a whole number";
        }

        if (number is < long.MinValue or > long.MaxValue)
        {
            return "outside the range of integers";
        }

        value = FieldValue.Of((long)number);
        return "";
    }

    private string Decimal(string text, out FieldValue value)
    {
        value = default;
        var trimmed = text.Trim();
        if (!decimal.TryParse(trimmed, Numbers, _culture, out var number))
        {
            return double.TryParse(trimmed, Numbers, _culture, out var wide) && !double.IsNaN(wide) ? "outside the range of decimals (28 digits)" : "not a decimal number";
        }

        value = FieldValue.Of(number);
        return "";
    }

    private string Boolean(string text, out FieldValue value)
    {
        value = default;
        var trimmed = text.Trim();
        bool? result = _booleans.Length == 2
            ? trimmed.Equals(_booleans[0], StringComparison.OrdinalIgnoreCase) ? true : trimmed.Equals(_booleans[1], StringComparison.OrdinalIgnoreCase) ? false : null
            : trimmed.ToLowerInvariant() switch
            {
                "true" or "yes" or "y" or "1" or "on" or "t" => true,
                "false" or "no" or "n" or "0" or "off" or "f" => false,
                _ => null,
            };
        if (result is not { } known)
        {
            return _booleans.Length == 2 ? $"neither {_booleans[0]} nor {_booleans[1]}" : "neither true nor false";
        }

        value = FieldValue.Of(known);
        return "";
    }

    private string Date(string text, out FieldValue value)
    {
        value = default;
        var trimmed = text.Trim();
        if (_format is "unix" or "unixms")
        {
            var problem = Epoch(trimmed, out var instant);
            value = problem.Length == 0 ? FieldValue.Of(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(instant, _zone).DateTime)) : default;
            return problem;
        }

        if (_format.Length > 0)
        {
            if (!DateTime.TryParseExact(trimmed, _format, _culture, DateTimeStyles.None, out var exact))
            {
                return $"not a date in the form {_format}";
            }

            value = FieldValue.Of(DateOnly.FromDateTime(exact));
            return "";
        }

        if (DateOnly.TryParseExact(trimmed, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var date))
        {
            value = FieldValue.Of(date);
            return "";
        }

        // A timestamp is a date in the zone of the rule; other notations only where a culture says how to read them.
        if (Timestamp(trimmed, out var moment).Length == 0)
        {
            value = FieldValue.Of(DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(moment.Timestamp, _zone).DateTime));
            return "";
        }

        if (!_isInternational && DateOnly.TryParse(trimmed, _culture, DateTimeStyles.None, out date))
        {
            value = FieldValue.Of(date);
            return "";
        }

        return _isInternational ? "not a date in the form 2026-01-31; set a format or a culture" : "not a date as this culture writes it";
    }

    private string Timestamp(string text, out FieldValue value)
    {
        value = default;
        var trimmed = text.Trim();
        if (_format is "unix" or "unixms")
        {
            var problem = Epoch(trimmed, out var instant);
            value = problem.Length == 0 ? FieldValue.Of(instant) : default;
            return problem;
        }

        DateTime parsed;
        if (_format.Length > 0)
        {
            if (!DateTime.TryParseExact(trimmed, _format, _culture, DateTimeStyles.AdjustToUniversal, out parsed))
            {
                return $"not a time in the form {_format}";
            }
        }
        else if (!IsoTime.TryParse(trimmed, out parsed)
            && (_isInternational || !DateTime.TryParse(trimmed, _culture, DateTimeStyles.AdjustToUniversal, out parsed)))
        {
            return _isInternational ? "not a time in the form 2026-01-31T13:30:00Z; set a format or a culture" : "not a time as this culture writes it";
        }

        return InZone(parsed, out value);
    }

    private string InZone(DateTime parsed, out FieldValue value)
    {
        value = default;
        if (parsed.Kind is DateTimeKind.Utc)
        {
            value = FieldValue.Of(new DateTimeOffset(parsed));
            return "";
        }

        if (_zone.IsInvalidTime(parsed))
        {
            return $"a time that does not exist in {_zone.Id}: clocks were put forward then";
        }

        var offset = _zone.IsAmbiguousTime(parsed) ? _zone.GetAmbiguousTimeOffsets(parsed).Max() : _zone.GetUtcOffset(parsed);
        var ticks = parsed.Ticks - offset.Ticks;
        if (ticks < 0 || ticks > DateTime.MaxValue.Ticks)
        {
            return "outside the range of times";
        }

        value = FieldValue.Of(new DateTimeOffset(ticks, TimeSpan.Zero));
        return "";
    }

    private string Epoch(string text, out DateTimeOffset instant)
    {
        instant = default;
        if (!decimal.TryParse(text, Numbers, CultureInfo.InvariantCulture, out var number))
        {
            return "not a number of seconds";
        }

        var seconds = _format == "unixms" ? number / 1000 : number;
        if (seconds is < -62_135_596_800m or >= 253_402_300_800m)
        {
            return "outside the range of times";
        }

        instant = DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        return "";
    }

    private static string Json(string text, out FieldValue value)
    {
        // What reaches here came through a template, a lookup or a constant: it is text, and JSON of text is quoted.
        value = FieldValue.OfJson(JsonSerializer.Serialize(text));
        return "";
    }
}
