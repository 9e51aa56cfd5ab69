using IntegrationConsole.Bench.Limits;
using IntegrationConsole.Bench.Measuring;

namespace IntegrationConsole.Bench.Line;

/// <summary>The line through the product, beside what is written by hand for the same work, in turn.</summary>
internal static class LineBench
{
    private const double Goal = 0.7;

    public static async Task<bool> RestToPostgresAsync(LineBed bed, Pace pace, Results results)
    {
        Heading("rest-to-postgres", "20 fields read, 10 mapped with conversions and a lookup, 1 % bad records, upsert");
        var syncs = new OrderSyncs(bed);
        return await IntoATableAsync(bed, pace, results, "rest-to-postgres", pace.Records, sizes => syncs.FromRestAsync("rest_orders", sizes), syncs.AddressOf, "rest_orders");
    }

    public static async Task<bool> CsvToPostgresAsync(LineBed bed, Pace pace, Results results)
    {
        Heading("csv-to-postgres", "20 columns read, 10 mapped with conversions and a lookup, 1 % bad records, upsert");
        var syncs = new OrderSyncs(bed);
        return await IntoATableAsync(bed, pace, results, "csv-to-postgres", pace.CsvRecords, sizes => syncs.FromCsvAsync("csv_orders", sizes), syncs.FileOf, "csv_orders");
    }

    public static void Heading(string name, string work)
    {
        Console.WriteLine($"{name}: {work}");
        Console.WriteLine();
    }

    private static async Task<bool> IntoATableAsync(
        LineBed bed, Pace pace, Results results, string name, int records, Func<IReadOnlyList<int>, Task<IReadOnlyList<Guid>>> given, Func<int, string> source, string table)
    {
        var byHand = $"{table}_by_hand";
        var syncs = await given([pace.WarmUpRecords, records]);
        for (var time = 0; time < pace.WarmUps; time++)
        {
            await bed.RunAsync(syncs[0]);
        }

        await bed.AskAsync($"create table if not exists {byHand} (like {table} including all); select 1");
        for (var time = 0; time < pace.WarmUps; time++)
        {
            await LimitAsync(pace.WarmUpRecords);
        }

        var report = new LineReport(name, Goal, "console", "by hand", bed.IdleBytes);
        var same = true;
        for (var round = 0; round < pace.LineRounds && same; round++)
        {
            var ours = await OursAsync();
            report.Add(ours, await LimitAsync(records));
            same = await bed.ChecksumAsync(table) == await bed.ChecksumAsync(byHand);
        }

        var checksum = await bed.ChecksumAsync(table);
        if (!same)
        {
            Console.WriteLine($"The rows differ, so the figures mean nothing: {checksum}, and by hand {await bed.ChecksumAsync(byHand)}.");
            return false;
        }

        report.Print($"checksum of both: {checksum}");
        report.Keep(results, checksum);
        return true;

        async Task<LineFigures> OursAsync()
        {
            await bed.ClearAsync(table);
            return await bed.RunAsync(syncs[1]);
        }

        async Task<LineFigures> LimitAsync(int count)
        {
            await bed.ClearAsync(byHand);
            return await bed.RunLimitAsync(new LimitJob(name, source(count), byHand, bed.Destination));
        }
    }
}
