using System.Security.Claims;
using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.Health;
using IntegrationConsole.Tests.Access;
using IntegrationConsole.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Components.Web.HtmlRendering;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.JSInterop;

namespace IntegrationConsole.Tests.Health;

/// <summary>A page that somebody left open on another node, which hears what any node commits.</summary>
internal sealed class OpenPage : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ManualClock _clock;
    private readonly TestConsole _node;
    private readonly AsyncServiceScope _scope;
    private readonly HtmlRenderer _renderer;
    private readonly HtmlRootComponent _root;

    private OpenPage(ManualClock clock, TestConsole node, AsyncServiceScope scope, HtmlRenderer renderer, HtmlRootComponent root) =>
        (_clock, _node, _scope, _renderer, _root) = (clock, node, scope, renderer, root);

    /// <summary>Somebody new who may see everything opens it.</summary>
    public static async Task<OpenPage> OpenAsync<TPage>(HealthWorld world)
        where TPage : IComponent
    {
        var user = await InviteAsync(world);
        var node = await TestConsole.StartAsync(world.Clock, beside: world.World.Console, configure: services =>
        {
            services.AddHealth(isWorker: false).AddControls();
            services.AddScoped<AuthenticationStateProvider>(_ => new SignedIn(AccessWorld.Principal(user)));
            services.AddScoped<NavigationManager, Address>();
            services.AddScoped<IJSRuntime, NoBrowser>();
        });
        await node.ListenAsync();
        var scope = node.Get<IServiceScopeFactory>().CreateAsyncScope();
        var access = (await node.Get<AccessStore>().ListTenantsAsync(user, default)).Single();
        var renderer = new HtmlRenderer(scope.ServiceProvider, NullLoggerFactory.Instance);
        var root = await renderer.Dispatcher.InvokeAsync(() => renderer.RenderComponentAsync<CascadingValue<TenantAccess>>(ParameterView.FromDictionary(new Dictionary<string, object?>
        {
            ["Value"] = access,
            ["ChildContent"] = (RenderFragment)(builder => Draw<TPage>(builder, access)),
        })));
        return new OpenPage(world.Clock, node, scope, renderer, root);
    }

    public Task<string> ReadAsync() => _renderer.Dispatcher.InvokeAsync(_root.ToHtmlString);

    /// <summary>Time goes on until it says something. Nobody touches it.</summary>
    public Task<string> WaitForAsync(string words) => WaitForAsync(page => page.Contains(words, StringComparison.Ordinal), words);

    /// <param name="isThere">Whether it says what is waited for.</param>
    /// <param name="what">That in words.</param>
    public async Task<string> WaitForAsync(Func<string, bool> isThere, string what)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (true)
        {
            var page = await ReadAsync();
            if (isThere(page))
            {
                return page;
            }

            Assert.False(patience.IsCancellationRequested, $"It never said \"{what}\".");
            _clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _renderer.DisposeAsync();
        await _scope.DisposeAsync();
        await _node.Get<ChangeBroadcaster>().StopAsync(CancellationToken.None);
    }

    private static async Task<Guid> InviteAsync(HealthWorld world)
    {
        await using var scope = world.World.Console.Get<IServiceScopeFactory>().CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<People>().InviteAsync($"{Guid.NewGuid():n}@example.com", "", platformAdmin: true, TestConsole.Somebody, default)).Id!.Value;
    }

    private static void Draw<TPage>(RenderTreeBuilder builder, TenantAccess access)
        where TPage : IComponent
    {
        builder.OpenComponent<TPage>(0);
        if (typeof(TPage).GetProperty("Tenant") is not null)
        {
            builder.AddAttribute(1, "Tenant", access.Slug);
        }

        builder.CloseComponent();
    }

    private sealed class SignedIn(ClaimsPrincipal user) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(user));
    }

    private sealed class Address : NavigationManager
    {
        public Address() => Initialize("http://console/", "http://console/fleet/triage");
    }

    private sealed class NoBrowser : IJSRuntime
    {
        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => ValueTask.FromResult(default(TValue)!);

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) => ValueTask.FromResult(default(TValue)!);
    }
}
