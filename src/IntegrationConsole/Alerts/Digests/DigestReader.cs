using IntegrationConsole.DeadLetters;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Alerts.Digests;

/// <summary>Reads what a tenant's day was like.</summary>
public sealed class DigestReader(QuotaStore quotas)
{
    private const int MostNamed = 8;

    private static readonly TimeSpan EndsWithin = TimeSpan.FromDays(14);

    internal async Task<DigestFacts> ReadAsync(DatabaseSession session, TenantId tenant, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var scope = new { tenant, from, to, soon = to + EndsWithin, most = MostNamed };
        var counts = await session.OneAsync<Counts>(CountsOfDay, scope, cancellationToken);
        var waiting = await session.ListAsync<WaitingRow>(Waiting, scope, cancellationToken);
        var states = await session.ListAsync<StateRow>("select state, count(*)::int as count from health_state where tenant_id = @tenant and object_kind = 'Sync' group by state", scope, cancellationToken);
        var ending = await session.ListAsync<EndingThing>("""
            select 'credential' as what, name, expires_at as at from credential where tenant_id = @tenant and expires_at < @soon
            union all
            select 'certificate of' as what, c.name, p.certificate_expires as at
            from connection_probe p join connection c on c.tenant_id = p.tenant_id and c.id = p.connection_id where p.tenant_id = @tenant and p.is_on and p.certificate_expires < @soon
            order by at limit @most
            """, scope, cancellationToken);
        var most = (await quotas.FindAsync(session, tenant, cancellationToken)).LetterBytes;
        var bytes = most is null ? 0 : await LetterStorage.MeasureAsync(session, tenant, cancellationToken);
        var added = most is null ? 0 : await LetterStorage.MeasureNewAsync(session, tenant, from, to, cancellationToken);
        return new DigestFacts(
            from, to, counts.Arrived, counts.SetAside, counts.FailedRuns, counts.NewGroups, counts.OverGroups, counts.Alerts, counts.OverAlerts, counts.Unacknowledged,
            waiting.Count == 0 ? 0 : waiting[0].Total, [.. waiting.Select(row => new WaitingGroup(row.Id, row.Sync, row.Title, row.Letters, row.Owner))],
            states.ToDictionary(row => row.State, row => row.Count), counts.Worse, ending, bytes, added, most);
    }

    private const string CountsOfDay = """
        select f.arrived, f.set_aside,
            (select count(*)::int from run where tenant_id = @tenant and state = 'Failed' and finished_at >= @from and finished_at < @to) as failed_runs,
            (select count(*)::int from failure_group where tenant_id = @tenant and merged_into is null and coalesce(regressed_at, first_seen) >= @from and coalesce(regressed_at, first_seen) < @to) as new_groups,
            (select count(*)::int from failure_group where tenant_id = @tenant and merged_into is null and state = 'Resolved' and state_since >= @from and state_since < @to) as over_groups,
            (select count(*)::int from incident where tenant_id = @tenant and opened_at >= @from and opened_at < @to) as alerts,
            (select count(*)::int from incident where tenant_id = @tenant and closed_at >= @from and closed_at < @to) as over_alerts,
            (select count(distinct incident_id)::int from alert where tenant_id = @tenant and state = 'Firing' and overlay in ('None', 'Flapping')) as unacknowledged,
            (select count(distinct h.object_id)::int from health_transition h
             where h.tenant_id = @tenant and h.object_kind = 'Sync' and h.at >= @from and h.at < @to and h.to_state in ('Failing', 'Degraded') and h.from_state is distinct from 'Failing') as worse
        from (select coalesce(sum(written + unchanged), 0)::bigint as arrived, coalesce(sum(rejected + failed + unknown), 0)::bigint as set_aside
              from sync_minute where tenant_id = @tenant and minute >= @from and minute < @to) f
        """;

    private const string Waiting = """
        select g.id, s.name as sync, g.title, o.letters, coalesce(g.owner, '') as owner, (count(*) over ())::int as total
        from failure_group g
        join sync_definition s on s.tenant_id = g.tenant_id and s.id = g.sync_id and s.deleted_at is null
        cross join lateral (
            select count(*)::int as letters from dead_letter d where d.tenant_id = g.tenant_id and d.group_id = g.id and d.state in ('Waiting', 'Queued', 'Replaying')) o
        where g.tenant_id = @tenant and g.merged_into is null and g.state = 'Open' and o.letters > 0
        order by o.letters desc, g.last_seen desc limit @most
        """;

    private sealed record Counts(
        long Arrived, long SetAside, int FailedRuns, int NewGroups, int OverGroups, int Alerts, int OverAlerts, int Unacknowledged, int Worse);

    private sealed record WaitingRow(Guid Id, string Sync, string Title, int Letters, string Owner, int Total);

    private sealed record StateRow(HealthState State, int Count);
}
