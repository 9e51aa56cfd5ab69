using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Partitions;

namespace IntegrationConsole.Sync.Runs;

/// <summary>A run that waits for a connection.</summary>
/// <param name="KeptBy">Who keeps it held although the circuit was closed; null where nobody does.</param>
public sealed record HeldRun(Guid ConnectionId, Guid RunId, long Number, string SyncName, DateTimeOffset Since, string? KeptBy);

/// <summary>What can be read of runs; <see cref="RunQueue"/> moves them.</summary>
public sealed class RunStore(ConsoleDatabase database, TimeProvider clock)
{
    public const string Topic = "run";

    internal const string Columns = """
        r.tenant_id, r.id, r.sync_id, s.name as sync_name, s.slug as sync_slug, r.number, r.trigger, r.requested_by, r.replay_id, r.state, r.cause, r.stage, r.reason,
        r.needs_person, r.mapping_version, r.records_read, r.written, r.unchanged, r.filtered, r.rejected, r.failed, r.unknown, r.bytes_read, r.expected,
        r.read_ms, r.map_ms, r.write_ms, r.checkpoint, r.attempt, r.retries, r.node, r.queued_at, r.start_after, r.started_at, r.finished_at,
        r.cancel_requested_by, r.trace_id, r.range_from, r.range_to, r.deleted,
        r.source_sum::text as source_sum, r.destination_sum::text as destination_sum, r.usual, r.usual_of, r.quiet_runs, r.reconciliation_id, r.batch_breaker, r.is_broken
        """;

    internal const string From = "from run r join sync_definition s on s.tenant_id = r.tenant_id and s.id = r.sync_id";

    /// <remarks>
    /// Each tenant's newest are taken from its own index, and the page is cut out of them before anything is joined: over
    /// many tenants it costs as many short looks, however many runs there are, and however few of the tenants one may see.
    /// </remarks>
    internal const string PageSql = $"""
        select {Columns}
        from (
            select n.tenant_id, n.id from unnest(@tenants) t(id)
            cross join lateral (
                select x.tenant_id, x.id, x.queued_at from run x
                where x.tenant_id = t.id and {RunFilter.Where}
                  and (@at::timestamptz is null or (x.queued_at, x.id) < (@at, @id))
                order by x.queued_at desc, x.id desc limit @size) n
            order by n.queued_at desc, n.id desc limit @size) k
        join run r on r.tenant_id = k.tenant_id and r.id = k.id
        join sync_definition s on s.tenant_id = r.tenant_id and s.id = r.sync_id
        order by r.queued_at desc, r.id desc
        """;

    /// <summary>The newest first.</summary>
    public async Task<Page<Run>> ListAsync(TenantId tenant, RunFilter filter, Keyset? after, int size, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await ListAsync(session, [tenant], filter, after, size, cancellationToken);
    }

    /// <summary>The same over the tenants that somebody may see.</summary>
    public async Task<Page<Run>> ListAcrossAsync(IReadOnlyCollection<TenantId> tenants, RunFilter filter, Keyset? after, int size, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await ListAsync(session, tenants, filter, after, size, cancellationToken);
    }

    /// <summary>Runs that are shown already, as they are now; those that are gone, or of a tenant that one may not see any more, are absent.</summary>
    public async Task<IReadOnlyList<Run>> ListAgainAsync(IReadOnlyCollection<TenantId> tenants, IReadOnlyCollection<Run> shown, CancellationToken cancellationToken)
    {
        var ours = shown.Where(run => tenants.Contains(run.TenantId)).ToList();
        if (ours.Count == 0)
        {
            return [];
        }

        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.ListAsync<Run>($"""
            select {Columns} {From} join unnest(@tenants, @ids) k(tenant_id, id) on k.tenant_id = r.tenant_id and k.id = r.id
            """, new { tenants = ours.Select(run => run.TenantId.Value).ToArray(), ids = ours.Select(run => run.Id).ToArray() }, cancellationToken);
    }

