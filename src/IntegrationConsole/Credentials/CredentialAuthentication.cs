using System.Net.Http.Headers;
using System.Text;
using IntegrationConsole.Connectors;

namespace IntegrationConsole.Credentials;

/// <summary>Proves a connection's identity with one of its tenant's credentials, asked for anew at each request.</summary>
internal sealed class CredentialAuthentication(CredentialBroker broker, TenantId tenant, Guid credentialId) : IAuthentication
{
    public async ValueTask AuthorizeAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var (credential, secret) = await broker.OpenAsync(tenant, credentialId, cancellationToken);
        switch (credential.Kind)
        {
            case AuthenticationKind.ApiKey when credential.Setting("place") == "query":
                request.RequestUri = WithParameter(request.RequestUri!, credential.Setting("name"), secret);
                break;
            case AuthenticationKind.ApiKey:
                request.Headers.TryAddWithoutValidation(credential.Setting("name"), secret);
                break;
            case AuthenticationKind.Bearer:
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", secret);
                break;
            case AuthenticationKind.Basic or AuthenticationKind.DatabaseLogin:
                var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.Setting("user")}:{secret}"));
                request.Headers.Authorization = new AuthenticationHeaderValue("Basic", pair);
                break;
            case AuthenticationKind.OAuth2ClientCredentials:
                var token = await broker.TokenAsync(tenant, credentialId, refused: null, cancellationToken);
                request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
                break;
        }
    }

    /// <summary>Of many calls that were refused at once with the same token, one fetches a new one.</summary>
    public async ValueTask<bool> RenewAsync(HttpRequestMessage refused, CancellationToken cancellationToken)
    {
        var (credential, _) = await broker.OpenAsync(tenant, credentialId, cancellationToken);
        if (credential.Kind is not AuthenticationKind.OAuth2ClientCredentials || refused.Headers.Authorization?.Parameter is not { } token)
        {
            return false;
        }

        await broker.TokenAsync(tenant, credentialId, token, cancellationToken);
        return true;
    }

    public async ValueTask<DatabaseLogin?> LoginAsync(CancellationToken cancellationToken)
    {
        var (credential, secret) = await broker.OpenAsync(tenant, credentialId, cancellationToken);
        return credential.Kind is AuthenticationKind.DatabaseLogin or AuthenticationKind.Basic ? new DatabaseLogin(credential.Setting("user"), secret) : null;
    }

    private static Uri WithParameter(Uri address, string name, string value)
    {
        var separator = address.Query.Length > 1 ? "&" : "";
        return new UriBuilder(address) { Query = $"{address.Query.TrimStart('?')}{separator}{Uri.EscapeDataString(name)}={Uri.EscapeDataString(value)}" }.Uri;
    }
}
