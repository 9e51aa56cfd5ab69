using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Bench.Limits;
using IntegrationConsole.Bench.Measuring;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Runs;
using Microsoft.Extensions.DependencyInjection;
using Quartz;

namespace IntegrationConsole.Bench.Line;

/// <summary>
/// How soon a run that is asked for begins, and how many small runs a node gets through, beside the bare scheduler whose
/// jobs do the same work by hand.
/// </summary>
internal sealed class StartsBench(LineBed bed, Pace pace)
{
    private const int Tenants = 5;
    private const int SyncsOfTenant = 20;
    private const double Goal = 0.9;

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(370);

    private IScheduler _scheduler = null!;
    private Child _bare = null!;

    private int Single => pace == Pace.Quick ? 6 : 40;

    private int Rounds => pace == Pace.Quick ? 1 : 4;

    private int Bursts => pace == Pace.Quick ? 2 : 5;

    public static Task<bool> RunAsync(LineBed bed, Pace pace, Results results) => new StartsBench(bed, pace).RunAsync(results);

    private async Task<bool> RunAsync(Results results)
    {
        LineBench.Heading("starts", $"runs of 20 rows: milliseconds from asking to the start, one by one, and runs/s of {Tenants * SyncsOfTenant} at once; goal: {Goal} of the bare scheduler");
        var tenants = new List<SmallSyncs>();
        for (var number = 1; number <= Tenants; number++)
        {
            tenants.Add(await SmallSyncs.GivenAsync(bed, $"starts{number.ToString(CultureInfo.InvariantCulture)}", SyncsOfTenant));
        }

        await bed.AskAsync($"""
            create schema if not exists bare;
            do $$ begin for i in 1..{Tenants * SyncsOfTenant} loop execute format('create table if not exists bare_%s (id int primary key, name text)', i); end loop; end $$; select 1
            """);
        var threads = new WorkerOptions().ConcurrentRuns;
        await using var bare = Child.Start("IntegrationConsole.Bench.dll", ["--quartz", bed.Destination, threads.ToString(CultureInfo.InvariantCulture)], new Dictionary<string, string>());
        _bare = bare;
        await bare.HearAsync("ready");
        using var asker = BareQuartz.Build(bed.Destination, "asker", 1, isWorker: false);
        _scheduler = await asker.Services.GetRequiredService<ISchedulerFactory>().GetScheduler();
        await OurBurstAsync(tenants);
        await BareAsync(Tenants * SyncsOfTenant, TimeSpan.Zero);
        ProcessFigures.ForgetPeak(bed.Console.Id);
        ProcessFigures.ForgetPeak(_bare.Id);

        var (ours, theirs, ourRates, theirRates) = (new List<double>(), new List<double>(), new List<(double PerSecond, double Cpu)>(), new List<(double PerSecond, double Cpu)>());
        for (var round = 0; round < Rounds; round++)
        {
            ours.AddRange(await OurStartsAsync(tenants));
            theirs.AddRange((await BareAsync(Single, Between)).Select(run => run.Started - run.Asked));
            for (var burst = 0; burst < Bursts; burst++)
            {
                // The bare scheduler looks at set times, and may be asked at any moment between two of them.
                await Task.Delay(BareQuartz.Idle * burst / Bursts);
                ourRates.Add(await OurBurstAsync(tenants));
                theirRates.Add(await BareBurstAsync());
            }
        }

        Report(results, ours, theirs, ourRates, theirRates);
        return await SameAsync();
    }

    /// <summary>Each of the small tables of both sides holds what their source does.</summary>
    private async Task<bool> SameAsync()
    {
        const string Sum = "select count(*) || ' rows, ' || coalesce(sum(hashtextextended(id || ' ' || name, 0)), 0) from ";
        var wanted = await bed.AskAsync(Sum + SmallSyncs.Source);
        string[] tables =
        [
            .. Enumerable.Range(1, Tenants).SelectMany(tenant => Enumerable.Range(1, SyncsOfTenant).Select(sync => $"starts{tenant}_{sync}")),
            .. Enumerable.Range(1, Tenants * SyncsOfTenant).Select(job => $"bare_{job}"),
        ];
        foreach (var table in tables)
        {
            if (await bed.AskAsync(Sum + table) is var there && there != wanted)
            {
                Console.WriteLine($"The table {table} is not what its source is, so the figures mean nothing: {there}, and {wanted}.");
                return false;
            }
        }

        Console.WriteLine($"checksum of each of the {tables.Length} tables: {wanted}");
        Console.WriteLine();
        return true;
    }

