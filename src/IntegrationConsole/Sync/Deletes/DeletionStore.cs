using IntegrationConsole.Access;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Deletes;

public enum DeletionState
{
    Waiting,

    /// <summary>Its run is on its way.</summary>
    Approved,
    Done,
    Refused,

    /// <summary>A later run asked anew.</summary>
    Outdated,
}

/// <summary>A deletion that waits, or waited, for somebody's word.</summary>
/// <param name="Owned">All rows that the integration had brought; all that the table has, where it would be replaced.</param>
/// <param name="Replaces">A whole table would be replaced by one with so many rows fewer.</param>
/// <param name="Samples">Keys of some of the rows.</param>
public sealed record Deletion(
    TenantId TenantId, Guid Id, Guid SyncId, Guid RunId, DeletionState State, long Rows, long Owned, string[] Samples, DateTimeOffset AskedAt, string? DecidedBy,
    DateTimeOffset? DecidedAt, string Reason, bool Replaces);

/// <summary>Deletions that were held, and what people decide about them. Two who decide at once decide once.</summary>
public sealed class DeletionStore(ConsoleDatabase database, RunQueue queue, AuditTrail audit, TimeProvider clock)
{
    private const string Columns = "tenant_id, id, sync_id, run_id, state, rows, owned, samples, asked_at, decided_by, decided_at, reason, replaces";

    public async Task<Deletion?> FindWaitingAsync(TenantId tenant, Guid sync, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.FindAsync<Deletion>(
            $"select {Columns} from deletion where tenant_id = @tenant and sync_id = @sync and state = 'Waiting'", new { tenant, sync }, cancellationToken);
    }

    public async Task<Deletion?> FindOfRunAsync(TenantId tenant, Guid run, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.FindAsync<Deletion>(
            $"select {Columns} from deletion where tenant_id = @tenant and run_id = @run order by asked_at desc limit 1", new { tenant, run }, cancellationToken);
    }

    /// <summary>
    /// A run of its own carries it out: exactly the rows that were asked about, without those whose record came back
    /// meanwhile. Where a table is to be replaced, the next usual run may do it, which is asked for at once.
    /// </summary>
    /// <returns>The run, and in words what happens; null when somebody else has decided.</returns>
    public async Task<RunRequest?> ApproveAsync(TenantId tenant, Guid id, string reason, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        if (await DecideAsync(session, tenant, id, DeletionState.Approved, reason, actor, cancellationToken) is not { } decided)
        {
            return null;
        }

        var request = decided.Replaces ? await ReplaceAsync(session, decided, actor, cancellationToken) : new RunRequest(
            await queue.EnqueueBesideAsync(session, tenant, decided.SyncId, new BesideWork(RunTrigger.Approval) { DeletionId = id }, actor.Name, cancellationToken),
            "Approved. A run of its own deletes the rows now.");
        await queue.CallAsync(session, tenant, cancellationToken);
        await CommitAsync(session, tenant, decided.Replaces ? "approve replacement" : "approve deletion", decided, reason, actor, cancellationToken);
        return request;
    }

    /// <summary>Nothing is deleted or replaced. A later complete run that finds the same asks again.</summary>
    /// <returns>False when somebody else has decided.</returns>
    public async Task<bool> RefuseAsync(TenantId tenant, Guid id, string reason, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        if (await DecideAsync(session, tenant, id, DeletionState.Refused, reason, actor, cancellationToken) is not { } decided)
        {
            return false;
        }

        await HeldDeletions.LetGoAsync(session, tenant, decided.RunId, $"{actor.Name} refused to {(decided.Replaces ? "leave out" : "delete")} {decided.Rows:N0} of {decided.Owned:N0} rows: {reason}", cancellationToken);
        await CommitAsync(session, tenant, decided.Replaces ? "refuse replacement" : "refuse deletion", decided, reason, actor, cancellationToken);
        return true;
    }

    private async Task<RunRequest> ReplaceAsync(DatabaseSession session, Deletion decided, Actor actor, CancellationToken cancellationToken)
    {
        var run = await queue.EnqueueAsync(session, decided.TenantId, decided.SyncId, actor.Name, cancellationToken);
        return new RunRequest(run, run is null ? "Approved. The integration is paused: the next run replaces the table." : "Approved. The next run reads everything anew and replaces the table.");
    }

    private Task<Deletion?> DecideAsync(DatabaseSession session, TenantId tenant, Guid id, DeletionState state, string reason, Actor actor, CancellationToken cancellationToken) =>
        session.FindAsync<Deletion>($"""
            update deletion set state = @state, decided_by = @actor, decided_at = @now, reason = @reason
            where tenant_id = @tenant and id = @id and state = 'Waiting' returning {Columns}
            """, new { tenant, id, state = state.ToString(), actor = actor.Name, now = clock.GetUtcNow(), reason }, cancellationToken);

    private async Task CommitAsync(DatabaseSession session, TenantId tenant, string what, Deletion decided, string reason, Actor actor, CancellationToken cancellationToken)
    {
        var name = await session.FindAsync<string>("select name from sync_definition where tenant_id = @tenant and id = @sync", new { tenant, sync = decided.SyncId }, cancellationToken);
        await audit.AppendAsync(
            session, tenant, actor, new AuditEvent(what, "integration", decided.SyncId.ToString(), name ?? "", $"{decided.Rows:N0} of {decided.Owned:N0} rows: {reason}"), cancellationToken);
        await session.NotifyAsync(new Change(RunStore.Topic, tenant, decided.RunId), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }
}
