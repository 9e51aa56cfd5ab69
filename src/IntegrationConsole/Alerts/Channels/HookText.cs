using System.Text.Json;
using IntegrationConsole.Alerts.Notices;

namespace IntegrationConsole.Alerts.Channels;

/// <summary>A message as the bodies that incoming webhooks take.</summary>
internal static class HookText
{
    /// <summary>Everything, for programs.</summary>
    public static byte[] Webhook(AlertMessage message, Guid id, DateTimeOffset at) => JsonSerializer.SerializeToUtf8Bytes(
        new { id, at, message.Kind, message.Title, message.Tenant, message.Severity, message.Why, message.Affected, message.Since, message.Next, message.Alerts, message.Summary, message.Link, message.AcknowledgeLink },
        AlertMessage.Json);

    public static byte[] Slack(AlertMessage message)
    {
        static string Safe(string text) => text.Replace("&", "&amp;", StringComparison.Ordinal).Replace("<", "&lt;", StringComparison.Ordinal).Replace(">", "&gt;", StringComparison.Ordinal);
        var parts = string.Join('\n', message.Parts.Select(part => $"*{part.Name}:* {Safe(part.Text)}"));
        var links = $"<{message.Link}|Open in the console>{(message.AcknowledgeLink.Length > 0 ? $"  ·  <{message.AcknowledgeLink}|Acknowledge>" : "")}";
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            text = Safe(message.Subject),
            blocks = new object[]
            {
                new { type = "header", text = new { type = "plain_text", text = Short(message.Title, 150) } },
                new { type = "section", text = new { type = "mrkdwn", text = Short(parts, 2_900) } },
                new { type = "section", text = new { type = "mrkdwn", text = links } },
            },
        });
    }

    public static byte[] Teams(AlertMessage message)
    {
        var actions = new List<object> { new { type = "Action.OpenUrl", title = "Open in the console", url = message.Link } };
        if (message.AcknowledgeLink.Length > 0)
        {
            actions.Add(new { type = "Action.OpenUrl", title = "Acknowledge", url = message.AcknowledgeLink });
        }

        var card = new Dictionary<string, object>
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = "1.4",
            ["body"] = new object[]
            {
                new { type = "TextBlock", text = Short(message.Title, 500), weight = "bolder", size = "medium", wrap = true },
                new { type = "FactSet", facts = message.Parts.Select(part => new { title = part.Name, value = Short(part.Text, 2_000) }).ToArray() },
            },
            ["actions"] = actions,
        };
        return JsonSerializer.SerializeToUtf8Bytes(new
        {
            type = "message",
            summary = message.Subject,
            attachments = new[] { new { contentType = "application/vnd.microsoft.card.adaptive", content = card } },
        });
    }

    private static string Short(string text, int most) => text.Length <= most ? text : $"{text[..(most - 1)]}…";
}
