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
        await bed.GivenALookupAsync(LargeTable, Enumerable.Range(0, LargeRows).ToDictionary(index => $"A-{OrderRegister.First + index}", OrderRegister.RegionNameOf));
        var mapping = OrderMapping.OfJson(LargeTable, "orderNumber");
        var first = await bed.RunAsync(await syncs.FromRestAsync(pace.WarmUpRecords, "lookup_large", mapping));
        await bed.RunAsync(await syncs.FromRestAsync(pace.WarmUpRecords, "lookup_small"));
        var (large, small) = (await syncs.FromRestAsync(pace.Records, "lookup_large", mapping), await syncs.FromRestAsync(pace.Records, "lookup_small"));

        var report = new LineReport("lookup", Goal, "1,000,000 rows", "1,000 rows", bed.IdleBytes);
        for (var round = 0; round < pace.LineRounds; round++)
        {
            await bed.ClearAsync("lookup_large");
            var ours = await bed.RunAsync(large);
            await bed.ClearAsync("lookup_small");
            report.Add(ours, await bed.RunAsync(small));
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
