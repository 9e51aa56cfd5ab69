using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Bench.Limits;
using IntegrationConsole.Bench.Measuring;
using IntegrationConsole.Sync.Runs;
using OutsideWorld;

namespace IntegrationConsole.Bench.Line;

/// <summary>Measures runs that are so long that what grows with them would be seen, and looks through what they brought.</summary>
/// <param name="bench">For which it is measured.</param>
internal sealed class LongRun(LineBed bed, Results results, string bench, Table table)
{
    private const double Mebibyte = 1024 * 1024;

    /// <summary>Of the first tenth's speed, how much is left in the last one.</summary>
    private const double Flat = 0.9;

    public Table Table => table;

    public async Task<object> MeasureAsync(string name, int records, Guid sync)
    {
        var seen = new List<(long Records, long At)>();
        var figures = await bed.RunAsync(sync, run => Look(run, seen));
        var tenth = records / 10;
        var tenths = Enumerable.Range(0, 10).Select(part => Rate(seen, (long)part * tenth, (part + 1L) * tenth)).ToList();
        var flatness = tenths[^1] / tenths[0];
        var above = (figures.PeakBytes - bed.IdleBytes) / Mebibyte;
        Table.Add(
            name, Measuring.Table.Number(figures.PerSecond), Measuring.Table.Ratio(flatness), Measuring.Table.Number(bed.IdleBytes / Mebibyte), Measuring.Table.Number(above),
            figures.CpuPerMillion.ToString("0.00", CultureInfo.InvariantCulture));
        Console.WriteLine($"{name}, records/s by tenths: {string.Join("; ", tenths.Select(Measuring.Table.Number))}");
        results.AtMost(bench, $"{name}, MiB above idle", above, MemoryBench.MostAbove);
        results.AtLeast(bench, $"{name}, speed of the last tenth to the first", flatness, Flat);
        return new
        {
            records, recordsPerSecond = figures.PerSecond, tenths, idleBytes = bed.IdleBytes, peakBytes = figures.PeakBytes,
            cpuSecondsPerMillion = figures.CpuPerMillion, withinGoal = above <= MemoryBench.MostAbove,
        };
    }

    /// <summary>
    /// Compares the table with what the orders' register has, number by number: its first five thousand read by hand, and
    /// all others made of them, as it makes them itself. The table is empty afterwards.
    /// </summary>
    public async Task<bool> IsAllThereAsync(string table, int records)
    {
        var expected = $"{table}_expected";
        await bed.AskAsync($"create table if not exists {expected} (like {table} including all); truncate {expected}; select 1");
        await using (var orders = await OrderTable.OpenAsync(bed.Destination, expected))
        {
            await orders.WriteAsync(Templates(), expected);
        }

        var wanted = await bed.AskAsync($"""
            select count(*) || ' rows, ' || coalesce(sum(hashtextextended(t::text, 0)), 0) from (
                select 'A-' || number as order_number, ordered_at, total, paid, quantity, city, customer_name, replace(email, right(order_number, 9), number) as email, region, shop
                from {expected}, lateral (select (right(order_number, 9)::bigint + {OrderRegister.Templates} * block)::text as number from generate_series(0, {records / OrderRegister.Templates - 1}) block) made) t
            """);
        var there = await bed.ChecksumAsync(table);
        await bed.AskAsync($"truncate {table}; drop table {expected}, {expected}_bad; select 1");
        Console.WriteLine(there == wanted ? $"checksum of what was to come and of what came: {there}" : $"The rows are not what was to come, so the figures mean nothing: {there}, and {wanted}.");
        return there == wanted;
    }

    private static OrderBatch Templates()
    {
        var (bytes, batch) = (new ArrayBufferWriter<byte>(), new OrderBatch());
        for (var index = 0; index < OrderRegister.Templates; index++)
        {
            bytes.ResetWrittenCount();
            OrderRegister.WriteJson(bytes, index, 1);
            var reader = new Utf8JsonReader(bytes.WrittenSpan.TrimEnd((byte)','));
            reader.Read();
            if (OrderJson.TryRead(ref reader, OrderSource.Regions, out var row))
            {
                batch.Rows.Add(row);
            }
        }

        return batch;
    }

    private static void Look(Run run, List<(long Records, long At)> seen)
    {
        if (run.RecordsRead > 0 && (seen.Count == 0 || seen[^1].Records != run.RecordsRead))
        {
            seen.Add((run.RecordsRead, Stopwatch.GetTimestamp()));
        }
    }

    /// <summary>Records in a second between two of the numbers that were seen, as near to these as there are.</summary>
    private static double Rate(List<(long Records, long At)> seen, long from, long to)
    {
        var (start, end) = (seen.MinBy(look => Math.Abs(look.Records - from)), seen.MinBy(look => Math.Abs(look.Records - to)));
        return (end.Records - start.Records) / Stopwatch.GetElapsedTime(start.At, end.At).TotalSeconds;
    }
}
