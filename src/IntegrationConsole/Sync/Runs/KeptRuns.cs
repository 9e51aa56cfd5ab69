using IntegrationConsole.Access;

namespace IntegrationConsole.Sync.Runs;

/// <summary>
/// Runs that waited for a connection and that somebody keeps held although its circuit is closed, to look at it with one
/// run first. They are marked before the circuit is closed, so none slips through, and stay until somebody lets them go.
/// </summary>
public sealed class KeptRuns(ConsoleDatabase database, AuditTrail audit, TimeProvider clock)
{
    /// <summary>No time at which they would start by themselves.</summary>
    private static readonly TimeSpan ForGood = TimeSpan.FromDays(36_500);

    /// <returns>How many are kept.</returns>
    public async Task<int> KeepAsync(TenantId tenant, Guid connection, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var kept = await session.ListAsync<Guid>("""
            update run set kept_by = @actor, start_after = @never, called_at = null, cause = null, reason = @reason
            where tenant_id = @tenant and state = 'Queued' and held_by = @connection
            returning id
            """,
            new
            {
                tenant, connection, actor = actor.Name, never = clock.GetUtcNow() + ForGood,
                reason = $"Kept held by {actor.Name} when the circuit was closed: starts when somebody lets it go on the page Circuits",
            },
            cancellationToken);
        await TellAsync(session, tenant, connection, kept, "keep held", actor, cancellationToken);
        return kept.Count;
    }

    /// <summary>Lets them start, the one that has waited the longest first.</summary>
    /// <param name="every">Between one and the next; nothing for all at once.</param>
    /// <returns>How many go.</returns>
    public async Task<int> LetGoAsync(TenantId tenant, Guid connection, TimeSpan every, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var gone = await session.ListAsync<Guid>("""
            update run u set start_after = @now::timestamptz + w.place * @seconds * interval '1 second', called_at = null, held_by = null, kept_by = null, reason = @reason
            from (
                select r.id, row_number() over (order by coalesce(r.held_since, r.queued_at), r.id) - 1 as place from run r
                where r.tenant_id = @tenant and r.state = 'Queued' and r.held_by = @connection and r.kept_by is not null) w
            where u.tenant_id = @tenant and u.id = w.id and u.state = 'Queued' and u.kept_by is not null
            returning u.id
            """, new { tenant, connection, now = clock.GetUtcNow(), seconds = every.TotalSeconds, reason = $"Let go by {actor.Name}" }, cancellationToken);
        await TellAsync(session, tenant, connection, gone, "let go", actor, cancellationToken);
        return gone.Count;
    }

    private async Task TellAsync(DatabaseSession session, TenantId tenant, Guid connection, IReadOnlyList<Guid> runs, string verb, Actor actor, CancellationToken cancellationToken)
    {
        if (runs.Count == 0)
        {
            return;
        }

        var name = await session.FindAsync<string>("select name from connection where tenant_id = @tenant and id = @connection", new { tenant, connection }, cancellationToken) ?? "";
        await audit.AppendAsync(session, tenant, actor, new AuditEvent(verb, "connection", connection.ToString(), name, $"{runs.Count} {(runs.Count == 1 ? "run" : "runs")}"), cancellationToken);
        await session.NotifyAsync(runs.Select(run => new Change(RunStore.Topic, tenant, run)), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }
}
