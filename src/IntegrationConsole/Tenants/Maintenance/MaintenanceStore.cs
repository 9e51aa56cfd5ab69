using System.Text.Json;
using System.Text.Json.Serialization;
using IntegrationConsole.Access;

namespace IntegrationConsole.Tenants.Maintenance;

/// <summary>The maintenance windows of all tenants, and their times some weeks ahead.</summary>
public sealed class MaintenanceStore(ConsoleDatabase database, AuditTrail audit, TimeProvider clock)
{
    public const string Topic = "maintenance";

    /// <summary>How far ahead times are worked out; longer than a month, so that a monthly one always has its next.</summary>
    private static readonly TimeSpan Ahead = TimeSpan.FromDays(40);

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    private const string Query = """
        select w.tenant_id, w.id, w.scope, w.scope_id, coalesce(c.name, s.name, '') as scope_name, w.reason, w.holds_runs, w.recurrence::text as recurrence, w.grace_minutes,
               w.created_by, w.created_at, w.ended_at, w.ended_by
        from maintenance_window w
        left join connection c on w.scope = 'Connection' and c.tenant_id = w.tenant_id and c.id = w.scope_id
        left join sync_definition s on w.scope = 'Integration' and s.tenant_id = w.tenant_id and s.id = w.scope_id
        """;

