using System.Text.Json;
using IntegrationConsole.Health.Evaluation;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync.Schedules;

namespace IntegrationConsole.Health.Board;

/// <summary>
/// Reads a page of integrations with how they are. All are filtered and sorted by what the evaluation wrote of them; what
/// else is shown is asked for those of the page only.
/// </summary>
public sealed class HealthReader(ConsoleDatabase database, HealthStore health, TimeProvider clock)
{
    private const int MostChanges = 4;

    private const string Matching = """
        from sync_definition s
        join tenant t on t.id = s.tenant_id
        join connection c on c.tenant_id = s.tenant_id and c.id = s.source_connection_id
        left join health_state h on h.tenant_id = s.tenant_id and h.object_kind = 'Sync' and h.object_id = s.id
        left join health_evaluation e on e.tenant_id = s.tenant_id
        cross join lateral (select case when h.state is null or e.evaluated_at is null or e.evaluated_at < @oldest then 'Unknown' else h.state end as state) w
        where s.tenant_id = any(@tenants) and s.deleted_at is null
          and (@side::int is null or substr(h.marks, @side, 1) in ('F', 'D', 'U'))
          and (@text = '' or strpos(lower(s.name), lower(@text)) > 0 or strpos(lower(t.name), lower(@text)) > 0 or strpos(lower(c.name), lower(@text)) > 0)
        """;

    public async Task<HealthList> ListAsync(IReadOnlyList<TenantId> tenants, HealthFilter filter, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var scope = new
        {
            tenants = tenants.Select(tenant => tenant.Value).ToArray(), oldest = now - LatestHealth.GoodFor, side = filter.Side is { } side ? (int?)side + 1 : null, text = filter.Text,
            state = filter.State?.ToString(), most = HealthFilter.PageSize, skip = (filter.Page - 1) * HealthFilter.PageSize,
        };
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var counts = await session.ListAsync<Counted>($"select w.state, count(*)::int as count {Matching} group by w.state", scope, cancellationToken);
        var rows = await session.ListAsync<Row>($"""
            select s.tenant_id, t.slug as tenant_slug, t.name as tenant_name, t.time_zone, s.id, s.slug, s.name, s.schedule::text as schedule, s.paused_at is not null or t.paused_at is not null as is_paused,
                   c.kind as connector, c.name as connection, h.promised_since, h.state, h.reason, h.heals_itself, h.evidence_kind, h.evidence_id, h.findings::text as findings, h.since, e.evaluated_at
            {Matching} and (@state::text is null or w.state = @state)
            order by {OrderOf(filter.Grouping)} array_position(array['Failing', 'Degraded', 'Unknown', 'Maintenance', 'Paused', 'Pending', 'Healthy'], w.state), coalesce(h.heals_itself, false),
                     lower(s.name), s.tenant_id, s.id
            limit @most offset @skip
            """, scope, cancellationToken);
        var details = await DetailsAsync(session, rows, now, cancellationToken);
        var states = counts.ToDictionary(row => row.State, row => row.Count);
        return new HealthList(
            [.. rows.Select(row => row.Shown(health, details.GetValueOrDefault(row.Id), now))], filter.State is { } only ? states.GetValueOrDefault(only) : states.Values.Sum(), states);
    }

    /// <summary>The last 24 hours of each of these.</summary>
    public async Task<IReadOnlyDictionary<Guid, StateStrip>> StripsAsync(IReadOnlyList<HealthRow> rows, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var changes = await session.ListAsync<Change>("""
            select x.object_kind, x.object_id, x.at, x.from_state, x.to_state, x.reason
            from unnest(@tenants, @ids) as o (tenant_id, id)
            cross join lateral (
                (select * from health_transition where tenant_id = o.tenant_id and object_kind = 'Sync' and object_id = o.id and at > @from)
                union all
                (select * from health_transition where tenant_id = o.tenant_id and object_kind = 'Sync' and object_id = o.id and at <= @from order by at desc limit 1)) x
            order by x.at
            """,
            new { tenants = rows.Select(row => row.Tenant.Value).ToArray(), ids = rows.Select(row => row.Health.Id).ToArray(), from = now - StateStrip.Span }, cancellationToken);
        return changes.GroupBy(change => change.ObjectId).ToDictionary(
            group => group.Key, group => StateStrip.Of([.. group.Select(change => new HealthTransition(change.ObjectKind, change.ObjectId, change.At, change.FromState, change.ToState, change.Reason))], now));
    }

