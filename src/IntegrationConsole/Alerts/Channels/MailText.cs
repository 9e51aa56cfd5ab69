using System.Net;
using IntegrationConsole.Alerts.Notices;
using IntegrationConsole.Connectors.Failures;
using MimeKit;

namespace IntegrationConsole.Alerts.Channels;

/// <summary>A message as a mail: in plain words, and the same with links to press.</summary>
internal static class MailText
{
    /// <param name="message">What is said.</param>
    /// <param name="id">The notice's: the same mail sent a second time has the same id, by which mail programs drop it.</param>
    /// <param name="channel">Names the sender, and the recipients.</param>
    /// <param name="person">The address of the person who alone gets it; null for those whom the channel names.</param>
    /// <param name="at">The moment.</param>
    /// <exception cref="FailureException">The person's address is none.</exception>
    public static MimeMessage Of(AlertMessage message, Guid id, AlertChannel channel, string? person, DateTimeOffset at)
    {
        var from = ChannelRules.Recipients(channel.Setting(ChannelSettings.From))!.Single();
        var mail = new MimeMessage { Subject = message.Subject, Date = at, MessageId = $"{id:n}@{from.Domain}" };
        mail.From.Add(from);
        mail.To.AddRange(person is null ? ChannelRules.Recipients(channel.Setting(ChannelSettings.To))! : [AddressOf(person)]);
        mail.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        if (message.EndLink.Length > 0)
        {
            mail.Headers.Add(HeaderId.ListUnsubscribe, $"<{message.EndLink}>");
        }

        if (message.Severity is Severity.Urgent && message.Kind is not NoticeKind.Recovery)
        {
            mail.Priority = MessagePriority.Urgent;
        }

        mail.Body = new BodyBuilder { TextBody = Plain(message), HtmlBody = Html(message) }.ToMessageBody();
        return mail;
    }

    private static MailboxAddress AddressOf(string person) =>
        ChannelRules.Recipients(person) is [var address] ? address : throw new FailureException(new Failure(FailureCause.Validation, "The address of this person’s account takes no mail: a platform admin may invite them with another."));

    private static string Plain(AlertMessage message)
    {
        List<string> lines = [message.Title, "", .. message.Parts.Select(part => $"{part.Name}: {part.Text}")];
        if (Listed(message))
        {
            lines.AddRange(["", message.Kind is NoticeKind.Daily ? "What waits:" : "Alerts:", .. message.Alerts.Select(alert => $"- {alert.What}: {alert.Why}")]);
        }

        lines.AddRange(["", $"Open: {message.Link}"]);
        if (message.AcknowledgeLink.Length > 0)
        {
            lines.Add($"Acknowledge: {message.AcknowledgeLink}");
        }

        if (message.EndLink.Length > 0)
        {
            lines.AddRange(["", $"You chose to get this. Change or end it: {message.EndLink}"]);
        }

        return string.Join("\r\n", lines) + "\r\n";
    }

    /// <summary>The only alert is the message itself; of a summary each is something that waits.</summary>
    private static bool Listed(AlertMessage message) => message.Alerts.Count > (message.Kind is NoticeKind.Daily ? 0 : 1);

    private static string Html(AlertMessage message)
    {
        static string Safe(string text) => WebUtility.HtmlEncode(text);
        var parts = string.Concat(message.Parts.Select(part => $"<tr><th align=\"left\" valign=\"top\">{Safe(part.Name)}</th><td>{Safe(part.Text)}</td></tr>"));
        var alerts = Listed(message) ? $"<ul>{string.Concat(message.Alerts.Select(alert => $"<li><b>{Safe(alert.What)}</b>: {Safe(alert.Why)}</li>"))}</ul>" : "";
        var acknowledge = message.AcknowledgeLink.Length > 0 ? $" · <a href=\"{Safe(message.AcknowledgeLink)}\">Acknowledge</a>" : "";
        var end = message.EndLink.Length > 0 ? $"<p><small>You chose to get this. <a href=\"{Safe(message.EndLink)}\">Change or end it</a></small></p>" : "";
        return $"<h2>{Safe(message.Title)}</h2><table cellpadding=\"4\">{parts}</table>{alerts}<p><a href=\"{Safe(message.Link)}\">Open in the console</a>{acknowledge}</p>{end}";
    }
}
