namespace IntegrationConsole.Alerts.Notices;

/// <summary>How far a message is.</summary>
public enum NoticeState
{
    /// <summary>It is to be sent, for the first time or again.</summary>
    Due,
    Sent,

    /// <summary>It is not tried any more.</summary>
    Failed,
}

/// <summary>One message to one channel, as the log of deliveries shows it.</summary>
/// <param name="DueAt">When it is tried next.</param>
/// <param name="Problem">What the last try ended with; empty where all is well.</param>
/// <param name="Person">Who alone it is for; empty where it is for those whom the channel names.</param>
public sealed record Notice(
    Guid Id, Guid ChannelId, string ChannelName, Guid? IncidentId, NoticeKind Kind, string Subject, NoticeState State, int Tries, DateTimeOffset CreatedAt, DateTimeOffset DueAt,
    DateTimeOffset? FinishedAt, string Problem, string Person);

public static class NoticeWords
{
    extension(NoticeKind kind)
    {
        public string Words => kind switch
        {
            NoticeKind.Alert => "Alert",
            NoticeKind.Update => "More is wrong",
            NoticeKind.Reminder => "Reminder",
            NoticeKind.Escalation => "Escalation",
            NoticeKind.Digest => "Summary",
            NoticeKind.Recovery => "Recovery",
            NoticeKind.Maintenance => "Maintenance",
            NoticeKind.Daily => "Daily summary",
            NoticeKind.Test => "Test",
        };
    }
}
