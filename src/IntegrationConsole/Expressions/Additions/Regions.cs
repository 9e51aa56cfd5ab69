using System.Collections.Frozen;
using System.Globalization;

namespace IntegrationConsole.Expressions.Additions;

/// <summary>Countries and currencies by the names, codes and signs that the framework knows for them.</summary>
internal static class Regions
{
    private static readonly Lazy<RegionInfo[]> All = new(() =>
    [
        .. CultureInfo.GetCultures(CultureTypes.SpecificCultures)
            .Where(culture => culture.Name.Length > 0)
            .Select(culture => new RegionInfo(culture.Name))
            .Where(region => region.TwoLetterISORegionName.Length == 2 && char.IsAsciiLetterUpper(region.TwoLetterISORegionName[0])),
    ]);

    private static readonly Lazy<FrozenDictionary<string, RegionInfo>> Countries = new(() => Index(
        region => [region.TwoLetterISORegionName, region.ThreeLetterISORegionName, region.EnglishName, region.NativeName],
        region => region,
        [("UK", Of("GB")), ("Great Britain", Of("GB")), ("USA", Of("US")), ("Czech Republic", Of("CZ")), ("Holland", Of("NL")), ("Turkey", Of("TR")), ("Russian Federation", Of("RU"))]));

    // A sign that several currencies share means the one that is traded most.
    private static readonly Lazy<FrozenDictionary<string, string>> Currencies = new(() => Index(
        region => [region.ISOCurrencySymbol, region.CurrencyEnglishName, region.CurrencyNativeName],
        region => region.ISOCurrencySymbol,
        [
            ("$", "USD"), ("US$", "USD"), ("€", "EUR"), ("£", "GBP"), ("¥", "JPY"), ("円", "JPY"), ("元", "CNY"), ("₹", "INR"), ("₽", "RUB"), ("₩", "KRW"),
            ("₺", "TRY"), ("₴", "UAH"), ("₪", "ILS"), ("฿", "THB"), ("₫", "VND"), ("₦", "NGN"), ("zł", "PLN"), ("Kč", "CZK"), ("kr", "SEK"), ("R$", "BRL"),
            ("A$", "AUD"), ("C$", "CAD"), ("CA$", "CAD"), ("NZ$", "NZD"), ("HK$", "HKD"), ("Fr.", "CHF"), ("dollar", "USD"), ("pound", "GBP"), ("yen", "JPY"),
        ]));

    public static RegionInfo? Country(string name) => Countries.Value.GetValueOrDefault(name.Trim());

    public static string? Currency(string name) => Currencies.Value.GetValueOrDefault(name.Trim());

    private static RegionInfo Of(string code) => new(code);

    private static FrozenDictionary<string, T> Index<T>(Func<RegionInfo, string[]> names, Func<RegionInfo, T> value, (string Name, T Value)[] chosen)
    {
        var index = new Dictionary<string, T>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, each) in chosen)
        {
            index[name] = each;
        }

        foreach (var region in All.Value)
        {
            foreach (var name in names(region))
            {
                index.TryAdd(name, value(region));
            }
        }

        return index.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);
    }
}
