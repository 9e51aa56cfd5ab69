using System.Text.RegularExpressions;

namespace IntegrationConsole.Mappings.Studio;

/// <summary>What the values of a field look like, whatever the field is called.</summary>
internal sealed partial class ValueLooks
{
    private static readonly HashSet<string> CommonCurrencies =
        ["EUR", "USD", "GBP", "CHF", "JPY", "CNY", "SEK", "NOK", "DKK", "PLN", "CZK", "HUF", "RON", "BGN", "CAD", "AUD", "NZD", "INR", "BRL", "MXN", "ZAR", "TRY", "ILS", "SGD", "HKD", "KRW", "THB", "AED"];

    private static readonly (string Word, Func<string, bool> Fits)[] Known =
    [
        ("email", text => Email().IsMatch(text)),
        ("url", text => text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase)),
        ("phone", text => text.Length is >= 7 and <= 24 && Phone().IsMatch(text)),
        ("iban", text => Iban().IsMatch(text)),
        ("currency", text => text.Length == 3 && text.All(char.IsAsciiLetterUpper) && CommonCurrencies.Contains(text)),
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
