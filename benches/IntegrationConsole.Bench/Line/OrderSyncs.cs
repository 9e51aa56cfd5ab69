using System.Globalization;
using IntegrationConsole.Bench.Limits;
using IntegrationConsole.Database;
using OutsideWorld;

namespace IntegrationConsole.Bench.Line;

/// <summary>The syncs that are measured, one for each number of records, as a file says.</summary>
internal sealed class OrderSyncs(LineBed bed)
{
    private const int PageSize = 1_000;

    /// <summary>Orders of an API, into a table of that name.</summary>
    public Task<IReadOnlyList<Guid>> FromRestAsync(string table, IReadOnlyList<int> sizes, string? mapping = null)
    {
        var streams = sizes.Select(size => $"{{ name: orders-{Text(size)}, path: {PathOf(size)}, canRead: true, records: data, pagination: page, pageSize: {Text(PageSize)}, sizeParameter: limit, stop: short }}");
        var api = $"{{ name: {table} api, kind: rest, settings: {{ baseAddress: \"{bed.Address}\", streams: [{string.Join(", ", streams)}] }} }}";
        return ToTableAsync(table, $"{table} api", api, [.. sizes.Select(size => $"orders-{Text(size)}")], mapping ?? OrderMapping.OfJson());
    }

    /// <summary>The same orders of files.</summary>
    public async Task<IReadOnlyList<Guid>> FromCsvAsync(string table, IReadOnlyList<int> sizes)
    {
        foreach (var size in sizes)
        {
            await using (var file = File.Create(FileOf(size)))
            {
                await OrderRegister.WriteCsvAsync(file, size, CancellationToken.None);
            }

            // A file that is just being written is left alone by the console.
            File.SetLastWriteTimeUtc(FileOf(size), File.GetLastWriteTimeUtc(FileOf(size)).AddMinutes(-1));
        }

        var folder = $"{{ name: files, kind: file, settings: {{ from: folder, folder: \"{bed.FilesFolder}\", pattern: \"*.csv\" }} }}";
        return await ToTableAsync(table, "files", folder, [.. sizes.Select(size => Path.GetFileName(FileOf(size)))], OrderMapping.OfCsv);
    }

    /// <summary>Orders of a table, to the sink of that name.</summary>
    public async Task<Guid> FromTableAsync(string table, string sink)
    {
        var stream = $"{{ name: orders, path: /sink/{sink}, canRead: false, canWrite: true, sending: batch, createPath: /sink/{sink}/batch, batchSize: {Text(PostgresToRest.BatchSize)}, "
            + $"parallelCalls: {Text(PostgresToRest.Parallel)}, resultsPath: results, resultStatusPath: status, resultErrorPath: error, idempotencyHeader: Idempotency-Key }}";
        var tenant = await ApplyAsync(
            OrderMapping.OfRow,
            [$"{{ name: {sink} api, kind: rest, settings: {{ baseAddress: \"{bed.Address}\", streams: [{stream}] }} }}", bed.DatabaseNamed($"{sink} database")],
            [$"{{ name: {sink}, source: {{ connection: {sink} database, stream: {table} }}, destination: {{ connection: {sink} api, stream: orders, write: append }}, mapping: {{ file: mapping.yaml }} }}"]);
        return (await bed.SyncsAsync(tenant, [sink]))[0];
    }

    public string FileOf(int records) => Path.Combine(bed.FilesFolder, $"orders-{Text(records)}.csv");

    /// <summary>What the limit asks for: the page's number is put behind it.</summary>
    public string AddressOf(int records) => $"{bed.Address}{PathOf(records)}?limit={Text(PageSize)}";

    /// <summary>A lookup table of a file, as a file beside it.</summary>
    public static (string Name, IEnumerable<string> Lines) Rows(string file, IEnumerable<KeyValuePair<string, string>> rows) => (file, rows.Select(row => $"{row.Key},{row.Value}"));

    private async Task<IReadOnlyList<Guid>> ToTableAsync(string table, string source, string connection, IReadOnlyList<string> streams, string mapping)
    {
        var slugs = streams.Select((_, index) => $"{table.Replace('_', '-')}-{Text(index + 1)}").ToList();
        var tenant = await ApplyAsync(mapping, [connection, bed.DatabaseNamed($"{table} database")], [.. streams.Zip(slugs, (stream, slug) =>
            $"{{ name: {slug}, source: {{ connection: {source}, stream: {stream} }}, destination: {{ connection: {table} database, stream: {table}, write: upsert, keys: [order_number], create: true }}, mapping: {{ file: mapping.yaml }} }}")]);
        return await bed.SyncsAsync(tenant, slugs);
    }

    private Task<TenantId> ApplyAsync(string mapping, IEnumerable<string> connections, IEnumerable<string> integrations) => bed.ApplyAsync(LineBed.Bench, $$"""
        connections:
        {{Items(connections)}}
        lookups:
          - { name: {{OrderMapping.Regions}}, file: regions.csv }
        integrations:
        {{Items(integrations)}}
        """, ("mapping.yaml", [mapping]), Rows("regions.csv", OrderSource.Regions));

    private static string Items(IEnumerable<string> items) => string.Join('\n', items.Select(item => $"  - {item}"));

    private static string PathOf(int records) => $"/orders/{Text(records)}";

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
