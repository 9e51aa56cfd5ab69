using System.Globalization;
using IntegrationConsole.Bench.Limits;
using IntegrationConsole.Connectors;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Schedules;
using OutsideWorld;

namespace IntegrationConsole.Bench.Line;

/// <summary>The syncs that are measured, made once for each number of records.</summary>
internal sealed class OrderSyncs(LineBed bed)
{
    private const int PageSize = 1_000;

    private bool _hasRegions;

    /// <summary>Orders of an API, into a table of that name.</summary>
    public async Task<Guid> FromRestAsync(int records, string table, MappingDocument? mapping = null)
    {
        await NeedRegionsAsync();
        var api = await bed.GivenAnApiAsync(new
        {
            name = "orders", path = PathOf(records), canRead = true, records = "data", pagination = "page", pageSize = PageSize, sizeParameter = "limit", stop = "short",
        });
        return await bed.GivenASyncAsync(await ToTableAsync(api, "orders", table), mapping ?? OrderMapping.OfJson());
    }

    /// <summary>The same orders of a file.</summary>
    public async Task<Guid> FromCsvAsync(int records, string table)
    {
        await NeedRegionsAsync();
        await using (var file = File.Create(FileOf(records)))
        {
            await OrderRegister.WriteCsvAsync(file, records, CancellationToken.None);
        }

        // A file that is just being written is left alone by the console.
        File.SetLastWriteTimeUtc(FileOf(records), File.GetLastWriteTimeUtc(FileOf(records)).AddMinutes(-1));
        return await bed.GivenASyncAsync(await ToTableAsync(await bed.GivenAFolderAsync(), Path.GetFileName(FileOf(records)), table), OrderMapping.OfCsv);
    }

    /// <summary>Orders of a table, to the sink of that name.</summary>
    public async Task<Guid> FromTableAsync(string table, string sink)
    {
        await NeedRegionsAsync();
        var database = await bed.GivenADatabaseAsync();
        var api = await bed.GivenAnApiAsync(new
        {
            name = "orders", path = $"/sink/{sink}", canRead = false, canWrite = true, sending = "batch", createPath = $"/sink/{sink}/batch",
            batchSize = PostgresToRest.BatchSize, parallelCalls = PostgresToRest.Parallel, resultsPath = "results", resultStatusPath = "status", resultErrorPath = "error",
            idempotencyHeader = "Idempotency-Key",
        });
        var draft = new SyncDraft(
            Guid.NewGuid().ToString("n"), database, table, ReadMode.Full, api, "orders", WriteMode.Append, [], CreateDestination: false, Schedule.Manual, OverlapRule.Queue);
        return await bed.GivenASyncAsync(draft, OrderMapping.OfRow);
    }

    public string FileOf(int records) => Path.Combine(bed.FilesFolder, $"orders-{records.ToString(CultureInfo.InvariantCulture)}.csv");

    /// <summary>What the limit asks for: the page's number is put behind it.</summary>
    public string AddressOf(int records) => $"{bed.Address}{PathOf(records)}?limit={PageSize}";

    private static string PathOf(int records) => $"/orders/{records.ToString(CultureInfo.InvariantCulture)}";

    private async Task<SyncDraft> ToTableAsync(Guid source, string stream, string table) => new(
        Guid.NewGuid().ToString("n"), source, stream, ReadMode.Full, await bed.GivenADatabaseAsync(), table, WriteMode.Upsert, ["order_number"],
        CreateDestination: true, Schedule.Manual, OverlapRule.Queue);

    private async Task NeedRegionsAsync()
    {
        if (!_hasRegions)
        {
            await bed.GivenALookupAsync(OrderMapping.Regions, OrderSource.Regions);
            _hasRegions = true;
        }
    }
}
