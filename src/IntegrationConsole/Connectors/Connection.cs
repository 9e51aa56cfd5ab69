using System.Text.Json;

namespace IntegrationConsole.Connectors;

/// <summary>A tenant's configured connector.</summary>
/// <param name="Settings">What its connector's descriptor asks for; never a secret.</param>
/// <param name="CheckPassed">How the last test went; null before the first.</param>
public sealed record Connection(
    TenantId TenantId, Guid Id, string Name, string Kind, string Settings, Guid? CredentialId, DateTimeOffset? CheckedAt, bool? CheckPassed,
    string? CheckReport, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int Version)
{
    public JsonElement SettingsJson => JsonSerializer.Deserialize<JsonElement>(Settings);

    public CheckReport? LastCheck => CheckReport is null ? null : JsonSerializer.Deserialize<CheckReport>(CheckReport, JsonSerializerOptions.Web);
}

/// <summary>What a person enters about a connection.</summary>
public sealed record ConnectionDraft(string Name, string Kind, string Settings, Guid? CredentialId);
