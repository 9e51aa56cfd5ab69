using System.Text.Json.Nodes;
using IntegrationConsole.Credentials;
using IntegrationConsole.Tenants;
using IntegrationConsole.Webhooks;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>Writes a tenant's webhook endpoints. Their addresses stay out: each console gives out its own.</summary>
internal sealed class WebhookExport(WebhookStore webhooks, CredentialStore credentials)
{
    public async Task AddAsync(JsonObject file, Tenant tenant, CancellationToken cancellationToken)
    {
        var keys = await credentials.ListAsync(tenant.Id, cancellationToken);
        TenantExport.Add(file, "webhooks", (await webhooks.ListAsync(tenant.Id, cancellationToken)).Select(webhook => Of(webhook, keys)));
    }

    private static JsonObject Of(WebhookEndpoint webhook, IReadOnlyList<Credential> keys)
    {
        string? NameOf(Guid? credential) => keys.FirstOrDefault(candidate => candidate.Id == credential)?.Name;
        var (rules, usual) = (webhook.Rules, WebhookSettings.Usual);
        return TenantExport.Compact(
            ("name", webhook.Name), ("slug", TenantRules.SlugOf(webhook.Name) == webhook.Slug ? null : webhook.Slug), ("verify", Section.WordOf(rules.Scheme)),
            ("credential", NameOf(webhook.CredentialId)), ("oldCredential", NameOf(webhook.OldCredentialId)), ("header", rules.Header),
            ("algorithm", rules.Algorithm == usual.Algorithm ? null : Section.WordOf(rules.Algorithm)), ("encoding", rules.Encoding == usual.Encoding ? null : Section.WordOf(rules.Encoding)),
            ("prefix", rules.Prefix), ("replayMinutes", rules.ReplayMinutes == usual.ReplayMinutes ? null : JsonValue.Create(rules.ReplayMinutes)),
            ("id", TenantExport.Compact(("header", rules.IdHeader), ("path", rules.IdPath))), ("records", rules.Records),
            ("headers", new JsonArray([.. rules.Headers.Select(header => (JsonNode?)JsonValue.Create(header))])),
            ("maxBytes", rules.MostBytes == usual.MostBytes ? null : JsonValue.Create(rules.MostBytes)), ("enabled", webhook.Enabled ? null : JsonValue.Create(false)));
    }
}
