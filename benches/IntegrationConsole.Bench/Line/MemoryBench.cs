using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Bench.Measuring;
using IntegrationConsole.Sync.Runs;
using OutsideWorld;

namespace IntegrationConsole.Bench.Line;

/// <summary>One long run: how much memory it takes, and whether its end is as fast as its beginning.</summary>
internal static class MemoryBench
{
    private const double Mebibyte = 1024 * 1024;
    private const double MostAbove = 256;

    public static async Task<bool> RunAsync(LineBed bed, Pace pace, Results results)
    {
        LineBench.Heading("memory", $"{Table.Number(pace.LongRecords)} records in one run; goal: at most {MostAbove} MiB above idle, as fast at the end as at the beginning");
        var syncs = new OrderSyncs(bed);
        var table = NewTable();
        var entries = new Dictionary<string, object>();
        entries["rest"] = await MeasureAsync(bed, table, "REST to PostgreSQL", pace.LongRecords, await syncs.FromRestAsync(pace.LongRecords, "long_rest"));
        await bed.AskAsync("truncate long_rest; select 1");
        entries["csv"] = await MeasureAsync(bed, table, "CSV to PostgreSQL", pace.LongRecords, await syncs.FromCsvAsync(pace.LongRecords, "long_csv"));
        await bed.AskAsync("truncate long_csv; select 1");
        File.Delete(syncs.FileOf(pace.LongRecords));
        Console.WriteLine();
        table.Print();
        results.Add("memory", JsonSerializer.SerializeToElement(entries));
        return true;
    }

    /// <summary>A file that is larger than any machine would keep: bounded as the others, and each of its lines with one outcome.</summary>
    public static async Task<bool> LargeFileAsync(LineBed bed, Pace pace, Results results)
    {
        LineBench.Heading("large-file", $"a CSV of {Table.Number(pace.LargeFileRecords)} lines in one run; goal: at most {MostAbove} MiB above idle");
        var syncs = new OrderSyncs(bed);
        var table = NewTable();
        var sync = await syncs.FromCsvAsync(pace.LargeFileRecords, "large_csv");
        var file = syncs.FileOf(pace.LargeFileRecords);
        Console.WriteLine($"{Table.Number(new FileInfo(file).Length / Mebibyte)} MiB");
        var entry = await MeasureAsync(bed, table, "CSV to PostgreSQL", pace.LargeFileRecords, sync);
        File.Delete(file);
        var good = Enumerable.Range(0, pace.LargeFileRecords).LongCount(index => !OrderRegister.IsBad(index));
        var there = await bed.AskAsync("select count(*) from large_csv");
        await bed.AskAsync("truncate large_csv; select 1");
        table.Print();
        Console.WriteLine($"{there} rows at the destination; {good.ToString(CultureInfo.InvariantCulture)} lines are good.");
        Console.WriteLine();
        results.Add("large-file", JsonSerializer.SerializeToElement(entry));
        return there == good.ToString(CultureInfo.InvariantCulture);
    }

    private static Table NewTable() => new("run", "records/s", "last tenth to first", "idle MiB", "peak above idle MiB", "CPU s/million");

    private static async Task<object> MeasureAsync(LineBed bed, Table table, string name, int records, Guid sync)
    {
        var seen = new List<(long Records, long At)>();
        var figures = await bed.RunAsync(sync, run => Look(run, seen));
        var tenth = records / 10;
        var tenths = Enumerable.Range(0, 10).Select(part => Rate(seen, (long)part * tenth, (part + 1L) * tenth)).ToList();
        var above = (figures.PeakBytes - bed.IdleBytes) / Mebibyte;
        table.Add(
            name, Table.Number(figures.PerSecond), Table.Ratio(tenths[^1] / tenths[0]), Table.Number(bed.IdleBytes / Mebibyte), Table.Number(above),
            figures.CpuPerMillion.ToString("0.00", CultureInfo.InvariantCulture));
        Console.WriteLine($"{name}, records/s by tenths: {string.Join("; ", tenths.Select(Table.Number))}");
        return new
        {
            records, recordsPerSecond = figures.PerSecond, tenths, idleBytes = bed.IdleBytes, peakBytes = figures.PeakBytes,
            cpuSecondsPerMillion = figures.CpuPerMillion, withinGoal = above <= MostAbove,
        };
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
