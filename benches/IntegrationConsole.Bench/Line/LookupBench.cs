using IntegrationConsole.Bench.Measuring;
using OutsideWorld;

namespace IntegrationConsole.Bench.Line;

/// <summary>The same orders with a lookup table of a million rows, each asked by another order, beside one of a thousand.</summary>
internal static class LookupBench
{
    private const double Goal = 0.9;
    private const int LargeRows = 1_000_000;
    private const string LargeTable = "regions of orders";

    public static async Task<bool> RunAsync(LineBed bed, Pace pace, Results results)
    {
        LineBench.Heading("lookup", "rest-to-postgres with a lookup table of 1,000,000 rows beside one of 1,000");
        var syncs = new OrderSyncs(bed);
        await bed.ApplyAsync(
            LineBed.Bench, $$"""lookups: [{ name: {{LargeTable}}, file: large.csv }]""",
            OrderSyncs.Rows("large.csv", Enumerable.Range(0, LargeRows).Select(index => KeyValuePair.Create($"A-{OrderRegister.First + index}", OrderRegister.RegionNameOf(index)))));
        var large = await syncs.FromRestAsync("lookup_large", [pace.WarmUpRecords, pace.Records], OrderMapping.OfJson(LargeTable, "orderNumber"));
        var small = await syncs.FromRestAsync("lookup_small", [pace.WarmUpRecords, pace.Records]);
        var first = await bed.RunAsync(large[0]);
        await bed.RunAsync(small[0]);

        var report = new LineReport("lookup", Goal, "1,000,000 rows", "1,000 rows", bed.IdleBytes);
        for (var round = 0; round < pace.LineRounds; round++)
        {
            await bed.ClearAsync("lookup_large");
            var ours = await bed.RunAsync(large[1]);
            await bed.ClearAsync("lookup_small");
            report.Add(ours, await bed.RunAsync(small[1]));
        }

        var (checksum, other) = (await bed.ChecksumAsync("lookup_large"), await bed.ChecksumAsync("lookup_small"));
        if (checksum != other)
        {
            Console.WriteLine($"The rows differ, so the figures mean nothing: {checksum}, and {other}.");
            return false;
        }

        var remark = $"checksum of both: {checksum}, the run that loaded the large table took {first.Wall.TotalSeconds:0.0} s for {Table.Number(first.Records)} records";
        report.Print(remark);
        report.Keep(results, remark);
        return true;
    }
}
