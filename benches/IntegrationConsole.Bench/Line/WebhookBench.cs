using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Bench.Limits;
using IntegrationConsole.Bench.Measuring;
using IntegrationConsole.Webhooks;
using IntegrationConsole.Webhooks.Deliveries;
using Npgsql;

namespace IntegrationConsole.Bench.Line;

/// <summary>Incoming webhooks, verified and durable before the answer, beside a bare server that verifies and makes one insert.</summary>
internal sealed class WebhookBench(LineBed bed, Pace pace)
{
    private const double Goal = 0.7;
    private const double LongestWait = 2;

    private readonly List<Round> _ours = [];
    private readonly List<Round> _bare = [];

    private int Count => pace == Pace.Quick ? 4_000 : 20_000;

    private int Rounds => pace == Pace.Quick ? 3 : 7;

    public static Task<bool> RunAsync(LineBed bed, Pace pace, Results results) => new WebhookBench(bed, pace).RunAsync(results);

    private async Task<bool> RunAsync(Results results)
    {
        LineBench.Heading("webhooks", $"deliveries of 1 KB over {HookSender.Connections} connections, verified and committed before the answer; goal: {Goal} of a bare server with one insert, p99 below {LongestWait}x");
        var endpoint = await EndpointAsync();
        await bed.AskAsync($"create table if not exists {BareWebhook.Table} (id text primary key, received_at timestamptz not null, body bytea not null); alter table {BareWebhook.Table} alter column body set storage external; select 1");
        var (ourAddress, bareAddress) = (Free(), Free());
        await using var console = await bed.StartWebAsync(ourAddress);
        await using var bare = Child.Start("IntegrationConsole.Bench.dll", ["--hook", bed.Destination, bareAddress, LineBed.HookSecret], new Dictionary<string, string>());
        await bare.HearAsync("ready");
        using var toOurs = new HookSender(new Uri(ourAddress + endpoint.Path), LineBed.HookSecret);
        using var toBare = new HookSender(new Uri(bareAddress + BareWebhook.Path), LineBed.HookSecret);
        var sent = 0;
        for (var round = -2; round < Rounds; round++)
        {
            // The first two rounds are for the compiler.
            var ours = await MeasureAsync(console, toOurs, sent);
            var theirs = await MeasureAsync(bare, toBare, sent);
            sent += Count;
            if (round >= 0)
            {
                _ours.Add(ours);
                _bare.Add(theirs);
            }
        }

        return await SameAsync(endpoint) && Report(results);
    }

    private async Task<Round> MeasureAsync(Child receiver, HookSender sender, int first)
    {
        IReadOnlyCollection<double> waits = [];
        var figures = await bed.MeasureAsync(receiver, async () =>
        {
            var (wall, all) = await sender.SendAsync(first, Count);
            waits = all;
            return (Count, wall);
        });
        return new Round(figures, Percentile(waits, 0.5), Percentile(waits, 0.99));
    }

    private async Task<WebhookEndpoint> EndpointAsync()
    {
        await bed.ApplyAsync(LineBed.Bench, "webhooks: [{ name: Bench, verify: gitHub, credential: hooks }]");
        return (await bed.Get<WebhookStore>().ListAsync(bed.Tenant, default)).Single();
    }

    /// <summary>Both kept each delivery once, and nothing else.</summary>
    private async Task<bool> SameAsync(WebhookEndpoint endpoint)
    {
        var ours = new HashSet<string>();
        var rows = 0;
        for (var from = 0L; await bed.Get<DeliveryStore>().ListFromAsync(bed.Tenant, endpoint.Id, from, long.MaxValue, 10_000, default) is { Count: > 0 } deliveries; from = deliveries[^1].Seq + 1)
        {
            ours.UnionWith(deliveries.Select(delivery => delivery.DeliveryId));
            rows += deliveries.Count;
        }

        var bare = new HashSet<string>();
        await using var source = NpgsqlDataSource.Create(bed.Destination);
        await using var command = source.CreateCommand($"select id from {BareWebhook.Table}");
        await using var reader = await command.ExecuteReaderAsync();
        while (await reader.ReadAsync())
        {
            bare.Add(reader.GetString(0));
        }

        var same = rows == ours.Count && ours.SetEquals(bare);
        Console.WriteLine(same ? $"Both kept the same {rows} deliveries, each once." : $"They kept different deliveries, so the figures mean nothing: {rows} ({ours.Count} of them different), and {bare.Count}.");
        return same;
    }

    private bool Report(Results results)
    {
        var (rate, cpu) = (Ratio((our, bare) => our.Figures.PerSecond / bare.Figures.PerSecond), Ratio((our, bare) => bare.Cpu / our.Cpu));
        var slower = Ratio((our, bare) => our.P99 / bare.P99);
        var table = new Table("side", "deliveries/s", "p50 ms", "p99 ms", "CPU s per million", "of the database", "peak MiB");
        foreach (var (name, rounds) in new[] { ("console", _ours), ("bare server", _bare) })
        {
            table.Add(
                name, Table.Number(Median(rounds, round => round.Figures.PerSecond)), Decimals(Median(rounds, round => round.P50)), Decimals(Median(rounds, round => round.P99)),
                Table.Number(Median(rounds, round => round.Figures.CpuPerMillion)), Table.Number(Median(rounds, round => round.Figures.DatabaseCpuPerMillion)), Table.Number(PeakOf(rounds) / 1024.0 / 1024));
        }

        table.Add("ratio", Table.Ratio(rate), "", Table.Ratio(slower), Table.Ratio(cpu), "(both)", "");
        table.Print();
        results.Add("webhooks", JsonSerializer.SerializeToElement(new
        {
            perSecond = Median(_ours, round => round.Figures.PerSecond), barePerSecond = Median(_bare, round => round.Figures.PerSecond), p99 = Median(_ours, round => round.P99),
            bareP99 = Median(_bare, round => round.P99), rateRatio = rate, waitRatio = slower, cpuRatio = cpu, goal = Goal, longestWait = LongestWait,
            peakBytes = PeakOf(_ours), barePeakBytes = PeakOf(_bare),
        }));
        results.AtLeast("webhooks", "console to bare server, deliveries/s", rate, Goal);
        results.AtMost("webhooks", "p99 to that of the bare server", slower, LongestWait);
        return true;
    }

    private static long PeakOf(List<Round> rounds) => rounds.Max(round => round.Figures.PeakBytes);

    private double Ratio(Func<Round, Round, double> of) => Contest.Median(_ours.Zip(_bare, of));

    private static double Median(List<Round> rounds, Func<Round, double> of) => Contest.Median(rounds.Select(of));

    private static string Decimals(double value) => value.ToString("N1", CultureInfo.InvariantCulture);

    private static double Percentile(IReadOnlyCollection<double> values, double share)
    {
        var ordered = values.Order().ToList();
        return ordered[(int)Math.Ceiling(ordered.Count * share) - 1];
    }

    private static string Free() => $"http://127.0.0.1:{OutsideWorld.Ports.Free().ToString(CultureInfo.InvariantCulture)}";

    private sealed record Round(LineFigures Figures, double P50, double P99)
    {
        public double Cpu => Figures.CpuPerMillion + Figures.DatabaseCpuPerMillion;
    }
}
