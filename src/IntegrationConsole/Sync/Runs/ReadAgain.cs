namespace IntegrationConsole.Sync.Runs;

/// <summary>
/// A backfill writes what it read a while ago, and a usual run may have written something newer of the same record in
/// between, which no later run would read again. Where usual runs went beside it, its end notes where the cursor stood when
/// it began: the next run begins there, once, and the last word stands. The cursor stays where it is.
/// </summary>
internal static class ReadAgain
{
    /// <param name="session">Under the sync's row.</param>
    /// <param name="tenant">Whose.</param>
    /// <param name="run">It ended just now; nothing happens where it is no backfill, or never began.</param>
    /// <param name="now">When.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task AfterAsync(DatabaseSession session, TenantId tenant, Guid run, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // What an earlier backfill noted, and nobody has read yet, lies further back. A usual run that goes on does not know of it, and leaves it.
        var noted = await session.RunAsync("""
            update sync_definition s set again_at = @now, again_from = case when s.again_at is not null then s.again_from else (
                select w.watermark from run w
                where w.tenant_id = s.tenant_id and w.sync_id = s.id and w.state in ('Succeeded', 'Partial') and not w.beside and w.watermark is not null and w.finished_at <= b.started_at
                order by w.finished_at desc limit 1) end
            from run b
            where b.tenant_id = @tenant and b.id = @run and b.range_from is not null and b.started_at is not null
              and s.tenant_id = b.tenant_id and s.id = b.sync_id and s.read_mode = 'Incremental'
              and exists (select from run u where u.tenant_id = s.tenant_id and u.sync_id = s.id and not u.beside and u.attempt > 0
                          and (u.state in ('Queued', 'Running') or (u.state in ('Succeeded', 'Partial', 'Held') and u.finished_at > b.started_at)))
            """, new { tenant, run, now }, cancellationToken);
        if (noted > 0)
        {
            await RunStore.LogAsync(
                session, tenant, run, now, RunLogLevel.Info,
                "Usual runs went beside it: the next one reads once more what changed since this one began, so that nothing stays as it was read before.", cancellationToken);
        }
    }
}
