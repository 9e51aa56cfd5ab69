using IntegrationConsole.Alerts.Notices;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Alerts.Incidents;

/// <summary>Says, when a maintenance and its grace are over, what was held back and how things are: once, in the look that finds it over.</summary>
internal static class MaintenanceSummaries
{
    /// <returns>Whether there was one.</returns>
    public static async Task<bool> WriteAsync(DatabaseSession session, TenantPicture picture, IReadOnlyList<Alert> alerts, AlertOptions options, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var over = await session.ListAsync<Row>("""
            update maintenance_time m set summed_up_at = @now
            from maintenance_window w
            where m.tenant_id = @tenant and m.grace_until <= @now and m.summed_up_at is null and w.tenant_id = m.tenant_id and w.id = m.window_id
            returning m.id, w.reason, m.starts_at, m.ends_at, m.runs_held,
                (select count(*) from alert a where a.tenant_id = m.tenant_id and a.overlay = 'Maintenance' and a.fired_at >= m.starts_at and a.fired_at < m.grace_until)::int as masked
            """, new { tenant = picture.Id, now }, cancellationToken);
        foreach (var time in over)
        {
            var summary = time.Summary(alerts.Count(alert => alert.IsLoud));
            await session.RunAsync("update maintenance_time set summary = @summary where tenant_id = @tenant and id = @id", new { tenant = picture.Id, id = time.Id, summary }, cancellationToken);

            // An early end, or one that nobody was told of, comes with the same words.
            foreach (var channel in picture.Channels.Where(channel => channel.IsOn && channel.AfterMinutes == 0 && Severity.Normal.Reaches(channel.LeastSeverity)))
            {
                var message = new MessageText(picture, options, channel, now).Maintenance($"Maintenance over: {time.Reason}", summary);
                await NoticeBook.WriteAsync(session, channel, null, null, message, now, cancellationToken);
            }
        }

        return over.Count > 0;
    }

    private sealed record Row(Guid Id, string Reason, DateTimeOffset StartsAt, DateTimeOffset EndsAt, int RunsHeld, int Masked)
    {
        public string Summary(int firing)
        {
            var runs = RunsHeld switch { 0 => "No run waited for its end", 1 => "1 run waited for its end", _ => $"{RunsHeld} runs waited for its end" };
            var masked = Masked switch { 0 => "no alert was held back", 1 => "1 alert was held back", _ => $"{Masked} alerts were held back" };
            var after = firing switch { 0 => "Nothing is wrong now.", 1 => "1 alert fires now.", _ => $"{firing} alerts fire now." };
            return $"It took {Moment.Span(EndsAt - StartsAt)}. {runs}, and {masked}. {after}";
        }
    }
}
