using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Credentials;
using IntegrationConsole.Tenants;
using IntegrationConsole.Webhooks.Verification;

namespace IntegrationConsole.Webhooks;

/// <summary>
/// An endpoint's secrets are credentials like others, sealed and resolved when they are used. Here they are made, changed
/// and taken away together with the endpoint, in one transaction.
/// </summary>
public sealed class WebhookSecretStore(ConsoleDatabase database, WebhookStore endpoints, CredentialStore credentials)
{
    private const int LongestName = 80;

    /// <summary>What is wrong with a secret; null for nothing.</summary>
    public static string? ProblemWith(WebhookScheme scheme, string secret) =>
        CredentialKind.Of(AuthenticationKind.WebhookSecret).Check(Draft("secret", secret), isNew: true).GetValueOrDefault("secret") ?? SigningKey.ProblemWith(scheme, secret);

    /// <returns>The new endpoint's id; null when its stream's name is taken.</returns>
    public Task<Guid?> CreateAsync(TenantId tenant, WebhookDraft draft, string secret, Actor actor, CancellationToken cancellationToken) =>
        database.TogetherAsync(async joint =>
        {
            var credential = await KeepAsync(tenant, draft.Name, secret, actor, cancellationToken);
            var id = await endpoints.CreateAsync(tenant, draft, new WebhookSecrets(credential), actor, cancellationToken);
            if (id is not null)
            {
                await joint.CommitAsync(cancellationToken);
            }

            return id;
        }, cancellationToken);

    /// <summary>Gives an endpoint a new secret. The one it had stays good until it is taken away.</summary>
    public Task<Saved> RotateAsync(WebhookEndpoint endpoint, string secret, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(endpoint, async () => new WebhookSecrets(await KeepAsync(endpoint.TenantId, endpoint.Name, secret, actor, cancellationToken), endpoint.CredentialId), actor, cancellationToken);

    /// <summary>Takes the secret before the present one away: what it signs is refused from now on.</summary>
    public Task<Saved> RemoveOldAsync(WebhookEndpoint endpoint, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(endpoint, () => Task.FromResult(new WebhookSecrets(endpoint.CredentialId)), actor, cancellationToken);

    private Task<Saved> ChangeAsync(WebhookEndpoint endpoint, Func<Task<WebhookSecrets>> change, Actor actor, CancellationToken cancellationToken) =>
        database.TogetherAsync(async joint =>
        {
            var draft = new WebhookDraft(endpoint.Name, endpoint.Slug, endpoint.Rules, endpoint.Enabled);
            var saved = await endpoints.UpdateAsync(endpoint.TenantId, endpoint.Id, endpoint.Version, draft, await change(), actor, cancellationToken);
            if (saved is Saved.Done)
            {
                // What somebody else uses as well stays.
                _ = endpoint.OldCredentialId is { } gone && await credentials.DeleteAsync(endpoint.TenantId, gone, actor, cancellationToken);
                await joint.CommitAsync(cancellationToken);
            }

            return saved;
        }, cancellationToken);

    /// <summary>Under the first name that is free.</summary>
    private async Task<Guid> KeepAsync(TenantId tenant, string endpoint, string secret, Actor actor, CancellationToken cancellationToken)
    {
        var name = endpoint.Trim();
        name = $"{(name.Length > LongestName ? name[..LongestName].Trim() : name)} webhook secret";
        for (var number = 1; ; number++)
        {
            if (await credentials.CreateAsync(tenant, Draft(number == 1 ? name : $"{name} {number}", secret), actor, cancellationToken) is { } created)
            {
                return created;
            }
        }
    }

    private static CredentialDraft Draft(string name, string secret) => new(name, AuthenticationKind.WebhookSecret, new Dictionary<string, string>(), secret, null);
}
