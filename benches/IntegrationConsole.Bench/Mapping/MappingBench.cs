using System.Text.Json;
using IntegrationConsole.Bench.Measuring;

namespace IntegrationConsole.Bench.Mapping;

/// <summary>A compiled mapping beside the same mapping written by hand with the framework's JSON reader.</summary>
internal static class MappingBench
{
    private const double Goal = 0.7;
    private const int BatchCount = 10;
    private const int RecordsOfBatch = 500;
    private const int Records = BatchCount * RecordsOfBatch;

    public static bool Run(Pace pace, Results results)
    {
        Console.WriteLine("mapping: records/s of 20 fields, 10 of them mapped, beside hand-written System.Text.Json");
        Console.WriteLine();
        var plan = SampleMapping.Compile();
        var batches = SampleRecords.Batches(BatchCount, RecordsOfBatch);
        var ours = Checksum.Of(batches.Select(batch => plan.Apply(batch, CancellationToken.None).Rows));
        var byHand = Checksum.Of(batches.SelectMany(batch => HandWritten.Apply(batch, SampleRecords.Regions)));
        if (ours != byHand)
        {
            Console.WriteLine($"The rows differ, so they are not measured: {ours} and {byHand}.");
            return false;
        }

        var mapAll = () =>
        {
            foreach (var batch in batches)
            {
                plan.Apply(batch, CancellationToken.None);
            }
        };
        var mapAllByHand = () =>
        {
            foreach (var batch in batches)
            {
                HandWritten.Apply(batch, SampleRecords.Regions);
            }
        };
        var contest = Contest.Hold(pace, length => Stopwatches.Measure(mapAll, Records, length), length => Stopwatches.Measure(mapAllByHand, Records, length));
        var table = new Table("side", "records/s", "ratio", "ratio wall", "bytes allocated per record");
        table.Add("mapping plan", Table.Number(contest.PerCpuSecond(0)), Table.Ratio(contest.CpuRatio(0, 1)), Table.Ratio(contest.WallRatio(0, 1)), Bytes(mapAll));
        table.Add("hand-written", Table.Number(contest.PerCpuSecond(1)), Table.Ratio(1), Table.Ratio(1), Bytes(mapAllByHand));
        table.Print();
        Console.WriteLine($"ratio {Table.Ratio(contest.CpuRatio(0, 1))} (goal {Table.Ratio(Goal)}), checksum of both {ours[..16]}");
        Console.WriteLine();
        results.Add("mapping", JsonSerializer.SerializeToElement(new
        {
            goal = Goal, ratio = contest.CpuRatio(0, 1), wallRatio = contest.WallRatio(0, 1), recordsPerCpuSecond = contest.PerCpuSecond(0), handWrittenRecordsPerCpuSecond = contest.PerCpuSecond(1),
            bytesOfRecord = BytesOf(mapAll), handWrittenBytesOfRecord = BytesOf(mapAllByHand), checksum = ours,
        }));
        results.AtLeast("mapping", "to hand-written, records per CPU second", contest.CpuRatio(0, 1), Goal);
        return true;
    }

    private static string Bytes(Action mapAll) => Table.Number(BytesOf(mapAll));

    private static double BytesOf(Action mapAll) => Stopwatches.AllocatedBy(mapAll, 10) / Records;
}
