using IntegrationConsole.Access;
using IntegrationConsole.Alerts.Notices;
using IntegrationConsole.Health.Verdicts;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Alerts.Incidents;

/// <summary>An incident as it is shown: with its alerts, the loud ones first, and who was told.</summary>
public sealed record IncidentView(Incident Incident, IReadOnlyList<Alert> Alerts, IReadOnlyList<Notice> Told)
{
    /// <summary>The failure group behind it that failed last; null where none is known.</summary>
    public FailingGroup? Group { get; init; }

    public IReadOnlyList<Alert> Loud => [.. Alerts.Where(alert => alert.IsLoud)];

    public Severity Severity => Alerts.Where(alert => alert.IsLoud).Select(alert => alert.Severity).DefaultIfEmpty(Severity.Low).Min();
}

/// <summary>A failure group of an integration.</summary>
public sealed record FailingGroup(Guid SyncId, Guid Id, string Title);

/// <summary>How many alerts there are, by what becomes of them.</summary>
public sealed record AlertCounts(int Firing, int Acknowledged, int Silenced, int Inhibited, int Masked, int Pending)
{
    /// <summary>Never a bare zero.</summary>
    public string QuietWords
    {
        get
        {
            (int Count, string Words)[] parts = [(Silenced, "silenced"), (Inhibited, "inhibited"), (Masked, "masked by maintenance or a pause"), (Pending, "pending")];
            return string.Join(", ", parts.Where(part => part.Count > 0).Select(part => $"{part.Count} {part.Words}")) is { Length: > 0 } rest ? $"No active alerts; {rest}" : "No active alerts";
        }
    }
}

