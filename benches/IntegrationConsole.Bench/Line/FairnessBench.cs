using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Access;
using IntegrationConsole.Bench.Measuring;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Credentials;
using IntegrationConsole.Database;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;
using Npgsql;

namespace IntegrationConsole.Bench.Line;

/// <summary>How long a tenant's runs wait for their start while another tenant has thousands queued, and while it has none.</summary>
internal sealed class FairnessBench(LineBed bed, Pace pace)
{
    private const int NoisyRuns = 10_000;
    private const int NoisySyncs = 20;
    private const int QuietSyncs = 10;
    private const double MostAdded = 1_000;

    private static readonly Actor Measurer = new(null, "bench");
    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(150);

    private int Starts => pace == Pace.Quick ? 40 : 200;

    private int Rounds => pace == Pace.Quick ? 2 : 4;

    public static Task<bool> RunAsync(LineBed bed, Pace pace, Results results) => new FairnessBench(bed, pace).RunAsync(results);

    private async Task<bool> RunAsync(Results results)
    {
        LineBench.Heading("fairness", $"milliseconds from asking for a run to its start, while another tenant has {Table.Number(NoisyRuns)} runs queued; goal: less than {Table.Number(MostAdded)} ms added to the p95");
        await bed.AskAsync("create table fair_source (id int primary key, name text); insert into fair_source select i, 'name ' || i from generate_series(1, 20) i; select 1");
        var noisy = await GivenATenantAsync("noisy", NoisySyncs);
        var quiet = await GivenATenantAsync("quiet", QuietSyncs);
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
        Console.WriteLine("The runs are asked for by another process: a node without work looks for them every two seconds, a busy one all the time.");
        Console.WriteLine();
        results.Add("fairness", JsonSerializer.SerializeToElement(new
        {
            queued = NoisyRuns, p95Alone = Percentile(alone, 0.95), p95Beside = Percentile(beside, 0.95), p95Added = added, p50Alone = Percentile(alone, 0.5),
            p50Beside = Percentile(beside, 0.5), neighbourRunsEnded = moved, withinGoal = added < MostAdded,
        }));
        return moved > 0;
    }

    private static void Add(Table table, string name, List<double> starts) =>
        table.Add(name, Table.Number(Percentile(starts, 0.5)), Table.Number(Percentile(starts, 0.95)), Table.Number(starts.Max()), Table.Number(starts.Count));

    private static double Percentile(List<double> values, double share) => values.Order().ElementAt((int)Math.Ceiling(values.Count * share) - 1);

    /// <summary>Asks for runs one after the other, each of a sync that is at rest, and gives the milliseconds until they began.</summary>
    private async Task<IReadOnlyList<double>> StartsAsync(Neighbour tenant, int count)
    {
        var asked = new List<Guid>();
        for (var index = 0; index < count; index++)
        {
            var sync = tenant.Syncs[index % tenant.Syncs.Count];
            RunRequest request;
            while ((request = await bed.Get<RunQueue>().RequestAsync(tenant.Id, sync, RunTrigger.Command, Measurer, default)).RunId is null)
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

    private async Task<double> StartOfAsync(Neighbour tenant, Guid id)
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            var run = await bed.Get<RunStore>().FindAsync(tenant.Id, id, default) ?? throw new InvalidOperationException("The run is gone.");
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
    private async Task MakeNoiseAsync(Neighbour tenant)
    {
        await using (var session = await bed.Get<ConsoleDatabase>().InTenantAsync(tenant.Id, default))
        {
            await session.RunAsync("""
                with counted as (
                    update sync_definition set last_run_number = last_run_number + @each where tenant_id = @tenant returning id, last_run_number - @each as last)
                insert into run (tenant_id, id, sync_id, number, trigger, requested_by, state, reason, queued_at, start_after)
                select @tenant, gen_random_uuid(), counted.id, counted.last + i, 'Backfill', 'bench', 'Queued', '', @now, @now from counted cross join generate_series(1, @each) i
                """, new { tenant = tenant.Id, each = NoisyRuns / NoisySyncs, now = TimeProvider.System.GetUtcNow() }, default);
            await session.CommitAsync(default);
        }

        while (await CountAsync(tenant, "Running") == 0)
        {
            await Task.Delay(Between);
        }
    }

    private async Task SilenceAsync(Neighbour tenant)
    {
        await using (var session = await bed.Get<ConsoleDatabase>().InTenantAsync(tenant.Id, default))
        {
            await session.RunAsync("update run set state = 'Cancelled', finished_at = @now where tenant_id = @tenant and state = 'Queued'", new { tenant = tenant.Id, now = TimeProvider.System.GetUtcNow() }, default);
            await session.CommitAsync(default);
        }

        while (await CountAsync(tenant, "Running") > 0)
        {
            await Task.Delay(Between);
        }
    }

    private async Task<long> CountAsync(Neighbour tenant, string state)
    {
        await using var session = await bed.Get<ConsoleDatabase>().InTenantAsync(tenant.Id, default);
        return await session.OneAsync<long>("select count(*) from run where tenant_id = @tenant and state = @state", new { tenant = tenant.Id, state }, default);
    }

    private async Task<Neighbour> GivenATenantAsync(string slug, int syncs)
    {
        var tenant = await bed.Get<TenantStore>().CreateAsync(new TenantSettings(slug, slug, "UTC", ""), Measurer, default) ?? throw new InvalidOperationException("There is no tenant.");
        var target = new NpgsqlConnectionStringBuilder(bed.Destination);
        var login = await bed.Get<CredentialStore>().CreateAsync(
            tenant, new CredentialDraft("login", AuthenticationKind.DatabaseLogin, new Dictionary<string, string> { ["user"] = target.Username! }, target.Password!, null), Measurer, default);
        var settings = JsonSerializer.Serialize(new { host = target.Host, port = target.Port, database = target.Database, tls = "prefer" });
        var connection = await bed.Get<ConnectionStore>().CreateAsync(tenant, new ConnectionDraft("database", "postgres", settings, login), Measurer, default)
            ?? throw new InvalidOperationException("The connection was not taken.");
        var mapping = new MappingDocument([new() { Name = "id", Type = FieldType.Integer, Source = "id" }, new() { Name = "name", Source = "name" }], []);
        var made = new List<Guid>();
        for (var number = 1; number <= syncs; number++)
        {
            var draft = new SyncDraft(
                $"{slug} {number}", connection, "fair_source", ReadMode.Full, connection, $"fair_{slug}_{number}", WriteMode.Upsert, ["id"], CreateDestination: true, Schedule.Manual, OverlapRule.Queue);
            var sync = await bed.Get<SyncStore>().CreateAsync(tenant, draft, mapping, Measurer, default);
            await bed.Get<MappingStore>().PublishAsync(tenant, sync.MappingId, 1, "", Measurer, default);
            made.Add(sync.Id);
        }

        return new Neighbour(tenant, made);
    }

    private sealed record Neighbour(TenantId Id, IReadOnlyList<Guid> Syncs);
}
