using IntegrationConsole.Alerts.Notices;

namespace IntegrationConsole.Alerts.Incidents;

/// <summary>
/// Keeps what a look decided, all in its transaction: if the node stops before the end, nothing was decided, and the
/// next look decides the same. Messages are rows here; they are sent by others, afterwards.
/// </summary>
internal static class AlertLedger
{
    /// <returns>Whether anything changed.</returns>
    public static async Task<bool> SaveAsync(DatabaseSession session, TenantPicture before, IncidentPlan plan, NoticePlan notices, DateTimeOffset now, CancellationToken cancellationToken)
    {
        foreach (var open in plan.Open.Where(open => open.IsNew))
        {
            var incident = open.Incident;
            await session.RunAsync("""
                insert into incident (tenant_id, id, root_kind, root_id, root_name, opened_at) values (@tenant, @id, @kind, @root, @name, @at)
                """, new { tenant = before.Id, id = incident.Id, kind = incident.RootKind.ToString(), root = incident.RootId, name = incident.RootName, at = incident.OpenedAt }, cancellationToken);
        }

        var known = before.Alerts.ToDictionary(alert => alert.Id);
        var changed = plan.Alerts.Where(alert => known.GetValueOrDefault(alert.Id) != alert).ToList();
        foreach (var alert in changed)
        {
            await WriteAsync(session, alert, cancellationToken);
        }

        var gone = known.Keys.Except(plan.Alerts.Select(alert => alert.Id)).ToArray();
        await session.RunAsync("delete from alert where tenant_id = @tenant and id = any(@gone) and state = 'Pending'", new { tenant = before.Id, gone }, cancellationToken);
        await CloseAsync(session, before.Id, plan.Closed, cancellationToken);
        foreach (var route in notices.Routes)
        {
            await WriteAsync(session, before.Id, route, cancellationToken);
        }

        foreach (var notice in notices.Notices)
        {
            await NoticeBook.WriteAsync(session, notice.Channel, notice.Incident.Id, (notice.Incident.RootKind.ToString(), notice.Incident.RootId), notice.Message, now, cancellationToken);
        }

        return changed.Count + gone.Length + plan.Closed.Count > 0;
    }

    public static async Task CloseAsync(DatabaseSession session, TenantId tenant, IEnumerable<Incident> closed, CancellationToken cancellationToken)
    {
        foreach (var incident in closed)
        {
            await session.RunAsync(
                "update incident set closed_at = @at, closing = @closing where tenant_id = @tenant and id = @id", new { tenant, id = incident.Id, at = incident.ClosedAt, closing = incident.Closing }, cancellationToken);
        }
    }

    /// <summary>What people do is left as it is where they did it since the look began: who acknowledged, who has it.</summary>
    private static Task<int> WriteAsync(DatabaseSession session, Alert alert, CancellationToken cancellationToken) => session.RunAsync("""
        insert into alert (tenant_id, id, incident_id, object_kind, object_id, object_name, rule, cause, severity, state, overlay, overlay_reason, reason, heals_itself, evidence_kind,
            evidence_id, seen, missed, pending_since, fired_at, resolved_at, resolution)
        values (@tenant, @id, @incident, @kind, @object, @name, @rule, @cause, @severity, @state, @overlay, @overlayReason, @reason, @heals, @evidenceKind, @evidenceId, @seen, @missed,
            @pending, @fired, @resolved, @resolution)
        on conflict (tenant_id, id) do update
        set incident_id = excluded.incident_id, object_name = excluded.object_name, severity = excluded.severity,
            state = case when alert.state in ('Firing', 'Acknowledged') and excluded.state in ('Firing', 'Acknowledged') then alert.state else excluded.state end, overlay = excluded.overlay,
            overlay_reason = excluded.overlay_reason, reason = excluded.reason, heals_itself = excluded.heals_itself, evidence_kind = excluded.evidence_kind, evidence_id = excluded.evidence_id,
            seen = excluded.seen, missed = excluded.missed, fired_at = excluded.fired_at, resolved_at = excluded.resolved_at, resolution = excluded.resolution
        where alert.state <> 'Resolved'
        """,
        new
        {
            tenant = alert.TenantId, id = alert.Id, incident = alert.IncidentId, kind = alert.ObjectKind.ToString(), @object = alert.ObjectId, name = alert.ObjectName, rule = alert.Rule,
            cause = alert.Cause, severity = alert.Severity.ToString(), state = alert.State.ToString(), overlay = alert.Overlay.ToString(), overlayReason = alert.OverlayReason,
            reason = alert.Reason, heals = alert.HealsItself, evidenceKind = alert.EvidenceKind.ToString(), evidenceId = alert.EvidenceId, seen = alert.Seen, missed = alert.Missed,
            pending = alert.PendingSince, fired = alert.FiredAt, resolved = alert.ResolvedAt, resolution = alert.Resolution,
        },
        cancellationToken);

    private static Task<int> WriteAsync(DatabaseSession session, TenantId tenant, Route route, CancellationToken cancellationToken) => session.RunAsync("""
        insert into alert_route (tenant_id, incident_id, channel_id, told_at, told, held, held_back) values (@tenant, @incident, @channel, @at, @told, @held, @heldBack)
        on conflict (tenant_id, incident_id, channel_id) do update
        set told_at = excluded.told_at, told = excluded.told, held = excluded.held, held_back = excluded.held_back
        """,
        new { tenant, incident = route.IncidentId, channel = route.ChannelId, at = route.ToldAt, told = route.Told, held = route.Held, heldBack = route.HeldBack }, cancellationToken);
}
