using System.Text.Json;
using IntegrationConsole.Alerts.Channels;
using IntegrationConsole.Alerts.Rules;
using IntegrationConsole.Alerts.Silences;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Health.Evaluation;
using IntegrationConsole.Health.Triage;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Alerts.Incidents;

/// <summary>Gathers what a look at alerts needs, a handful of queries for however many tenants.</summary>
internal static class PictureReader
{
    private static readonly TimeSpan Recently = TimeSpan.FromMinutes(30);

    /// <param name="session">Across tenants.</param>
    /// <param name="tenants">Whom to look at.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<IReadOnlyList<TenantPicture>> ReadAsync(DatabaseSession session, Guid[] tenants, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var scope = new { tenants, since = now - Recently, hour = now - TimeSpan.FromHours(1), day = now - TimeSpan.FromDays(1), week = now - TimeSpan.FromDays(7) };
        var heads = await session.ListAsync<Head>("""
            select t.id, t.slug, t.name, t.time_zone, t.working_hours, e.evaluated_at from tenant t left join health_evaluation e on e.tenant_id = t.id where t.id = any(@tenants)
            """, scope, cancellationToken);
        var alerts = (await session.ListAsync<Alert>($"select {Alert.Columns} from alert where tenant_id = any(@tenants) and state <> 'Resolved'", scope, cancellationToken)).ToLookup(alert => alert.TenantId);
        var objects = (await session.ListAsync<ObjectRow>(Objects, scope, cancellationToken)).ToLookup(row => row.TenantId);
        var syncs = (await session.ListAsync<SyncRow>("""
            select tenant_id, id, slug, name, source_connection_id, destination_connection_id from sync_definition where tenant_id = any(@tenants) and deleted_at is null
            """, scope, cancellationToken)).ToLookup(row => row.TenantId);
        var connections = (await session.ListAsync<NameRow>("select tenant_id, id, name from connection where tenant_id = any(@tenants)", scope, cancellationToken)).ToLookup(row => row.TenantId);
        var causes = (await session.ListAsync<CauseRow>(Causes, scope, cancellationToken)).ToLookup(row => row.TenantId);
        var byHand = (await session.ListAsync<ByHandRow>("""
            select tenant_id, object_kind, object_id, rule, cause, max(resolved_at) as resolved_at from alert
            where tenant_id = any(@tenants) and state = 'Resolved' and resolved_by <> '' and resolved_at > @week group by 1, 2, 3, 4, 5
            """, scope, cancellationToken)).ToLookup(row => row.TenantId);
        var incidents = (await session.ListAsync<Incident>($"select {Incident.Columns} from incident where tenant_id = any(@tenants) and closed_at is null", scope, cancellationToken)).ToLookup(row => row.TenantId);
        var routes = (await session.ListAsync<RouteRow>("""
            select r.tenant_id, r.incident_id, r.channel_id, r.told_at, r.told, r.held, r.held_back
            from alert_route r join incident i on i.tenant_id = r.tenant_id and i.id = r.incident_id and i.closed_at is null where r.tenant_id = any(@tenants)
            """, scope, cancellationToken)).ToLookup(row => row.TenantId);
        var untold = (await session.ListAsync<UntoldRow>("""
            select i.tenant_id, i.id, i.root_kind, i.root_id, i.root_name, i.opened_at, i.closed_at, i.closing, r.channel_id, r.told, r.held, r.held_back
            from alert_route r join incident i on i.tenant_id = r.tenant_id and i.id = r.incident_id
            where r.tenant_id = any(@tenants) and i.closed_at > @day and r.told_at is null and r.held_back > 0
            """, scope, cancellationToken)).ToLookup(row => row.TenantId);
        var sent = (await session.ListAsync<SentRow>("""
            select tenant_id, channel_id, root_kind, root_id, count(*)::int as count from alert_notice
            where tenant_id = any(@tenants) and created_at > @hour and root_id is not null and kind <> 'Recovery' group by 1, 2, 3, 4
            """, scope, cancellationToken)).ToLookup(row => row.TenantId);
        var groups = (await session.ListAsync<GroupRow>(Groups, scope, cancellationToken)).ToLookup(row => row.TenantId);
        var circuits = (await CircuitChanges.ReadAsync(session, tenants, now, cancellationToken)).ToLookup(change => change.Tenant.Id);
        var rules = await RuleStore.ListAsync(session, tenants, cancellationToken);
        var silences = await SilenceStore.ListOpenAsync(session, tenants, now, cancellationToken);
        var channels = (await ChannelStore.ListAsync(session, tenants, cancellationToken)).ToLookup(channel => channel.TenantId);
        return [.. heads.Select(head => new TenantPicture(
            head.Id, head.Slug, head.Name, TimeZoneInfo.TryFindSystemTimeZoneById(head.TimeZone, out var zone) ? zone : TimeZoneInfo.Utc, head.EvaluatedAt,
            objects[head.Id].ToDictionary(row => (row.ObjectKind, row.ObjectId), row => row.Object), rules(head.Id), [.. silences[head.Id]], [.. syncs[head.Id].Select(row => row.Sync)],
            connections[head.Id].ToDictionary(row => row.Id, row => row.Name), causes[head.Id].ToDictionary(row => row.Id, row => row.Cause), [.. alerts[head.Id]],
            byHand[head.Id].ToDictionary(row => row.Key, row => row.ResolvedAt), [.. incidents[head.Id]], [.. routes[head.Id].Select(row => row.Route)], [.. channels[head.Id]],
            sent[head.Id].ToDictionary(row => (row.ChannelId, row.RootKind, row.RootId), row => row.Count))
        {
            Untold = [.. untold[head.Id].Select(row => row.Untold)], Groups = groups[head.Id].ToDictionary(row => row.SyncId, row => row.Id),
            NodeFaults = NodeFaults.Find(circuits[head.Id]), Hours = WorkingHours.Of(head.WorkingHours),
        })];
    }

    private const string Objects = """
        select h.tenant_id, h.object_kind, h.object_id, coalesce(s.name, c.name, t.name) as name, h.state, h.since, h.findings::text as findings, coalesce(x.changes, 0) as changes
        from health_state h
        join tenant t on t.id = h.tenant_id
        left join sync_definition s on h.object_kind = 'Sync' and s.tenant_id = h.tenant_id and s.id = h.object_id
        left join connection c on h.object_kind = 'Connection' and c.tenant_id = h.tenant_id and c.id = h.object_id
        left join (
            select tenant_id, object_kind, object_id, count(*)::int as changes from health_transition
            where tenant_id = any(@tenants) and at > @since and from_state is not null group by 1, 2, 3) x
          on x.tenant_id = h.tenant_id and x.object_kind = h.object_kind and x.object_id = h.object_id
        where h.tenant_id = any(@tenants) and h.object_kind <> 'Tenant'
          and (h.state in ('Failing', 'Degraded', 'Unknown', 'Maintenance', 'Paused') or h.sees_worse
               or exists (select from alert a where a.tenant_id = h.tenant_id and a.object_kind = h.object_kind and a.object_id = h.object_id and a.state <> 'Resolved'))
        """;

    private const string Groups = """
        select distinct on (g.tenant_id, g.sync_id) g.tenant_id, g.sync_id, g.id from failure_group g
        where g.tenant_id = any(@tenants) and g.state in ('Open', 'Acknowledged') and g.merged_into is null
          and exists (select from alert a where a.tenant_id = g.tenant_id and a.object_kind = 'Sync' and a.object_id = g.sync_id and a.state <> 'Resolved')
        order by g.tenant_id, g.sync_id, g.last_seen desc
        """;

    private const string Causes = """
        select h.tenant_id, r.id, r.cause from health_state h
        cross join lateral jsonb_array_elements(h.findings) f
        join run r on r.tenant_id = h.tenant_id and r.id = (f -> 'evidence' ->> 'id')::uuid and r.cause is not null
        where h.tenant_id = any(@tenants) and h.object_kind = 'Sync' and h.state in ('Failing', 'Degraded', 'Maintenance', 'Paused') and f ->> 'dimension' = 'Runs'
        union
        select tenant_id, connection_id, cause from circuit where tenant_id = any(@tenants) and state <> 'Closed' and cause is not null
        """;

    private sealed record Head(TenantId Id, string Slug, string Name, string TimeZone, string WorkingHours, DateTimeOffset? EvaluatedAt);

    private sealed record ObjectRow(TenantId TenantId, ObjectKind ObjectKind, Guid ObjectId, string Name, HealthState State, DateTimeOffset Since, string Findings, int Changes)
    {
        public WatchedObject Object => new(ObjectKind, ObjectId, Name, State, Since, JsonSerializer.Deserialize<List<Finding>>(Findings, HealthLedger.Json)!, Changes);
    }

    private sealed record SyncRow(TenantId TenantId, Guid Id, string Slug, string Name, Guid SourceConnectionId, Guid DestinationConnectionId)
    {
        public WatchedSync Sync => new(Id, Slug, Name, SourceConnectionId, DestinationConnectionId);
    }

    private sealed record GroupRow(TenantId TenantId, Guid SyncId, Guid Id);

    private sealed record NameRow(TenantId TenantId, Guid Id, string Name);

    private sealed record CauseRow(TenantId TenantId, Guid Id, FailureCause Cause);

    private sealed record ByHandRow(TenantId TenantId, ObjectKind ObjectKind, Guid ObjectId, string Rule, string Cause, DateTimeOffset ResolvedAt)
    {
        public AlertKey Key => new(ObjectKind, ObjectId, Rule, Cause);
    }

    private sealed record RouteRow(TenantId TenantId, Guid IncidentId, Guid ChannelId, DateTimeOffset? ToldAt, string Told, string Held, int HeldBack)
    {
        public Route Route => new(IncidentId, ChannelId, ToldAt, Told, Held, HeldBack);
    }

    private sealed record UntoldRow(
        TenantId TenantId, Guid Id, ObjectKind RootKind, Guid RootId, string RootName, DateTimeOffset OpenedAt, DateTimeOffset? ClosedAt, string Closing, Guid ChannelId, string Told, string Held,
        int HeldBack)
    {
        public UntoldIncident Untold => new(new Incident(TenantId, Id, RootKind, RootId, RootName, OpenedAt, ClosedAt, Closing), new Route(Id, ChannelId, null, Told, Held, HeldBack));
    }

    private sealed record SentRow(TenantId TenantId, Guid ChannelId, ObjectKind RootKind, Guid RootId, int Count);
}
