namespace IntegrationConsole.Sync.Runs;

/// <summary>
/// Lets the runs go one after the other that wait for a connection, in place of all at once: a system that has just come
/// back is not overrun. Asked for before its circuit is closed; if it is not, they wait for it again when their time comes.
/// </summary>
public sealed class PacedRelease(ConsoleDatabase database, TimeProvider clock)
{
    /// <returns>How many go, the one that has waited the longest first and at once.</returns>
    public async Task<int> SpreadAsync(TenantId tenant, Guid connection, TimeSpan every, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var spread = await session.ListAsync<Guid>("""
            update run u set start_after = @now::timestamptz + w.place * @seconds * interval '1 second', called_at = null, held_by = null, kept_by = null, cause = null,
                reason = 'The circuit was closed by hand: the runs that waited start one after the other'
            from (
                select r.id, row_number() over (order by coalesce(r.held_since, r.queued_at), r.id) - 1 as place from run r
                where r.tenant_id = @tenant and r.state = 'Queued' and r.held_by = @connection) w
            where u.tenant_id = @tenant and u.id = w.id and u.state = 'Queued' and u.held_by = @connection
            returning u.id
            """, new { tenant, connection, now, seconds = every.TotalSeconds }, cancellationToken);
        await session.NotifyAsync(spread.Select(run => new Change(RunStore.Topic, tenant, run)), cancellationToken);

        await session.CommitAsync(cancellationToken);
        return spread.Count;
    }
}
