using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Sync.Partitions;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Sync.Runs;

/// <summary>
/// Takes runs over whose node died, and calls queued ones that nobody called, or whose circuit closed. Every node does
/// this; the rows decide who wins. Before it takes up anything a node takes back what it held when it was killed.
/// </summary>
public sealed class RunRecovery(
    ConsoleDatabase database, ClaimedRuns claimed, IOptions<DatabaseOptions> node, TimeProvider clock, ILogger<RunRecovery> logger) : BackgroundService
{
    /// <summary>A run that kills its node every time is not tried for ever.</summary>
    private const int MostAttempts = 20;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(3);

    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await SweepAsync(mine: true, cancellationToken);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await SweepAsync(mine: false, stoppingToken);
        }
    }

    private async Task SweepAsync(bool mine, CancellationToken cancellationToken)
    {
        try
        {
            var recovered = await RecoverAsync(mine, cancellationToken);
            if (recovered > 0)
            {
                logger.LogWarning("Took back {Count} runs whose node was gone", recovered);
            }
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogError(problem, "Looking for abandoned runs failed; looking again in {Interval}", Interval);
        }
    }

    /// <returns>How many runs were put back on their way.</returns>
    internal async Task<int> RecoverAsync(bool mine, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var abandoned = await session.ListAsync<Abandoned>("""
            update run set state = case when attempt < @most then 'Queued' else 'Failed' end, start_after = @now, lease_until = null, called_at = null,
                reason = case when attempt < @most then 'Node ' || node || ' stopped; goes on from where it was' else 'Every node that took this run up stopped' end,
                cause = case when attempt < @most then null else @bug end, needs_person = attempt >= @most,
                finished_at = case when attempt < @most then null else @now::timestamptz end
            where (tenant_id, id) in (
                select r.tenant_id, r.id from run r
                where r.state = 'Running' and (r.lease_until < @now or (@mine and r.node = @node))
                  and not exists (select from run o where o.tenant_id = r.tenant_id and o.sync_id = r.sync_id and o.state = 'Queued' and not o.beside and not r.beside)
                for update skip locked)
            returning tenant_id, sync_id, id, state, reason, parent_id, partition, trigger, cause, started_at
            """, new { now, mine, node = node.Value.NodeName, most = MostAttempts, bug = nameof(FailureCause.Bug) }, cancellationToken);

        // Where another run waits behind an abandoned one, that one takes its place.
        var replaced = await session.ListAsync<Abandoned>("""
            update run r set state = 'Failed', finished_at = @now, lease_until = null, reason = 'Node ' || node || ' stopped; the run that waits behind it takes over'
            where r.state = 'Running' and (r.lease_until < @now or (@mine and r.node = @node)) and not r.beside
              and exists (select from run o where o.tenant_id = r.tenant_id and o.sync_id = r.sync_id and o.state = 'Queued' and not o.beside)
            returning r.tenant_id, r.sync_id, r.id, r.state, r.reason, r.parent_id, r.partition, r.trigger, r.cause, r.started_at
            """, new { now, mine, node = node.Value.NodeName }, cancellationToken);
        foreach (var run in abandoned.Concat(replaced))
        {
            var level = run.State is RunState.Failed ? RunLogLevel.Error : RunLogLevel.Warning;
            var reason = run.Partition is { } part ? $"Partition {part}: {run.Reason}" : run.Reason;
            await RunStore.LogAsync(session, run.TenantId, run.ParentId ?? run.Id, now, level, reason, cancellationToken);
            await session.NotifyAsync(new Change(RunStore.Topic, run.TenantId, run.ParentId ?? run.Id), cancellationToken);
        }

        await RunHolds.ReleaseAsync(session, now, cancellationToken);
        await MaintenanceHolds.ReleaseAsync(session, now, cancellationToken);
        await session.CommitAsync(cancellationToken);
        foreach (var run in abandoned.Concat(replaced).Where(run => run is { State: RunState.Failed, ParentId: null }))
        {
            RunMeter.Ended(new MeasuredRun(run.TenantId, run.SyncId, run.Trigger, run.State, run.Cause, run.StartedAt, now));
        }

        await EndWholesAsync(cancellationToken);
        await CallAsync(now, cancellationToken);
        return abandoned.Count + replaced.Count;
    }

    /// <summary>Each tenant in a transaction of its own: who waits for one line holds no other.</summary>
    private async Task CallAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var tenant in await WaitingTenantsAsync(now, cancellationToken))
        {
            await using var session = await database.InTenantAsync(tenant, cancellationToken);
            await claimed.CallAsync(session, tenant, cancellationToken);
            await session.CommitAsync(cancellationToken);
        }
    }

    private async Task EndWholesAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        foreach (var (tenant, sync, whole) in await RunPartitions.ListEndedAsync(session, cancellationToken))
        {
            await claimed.EndWholeAsync(tenant, sync, whole, cancellationToken);
        }
    }

    private async Task<IReadOnlyList<TenantId>> WaitingTenantsAsync(DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.ListAsync<TenantId>("select distinct tenant_id from run where state = 'Queued' and called_at is null and start_after <= @now", new { now }, cancellationToken);
    }

    private sealed record Abandoned(TenantId TenantId, Guid SyncId, Guid Id, RunState State, string Reason, Guid? ParentId, int? Partition, RunTrigger Trigger, FailureCause? Cause, DateTimeOffset? StartedAt);
}