    public Task<Run?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken) =>
        database.FindAtOnceAsync<Run>(tenant, $"select {Columns} {From} where r.tenant_id = @tenant and r.id = @id", new { tenant, id }, cancellationToken);

    /// <summary>The last run of its own before this one that ended well and brought something.</summary>
    public async Task<Run?> FindLastGoodAsync(Run before, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(before.TenantId, cancellationToken);
        return await session.FindAsync<Run>($"""
            select {Columns} {From}
            where r.tenant_id = @tenant and r.sync_id = @sync and r.number < @number and r.parent_id is null and r.state = 'Succeeded' and r.records_read > r.filtered
              and r.trigger not in ('Replay', 'Backfill', 'Approval')
            order by r.number desc limit 1
            """, new { tenant = before.TenantId, sync = before.SyncId, number = before.Number }, cancellationToken);
    }

    /// <summary>Each sync's newest run of its own, neither skipped nor beside the usual ones; syncs that never ran are absent.</summary>
    public async Task<IReadOnlyDictionary<Guid, Run>> ListLatestAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var runs = await session.ListAsync<Run>($"""
            select {Columns}
            from sync_definition s
            join lateral (
                select * from run x where x.tenant_id = s.tenant_id and x.sync_id = s.id and x.state <> 'Skipped' and not x.beside
                order by x.queued_at desc, x.id desc limit 1) r on true
            where s.tenant_id = @tenant and s.deleted_at is null
            """, new { tenant }, cancellationToken);
        return runs.ToDictionary(run => run.SyncId);
    }

    /// <summary>Runs that wait for a connection's circuit, the oldest first.</summary>
    public async Task<IReadOnlyList<HeldRun>> ListHeldAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<HeldRun>($"""
            select r.held_by as connection_id, r.id as run_id, r.number, s.name as sync_name, coalesce(r.held_since, r.queued_at) as since, r.kept_by {From}
            where r.tenant_id = @tenant and r.state = 'Queued' and r.held_by is not null
            order by coalesce(r.held_since, r.queued_at), r.id
            """, new { tenant }, cancellationToken);
    }

    /// <summary>The parts of a run that was cut; none of any other.</summary>
    public async Task<IReadOnlyList<PartitionProgress>> ListPartitionsAsync(TenantId tenant, Guid runId, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<PartitionProgress>("""
            select partition, coalesce(key_from, range_from) as key_from, coalesce(key_to, range_to) as key_to, state, reason, records_read, written, unchanged, rejected + failed + unknown as set_aside, expected, node, attempt, started_at, finished_at, cardinality(parent_list) as parents
            from run where tenant_id = @tenant and parent_id = @runId order by partition
            """, new { tenant, runId }, cancellationToken);
    }

    /// <summary>The newest lines of a run's log, in the order in which they were written.</summary>
    /// <param name="tenant">Whose run it is.</param>
    /// <param name="runId">Which.</param>
    /// <param name="before">Only those before this line; null for the newest of all.</param>
    /// <param name="most">No more than these.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<RunLogPage> ReadLogAsync(TenantId tenant, Guid runId, long? before, int most, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var lines = await session.ListAsync<RunLogLine>("""
            select seq, at, level, message from run_log where tenant_id = @tenant and run_id = @runId and (@before::bigint is null or seq < @before) order by seq desc limit @more
            """, new { tenant, runId, before, more = most + 1 }, cancellationToken);
        return new RunLogPage([.. lines.Take(most).Reverse()], lines.Count > most);
    }

    /// <summary>How many of a run's records were set aside, by cause.</summary>
    public async Task<IReadOnlyList<CauseCount>> CountCausesAsync(TenantId tenant, Guid runId, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<CauseCount>("""
            select cause, count(*)::int as count from dead_letter_attempt
            where tenant_id = @tenant and run_id = @runId and outcome in ('Rejected', 'Failed', 'Unknown')
            group by cause order by count(*) desc
            """, new { tenant, runId }, cancellationToken);
    }

    /// <summary>Adds a line to a run's log: what an operator wants to know later, never a record's content.</summary>
    public async Task LogAsync(TenantId tenant, Guid runId, RunLogLevel level, string message, CancellationToken cancellationToken)
    {
        await using var session = await database.PreparedAsync(tenant, cancellationToken);
        await LogAsync(session, tenant, runId, clock.GetUtcNow(), level, message, cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, runId), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    /// <summary>Commits what changed a tenant's runs, and tells those who look on.</summary>
    internal static async Task CommitAsync(DatabaseSession session, TenantId tenant, Guid? runId, CancellationToken cancellationToken)
    {
        await session.NotifyAsync(new Change(Topic, tenant, runId), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    /// <summary>The same inside a caller's transaction, which also tells of the change.</summary>
    internal static Task LogAsync(DatabaseSession session, TenantId tenant, Guid runId, DateTimeOffset now, RunLogLevel level, string message, CancellationToken cancellationToken) =>
        session.RunAsync("""
            insert into run_log (tenant_id, run_id, at, level, message)
            select @tenant, @runId, @now, @level, @message where exists (select from run where tenant_id = @tenant and id = @runId)
            """, new { tenant, runId, now, level = level.ToString(), message }, cancellationToken);

    private static async Task<Page<Run>> ListAsync(
        DatabaseSession session, IReadOnlyCollection<TenantId> tenants, RunFilter filter, Keyset? after, int size, CancellationToken cancellationToken)
    {
        var parameters = filter.Parameters(tenants);
        parameters.Add("at", after?.At);
        parameters.Add("id", after?.Id);
        parameters.Add("size", size + 1);
        var runs = await session.ListAsync<Run>(PageSql, parameters, cancellationToken);
        return Page<Run>.Of(runs, size, run => new Keyset(run.QueuedAt, run.Id));
    }
}
