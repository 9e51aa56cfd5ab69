using System.Globalization;
using System.Net.Http.Headers;
using System.Text.RegularExpressions;

namespace IntegrationConsole.Tests.Health;

/// <summary>A scrape as a scraper reads it: refuses what the format does not allow.</summary>
internal sealed partial class Scrape
{
    private readonly Dictionary<string, double> _samples = [];

    public Dictionary<string, string> Types { get; } = [];

    public IReadOnlyCollection<string> Series => _samples.Keys;

    /// <summary>Reads <c>/metrics</c> as a scraper with the token does.</summary>
    public static async Task<Scrape> TakeAsync(HealthSite site, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/metrics");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await site.Client.SendAsync(request);
        response.EnsureSuccessStatusCode();
        return Parse(await response.Content.ReadAsStringAsync());
    }

    public static Scrape Parse(string text)
    {
        Assert.EndsWith("\n", text);
        var scrape = new Scrape();
        foreach (var line in text.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            scrape.Read(line);
        }

        scrape.CheckHistograms();
        return scrape;
    }

    /// <summary>The value of exactly one series, with its labels in alphabetical order.</summary>
    public double this[string series] => _samples.TryGetValue(series, out var value) ? value
        : throw new KeyNotFoundException($"{series} is not among: {string.Join('\n', _samples.Keys.Where(key => key.StartsWith(series.Split('{')[0], StringComparison.Ordinal)))}");

    public bool Has(string series) => _samples.ContainsKey(series);

    private void Read(string line)
    {
        if (line.StartsWith("# HELP ", StringComparison.Ordinal))
        {
            return;
        }

        if (Type().Match(line) is { Success: true } type)
        {
            Types.Add(type.Groups[1].Value, type.Groups[2].Value);
            return;
        }

        var sample = Sample().Match(line);
        Assert.True(sample.Success, $"Not a sample: {line}");
        var name = sample.Groups[1].Value;
        Assert.True(Types.ContainsKey(name) || Types.ContainsKey(Regex.Replace(name, "_(bucket|sum|count)$", "")), $"Before its type: {line}");
        var value = sample.Groups[3].Value is "+Inf" ? double.PositiveInfinity : double.Parse(sample.Groups[3].Value, CultureInfo.InvariantCulture);
        _samples.Add(name + sample.Groups[2].Value, value);
    }

    /// <summary>Buckets grow, and the last one is the count.</summary>
    private void CheckHistograms()
    {
        foreach (var (name, type) in Types.Where(pair => pair.Value == "histogram"))
        {
            foreach (var series in _samples.Where(pair => pair.Key.StartsWith($"{name}_bucket{{", StringComparison.Ordinal)).GroupBy(pair => Le().Replace(pair.Key, "")))
            {
                var buckets = series.Select(pair => pair.Value).ToList();
                Assert.Equal(buckets.Order(), buckets);
                var labels = series.Key[$"{name}_bucket".Length..];
                Assert.Equal(buckets[^1], _samples[$"{name}_count{(labels == "{}" ? "" : labels)}"]);
            }
        }
    }

    [GeneratedRegex(@"^# TYPE ([a-zA-Z_][a-zA-Z0-9_]*) (counter|gauge|histogram)$")]
    private static partial Regex Type();

    [GeneratedRegex("""^([a-zA-Z_][a-zA-Z0-9_]*)(\{[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\.)*"(?:,[a-zA-Z_][a-zA-Z0-9_]*="(?:[^"\\]|\\.)*")*\})? (-?[0-9.eE+-]+|\+Inf|NaN)$""")]
    private static partial Regex Sample();

    [GeneratedRegex(""",?le="[^"]*"(?=})""")]
    private static partial Regex Le();
}
