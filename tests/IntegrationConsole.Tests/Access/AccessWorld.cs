using System.Security.Claims;
using IntegrationConsole.Access;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;

namespace IntegrationConsole.Tests.Access;

/// <summary>A console with people in it, and requests to make on their behalf.</summary>
internal sealed class AccessWorld : IAsyncDisposable
{
    public const string Password = "correct horse battery";

    public required TestConsole Console { get; init; }

    public AccessStore Store => Console.Get<AccessStore>();

    public People People => Console.Get<People>();

    public AuditTrail Audit => Console.Get<AuditTrail>();

    public static async Task<AccessWorld> StartAsync(TimeProvider? clock = null, Action<IServiceCollection>? configure = null, string connections = "") => new()
    {
        Console = await TestConsole.StartAsync(clock, configure: services =>
        {
            configure?.Invoke(services);
            services.AddScoped<SignedIn>();
            services.AddScoped<AuthenticationStateProvider>(provider => provider.GetRequiredService<SignedIn>());
        }, connections: connections),
    };

    /// <summary>Does something the way one request does: in a scope and an HTTP context of its own.</summary>
    public async Task<T> InRequestAsync<T>(Func<IServiceProvider, HttpContext, Task<T>> work)
    {
        await using var scope = Console.Get<IServiceScopeFactory>().CreateAsyncScope();
        var context = new DefaultHttpContext { RequestServices = scope.ServiceProvider };
        scope.ServiceProvider.GetRequiredService<IHttpContextAccessor>().HttpContext = context;
        return await work(scope.ServiceProvider, context);
    }

    /// <summary>Tries to sign in.</summary>
    /// <returns>The answer, and whether a session began.</returns>
    public Task<(string Answer, bool Session)> SignInAsync(string email, string password) => InRequestAsync(async (services, context) =>
        (await services.GetRequiredService<SignIn>().TryAsync(email, password, false, default), context.Response.Headers.SetCookie.ToString().Contains("console-session=")));

    public async Task<string> LinkAsync(Guid? user) => await InRequestAsync(async (services, _) => (await services.GetRequiredService<AccessLinks>().CreateAsync(user, default)).Split('#')[1]);

    public Task<(ConsoleUser? User, IReadOnlyList<string> Problems)> RedeemAsync(string secret, string email = "ada@example.com", string password = Password) =>
        InRequestAsync((services, _) => services.GetRequiredService<AccessLinks>().RedeemAsync(secret, email, "Ada", password, default));

    public async Task<Guid> GivenAdministratorAsync(string email = "ada@example.com") => (await RedeemAsync(await LinkAsync(null), email)).User!.Id;

    public async Task<Guid> GivenPersonAsync(string email, bool platformAdmin = false)
    {
        var id = (await People.InviteAsync(email, "", platformAdmin, Actor.CommandLine, default)).Id!.Value;
        Assert.Empty((await RedeemAsync(await LinkAsync(id))).Problems);
        return id;
    }

    public async Task<(TenantId Id, string Slug)> GivenTenantAsync()
    {
        var id = await Console.GivenATenantAsync();
        return (id, (await Console.Get<TenantStore>().FindAsync(id, default))!.Slug);
    }

    /// <summary>Asks the gatekeeper on behalf of somebody.</summary>
    public Task<T> AsAsync<T>(Guid user, Func<Gatekeeper, Task<T>> ask) => InRequestAsync(async (services, _) =>
    {
        services.GetRequiredService<SignedIn>().User = Principal(user);
        return await ask(services.GetRequiredService<Gatekeeper>());
    });

    public static ClaimsPrincipal Principal(Guid user) => new(new ClaimsIdentity([new(ClaimTypes.NameIdentifier, user.ToString()), new(ClaimTypes.Name, "ada@example.com")], "test"));

    public ValueTask DisposeAsync() => Console.DisposeAsync();

    private sealed class SignedIn : AuthenticationStateProvider
    {
        public ClaimsPrincipal User { get; set; } = new();

        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(User));
    }
}
