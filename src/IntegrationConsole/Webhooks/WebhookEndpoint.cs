namespace IntegrationConsole.Webhooks;

/// <summary>An address of a tenant to which another system sends what happened there.</summary>
/// <param name="PublicId">What stands in the address.</param>
/// <param name="Slug">Its name as a stream of records.</param>
/// <param name="CredentialId">The secret that signs.</param>
/// <param name="OldCredentialId">The secret before it, which is good as well until it is taken away.</param>
public sealed record WebhookEndpoint(
    TenantId TenantId, Guid Id, string PublicId, string Slug, string Name, string Settings, Guid CredentialId, Guid? OldCredentialId, bool Enabled,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, int Version)
{
    /// <summary>Where all addresses begin.</summary>
    public const string Root = "/hooks/";

    public WebhookSettings Rules => WebhookSettings.Of(Settings);

    public string Path => Root + PublicId;
}

/// <summary>What a person enters about an endpoint.</summary>
public sealed record WebhookDraft(string Name, string Slug, WebhookSettings Settings, bool Enabled)
{
    public static readonly WebhookDraft Empty = new("", "", WebhookSettings.Usual, Enabled: true);
}
