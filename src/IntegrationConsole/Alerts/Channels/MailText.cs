using System.Net;
using System.Text;
using IntegrationConsole.Alerts.Notices;
using MimeKit;
using MimeKit.Utils;

namespace IntegrationConsole.Alerts.Channels;

/// <summary>A message as a mail: in plain words, and the same with links to press.</summary>
internal static class MailText
{
    /// <param name="id">The notice's: the same mail sent a second time has the same id, by which mail programs drop it.</param>
    public static MimeMessage Of(AlertMessage message, Guid id, AlertChannel channel, DateTimeOffset at)
    {
        var from = ChannelRules.Recipients(channel.Setting(ChannelSettings.From))!.Single();
        var mail = new MimeMessage { Subject = message.Subject, Date = at, MessageId = $"{id:n}@{from.Domain}" };
        mail.From.Add(from);
        mail.To.AddRange(ChannelRules.Recipients(channel.Setting(ChannelSettings.To))!);
        mail.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        if (message.Severity is Severity.Urgent && message.Kind is not NoticeKind.Recovery)
        {
            mail.Priority = MessagePriority.Urgent;
        }

        mail.Body = new BodyBuilder { TextBody = Plain(message), HtmlBody = Html(message) }.ToMessageBody();
        return mail;
    }

    private static string Plain(AlertMessage message)
    {
        var text = new StringBuilder().AppendLine(message.Title).AppendLine();
        foreach (var (name, words) in message.Parts)
        {
            text.AppendLine($"{name}: {words}");
        }

        if (message.Alerts.Count > 1)
        {
            text.AppendLine().AppendLine("Alerts:");
            foreach (var alert in message.Alerts)
            {
                text.AppendLine($"- {alert.What}: {alert.Why}");
            }
        }

        text.AppendLine().AppendLine($"Open: {message.Link}");
        if (message.AcknowledgeLink.Length > 0)
        {
            text.AppendLine($"Acknowledge: {message.AcknowledgeLink}");
        }

        return text.ToString();
    }

    private static string Html(AlertMessage message)
    {
        static string Safe(string text) => WebUtility.HtmlEncode(text);
        var html = new StringBuilder($"<h2>{Safe(message.Title)}</h2><table cellpadding=\"4\">");
        foreach (var (name, words) in message.Parts)
        {
            html.Append($"<tr><th align=\"left\" valign=\"top\">{Safe(name)}</th><td>{Safe(words)}</td></tr>");
        }

        html.Append("</table>");
        if (message.Alerts.Count > 1)
        {
            html.Append($"<ul>{string.Concat(message.Alerts.Select(alert => $"<li><b>{Safe(alert.What)}</b>: {Safe(alert.Why)}</li>"))}</ul>");
        }

        html.Append($"<p><a href=\"{Safe(message.Link)}\">Open in the console</a>");
        if (message.AcknowledgeLink.Length > 0)
        {
            html.Append($" · <a href=\"{Safe(message.AcknowledgeLink)}\">Acknowledge</a>");
        }

        return html.Append("</p>").ToString();
    }
}