    /// <summary>Those that still come round, and those that ended within 30 days.</summary>
    public async Task<IReadOnlyList<MaintenanceWindow>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var rows = await session.ListAsync<Row>($"""
            {Query}
            where w.tenant_id = @tenant and (w.ended_at > @since or (w.ended_at is null and exists (
                select from maintenance_time m where m.tenant_id = w.tenant_id and m.window_id = w.id and m.grace_until > @since)))
            order by w.created_at desc
            """, new { tenant, since = clock.GetUtcNow() - TimeSpan.FromDays(30) }, cancellationToken);
        return [.. rows.Select(row => row.Window)];
    }

    /// <summary>The times of all windows that touch a span, the earliest first.</summary>
    public async Task<IReadOnlyList<MaintenanceTime>> ListTimesAsync(TenantId tenant, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<MaintenanceTime>("""
            select id, window_id, starts_at, ends_at, grace_until, runs_held, summary from maintenance_time
            where tenant_id = @tenant and grace_until > @from and starts_at < @to order by starts_at
            """, new { tenant, from, to }, cancellationToken);
    }

    /// <summary>The time that is open for this very object, or is to come next; null for none.</summary>
    public async Task<MaintenanceTime?> FindNextAsync(TenantId tenant, MaintenanceScope scope, Guid? scopeId, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.FindAsync<MaintenanceTime>("""
            select m.id, m.window_id, m.starts_at, m.ends_at, m.grace_until, m.runs_held, m.summary
            from maintenance_time m join maintenance_window w on w.tenant_id = m.tenant_id and w.id = m.window_id
            where m.tenant_id = @tenant and m.ends_at > @now and (w.scope = 'Tenant' or (w.scope = @scope and w.scope_id = @scopeId))
            order by m.starts_at limit 1
            """, new { tenant, scope = scope.ToString(), scopeId, now = clock.GetUtcNow() }, cancellationToken);
    }

    /// <summary>Times of other windows that lie over those of a draft, and concern the same.</summary>
    public async Task<IReadOnlyList<MaintenanceTime>> ListOverlapsAsync(TenantId tenant, MaintenanceDraft draft, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var now = clock.GetUtcNow();
        var slots = draft.Recurrence.Between(now, now + Ahead, await ZoneAsync(session, tenant, cancellationToken)).ToList();
        var others = await session.ListAsync<MaintenanceTime>("""
            select m.id, m.window_id, m.starts_at, m.ends_at, m.grace_until, m.runs_held, m.summary
            from maintenance_time m join maintenance_window w on w.tenant_id = m.tenant_id and w.id = m.window_id
            where m.tenant_id = @tenant and m.ends_at > @now and (w.scope = 'Tenant' or @scope = 'Tenant' or (w.scope = @scope and w.scope_id = @scopeId))
            order by m.starts_at
            """, new { tenant, scope = draft.Scope.ToString(), scopeId = draft.ScopeId, now }, cancellationToken);
        return [.. others.Where(other => slots.Any(slot => slot.Overlaps(new TimeSlot(other.StartsAt, other.EndsAt))))];
    }

    public async Task<Guid> PlanAsync(TenantId tenant, MaintenanceDraft draft, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        await session.RunAsync("""
            insert into maintenance_window (tenant_id, id, scope, scope_id, reason, holds_runs, recurrence, grace_minutes, created_by, created_at)
            values (@tenant, @id, @scope, @scopeId, @reason, @holds, @recurrence::jsonb, @grace, @actor, @now)
            """,
            new
            {
                tenant, id, scope = draft.Scope.ToString(), scopeId = draft.ScopeId, reason = draft.Reason.Trim(), holds = draft.HoldsRuns,
                recurrence = JsonSerializer.Serialize(draft.Recurrence, Json), grace = draft.GraceMinutes, actor = actor.Name, now,
            },
            cancellationToken);
        var window = (await session.OneAsync<Row>($"{Query} where w.tenant_id = @tenant and w.id = @id", new { tenant, id }, cancellationToken)).Window;
        await WorkOutAsync(session, window, await ZoneAsync(session, tenant, cancellationToken), now, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, Event("plan", window, $"{window.Recurrence.Words}{(window.HoldsRuns ? "; runs wait" : "")}: {window.Reason}"), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, id), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return id;
    }

    /// <summary>Ends a window for good: the time that is open now ends, those to come are taken away.</summary>
    /// <returns>Whether it had not been ended before.</returns>
    public async Task<bool> EndAsync(TenantId tenant, Guid windowId, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var ended = await session.RunAsync(
            "update maintenance_window set ended_at = @now, ended_by = @actor where tenant_id = @tenant and id = @windowId and ended_at is null",
            new { tenant, windowId, now, actor = actor.Name }, cancellationToken);
        if (ended == 0)
        {
            return false;
        }

        await session.RunAsync("delete from maintenance_time where tenant_id = @tenant and window_id = @windowId and starts_at > @now", new { tenant, windowId, now }, cancellationToken);
        await session.RunAsync("""
            update maintenance_time set ends_at = @now, grace_until = @now + (grace_until - ends_at)
            where tenant_id = @tenant and window_id = @windowId and ends_at > @now
            """, new { tenant, windowId, now }, cancellationToken);
        var window = (await session.OneAsync<Row>($"{Query} where w.tenant_id = @tenant and w.id = @windowId", new { tenant, windowId }, cancellationToken)).Window;
        await audit.AppendAsync(session, tenant, actor, Event("end", window, window.Reason), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, windowId), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Works out the times to come of all windows; what is known already stays as it is.</summary>
    /// <returns>How many times were new.</returns>
    public async Task<int> WorkOutAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var rows = await session.ListAsync<ZonedRow>(
            $"select x.*, t.time_zone from ({Query} where w.ended_at is null and w.recurrence ->> 'repeats' <> 'Once') x join tenant t on t.id = x.tenant_id", null, cancellationToken);
        var added = 0;
        foreach (var row in rows)
        {
            added += await WorkOutAsync(session, row.Window, Zone(row.TimeZone), now, cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
        return added;
    }

    private static async Task<int> WorkOutAsync(DatabaseSession session, MaintenanceWindow window, TimeZoneInfo zone, DateTimeOffset now, CancellationToken cancellationToken)
    {
        // A single one may lie far ahead.
        var until = window.Recurrence.Repeats is Repeats.Once ? now.AddYears(2) : now + Ahead;
        var slots = window.Recurrence.Between(now, until, zone).ToList();
        return await session.RunAsync("""
            insert into maintenance_time (tenant_id, id, window_id, starts_at, ends_at, grace_until)
            select @tenant, id, @window, starts_at, ends_at, ends_at + make_interval(mins => @grace) from unnest(@ids, @starts, @ends) as n (id, starts_at, ends_at)
            on conflict (tenant_id, window_id, starts_at) do nothing
            """,
            new
            {
                tenant = window.TenantId, window = window.Id, grace = window.GraceMinutes, ids = slots.Select(_ => Guid.CreateVersion7(now)).ToArray(),
                starts = slots.Select(slot => slot.From.UtcDateTime).ToArray(), ends = slots.Select(slot => slot.To.UtcDateTime).ToArray(),
            },
            cancellationToken);
    }

    private static async Task<TimeZoneInfo> ZoneAsync(DatabaseSession session, TenantId tenant, CancellationToken cancellationToken) =>
        Zone(await session.OneAsync<string>("select time_zone from tenant where id = @tenant", new { tenant }, cancellationToken));

    private static TimeZoneInfo Zone(string name) => TimeZoneInfo.TryFindSystemTimeZoneById(name, out var zone) ? zone : TimeZoneInfo.Utc;

    private static AuditEvent Event(string action, MaintenanceWindow window, string detail) => new(action, "maintenance", window.Id.ToString(), window.ScopeWords, detail);

    private record Row(
        TenantId TenantId, Guid Id, MaintenanceScope Scope, Guid? ScopeId, string ScopeName, string Reason, bool HoldsRuns, string Recurrence, int GraceMinutes,
        string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt, string EndedBy)
    {
        public MaintenanceWindow Window => new(
            TenantId, Id, Scope, ScopeId, ScopeName, Reason, HoldsRuns, JsonSerializer.Deserialize<Recurrence>(Recurrence, Json)!, GraceMinutes, CreatedBy, CreatedAt, EndedAt, EndedBy);
    }

    private sealed record ZonedRow(
        TenantId TenantId, Guid Id, MaintenanceScope Scope, Guid? ScopeId, string ScopeName, string Reason, bool HoldsRuns, string Recurrence, int GraceMinutes,
        string CreatedBy, DateTimeOffset CreatedAt, DateTimeOffset? EndedAt, string EndedBy, string TimeZone)
        : Row(TenantId, Id, Scope, ScopeId, ScopeName, Reason, HoldsRuns, Recurrence, GraceMinutes, CreatedBy, CreatedAt, EndedAt, EndedBy);
}
