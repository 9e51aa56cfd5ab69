namespace IntegrationConsole.Sync.Runs;

/// <summary>
/// Runs that ended before they had read everything. What such a run appended is there, and nothing knows it again: the
/// next run goes on behind it. A change stream goes on too, for nothing is told twice. Others with a key begin anew, and find unchanged what they bring a second time.
/// </summary>
internal static class UnfinishedRuns
{
    /// <summary>Gives a run (<c>@tenant</c>, <c>@runId</c>) that is taken up for the first time the place where the one before it stopped.</summary>
    public const string GoOn = """
        update run r set checkpoint = before.checkpoint, watermark = before.watermark
        from sync_definition s cross join lateral (
            select o.checkpoint, o.watermark from run o
            where o.tenant_id = s.tenant_id and o.sync_id = s.id and not o.beside and o.state in ('Succeeded', 'Partial', 'Failed', 'Cancelled', 'Held') and o.attempt > 0
            order by o.number desc limit 1) before
        where r.tenant_id = @tenant and r.id = @runId and r.attempt = 0 and not r.beside
          and s.tenant_id = r.tenant_id and s.id = r.sync_id and (s.write_mode = 'Append' or s.read_mode = 'ChangeStream') and before.checkpoint is not null
        """;

    /// <summary>The next run of a sync begins from the start.</summary>
    public static Task<int> ForgetAsync(DatabaseSession session, TenantId tenant, Guid sync, CancellationToken cancellationToken) =>
        session.RunAsync(
            "update run set checkpoint = null where tenant_id = @tenant and sync_id = @sync and not beside and state not in ('Queued', 'Running') and checkpoint is not null",
            new { tenant, sync }, cancellationToken);
}
