using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Outgoing;
using IntegrationConsole.Credentials;
using IntegrationConsole.Tests.Support;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace IntegrationConsole.Tests.Credentials;

/// <summary>A tenant with credentials, and the outside company's server that wants to see them.</summary>
internal sealed class CredentialWorld : IAsyncDisposable
{
    private int _tokens;

    public required TestConsole Console { get; init; }

    public required TenantId Tenant { get; init; }

    public required OutsideServer Outside { get; init; }

    public CredentialStore Store => Console.Get<CredentialStore>();

    /// <summary>How many tokens the token server has given out.</summary>
    public int Tokens => _tokens;

    public string LatestToken => $"token-{_tokens}";

    public static async Task<CredentialWorld> StartAsync(TimeProvider? clock = null, Action<IServiceCollection>? configure = null, string connections = "")
    {
        var console = await TestConsole.StartAsync(clock, configure: configure, connections: connections);
        var tenant = await console.GivenATenantAsync();
        return new CredentialWorld { Console = console, Tenant = tenant, Outside = await OutsideServer.StartAsync() };
    }

    /// <summary>The same tenant as another node sees it.</summary>
    public async Task<CredentialWorld> AnotherNodeAsync(TimeProvider? clock = null) =>
        new() { Console = await TestConsole.StartAsync(clock, beside: Console), Tenant = Tenant, Outside = Outside };

    public static CredentialDraft Draft(AuthenticationKind kind, string secret, params (string Name, string Value)[] settings) =>
        new($"{kind} {settings.Length}", kind, settings.ToDictionary(setting => setting.Name, setting => setting.Value), secret, null);

    public async Task<Guid> GivenAsync(AuthenticationKind kind, string secret, params (string Name, string Value)[] settings)
    {
        var draft = Draft(kind, secret, settings);
        Assert.Empty(CredentialKind.Of(kind).Check(draft, isNew: true));
        return (await Store.CreateAsync(Tenant, draft, TestConsole.Somebody, default))!.Value;
    }

    /// <summary>A client of the outside server's token endpoint, which gives out one numbered token after the other.</summary>
    public async Task<Guid> GivenAClientAsync(object? expiresIn = null, params (string Name, string Value)[] more)
    {
        Outside.Answer = request => request.PathAndQuery.StartsWith("/token", StringComparison.Ordinal)
            ? Results.Json(new Dictionary<string, object?> { ["access_token"] = $"token-{Interlocked.Increment(ref _tokens)}", ["token_type"] = "bearer", ["expires_in"] = expiresIn })
            : Results.Text("ok");
        return await GivenAsync(AuthenticationKind.OAuth2ClientCredentials, "client secret/+ü", [("tokenUrl", $"{Outside.Address}token"), ("clientId", "client:1"), .. more]);
    }

    public IAuthentication Proof(Guid credential) =>
        Console.Get<ConnectionOpener>().Open(Tenant, Guid.NewGuid(), new ConnectionDraft("shop", "rest", "{}", credential)).Authentication;

    public async Task<HttpResponseMessage> SendAsync(Guid credential, string path = "orders") => await Console.Get<OutgoingHttp>().SendAsync(
        () => new HttpRequestMessage(HttpMethod.Get, new Uri(Outside.Address, path)), new SendOptions(Proof(credential), TimeSpan.FromSeconds(30)), default);

    /// <summary>Sends one request with a credential and returns what arrived.</summary>
    public async Task<ReceivedRequest> ArrivalAsync(Guid credential, string path = "orders")
    {
        using var response = await SendAsync(credential, path);
        return Outside.Requests.Last(request => !request.PathAndQuery.StartsWith("/token", StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        await Outside.DisposeAsync();
        await Console.DisposeAsync();
    }
}
