using System.Buffers.Binary;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using IntegrationConsole.Bench.Limits;
using IntegrationConsole.Bench.Measuring;

namespace IntegrationConsole.Bench.Line;

/// <summary>A table to an API in batches, while one call in twenty is answered 429 or 503: what arrives is counted by the API.</summary>
internal static class SendingBench
{
    private const double Goal = 0.8;
    private const string Source = "order_source";
    private const string Fields = "id order_number ordered_at total paid quantity city customer_name email region";

    private static readonly HttpClient Http = new();

    public static async Task<bool> RunAsync(LineBed bed, Pace pace, Results results)
    {
        LineBench.Heading("postgres-to-rest", $"10 fields, {PostgresToRest.BatchSize} records in a call, {PostgresToRest.Parallel} calls at a time, 5 % of calls answered 429 or 503");
        await bed.AskAsync(FillSource(pace.SentRecords));
        var sync = await new OrderSyncs(bed).FromTableAsync(Source, "ours");
        var report = new LineReport("postgres-to-rest", Goal, "console", "by hand", bed.IdleBytes);
        var checksums = new List<string>();

        for (var time = 0; time < pace.WarmUps; time++)
        {
            await OursAsync();
            await LimitAsync();
        }

        for (var round = 0; round < pace.LineRounds; round++)
        {
            var ours = await OursAsync();
            checksums.Add(await ChecksumAsync(bed, "ours"));
            report.Add(ours, await LimitAsync());
            checksums.Add(await ChecksumAsync(bed, "by-hand"));
        }

        if (checksums.Distinct().Count() > 1 || !checksums[0].StartsWith($"{pace.SentRecords} records of {pace.SentRecords}", StringComparison.Ordinal))
        {
            Console.WriteLine($"Not everything arrived once and the same, so the figures mean nothing: {string.Join("; ", checksums)}.");
            return false;
        }

        report.Print($"nothing lost, nothing doubled: {checksums[0]}");
        report.Keep(results, checksums[0]);
        return true;

        async Task<LineFigures> OursAsync()
        {
            await OpenAsync(bed, "ours");
            return await bed.RunAsync(sync);
        }

        async Task<LineFigures> LimitAsync()
        {
            await OpenAsync(bed, "by-hand");
            return await bed.RunLimitAsync(new LimitJob("postgres-to-rest", Source, $"{bed.Address}/sink/by-hand/batch", bed.Destination));
        }
    }

    private static string FillSource(int records) => $"""
        drop table if exists {Source};
        create table {Source} (id bigint primary key, order_number text not null, ordered_at timestamptz, updated_at timestamptz, status text, total numeric, currency text, tax numeric,
            discount numeric, paid boolean, quantity integer, weight numeric, region text, email text, note text, carrier text, first_name text, last_name text, city text, postcode text);
        insert into {Source}
        select i, 'A-' || (100000000 + i), timestamptz '2026-01-01 00:00:07.25Z' + i * interval '1 minute', now(), 'open', (i % 100000) / 100.0, 'EUR', 19.0, null, i % 4 > 0, i % 39 + 1, 3.25,
            'R' || lpad((i % 1000)::text, 4, '0'), ' Ada.' || i || '@Example.com ', 'Please ring "twice"', 'DHL', 'Ada', 'Müller', 'Wien', '1010'
        from generate_series(1, {records}) i;
        analyze {Source};
        select 1;
        """;

    /// <summary>An empty sink, and faults that are met alike by both sides.</summary>
    private static async Task OpenAsync(LineBed bed, string sink)
    {
        await Http.DeleteAsync(new Uri($"{bed.Address}/sink/{sink}"));
        await Http.DeleteAsync(new Uri($"{bed.Address}/control/faults"));
        await Http.PostAsJsonAsync(new Uri($"{bed.Address}/control/faults"), new { path = "/sink", kind = "status", status = 429, retryAfter = "1", method = "POST", every = 40 });
        await Http.PostAsJsonAsync(new Uri($"{bed.Address}/control/faults"), new { path = "/sink", kind = "status", status = 503, method = "POST", every = 40, after = 20 });
    }

    private static async Task<string> ChecksumAsync(LineBed bed, string sink)
    {
        using var answer = await JsonDocument.ParseAsync(await Http.GetStreamAsync(new Uri($"{bed.Address}/sink/{sink}")));
        var (count, sum, ids) = (0, 0UL, new HashSet<long>());
        foreach (var item in answer.RootElement.GetProperty("items").EnumerateArray())
        {
            count++;
            ids.Add(item.GetProperty("id").GetInt64());
            sum += BinaryPrimitives.ReadUInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('|', Fields.Split(' ').Select(field => Text(item.GetProperty(field)))))));
        }

        return $"{count} records of {ids.Count} numbers, checksum {sum:x}";
    }

    /// <summary>1.50 is the same number as 1.5.</summary>
    private static string Text(JsonElement value) => value.ValueKind is JsonValueKind.Number
        ? (value.GetDecimal() / 1.0000000000000000000000000000m).ToString(System.Globalization.CultureInfo.InvariantCulture) : value.ToString();
}
