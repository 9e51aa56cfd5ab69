using IntegrationConsole.Alerts.Channels;
using IntegrationConsole.Alerts.Incidents;
using IntegrationConsole.Alerts.Notices;
using IntegrationConsole.Controls;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Alerts.Pages;

/// <summary>How alerts look: a shape and a tone beside the word.</summary>
internal static class AlertLook
{
    extension(Severity severity)
    {
        public Tone Tone => severity switch { Severity.Urgent => Tone.Bad, Severity.Normal => Tone.Warn, Severity.Low => Tone.Info };

        public string Icon => severity switch { Severity.Urgent => "bad", Severity.Normal => "warn", Severity.Low => "info" };
    }

    extension(AlertState state)
    {
        public Tone Tone => state switch { AlertState.Firing => Tone.Bad, AlertState.Acknowledged => Tone.Warn, AlertState.Pending => Tone.Info, AlertState.Resolved => Tone.Good };
    }

    extension(NoticeState state)
    {
        public Tone Tone => state switch { NoticeState.Sent => Tone.Good, NoticeState.Due => Tone.Info, NoticeState.Failed => Tone.Bad };

        public string Icon => state switch { NoticeState.Sent => "good", NoticeState.Due => "clock", NoticeState.Failed => "bad" };
    }

    extension(ChannelKind kind)
    {
        public string Words => kind switch { ChannelKind.Email => "E-mail", ChannelKind.Webhook => "Webhook", ChannelKind.Slack => "Slack", ChannelKind.Teams => "Teams" };
    }

    extension(ObjectKind kind)
    {
        public string Words => kind switch { ObjectKind.Sync => "Integration", ObjectKind.Connection => "Connection", ObjectKind.Tenant => "Tenant" };
    }

    public static IReadOnlyList<(string, string)> Severities => [.. Enum.GetValues<Severity>().Select(severity => (severity.ToString(), severity.Words))];
}
