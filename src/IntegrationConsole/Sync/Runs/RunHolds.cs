using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Sync.Runs;

/// <summary>Why a run has to wait for one of its connections, and until when.</summary>
/// <param name="Reason">In words, with the times of day in the tenant's zone.</param>
/// <param name="Since">Since when the circuit is open by itself; null where somebody holds it open, and will say when it is enough.</param>
/// <param name="Connection">Null where a maintenance holds it.</param>
/// <param name="Cause">What opened the circuit; null where somebody did.</param>
internal sealed record HeldBack(Guid? Connection, string Reason, DateTimeOffset Until, DateTimeOffset? Since, FailureCause? Cause)
{
    /// <summary>The maintenance that it waits for; null for a circuit.</summary>
    public Guid? MaintenanceId { get; init; }

    /// <summary>Other nodes may take it up: this one got no answer the last time, which may be its own network's fault.</summary>
    public bool IsLeftToOthers { get; init; }
}

/// <summary>
/// Keeps queued runs back while the circuit of one of their connections is open, and lets them go when it closes. A run
/// that waits has lost nothing: it goes on from its checkpoint, and none of its retries is used up.
/// </summary>
internal static class RunHolds
{
    /// <summary>How often a run that waits for a person asks again; closing a circuit wakes it at once.</summary>
    private static readonly TimeSpan AsksAgain = TimeSpan.FromHours(1);

    private static readonly TimeSpan Longest = TimeSpan.FromDays(1);

    /// <summary>What a sync's runs have to wait for; null for nothing.</summary>
    /// <param name="session">The tenant's.</param>
    /// <param name="tenant">Whose.</param>
    /// <param name="syncId">Which sync.</param>
    /// <param name="isReplay">Letters come from the console itself: only the destination matters.</param>
    /// <param name="node">Who would take one up; null where none is about to be.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<HeldBack?> FindAsync(
        DatabaseSession session, TenantId tenant, Guid syncId, bool isReplay, string? node, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var answers = await session.AskAsync($"""
            {MaintenanceHolds.Find};
            select n.name, t.time_zone, c.connection_id, c.state, c.since, c.reason, c.cause, c.actor, c.node, c.probe_at, c.probe_until
            from sync_definition s
            join tenant t on t.id = s.tenant_id
            join circuit c on c.tenant_id = s.tenant_id and c.state <> 'Closed'
                          and (c.connection_id = s.destination_connection_id or (c.connection_id = s.source_connection_id and not @isReplay))
            join connection n on n.tenant_id = c.tenant_id and n.id = c.connection_id
            where s.tenant_id = @tenant and s.id = @syncId
            """, new { tenant, syncId, isReplay, now }, cancellationToken);
        if (await answers.ReadSingleOrDefaultAsync<MaintenanceHolds.Row>() is { } maintenance)
        {
            return maintenance.HeldBack;
        }

        var circuits = (await answers.ReadAsync<Row>()).Select(row => (row.Name, row.Zone, Circuit: row.CircuitOf(tenant))).ToList();
        return circuits.Where(found => found.Circuit.Holds(now))
            .OrderByDescending(found => found.Circuit.NextTry ?? DateTimeOffset.MaxValue)
            .Select(found => new HeldBack(
                found.Circuit.ConnectionId, found.Circuit.WaitingWords(found.Name, found.Zone), found.Circuit.NextTry ?? now + AsksAgain, found.Circuit.State is CircuitState.Isolated ? null : found.Circuit.Since, found.Circuit.Cause))
            .FirstOrDefault()
            ?? circuits.Where(found => found.Circuit.OthersUntil(node) > now)
                .Select(found => new HeldBack(found.Circuit.ConnectionId, "", found.Circuit.OthersUntil(node)!.Value, null, null) { IsLeftToOthers = true }).FirstOrDefault();
    }

    /// <summary>Has a node pass over a queued run for a while, and no other.</summary>
    public static Task<int> LeaveAsync(DatabaseSession session, TenantId tenant, Guid runId, string node, DateTimeOffset until, CancellationToken cancellationToken) =>
        session.RunAsync("update run set left_by = @node, left_until = @until where tenant_id = @tenant and id = @runId and state = 'Queued'", new { tenant, runId, node, until }, cancellationToken);

    /// <summary>Keeps a queued run back: it stands in the line again when its time has come.</summary>
    public static async Task<int> KeepAsync(DatabaseSession session, TenantId tenant, Guid runId, HeldBack hold, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (hold.MaintenanceId is { } maintenance)
        {
            await MaintenanceHolds.CountAsync(session, tenant, runId, maintenance, cancellationToken);
        }

        return await session.RunAsync("""
            update run set reason = @reason, cause = @cause, start_after = @until, called_at = null, held_by = @connection, maintenance_id = @maintenance,
                held_since = case when @connection::uuid is null then held_since else coalesce(held_since, @now) end
            where tenant_id = @tenant and id = @runId and state = 'Queued'
            """,
            new
            {
                tenant, runId, reason = hold.Reason, cause = hold.Cause?.ToString(), until = hold.Until, connection = hold.Connection, maintenance = hold.MaintenanceId, now,
            },
            cancellationToken);
    }

    /// <summary>Whether a run has waited for this for so long that it fails after all, and somebody looks at it.</summary>
    public static async Task<bool> IsTooLongAsync(DatabaseSession session, TenantId tenant, Guid runId, HeldBack hold, DateTimeOffset now, CancellationToken cancellationToken) =>
        hold.Since < now - Longest
        && await session.OneAsync<bool>(
            "select coalesce(held_since < @since, false) from run where tenant_id = @tenant and id = @runId", new { tenant, runId, since = now - Longest }, cancellationToken);

    /// <summary>Puts runs into the line whose circuit is closed by now, or whose probe is due before they were told to come back.</summary>
    /// <param name="session">Across tenants.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>How many.</returns>
    public static async Task<int> ReleaseAsync(DatabaseSession session, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var released = await session.ListAsync<Released>("""
            update run u set start_after = @now, called_at = null, reason = 'The circuit lets calls through again: starts when there is a free place', cause = null, held_by = null,
                held_since = case when exists (
                    select from circuit c where c.tenant_id = u.tenant_id and c.connection_id = u.held_by and c.state <> 'Closed') then held_since end
            where (tenant_id, id) in (
                select r.tenant_id, r.id from run r
                where r.state = 'Queued' and r.held_by is not null and r.kept_by is null
                  and r.start_after > @now
                  and not exists (
                      select from circuit c where c.tenant_id = r.tenant_id and c.connection_id = r.held_by and c.state <> 'Closed'
                        and (c.probe_at is null or c.probe_at > @now or (c.state = 'HalfOpen' and c.probe_until > @now)))
                order by r.queued_at
                for update skip locked)
            returning tenant_id, id
            """, new { now }, cancellationToken);
        await session.NotifyAsync(released.Select(run => new Change(RunStore.Topic, run.TenantId, run.Id)), cancellationToken);

        return released.Count;
    }

    private sealed record Released(TenantId TenantId, Guid Id);

    private sealed record Row(
        string Name, string TimeZone, Guid ConnectionId, CircuitState State, DateTimeOffset Since, string Reason, FailureCause? Cause, string Actor, string Node,
        DateTimeOffset? ProbeAt, DateTimeOffset? ProbeUntil)
    {
        public TimeZoneInfo Zone => TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone) ? zone : TimeZoneInfo.Utc;

        public Circuit CircuitOf(TenantId tenant) => new(tenant, ConnectionId, State, Since, Reason, Cause, Actor, Node, 0, ProbeAt, null, ProbeUntil);
    }
}
