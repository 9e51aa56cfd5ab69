using IntegrationConsole.Alerts.Channels;
using IntegrationConsole.Alerts.Notices;

namespace IntegrationConsole.Alerts.Incidents;

/// <summary>A message that is to go out now.</summary>
internal sealed record PlannedNotice(AlertChannel Channel, Incident Incident, AlertMessage Message);

/// <summary>
/// Decides who is told what and when: the first message waits a moment for more alerts, further ones keep their
/// distance, nobody is told more often in an hour than they can read, later steps of the chain only while nobody
/// acknowledges, and who was told that it broke is told that it works. Pure.
/// </summary>
internal sealed record NoticePlan(IReadOnlyList<PlannedNotice> Notices, IReadOnlyList<Route> Routes)
{
    public static NoticePlan Of(TenantPicture picture, IncidentPlan incidents, AlertOptions options, DateTimeOffset now)
    {
        var notices = new List<PlannedNotice>();
        var routes = new List<Route>();
        foreach (var open in incidents.Open)
        {
            foreach (var channel in picture.Channels.Where(channel => channel.IsOn))
            {
                var route = picture.Routes.FirstOrDefault(route => route.IncidentId == open.Incident.Id && route.ChannelId == channel.Id)
                    ?? new Route(open.Incident.Id, channel.Id, null, "", "", 0);
                if (new Decision(picture, open, channel, route, options, now).Kind is not { } kind)
                {
                    continue;
                }

                var print = PrintOf(open);
                if (!picture.MayTell(channel.Id, open.Incident, options))
                {
                    if (route.Held != print)
                    {
                        routes.Add(route with { Held = print, HeldBack = route.HeldBack + 1 });
                    }

                    continue;
                }

                var text = new MessageText(picture, options, channel, now);
                notices.Add(new PlannedNotice(channel, open.Incident, text.Of(open, route.HeldBack > 0 ? NoticeKind.Digest : kind, route.HeldBack)));
                routes.Add(route with { ToldAt = now, Told = print, Held = "", HeldBack = 0 });
            }
        }

        notices.AddRange(incidents.Closed.Where(closed => !IncidentPlan.WasMoved(closed)).SelectMany(closed => Recoveries(picture, closed, options, now)));
        var digests = Digests(picture, options, now).ToList();
        notices.AddRange(digests.Select(digest => digest.Notice));
        routes.AddRange(digests.SelectMany(digest => digest.Routes));
        return new NoticePlan(notices, routes);
    }

    /// <summary>Everybody who was told that something broke, and nobody else.</summary>
    public static IEnumerable<PlannedNotice> Recoveries(TenantPicture picture, Incident closed, AlertOptions options, DateTimeOffset now) =>
        from route in picture.Routes
        where route.IncidentId == closed.Id && route.ToldAt is not null
        join channel in picture.Channels on route.ChannelId equals channel.Id
        where channel.IsOn
        select new PlannedNotice(channel, closed, new MessageText(picture, options, channel, now).Recovery(closed));

    /// <summary>What was over before it could be told, in one message for each thing that it was about.</summary>
    private static IEnumerable<(PlannedNotice Notice, IEnumerable<Route> Routes)> Digests(TenantPicture picture, AlertOptions options, DateTimeOffset now) =>
        from untold in picture.Untold
        group untold by (untold.Route.ChannelId, untold.Incident.Root) into same
        join channel in picture.Channels on same.Key.ChannelId equals channel.Id
        where channel.IsOn && picture.MayTell(channel.Id, same.First().Incident, options)
        let incidents = same.Select(one => one.Incident).OrderBy(incident => incident.OpenedAt).ToList()
        select (
            new PlannedNotice(channel, incidents[^1], new MessageText(picture, options, channel, now).Digest(incidents)),
            same.Select(one => one.Route with { ToldAt = now, Held = "", HeldBack = 0 }));

    private static string PrintOf(OpenIncident open) => string.Join(' ', open.Alerts.Where(alert => alert.IsLoud).Select(alert => alert.Id.ToString("n")).Order(StringComparer.Ordinal));

    /// <summary>Whether one channel is told of one incident now.</summary>
    private sealed record Decision(TenantPicture Picture, OpenIncident Open, AlertChannel Channel, Route Route, AlertOptions Options, DateTimeOffset Now)
    {
        private List<Alert> Loud => [.. Open.Alerts.Where(alert => alert.IsLoud && (alert.Overlay is not Overlay.Flapping || Route.ToldAt is null))];

        public NoticeKind? Kind
        {
            get
            {
                var loud = Loud;
                if (loud.Count == 0 || loud.All(alert => alert.State is AlertState.Acknowledged) || !loud.Min(alert => alert.Severity).Reaches(Channel.LeastSeverity)
                    || !Channel.IsOpen(Now, Picture.Hours, Picture.Zone))
                {
                    return null;
                }

                if (Route.ToldAt is not { } told)
                {
                    return Due is { } due && Now >= due ? Channel.AfterMinutes > 0 ? NoticeKind.Escalation : NoticeKind.Alert : null;
                }

                var isNew = loud.Any(alert => !Route.Told.Contains(alert.Id.ToString("n"), StringComparison.Ordinal));
                return isNew && Now - told >= Options.GroupInterval ? NoticeKind.Update : Now - told >= Options.RepeatAfter ? NoticeKind.Reminder : null;
            }
        }

        /// <summary>A later step of the chain counts from the moment that the first one was told, where there is a first one.</summary>
        private DateTimeOffset? Due
        {
            get
            {
                var first = Open.Incident.OpenedAt + Options.GroupWait;
                if (Channel.AfterMinutes == 0)
                {
                    return first;
                }

                var told = Picture.Routes.Where(route => route.IncidentId == Open.Incident.Id).Min(route => route.ToldAt);
                var hasFirst = Picture.Channels.Any(other => other.IsOn && other.AfterMinutes < Channel.AfterMinutes && other.IsOpen(Now, Picture.Hours, Picture.Zone)
                    && Open.Alerts.Where(alert => alert.IsLoud).Min(alert => alert.Severity).Reaches(other.LeastSeverity));
                return (told ?? (hasFirst ? null : first)) is { } from ? from + TimeSpan.FromMinutes(Channel.AfterMinutes) : null;
            }
        }
    }
}
