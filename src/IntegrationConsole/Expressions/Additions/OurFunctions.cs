using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IntegrationConsole.Expressions.Functions;
using IntegrationConsole.Expressions.Pictures;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Expressions.Additions;

/// <summary>
/// The functions that are ours and not the language's. The second argument of <c>$number</c>, a culture, is ours as well
/// (<see cref="CultureNumbers"/>). Constants of the run are plain variables of the <see cref="Surroundings"/>.
/// </summary>
internal static class OurFunctions
{
    public static readonly BuiltIn[] All =
    [
        // $lookup_table(name, key): the entry of a tenant's lookup table; nothing where there is none for the key.
        new("lookup_table", "<s(snb):x>", LookupTable),

        // $date(value, picture, culture, zone): a date as the world writes it, as an ISO 8601 instant.
        new("date", "<s-ss?s?:s>", Date),

        // $hash(value, algorithm): hexadecimal; sha256 where no algorithm is named.
        new("hash", "<x-s?:s>", Hash),

        // $mask(value, keep): stars for all but the last characters, or the first where keep is negative.
        new("mask", "<(sn)-n?:s>", Mask),

        // $uuid5(namespace, name): the same UUID for the same name, for ever.
        new("uuid5", "<ss:s>", Uuid5),

        // $country(value, form): a country by name or code, as alpha2 (the default), alpha3 or name.
        new("country", "<s-s?:s>", Country),

        // $currency(value): a currency by code, sign or name, as its ISO 4217 code.
        new("currency", "<s-:s>", Currency),

        // $phone_e164(value, country): a telephone number with its country's code and nothing but digits.
        new("phone_e164", "<s-s?:s>", Phone),
    ];

    public static CultureInfo CultureOf(string name, Run run)
    {
        try
        {
            return CultureInfo.GetCultureInfo(name, predefinedOnly: true);
        }
        catch (CultureNotFoundException)
        {
            throw new ExpressionFailure("X1002", run.Position, run.Token, name);
        }
    }

    private static Value LookupTable(Call call)
    {
        if (call[0].IsUndefined || call[1].IsUndefined)
        {
            return default;
        }

        var name = call[0].AsString();
        return call.Run.Surroundings.Tables?.Invoke(name, Texts.Of(call[1], call.Run))
            ?? throw new ExpressionFailure("X1001", call.Run.Position, "lookup_table", name);
    }

