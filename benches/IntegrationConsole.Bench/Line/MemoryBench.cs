using System.Text.Json;
using IntegrationConsole.Bench.Measuring;

namespace IntegrationConsole.Bench.Line;

/// <summary>One long run: how much memory it takes, and whether its end is as fast as its beginning.</summary>
internal static class MemoryBench
{
    private const double Mebibyte = 1024 * 1024;
    public const double MostAbove = 256;

    public static async Task<bool> RunAsync(LineBed bed, Pace pace, Results results)
    {
        LineBench.Heading("memory", $"{Table.Number(pace.LongRecords)} records in one run; goal: at most {MostAbove} MiB above idle, as fast at the end as at the beginning");
        var syncs = new OrderSyncs(bed);
        var run = new LongRun(bed, results, "memory", NewTable());
        var entries = new Dictionary<string, object>();
        var same = true;
        entries["rest"] = await run.MeasureAsync("REST to PostgreSQL", pace.LongRecords, (await syncs.FromRestAsync("long_rest", [pace.LongRecords]))[0]);
        same &= await run.IsAllThereAsync("long_rest", pace.LongRecords);
        entries["csv"] = await run.MeasureAsync("CSV to PostgreSQL", pace.LongRecords, (await syncs.FromCsvAsync("long_csv", [pace.LongRecords]))[0]);
        File.Delete(syncs.FileOf(pace.LongRecords));
        same &= await run.IsAllThereAsync("long_csv", pace.LongRecords);
        Console.WriteLine();
        run.Table.Print();
        results.Add("memory", JsonSerializer.SerializeToElement(entries));
        return same;
    }

    /// <summary>A file that is larger than any machine would keep: bounded as the others, and each of its lines with one outcome.</summary>
    public static async Task<bool> LargeFileAsync(LineBed bed, Pace pace, Results results)
    {
        LineBench.Heading("large-file", $"a CSV of {Table.Number(pace.LargeFileRecords)} lines in one run; goal: at most {MostAbove} MiB above idle");
        var syncs = new OrderSyncs(bed);
        var run = new LongRun(bed, results, "large-file", NewTable());
        var sync = (await syncs.FromCsvAsync("large_csv", [pace.LargeFileRecords]))[0];
        var file = syncs.FileOf(pace.LargeFileRecords);
        Console.WriteLine($"{Table.Number(new FileInfo(file).Length / Mebibyte)} MiB");
        var entry = await run.MeasureAsync("CSV to PostgreSQL", pace.LargeFileRecords, sync);
        File.Delete(file);
        var same = await run.IsAllThereAsync("large_csv", pace.LargeFileRecords);
        run.Table.Print();
        results.Add("large-file", JsonSerializer.SerializeToElement(entry));
        return same;
    }

    private static Table NewTable() => new("run", "records/s", "last tenth to first", "idle MiB", "peak above idle MiB", "CPU s/million");
}
