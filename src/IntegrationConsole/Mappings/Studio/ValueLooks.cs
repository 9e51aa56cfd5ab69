using System.Text.RegularExpressions;

namespace IntegrationConsole.Mappings.Studio;

/// <summary>What the values of a field look like, whatever the field is called.</summary>
internal sealed partial class ValueLooks
{
    /// <summary>The currencies in use, as ISO 4217 writes them.</summary>
    private static readonly HashSet<string> Currencies =
    [
        .. (
            "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF " +
            "DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW " +
            "KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN " +
            "PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED " +
            "VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG").Split(' '),
    ];

    private static readonly (string Word, Func<string, bool> Fits)[] Known =
    [
        ("email", text => Email().IsMatch(text)),
        ("url", text => text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase)),
        ("phone", text => text.Length is >= 7 and <= 24 && Phone().IsMatch(text)),
        ("iban", text => Iban().IsMatch(text)),
        ("currency", text => Currencies.Contains(text)),
        ("country", text => text.Length == 2 && text.All(char.IsAsciiLetterUpper)),
    ];

    private readonly bool[] _fits = [.. Known.Select(_ => true)];
    private bool _any;

    /// <summary>The first that holds for all values; empty where none does.</summary>
    public string Word => _any ? Known.Where((_, index) => _fits[index]).Select(known => known.Word).FirstOrDefault() ?? "" : "";

    public void Add(string text)
    {
        _any = true;
        for (var index = 0; index < Known.Length; index++)
        {
            _fits[index] = _fits[index] && Known[index].Fits(text);
        }
    }

    [GeneratedRegex(@"^\s*[^@\s]{1,64}@[^@\s]{1,190}\.[^@\s.]{2,}\s*$")]
    private static partial Regex Email();

    // A plain number is no telephone number: it needs a plus, a leading zero, or something between its digits.
    [GeneratedRegex(@"^(\+\d|0\d|\(\d|\d+[ /()-]\d)[\d ./()-]+$")]
    private static partial Regex Phone();

    [GeneratedRegex(@"^[A-Z]{2}\d{2}[A-Z0-9]{11,30}$")]
    private static partial Regex Iban();
}
