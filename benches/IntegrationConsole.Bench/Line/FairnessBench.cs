using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Bench.Measuring;
using IntegrationConsole.Database;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Bench.Line;

/// <summary>How long a tenant's runs wait for their start while another tenant has thousands queued, and while it has none.</summary>
internal sealed class FairnessBench(LineBed bed, Pace pace)
{
    private const int NoisyRuns = 10_000;
    private const int NoisySyncs = 20;
    private const int QuietSyncs = 10;
    private const double MostAdded = 1_000;

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(150);

    private int Starts => pace == Pace.Quick ? 30 : 200;

    private int Rounds => pace == Pace.Quick ? 1 : 4;

    public static Task<bool> RunAsync(LineBed bed, Pace pace, Results results) => new FairnessBench(bed, pace).RunAsync(results);

    private async Task<bool> RunAsync(Results results)
    {
        LineBench.Heading("fairness", $"milliseconds from asking for a run to its start, while another tenant has {Table.Number(NoisyRuns)} runs queued; goal: less than {Table.Number(MostAdded)} ms added to the p95");
        var noisy = await SmallSyncs.GivenAsync(bed, "noisy", NoisySyncs);
        var quiet = await SmallSyncs.GivenAsync(bed, "quiet", QuietSyncs);
        await StartsAsync(quiet, Starts / 2);
        var (alone, beside, moved) = (new List<double>(), new List<double>(), 0L);
        for (var round = 0; round < Rounds; round++)
        {
            await SilenceAsync(noisy);
            alone.AddRange(await StartsAsync(quiet, Starts));
            await MakeNoiseAsync(noisy);
            var before = await CountAsync(noisy, "Succeeded");
            beside.AddRange(await StartsAsync(quiet, Starts));
            moved += await CountAsync(noisy, "Succeeded") - before;
        }

        await SilenceAsync(noisy);
        var added = Percentile(beside, 0.95) - Percentile(alone, 0.95);
        var table = new Table("quiet tenant's starts", "p50 ms", "p95 ms", "longest ms", "starts");
        Add(table, "without the noisy neighbour", alone);
        Add(table, "with the noisy neighbour", beside);
        table.Print();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"The p95 grew by {added:N0} ms; meanwhile {moved:N0} runs of the neighbour ended."));
        Console.WriteLine("The runs are asked for by another process.");
        Console.WriteLine();
        results.Add("fairness", JsonSerializer.SerializeToElement(new
        {
            queued = NoisyRuns, p95Alone = Percentile(alone, 0.95), p95Beside = Percentile(beside, 0.95), p95Added = added, p50Alone = Percentile(alone, 0.5),
            p50Beside = Percentile(beside, 0.5), neighbourRunsEnded = moved, withinGoal = added < MostAdded,
        }));
        results.AtMost("fairness", "ms added to the p95 by a neighbour", added, MostAdded);
        return moved > 0;
    }

    private static void Add(Table table, string name, List<double> starts) =>
        table.Add(name, Table.Number(Percentile(starts, 0.5)), Table.Number(Percentile(starts, 0.95)), Table.Number(starts.Max()), Table.Number(starts.Count));

    private static double Percentile(List<double> values, double share) => values.Order().ElementAt((int)Math.Ceiling(values.Count * share) - 1);

    /// <summary>Asks for runs one after the other, each of a sync that is at rest, and gives the milliseconds until they began.</summary>
    private async Task<IReadOnlyList<double>> StartsAsync(SmallSyncs tenant, int count)
    {
        var asked = new List<Guid>();
        for (var index = 0; index < count; index++)
        {
            var sync = tenant.Syncs[index % tenant.Syncs.Count];
            RunRequest request;
            while ((request = await bed.Get<RunQueue>().RequestAsync(tenant.Tenant, sync, RunTrigger.Command, SmallSyncs.Measurer, default)).RunId is null)
            {
                await Task.Delay(Between);
            }

            asked.Add(request.RunId.Value);
            await Task.Delay(Between);
        }

        var waits = new List<double>();
        foreach (var id in asked)
        {
            waits.Add(await StartOfAsync(tenant, id));
        }

        return waits;
    }

    private async Task<double> StartOfAsync(SmallSyncs tenant, Guid id)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            var run = await bed.Get<RunStore>().FindAsync(tenant.Tenant, id, default) ?? throw new InvalidOperationException("The run is gone.");
            if (!run.IsOpen)
            {
                return run is { State: RunState.Succeeded, StartedAt: { } started } ? (started - run.QueuedAt).TotalMilliseconds
                    : throw new InvalidOperationException($"The run ended as {run.State}: {run.Reason}");
            }

            if (Stopwatch.GetElapsedTime(since) > TimeSpan.FromMinutes(5))
            {
                throw new InvalidOperationException("The run does not end.");
            }

            await Task.Delay(Between);
        }
    }

    /// <summary>Runs beside the usual ones, of which a sync may have any number; written as the queue itself writes them.</summary>
    private async Task MakeNoiseAsync(SmallSyncs tenant)
    {
        await using (var session = await bed.Get<ConsoleDatabase>().InTenantAsync(tenant.Tenant, default))
        {
            await session.RunAsync("""
                with counted as (
                    update sync_definition set last_run_number = last_run_number + @each where tenant_id = @tenant returning id, last_run_number - @each as last)
                insert into run (tenant_id, id, sync_id, number, trigger, requested_by, state, reason, queued_at, start_after)
                select @tenant, gen_random_uuid(), counted.id, counted.last + i, 'Backfill', 'bench', 'Queued', '', @now, @now from counted cross join generate_series(1, @each) i
                """, new { tenant = tenant.Tenant, each = NoisyRuns / NoisySyncs, now = TimeProvider.System.GetUtcNow() }, default);
            await session.CommitAsync(default);
        }

        while (await CountAsync(tenant, "Running") == 0)
        {
            await Task.Delay(Between);
        }
    }

    private async Task SilenceAsync(SmallSyncs tenant)
    {
        await using (var session = await bed.Get<ConsoleDatabase>().InTenantAsync(tenant.Tenant, default))
        {
            await session.RunAsync("update run set state = 'Cancelled', finished_at = @now where tenant_id = @tenant and state = 'Queued'", new { tenant = tenant.Tenant, now = TimeProvider.System.GetUtcNow() }, default);
            await session.CommitAsync(default);
        }

        while (await CountAsync(tenant, "Running") > 0)
        {
            await Task.Delay(Between);
        }
    }

    private async Task<long> CountAsync(SmallSyncs tenant, string state)
    {
        await using var session = await bed.Get<ConsoleDatabase>().InTenantAsync(tenant.Tenant, default);
        return await session.OneAsync<long>("select count(*) from run where tenant_id = @tenant and state = @state", new { tenant = tenant.Tenant, state }, default);
    }
}
