using IntegrationConsole.Tenants;

namespace IntegrationConsole.Webhooks.Receiving;

/// <summary>An endpoint ready to receive: its settings, the keys that are good at present, and what seals what it keeps.</summary>
internal sealed record OpenEndpoint(TenantId Tenant, Guid Id, WebhookSettings Settings, bool IsEnabled, IReadOnlyList<byte[]> Keys, TenantSeal Seal)
{
    /// <summary>Without the keys, wherever this might be printed.</summary>
    public override string ToString() => Id.ToString();
}
