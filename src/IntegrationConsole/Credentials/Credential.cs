using System.Text.Json;
using IntegrationConsole.Connectors;

namespace IntegrationConsole.Credentials;

/// <summary>A secret that connections use, without the secret.</summary>
/// <param name="Settings">The parts that may be shown, as JSON.</param>
/// <param name="ExpiresAt">When its owner says it ends; null for never or unknown.</param>
/// <param name="ReplacedAt">When the secret was last entered.</param>
/// <param name="Version">Grows with each change; what was obtained with an older one is worthless.</param>
public sealed record Credential(
    TenantId TenantId, Guid Id, string Name, AuthenticationKind Kind, string Settings, DateTimeOffset? ExpiresAt, DateTimeOffset? LastUsedAt,
    DateTimeOffset? TestedAt, bool? TestPassed, string? TestMessage, DateTimeOffset CreatedAt, DateTimeOffset ReplacedAt, int Version)
{
    public string Setting(string name) =>
        JsonSerializer.Deserialize<JsonElement>(Settings).TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
}

/// <summary>What a person enters about a credential.</summary>
/// <param name="Secret">Empty keeps the one there is.</param>
public sealed record CredentialDraft(string Name, AuthenticationKind Kind, IReadOnlyDictionary<string, string> Settings, string Secret, DateTimeOffset? ExpiresAt)
{
    /// <summary>Without the secret, wherever this might be printed.</summary>
    public override string ToString() => $"{Name} ({Kind})";
}