    private void Report(
        Results results, List<double> ours, List<double> theirs, List<(double PerSecond, double Cpu)> ourRates, List<(double PerSecond, double Cpu)> theirRates)
    {
        var (rate, theirRate) = (Percentile(ourRates.Select(burst => burst.PerSecond), 0.5), Percentile(theirRates.Select(burst => burst.PerSecond), 0.5));
        var (cpu, theirCpu) = (Percentile(ourRates.Select(burst => burst.Cpu), 0.5), Percentile(theirRates.Select(burst => burst.Cpu), 0.5));
        var (peak, theirPeak) = (ProcessFigures.PeakOf(bed.Console.Id), ProcessFigures.PeakOf(_bare.Id));
        var latency = Percentile(theirs, 0.5) / Percentile(ours, 0.5);
        var table = new Table("side", "p50 ms", "p95 ms", "longest ms", "runs/s", "slowest", "fastest", "CPU ms/run", "peak MiB");
        table.Add(Row("console", ours, ourRates, peak));
        table.Add(Row("bare scheduler", theirs, theirRates, theirPeak));
        table.Add("ratio", Table.Ratio(latency), Table.Ratio(Percentile(theirs, 0.95) / Percentile(ours, 0.95)), "", Table.Ratio(rate / theirRate), "", "", Table.Ratio(theirCpu / cpu), "");
        table.Print();
        Console.WriteLine("Both are asked by another process: the console hears of it, the bare scheduler looks every two seconds while it has no work. CPU is that of the node and of the database.");
        Console.WriteLine();
        results.Add("starts", JsonSerializer.SerializeToElement(new
        {
            p50 = Percentile(ours, 0.5), p95 = Percentile(ours, 0.95), bareP50 = Percentile(theirs, 0.5), bareP95 = Percentile(theirs, 0.95),
            runsPerSecond = rate, bareRunsPerSecond = theirRate, cpuMilliseconds = cpu, bareCpuMilliseconds = theirCpu, latencyRatio = latency, rateRatio = rate / theirRate, goal = Goal, peakBytes = peak, barePeakBytes = theirPeak,
        }));
        results.AtLeast("starts", "latency, bare scheduler to console", latency, Goal);
        results.AtLeast("starts", "console to bare scheduler, runs/s", rate / theirRate, Goal);
    }

    private static string[] Row(string side, List<double> starts, List<(double PerSecond, double Cpu)> bursts, long peak) =>
    [
        side, Table.Number(Percentile(starts, 0.5)), Table.Number(Percentile(starts, 0.95)), Table.Number(starts.Max()), Table.Number(Percentile(bursts.Select(burst => burst.PerSecond), 0.5)),
        Table.Number(bursts.Min(burst => burst.PerSecond)), Table.Number(bursts.Max(burst => burst.PerSecond)), Table.Number(Percentile(bursts.Select(burst => burst.Cpu), 0.5)), Table.Number(peak / 1024.0 / 1024),
    ];

    private static double Percentile(IEnumerable<double> values, double share)
    {
        var ordered = values.Order().ToList();
        return ordered[(int)Math.Ceiling(ordered.Count * share) - 1];
    }

    private async Task<IReadOnlyList<double>> OurStartsAsync(List<SmallSyncs> tenants)
    {
        var asked = new List<(SmallSyncs Tenant, Guid Run)>();
        for (var index = 0; index < Single; index++)
        {
            var tenant = tenants[index % Tenants];
            asked.Add((tenant, await AskAsync(tenant, tenant.Syncs[index / Tenants])));
            await Task.Delay(Between);
        }

        return [.. (await EndsOfAsync(asked)).Select(run => (run.StartedAt!.Value - run.QueuedAt).TotalMilliseconds)];
    }