    private static Value Date(Call call)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var text = call[0].AsString();
        var run = call.Run;
        var culture = call[2].IsUndefined ? CultureInfo.InvariantCulture : CultureOf(call[2].AsString(), run);
        var zone = call[3].IsUndefined ? TimeZoneInfo.Utc : ZoneOf(call[3].AsString(), run);
        var picture = call[1].AsString();
        run.Take(100L * picture.Length);
        var local = DateParsing.ParseStrictly(CultureNumbers.WithAsciiDigits(text), picture, run.Now, run.Limits.RegexTime, run.Position, culture)
            ?? throw NoDate(text, "it does not have the form of the picture.", run);
        return Value.Of(DateFormatting.Format(local.HasZone ? local.Millis : InZone(local.Millis, zone, text, run), null, 0, run.Position));
    }

    /// <summary>The instant of a local time. In the hour that happens twice the first is taken; the hour that is left out is no time.</summary>
    private static double InZone(double millis, TimeZoneInfo zone, string text, Run run)
    {
        if (!(millis is > -62_135_596_800_000 and < 253_402_300_800_000))
        {
            throw NoDate(text, "its year is out of range.", run);
        }

        var local = DateTime.UnixEpoch.AddMilliseconds(millis);
        local = DateTime.SpecifyKind(local, DateTimeKind.Unspecified);
        if (zone.IsInvalidTime(local))
        {
            throw NoDate(text, $"the clocks of {zone.Id} skip that time.", run);
        }

        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return millis - offset.TotalMilliseconds;
    }

    private static TimeZoneInfo ZoneOf(string name, Run run) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : throw new ExpressionFailure("X1003", run.Position, run.Token, name);

    private static ExpressionFailure NoDate(string text, string why, Run run) =>
        new("X1004", run.Position, "date", text, $"The date {text} cannot be read: {why}");

    private static Value Hash(Call call)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var text = Texts.Of(call[0], call.Run);
        call.Run.Take(3L * text.Length);
        var bytes = Encoding.UTF8.GetBytes(text);
        var algorithm = call[1].IsUndefined ? "sha256" : call[1].AsString();
        var name = algorithm.ToUpperInvariant().Replace("-", "", StringComparison.Ordinal) switch
        {
            "MD5" => HashAlgorithmName.MD5,
            "SHA1" => HashAlgorithmName.SHA1,
            "SHA256" => HashAlgorithmName.SHA256,
            "SHA384" => HashAlgorithmName.SHA384,
            "SHA512" => HashAlgorithmName.SHA512,
            _ => throw new ExpressionFailure("X1005", call.Run.Position, "hash", algorithm),
        };
        return Value.Of(Convert.ToHexStringLower(CryptographicOperations.HashData(name, bytes)));
    }

    private static Value Mask(Call call)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var text = Texts.Of(call[0], call.Run);
        call.Run.Take(4L * text.Length);
        var count = CodePoints.Count(text);
        var keep = call[1].IsUndefined ? 4 : (int)Math.Clamp(call[1].AsDouble(), -1e6, 1e6);

        // A value no longer than what would be kept is hidden wholly: keeping it would show it wholly.
        if (Math.Abs(keep) >= count)
        {
            return Value.Of(new string('*', count));
        }

        var stars = new string('*', count - Math.Abs(keep));
        return Value.Of(keep >= 0 ? stars + CodePoints.Slice(text, count - keep, count) : CodePoints.Slice(text, 0, -keep) + stars);
    }

    private static Value Uuid5(Call call)
    {
        if (call[0].IsUndefined || call[1].IsUndefined)
        {
            return default;
        }

        var name = call[0].AsString();
        var space = name.ToLowerInvariant() switch
        {
            "dns" => new Guid("6ba7b810-9dad-11d1-80b4-00c04fd430c8"),
            "url" => new Guid("6ba7b811-9dad-11d1-80b4-00c04fd430c8"),
            "oid" => new Guid("6ba7b812-9dad-11d1-80b4-00c04fd430c8"),
            "x500" => new Guid("6ba7b814-9dad-11d1-80b4-00c04fd430c8"),
            _ => Guid.TryParse(name, out var given) ? given : throw new ExpressionFailure("X1006", call.Run.Position, "uuid5", name),
        };
        return Value.Of(NamedUuid.Of(space, call[1].AsString()).ToString());
    }

    private static Value Country(Call call)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var region = Regions.Country(call[0].AsString())
            ?? throw new ExpressionFailure("X1007", call.Run.Position, "country", call[0].AsString());
        return Value.Of((call[1].IsUndefined ? "alpha2" : call[1].AsString()) switch
        {
            "alpha3" => region.ThreeLetterISORegionName,
            "name" => region.EnglishName,
            _ => region.TwoLetterISORegionName,
        });
    }

    private static Value Currency(Call call) => call[0].IsUndefined
        ? default
        : Value.Of(Regions.Currency(call[0].AsString()) ?? throw new ExpressionFailure("X1008", call.Run.Position, "currency", call[0].AsString()));

    private static Value Phone(Call call)
    {
        if (call[0].IsUndefined)
        {
            return default;
        }

        var number = call[0].AsString();
        var country = call[1].IsUndefined ? null : call[1].AsString();
        return PhoneNumbers.TryRead(number, country, out var result)
            ? Value.Of(result)
            : throw new ExpressionFailure("X1009", call.Run.Position, "phone_e164", number, result);
    }
}
