using System.Diagnostics;
using System.Text.Json;
using IntegrationConsole.Bench.Measuring;
using IntegrationConsole.Sync.Runs;

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
        var table = new Table("run", "records/s", "first tenth", "last tenth", "last to first", "idle MiB", "peak above idle MiB", "CPU s/million");
        var entries = new Dictionary<string, object>();
        entries["rest"] = await MeasureAsync(bed, table, "REST to PostgreSQL", pace.LongRecords, await syncs.FromRestAsync(pace.LongRecords, "long_rest"));
        await bed.AskAsync("truncate long_rest; select 1");
        entries["csv"] = await MeasureAsync(bed, table, "CSV to PostgreSQL", pace.LongRecords, await syncs.FromCsvAsync(pace.LongRecords, "long_csv"));
        await bed.AskAsync("truncate long_csv; select 1");
        File.Delete(syncs.FileOf(pace.LongRecords));
        table.Print();
        results.Add("memory", JsonSerializer.SerializeToElement(entries));
        return true;
    }

    private static async Task<object> MeasureAsync(LineBed bed, Table table, string name, int records, Guid sync)
    {
        var seen = new List<(long Records, long At)>();
        var figures = await bed.RunAsync(sync, run => Look(run, seen));
        var tenth = records / 10;
        var (first, last) = (Rate(seen, 0, tenth), Rate(seen, records - tenth, records));
        var above = (figures.PeakBytes - bed.IdleBytes) / Mebibyte;
        table.Add(
            name, Table.Number(figures.PerSecond), Table.Number(first), Table.Number(last), Table.Ratio(last / first), Table.Number(bed.IdleBytes / Mebibyte), Table.Number(above),
            figures.CpuPerMillion.ToString("0.00", System.Globalization.CultureInfo.InvariantCulture));
        return new
        {
            records, recordsPerSecond = figures.PerSecond, firstTenth = first, lastTenth = last, idleBytes = bed.IdleBytes, peakBytes = figures.PeakBytes,
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