    /// <returns>Runs in a second, from the first that was asked for to the last that ended, and the processor's milliseconds for each.</returns>
    private async Task<(double PerSecond, double Cpu)> OurBurstAsync(List<SmallSyncs> tenants)
    {
        var asked = new List<(SmallSyncs Tenant, Guid Run)>();
        var cpu = CpuOf(bed.Console);
        for (var index = 0; index < SyncsOfTenant; index++)
        {
            foreach (var tenant in tenants)
            {
                asked.Add((tenant, await AskAsync(tenant, tenant.Syncs[index])));
            }
        }

        var runs = await EndsOfAsync(asked);
        return (runs.Count / (runs.Max(run => run.FinishedAt!.Value) - runs.Min(run => run.QueuedAt)).TotalSeconds, (CpuOf(bed.Console) - cpu).TotalMilliseconds / runs.Count);
    }

    private async Task<(double PerSecond, double Cpu)> BareBurstAsync()
    {
        var cpu = CpuOf(_bare);
        var runs = await BareAsync(Tenants * SyncsOfTenant, TimeSpan.Zero);
        return (runs.Count / (runs.Max(run => run.Ended) - runs.Min(run => run.Asked)) * 1000, (CpuOf(_bare) - cpu).TotalMilliseconds / runs.Count);
    }

    /// <summary>Of the node and of the database, where those who ask are served too.</summary>
    private TimeSpan CpuOf(Child node) => ProcessFigures.CpuOf(node.Id) + ProcessFigures.CpuOfFamily(bed.ServerId);

    private async Task<Guid> AskAsync(SmallSyncs tenant, Guid sync)
    {
        var request = await bed.Get<RunQueue>().RequestAsync(tenant.Tenant, sync, RunTrigger.Command, SmallSyncs.Measurer, default);
        return request.RunId ?? throw new InvalidOperationException(request.Answer);
    }

    private async Task<IReadOnlyList<Run>> EndsOfAsync(List<(SmallSyncs Tenant, Guid Run)> asked)
    {
        var runs = new List<Run>();
        foreach (var (tenant, run) in asked)
        {
            runs.Add(await EndOfAsync(tenant, run));
        }

        return runs;
    }

    private async Task<Run> EndOfAsync(SmallSyncs tenant, Guid id)
    {
        while (true)
        {
            var run = await bed.Get<RunStore>().FindAsync(tenant.Tenant, id, default) ?? throw new InvalidOperationException("The run is gone.");
            if (!run.IsOpen)
            {
                return run.State is RunState.Succeeded ? run : throw new InvalidOperationException($"The run ended as {run.State}: {run.Reason}");
            }

            await Task.Delay(20);
        }
    }

    private async Task<IReadOnlyList<BareRun>> BareAsync(int count, TimeSpan between)
    {
        for (var index = 1; index <= count; index++)
        {
            var job = new JobKey(index.ToString(CultureInfo.InvariantCulture));
            if (!await _scheduler.Exists(job, default))
            {
                await _scheduler.AddJob(JobBuilder.Create<BareJob>().WithIdentity(job).UsingJobData(BareQuartz.SourceKey, SmallSyncs.Source).StoreDurably().Build(), AddJobOptions.Replacing, default);
            }

            var trigger = TriggerBuilder.Create().WithIdentity(Guid.NewGuid().ToString("n")).ForJob(job)
                .UsingJobData(BareQuartz.AskedKey, BareQuartz.Now.ToString("R", CultureInfo.InvariantCulture)).StartNow().Build();
            await _scheduler.ScheduleTrigger(trigger, TriggerConflict.Replace, default);
            if (between > TimeSpan.Zero)
            {
                await Task.Delay(between);
            }
        }

        await _bare.SayAsync(count.ToString(CultureInfo.InvariantCulture));
        var runs = JsonSerializer.Deserialize<List<BareRun>>(await _bare.HearAsync("[", TimeSpan.FromMinutes(6)))!;
        return runs.Count == count ? runs : throw new InvalidOperationException($"{runs.Count} of {count} jobs ran.");
    }
}
