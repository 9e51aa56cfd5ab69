using System.Diagnostics;
using System.Diagnostics.Metrics;
using IntegrationConsole.Connectors;

namespace IntegrationConsole.Alerts.Notices;

/// <summary>Counts messages, for whoever listens to the instrument.</summary>
internal static class NoticeMeter
{
    private static readonly Meter Meter = new(CallMeter.MeterName);

    private static readonly Counter<long> Notices = Meter.CreateCounter<long>("intconsole.notification.sent", "{notification}", "Messages to alert channels, by what became of each try");

    public static void Tried(Guid channel, bool succeeded) => Notices.Add(1, new TagList { { "channel", channel.ToString() }, { "outcome", succeeded ? "sent" : "failed" } });
}
