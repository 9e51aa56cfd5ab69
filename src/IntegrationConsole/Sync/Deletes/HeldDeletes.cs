using IntegrationConsole.Connectors;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Deletes;

/// <summary>What a run wanted to delete and did not without being asked to.</summary>
/// <param name="UnseenSince">What was not met since then; null where the source itself said what is gone.</param>
public sealed record HeldDeletes(PendingDeletes Pending, DateTimeOffset? UnseenSince)
{
    /// <summary>A whole table would have been replaced by one with so many rows fewer.</summary>
    public bool Replaces { get; init; }
}

/// <summary>A deletion that somebody approved.</summary>
/// <param name="Run">The run that asked.</param>
public sealed record ApprovedDeletion(Guid Id, Guid Run, DateTimeOffset? UnseenSince);

/// <summary>Held deletions inside the transactions that move runs.</summary>
internal static class HeldDeletions
{
    /// <summary>The run asks; what an earlier one asked is part of it, or found anew.</summary>
    public static async Task AskAsync(DatabaseSession session, ClaimedRun run, HeldDeletes held, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var outdated = await session.ListAsync<Guid>("""
            update deletion set state = 'Outdated', decided_at = @now, reason = @reason where tenant_id = @tenant and sync_id = @sync and (state = 'Waiting' or (id = @approved and state = 'Approved')) returning run_id
            """, new { tenant = run.Tenant, sync = run.SyncId, approved = run.Replacement?.Id, now, reason = $"Run {run.Number} asked anew" }, cancellationToken);
        foreach (var earlier in outdated)
        {
            await LetGoAsync(session, run.Tenant, earlier, $"What it asked was not decided; run {run.Number} asked anew.", cancellationToken);
        }

        await session.RunAsync("""
            insert into deletion (tenant_id, id, sync_id, run_id, state, rows, owned, samples, unseen_since, replaces, asked_at)
            values (@tenant, @id, @sync, @run, 'Waiting', @rows, @owned, @samples, @since, @replaces, @now)
            """,
            new
            {
                tenant = run.Tenant, id = Guid.CreateVersion7(now), sync = run.SyncId, run = run.Id, rows = held.Pending.Rows, owned = held.Pending.Owned,
                samples = held.Pending.Samples.ToArray(), since = held.UnseenSince, replaces = held.Replaces, now,
            },
            cancellationToken);
    }

    /// <summary>A run that carried out what was approved has ended. One that could not leaves it to be approved again.</summary>
    public static async Task SettleAsync(DatabaseSession session, ClaimedRun run, ApprovedDeletion approved, RunEnding ending, CancellationToken cancellationToken)
    {
        var done = ending.State is RunState.Succeeded;
        await session.RunAsync("""
            update deletion d set state = case when @done then 'Done'
                                               when exists (select from deletion o where o.tenant_id = d.tenant_id and o.sync_id = d.sync_id and o.state = 'Waiting') then 'Outdated'
                                               else 'Waiting' end
            where tenant_id = @tenant and id = @id and state = 'Approved'
            """, new { tenant = run.Tenant, id = approved.Id, done }, cancellationToken);
        if (done)
        {
            await LetGoAsync(session, run.Tenant, approved.Run, $"{ending.Reason}", cancellationToken);
        }
    }

    /// <summary>The run that was held counts as what it was otherwise; one whose rows never took the table's place as one that was called off.</summary>
    public static Task<int> LetGoAsync(DatabaseSession session, TenantId tenant, Guid run, string reason, CancellationToken cancellationToken) =>
        session.RunAsync("""
            update run set state = case when exists (select from deletion d where d.tenant_id = run.tenant_id and d.run_id = run.id and d.replaces) then 'Cancelled'
                                        when rejected + failed + unknown > 0 then 'Partial' else 'Succeeded' end, needs_person = false, reason = @reason
            where tenant_id = @tenant and id = @run and state = 'Held'
            """, new { tenant, run, reason }, cancellationToken);

    public static Task<ApprovedDeletion?> FindAsync(DatabaseSession session, TenantId tenant, Guid id, CancellationToken cancellationToken) =>
        session.FindAsync<ApprovedDeletion>("select id, run_id as run, unseen_since from deletion where tenant_id = @tenant and id = @id", new { tenant, id }, cancellationToken);
}