/// <summary>What people see of alerts, and what they do about them.</summary>
public sealed class IncidentStore(ConsoleDatabase database, AuditTrail audit, IOptions<AlertOptions> options, TimeProvider clock)
{
    /// <summary>Open incidents, the most urgent first.</summary>
    public async Task<IReadOnlyList<IncidentView>> ListOpenAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var incidents = await session.ListAsync<Incident>($"select {Incident.Columns} from incident where tenant_id = @tenant and closed_at is null", new { tenant }, cancellationToken);
        var alerts = (await session.ListAsync<Alert>(
            $"select {Alert.Columns} from alert where tenant_id = @tenant and state in ('Firing', 'Acknowledged')", new { tenant }, cancellationToken)).ToLookup(alert => alert.IncidentId);
        var told = (await session.ListAsync<Notice>("""
            select n.id, n.channel_id, c.name as channel_name, n.incident_id, n.kind, n.subject, n.state, n.tries, n.created_at, n.due_at, n.finished_at, n.problem, '' as person
            from alert_notice n
            join alert_channel c on c.tenant_id = n.tenant_id and c.id = n.channel_id
            join incident i on i.tenant_id = n.tenant_id and i.id = n.incident_id and i.closed_at is null
            where n.tenant_id = @tenant order by n.created_at desc
            """, new { tenant }, cancellationToken)).ToLookup(notice => notice.IncidentId);
        var groups = (await session.ListAsync<FailingGroup>("""
            select distinct on (g.sync_id) g.sync_id, g.id, g.title from failure_group g join incident i on i.tenant_id = g.tenant_id and i.root_kind = 'Sync' and i.root_id = g.sync_id and i.closed_at is null
            where g.tenant_id = @tenant and g.state in ('Open', 'Acknowledged') and g.merged_into is null order by g.sync_id, g.last_seen desc
            """, new { tenant }, cancellationToken)).ToDictionary(group => group.SyncId);
        return
        [
            .. incidents.Select(incident => new IncidentView(
                    incident, [.. alerts[incident.Id].OrderByDescending(alert => alert.IsLoud).ThenBy(alert => alert.Severity).ThenBy(alert => alert.FiredAt)], [.. told[incident.Id]])
                { Group = incident.RootKind is ObjectKind.Sync ? groups.GetValueOrDefault(incident.RootId) : null })
                .Where(view => view.Alerts.Count > 0)
                .OrderByDescending(view => view.Loud.Count > 0).ThenBy(view => view.Loud.All(alert => alert.State is AlertState.Acknowledged)).ThenBy(view => view.Severity)
                .ThenBy(view => view.Incident.OpenedAt),
        ];
    }

    /// <summary>All that is not over: for previews of silences.</summary>
    public async Task<IReadOnlyList<Alert>> ListActiveAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<Alert>($"select {Alert.Columns} from alert where tenant_id = @tenant and state <> 'Resolved'", new { tenant }, cancellationToken);
    }

    public async Task<AlertCounts> CountAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var active = await ListActiveAsync(tenant, cancellationToken);
        int Firing(params Overlay[] overlays) => active.Count(alert => alert.IsFiring && overlays.Contains(alert.Overlay));
        return new AlertCounts(
            active.Count(alert => alert is { IsLoud: true, State: AlertState.Firing }), active.Count(alert => alert is { IsLoud: true, State: AlertState.Acknowledged }), Firing(Overlay.Silenced),
            Firing(Overlay.Inhibited), Firing(Overlay.Maintenance, Overlay.Paused), active.Count(alert => alert.State is AlertState.Pending));
    }

    /// <summary>Alerts that are over, the latest first.</summary>
    public async Task<Page<Alert>> ListResolvedAsync(TenantId tenant, string? rule, string? after, int count, CancellationToken cancellationToken)
    {
        var key = Keyset.Parse(after);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var rows = await session.ListAsync<Alert>($"""
            select {Alert.Columns} from alert
            where tenant_id = @tenant and state = 'Resolved' and (@rule::text is null or rule = @rule)
              and (@at::timestamptz is null or (resolved_at, id) < (@at, @id))
            order by resolved_at desc, id desc limit @most
            """, new { tenant, rule, at = key?.At, id = key?.Id, most = count + 1 }, cancellationToken);
        return Page<Alert>.Of(rows, count, alert => new Keyset(alert.ResolvedAt!.Value, alert.Id));
    }

    /// <summary>Somebody knows of an incident: it is neither repeated nor passed on.</summary>
    /// <returns>How many alerts were not acknowledged before.</returns>
    public async Task<int> AcknowledgeAsync(TenantId tenant, Guid incident, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var acknowledged = await session.RunAsync("""
            update alert set state = 'Acknowledged', acknowledged_at = @now, acknowledged_by = @actor, assigned_to = case when assigned_to = '' then @actor else assigned_to end
            where tenant_id = @tenant and incident_id = @incident and state = 'Firing'
            """, new { tenant, incident, now = clock.GetUtcNow(), actor = actor.Name }, cancellationToken);
        await AppendAsync(session, tenant, incident, "acknowledge", $"{acknowledged} {(acknowledged == 1 ? "alert" : "alerts")}", actor, cancellationToken);
        return acknowledged;
    }

    /// <summary>It fires again, as if nobody had seen it.</summary>
    public async Task UnacknowledgeAsync(TenantId tenant, Guid incident, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        await session.RunAsync("""
            update alert set state = 'Firing', acknowledged_at = null, acknowledged_by = '', assigned_to = '' where tenant_id = @tenant and incident_id = @incident and state = 'Acknowledged'
            """, new { tenant, incident }, cancellationToken);
        await AppendAsync(session, tenant, incident, "take back acknowledgement", "", actor, cancellationToken);
    }

    public async Task AssignAsync(TenantId tenant, Guid incident, string to, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        await session.RunAsync("update alert set assigned_to = @to where tenant_id = @tenant and incident_id = @incident and state <> 'Resolved'", new { tenant, incident, to = to.Trim() }, cancellationToken);
        await AppendAsync(session, tenant, incident, "assign", $"to {to.Trim()}", actor, cancellationToken);
    }

    /// <summary>Ends an incident by hand. What is still wrong fires again when its state begins anew, and not before.</summary>
    public async Task ResolveAsync(TenantId tenant, Guid incident, string reason, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        await session.RunAsync("""
            update alert set state = 'Resolved', resolved_at = @now, resolved_by = @actor, resolution = @reason where tenant_id = @tenant and incident_id = @incident and state <> 'Resolved'
            """, new { tenant, incident, now, actor = actor.Name, reason }, cancellationToken);
        var closed = await session.FindAsync<Incident>($"""
            update incident set closed_at = @now, closing = @closing where tenant_id = @tenant and id = @incident and closed_at is null returning {Incident.Columns}
            """, new { tenant, incident, now, closing = $"Resolved by {actor.Name}: {reason}" }, cancellationToken);
        if (closed is not null)
        {
            await TellAsync(session, tenant, closed, now, cancellationToken);
        }

        await AppendAsync(session, tenant, incident, "resolve", reason, actor, cancellationToken);
    }

    private async Task TellAsync(DatabaseSession session, TenantId tenant, Incident closed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var picture = (await PictureReader.ReadAsync(session, [tenant.Value], now, cancellationToken)).Single();
        var routes = await session.ListAsync<Route>(
            "select incident_id, channel_id, told_at, told, held, held_back from alert_route where tenant_id = @tenant and incident_id = @incident", new { tenant, incident = closed.Id }, cancellationToken);
        foreach (var notice in NoticePlan.Recoveries(picture with { Routes = routes }, closed, options.Value, now))
        {
            await NoticeBook.WriteAsync(session, notice.Channel, closed.Id, (closed.RootKind.ToString(), closed.RootId), notice.Message, now, cancellationToken);
        }

        await session.NotifyAsync(new Change(NoticeBook.Topic, tenant), cancellationToken);
    }

    private async Task AppendAsync(DatabaseSession session, TenantId tenant, Guid incident, string action, string detail, Actor actor, CancellationToken cancellationToken)
    {
        var name = await session.FindAsync<string>("select root_name from incident where tenant_id = @tenant and id = @incident", new { tenant, incident }, cancellationToken) ?? "";
        await audit.AppendAsync(session, tenant, actor, new AuditEvent(action, "incident", incident.ToString(), name, detail), cancellationToken);
        await session.NotifyAsync(new Change(AlertEvaluation.Topic, tenant, incident), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }
}
