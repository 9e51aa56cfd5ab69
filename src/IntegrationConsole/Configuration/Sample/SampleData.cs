using System.Globalization;

namespace IntegrationConsole.Configuration.Sample;

/// <summary>Data that every machine holds: regions, currencies and time zones, as an outside system might serve them.</summary>
internal static class SampleData
{
    private static readonly Lazy<IReadOnlyList<RegionInfo>> Regions = new(() =>
    [
        .. CultureInfo.GetCultures(CultureTypes.SpecificCultures)
            .Where(culture => culture.Name.Length > 0 && culture.Name.Contains('-'))
            .Select(culture => Region(culture.Name)).OfType<RegionInfo>()
            .Where(region => region.TwoLetterISORegionName.Length == 2 && region.TwoLetterISORegionName.All(char.IsAsciiLetterUpper))
            .DistinctBy(region => region.TwoLetterISORegionName).OrderBy(region => region.TwoLetterISORegionName, StringComparer.Ordinal),
    ]);

    public static IReadOnlyList<object> Of(string list, DateTimeOffset now) => list switch
    {
        "regions" => [.. Regions.Value.Select(region => new
        {
            code = region.TwoLetterISORegionName,
            code3 = region.ThreeLetterISORegionName,
            names = new { english = region.EnglishName, native = region.NativeName },
            currency = region.ISOCurrencySymbol,
            metric = region.IsMetric,
        })],
        "currencies" => [.. Regions.Value.DistinctBy(region => region.ISOCurrencySymbol).OrderBy(region => region.ISOCurrencySymbol, StringComparer.Ordinal).Select(region => new
        {
            code = region.ISOCurrencySymbol,
            name = region.CurrencyEnglishName,
            symbol = region.CurrencySymbol,
            usedIn = Regions.Value.Count(other => other.ISOCurrencySymbol == region.ISOCurrencySymbol),
        })],
        "time-zones" => [.. TimeZoneInfo.GetSystemTimeZones().Where(zone => zone.HasIanaId && zone.Id.Contains('/')).OrderBy(zone => zone.Id, StringComparer.Ordinal).Select(zone => new
        {
            id = zone.Id,
            area = zone.Id.Split('/')[0],
            utcOffsetMinutes = (int)zone.GetUtcOffset(now).TotalMinutes,
            changesClocks = zone.SupportsDaylightSavingTime,
            checkedAt = now.ToString("yyyy-MM-dd'T'00:00:00'Z'", CultureInfo.InvariantCulture),
        })],
        _ => [],
    };

    private static RegionInfo? Region(string culture)
    {
        try
        {
            return new RegionInfo(culture);
        }
        catch (ArgumentException)
        {
            // Some cultures belong to no region.
            return null;
        }
    }
}
