using System.Globalization;
using IntegrationConsole.Connectors;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Deletes;

/// <summary>Whether far fewer rows may take a table's place: asked by an earlier run, and open until one has replaced the table.</summary>
/// <param name="Rows">How many rows the table would have.</param>
public sealed record OpenReplacement(Guid Id, long Rows, bool IsApproved);

/// <summary>
/// Runs that would replace a table by one with far fewer rows. They change nothing and ask; who approves lets the next run
/// do it, which reads everything anew.
/// </summary>
internal static class HeldReplacements
{
    public static ShrinkLimit LimitOf(ClaimedRun run, DeleteRules rules) => new(RunDeletes.Few, rules.Share) { Approved = run.Replacement is { IsApproved: true } approved ? approved.Rows : null };

    /// <param name="ending">How the run would have ended.</param>
    /// <param name="shrinkage">What it would have done to the table.</param>
    /// <param name="rules">What the integration may do without asking.</param>
    public static RunEnding Ask(RunEnding ending, Shrinkage shrinkage, DeleteRules rules)
    {
        var (before, after) = (shrinkage.Before, shrinkage.After);
        var share = ((decimal)(before - after) / before).ToString("0.#%", CultureInfo.InvariantCulture);
        return ending with
        {
            State = RunState.Held, Held = new HeldDeletes(new PendingDeletes(before - after, before, []), null) { Replaces = true },
            Reason = $"{shrinkage.Stream} has {before:N0} rows, and the run brought {after:N0}, {share} fewer: nothing was replaced. A table that would have more than {rules.Share} % fewer rows is not replaced without approval. "
                + $"If the source is right, approve it on this run's page, and the next run replaces the table. {ending.Reason}",
        };
    }

    public static Task<OpenReplacement?> FindAsync(DatabaseSession session, TenantId tenant, Guid id, CancellationToken cancellationToken) =>
        session.FindAsync<OpenReplacement>(
            "select id, owned - rows as rows, state = 'Approved' as is_approved from deletion where tenant_id = @tenant and id = @id", new { tenant, id }, cancellationToken);

    /// <summary>A usual run has ended. Where it replaced the table, whatever was asked about that is answered.</summary>
    public static async Task SettleAsync(DatabaseSession session, ClaimedRun run, RunEnding ending, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (run.Replacement is null || run.IsBeside || ending.State is not (RunState.Succeeded or RunState.Partial))
        {
            return;
        }

        var asked = await session.ListAsync<Guid>("""
            update deletion set state = case state when 'Approved' then 'Done' else 'Outdated' end, decided_at = coalesce(decided_at, @now)
            where tenant_id = @tenant and sync_id = @sync and replaces and state in ('Waiting', 'Approved') returning run_id
            """, new { tenant = run.Tenant, sync = run.SyncId, now }, cancellationToken);
        foreach (var held in asked)
        {
            await HeldDeletions.LetGoAsync(session, run.Tenant, held, $"Nothing was replaced. Run {run.Number} replaced the table later.", cancellationToken);
        }
    }
}
