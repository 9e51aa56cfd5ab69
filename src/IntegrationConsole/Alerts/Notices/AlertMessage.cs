using System.Text.Json;
using System.Text.Json.Serialization;

namespace IntegrationConsole.Alerts.Notices;

/// <summary>Why a message is sent.</summary>
public enum NoticeKind
{
    /// <summary>Something is wrong, and this channel hears of it first.</summary>
    Alert,

    /// <summary>More is wrong than was told.</summary>
    Update,

    /// <summary>It is still wrong.</summary>
    Reminder,

    /// <summary>Nobody acknowledged it so far.</summary>
    Escalation,

    /// <summary>What was held back, told together.</summary>
    Digest,
    Recovery,
    Maintenance,

    /// <summary>What a day was like.</summary>
    Daily,
    Test,
}

/// <summary>One alert inside a message.</summary>
public sealed record MessageAlert(string What, string Why, Severity Severity, DateTimeOffset Since);

/// <summary>One line of a summary.</summary>
public sealed record MessageLine(string Name, string Text);

/// <summary>What a person is told: what, why, for whom, since when, what happens by itself next, and where to look.</summary>
/// <param name="Title">In one line, the worst first.</param>
/// <param name="Since">In words, in the tenant's zone.</param>
/// <param name="Affected">Which integrations suffer.</param>
/// <param name="AcknowledgeLink">Empty where there is nothing to acknowledge.</param>
public sealed record AlertMessage(
    NoticeKind Kind, string Title, string Tenant, Severity Severity, string Why, IReadOnlyList<string> Affected, string Since, string Next, IReadOnlyList<MessageAlert> Alerts,
    string Link, string AcknowledgeLink)
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    /// <summary>What is said in place of why, for whom and since when: a summary's lines.</summary>
    public IReadOnlyList<MessageLine> Summary { get; init; } = [];

    /// <summary>Where somebody who chose to get this changes or ends it; empty where others decide that.</summary>
    public string EndLink { get; init; } = "";

    public string Subject => $"[{Tenant}] {Title}";

    /// <summary>The parts in their order, each with its name; empty ones are left out.</summary>
    [JsonIgnore]
    public IReadOnlyList<(string Name, string Text)> Parts => Summary.Count > 0
        ? [.. Summary.Select(line => (line.Name, line.Text))]
        : [.. new[] { ("Why", Why), ("For whom", Affected.Count == 0 ? Tenant : $"{Tenant}: {string.Join(", ", Affected)}"), ("Since", Since), ("What happens next", Next) }.Where(part => part.Item2.Length > 0)];
}