    private static string OrderOf(HealthGrouping grouping) => grouping switch
    {
        HealthGrouping.None => "",
        HealthGrouping.Tenant => "lower(t.name), t.id,",
        HealthGrouping.Connector => "c.kind,",
        HealthGrouping.Connection => "lower(c.name), c.id,",
    };

    private static async Task<Dictionary<Guid, Detail>> DetailsAsync(DatabaseSession session, IReadOnlyList<Row> rows, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await session.ListAsync<Detail>("""
            select o.id, g.finished_at as last_good, coalesce(d.bad, 0)::bigint as bad, coalesce(d.attempted, 0)::bigint as attempted, coalesce(f.changes, 0)::int as changes
            from unnest(@tenants, @ids) as o (tenant_id, id)
            left join lateral (
                select r.finished_at from run r where r.tenant_id = o.tenant_id and r.sync_id = o.id and r.state in ('Succeeded', 'Partial') and not r.beside
                order by r.finished_at desc limit 1) g on true
            left join lateral (
                select sum(m.rejected + m.failed + m.unknown) as bad, sum(m.records_read - m.filtered) as attempted from sync_minute m
                where m.tenant_id = o.tenant_id and m.sync_id = o.id and m.minute >= @day) d on true
            left join lateral (
                select count(*) as changes from health_transition x
                where x.tenant_id = o.tenant_id and x.object_kind = 'Sync' and x.object_id = o.id and x.at > @half and x.from_state is not null) f on true
            """,
            new
            {
                tenants = rows.Select(row => row.TenantId.Value).ToArray(), ids = rows.Select(row => row.Id).ToArray(), day = now - TimeSpan.FromDays(1), half = now - TimeSpan.FromMinutes(30),
            },
            cancellationToken)).ToDictionary(detail => detail.Id);

    private sealed record Counted(HealthState State, int Count);

    private sealed record Change(ObjectKind ObjectKind, Guid ObjectId, DateTimeOffset At, HealthState? FromState, HealthState ToState, string Reason);

    private sealed record Detail(Guid Id, DateTimeOffset? LastGood, long Bad, long Attempted, int Changes);

    private sealed record Row(
        TenantId TenantId, string TenantSlug, string TenantName, string TimeZone, Guid Id, string Slug, string Name, string Schedule, bool IsPaused, string Connector, string Connection,
        DateTimeOffset? PromisedSince, HealthState? State, string? Reason, bool? HealsItself, EvidenceKind? EvidenceKind, Guid? EvidenceId, string? Findings, DateTimeOffset? Since,
        DateTimeOffset? EvaluatedAt)
    {
        public HealthRow Shown(HealthStore health, Detail? detail, DateTimeOffset now)
        {
            var shown = health.Shown(new StoredHealth(
                TenantId, TimeZone, ObjectKind.Sync, Id, State, Reason, HealsItself, EvidenceKind, EvidenceId, Findings, Since, EvaluatedAt));
            var zone = TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var known) ? known : null;
            var schedule = zone is null || IsPaused ? null : Read();
            return new HealthRow(
                TenantId, TenantSlug, TenantName, Slug, Name, Connector, Connection, shown, Lateness(schedule, zone, detail, now), detail?.LastGood, schedule?.Next(zone!, now),
                new Share(detail?.Bad ?? 0, detail?.Attempted ?? 0), detail?.Changes > MostChanges);
        }

        private double? Lateness(Schedule? schedule, TimeZoneInfo? zone, Detail? detail, DateTimeOffset now)
        {
            var basis = detail?.LastGood > PromisedSince || PromisedSince is null ? detail?.LastGood : PromisedSince;
            return basis is not { } from || schedule is null || Promise.From(schedule, zone!, from) is not { } promise ? null : promise.Lateness(now - from);
        }

        /// <returns>Null where it cannot be read, which health says.</returns>
        private Schedule? Read()
        {
            try
            {
                return JsonSerializer.Deserialize<Schedule>(Schedule, JsonSerializerOptions.Web) is { } read && read is not { Kind: ScheduleKind.Interval, Minutes: < 1 } ? read : null;
            }
            catch (JsonException)
            {
                return null;
            }
        }
    }
}
