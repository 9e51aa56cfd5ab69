using System.Diagnostics;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Tests.Support;
using Xunit.Abstractions;

namespace IntegrationConsole.Tests.Connectors.Postgres;

/// <summary>Counts what the whole process allocates, so nothing else may run beside it.</summary>
[CollectionDefinition(nameof(Writing_many_rows), DisableParallelization = true)]
[Collection(nameof(Writing_many_rows))]
public sealed class Writing_many_rows(ITestOutputHelper output)
{
    private const int Chunks = 20;
    private const int ChunkRows = 5_000;

    private static readonly RowField[] Fields =
    [
        new("id", FieldType.Integer), new("name", FieldType.String), new("city", FieldType.String), new("qty", FieldType.Integer), new("amount", FieldType.Decimal),
        new("at", FieldType.Timestamp), new("day", FieldType.Date), new("ok", FieldType.Boolean), new("ref", FieldType.Uuid), new("doc", FieldType.Json),
    ];

    [Fact]
    public async Task A_hundred_thousand_rows_go_and_come_without_allocating_for_each()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, """
            create table many (id int8 primary key, name text, city varchar(20), qty int, amount numeric(12, 2), at timestamptz, day date, ok bool, ref uuid, doc jsonb)
            """);
        var chunks = Enumerable.Range(0, Chunks).Select(Chunk).ToList();
        await using var writer = await database.OpenAsync("many", WriteMode.Upsert, Fields, ["id"]);

        await WriteAsync(writer, chunks[..2]);
        var (first, written) = await WriteAsync(writer, chunks[2..11]);
        var (second, more) = await WriteAsync(writer, chunks[11..]);
        var (again, changed) = await WriteAsync(writer, chunks);

        Assert.Equal((9 * ChunkRows, 9 * ChunkRows, 0), (written, more, changed));
        Assert.Equal($"{Chunks * ChunkRows}", await database.OneAsync("select count(*)::text from many"));
        Assert.All([first, second, again], bytes => Assert.InRange(bytes, 0, 16));
        await ReadAsync(database);
    }

    private async Task<(double BytesPerRow, int Written)> WriteAsync(IDestinationWriter writer, IReadOnlyList<RowBatch> chunks)
    {
        var before = GC.GetTotalAllocatedBytes(precise: true);
        var started = Stopwatch.GetTimestamp();
        var written = 0;
        foreach (var chunk in chunks)
        {
            var result = await writer.WriteAsync(chunk, 0, chunk.Count, "token", CancellationToken.None);
            Assert.Null(result.Refused);
            written += result.Written;
        }

        var rows = chunks.Sum(chunk => chunk.Count);
        var bytes = (double)(GC.GetTotalAllocatedBytes(precise: true) - before) / rows;
        output.WriteLine($"{rows / Stopwatch.GetElapsedTime(started).TotalSeconds:N0} rows/s written, {written:N0} of {rows:N0} changed something, {bytes:0.0} bytes allocated per row");
        return (bytes, written);
    }

    private async Task ReadAsync(CustomerDatabase database)
    {
        var started = Stopwatch.GetTimestamp();
        var rows = 0;
        await foreach (var batch in database.Connector.ReadAsync(database.Connection(), new ReadRequest("many", ReadMode.Full, null, null, ChunkRows), CancellationToken.None))
        {
            rows += batch.Count;
            batch.Dispose();
        }

        output.WriteLine($"{rows / Stopwatch.GetElapsedTime(started).TotalSeconds:N0} rows/s read");
        Assert.Equal(Chunks * ChunkRows, rows);
    }

    private static RowBatch Chunk(int number)
    {
        var batch = new RowBatch(Fields, ChunkRows);
        var start = new DateTimeOffset(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);
        for (var index = 0; index < ChunkRows; index++)
        {
            var id = (number * ChunkRows) + index;
            var row = batch.NextRow();
            row[0] = FieldValue.Of((long)id);
            row[1] = FieldValue.Of($"name {id}");
            row[2] = FieldValue.Of("Zürich");
            row[3] = FieldValue.Of((long)(id % 100));
            row[4] = FieldValue.Of(id / 100m);
            row[5] = FieldValue.Of(start.AddSeconds(id));
            row[6] = FieldValue.Of(new DateOnly(2026, 1, 1).AddDays(id % 365));
            row[7] = FieldValue.Of(id % 2 == 0);
            row[8] = FieldValue.Of(new Guid(id, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10));
            row[9] = FieldValue.OfJson("""{"a":1,"b":[true,null]}""");
            batch.Commit("", index);
        }

        return batch;
    }
}
