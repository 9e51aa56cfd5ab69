using System.Reflection;
using IntegrationConsole.Access;
using IntegrationConsole.Alerts;
using IntegrationConsole.Configuration;
using IntegrationConsole.Controls;
using IntegrationConsole.Health;
using IntegrationConsole.Health.Pages;
using IntegrationConsole.Shell;
using IntegrationConsole.Shell.Views;
using IntegrationConsole.Sync.Pages;
using IntegrationConsole.Tests.Access;
using IntegrationConsole.Tests.Health;
using IntegrationConsole.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.JSInterop;

namespace IntegrationConsole.Tests.Shell;

/// <summary>Links are cut short, kept for years and typed by hand: whatever stands in one, a page says what it makes of it.</summary>
public sealed class Opening_addresses_that_somebody_made_up
{
    private static readonly IReadOnlyList<PropertyInfo> FromAddress =
    [
        .. typeof(PageFrame).Assembly.GetTypes().Where(type => type.IsAssignableTo(typeof(ComponentBase)))
            .SelectMany(type => type.GetProperties(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly))
            .Where(property => property.GetCustomAttribute<SupplyParameterFromQueryAttribute>() is not null),
    ];

    /// <summary>Blazor reads other types itself, and falls over where it cannot.</summary>
    [Fact]
    public void Pages_take_texts_from_their_address_and_read_them_themselves() =>
        Assert.Empty(FromAddress.Where(property => property.PropertyType != typeof(string) && property.PropertyType != typeof(string[])).Select(property => $"{property.DeclaringType!.Name}.{property.Name}"));

    [Theory]
    [InlineData("not-an-id")]
    [InlineData("0195a7a0-0000-7000-8000-00000000dead")]
    [InlineData("-1")]
    [InlineData("9999-12-31")]
    [InlineData("%00'\"<b>")]
    public async Task Every_page_says_what_it_makes_of_it(string value)
    {
        await using var node = await NodeAsync();
        var query = string.Join('&', FromAddress.Select(NameOf).Append("cursor").Append("sort").Append("view").Distinct().Select(name => $"{name}={Uri.EscapeDataString(value)}"));
        var fallen = new List<string>();
        foreach (var (page, route) in Pages())
        {
            var said = await node.OpenAsync(page, route, query);
            if (said.Contains("Error id", StringComparison.Ordinal) || said.Contains("Exception", StringComparison.Ordinal))
            {
                fallen.Add($"{route}: {said[Math.Max(0, said.IndexOf("Error id", StringComparison.Ordinal) - 200)..][..200]}");
            }
        }

        Assert.Empty(fallen);
    }

    [Theory]
    [InlineData("group=cut-short", "“group” in it cannot be read")]
    [InlineData("ids=0195a7a0-0000-7000-8000-00000000dead,0195a7", "“ids” in it cannot be read")]
    [InlineData("sync=x&run=y", "“sync”, “run” in it cannot be read")]
    [InlineData("draft=old&cause=any", "“draft”, “cause” in it cannot be read")]
    [InlineData("attempts=many", "“attempts” in it cannot be read")]
    public async Task The_composer_chooses_no_letters_where_it_cannot_read_which(string query, string words)
    {
        await using var node = await NodeAsync();

        var said = await node.OpenAsync(typeof(ReplayComposerPage), "/t/{tenant}/replays/new", query);

        Assert.Contains("This address was not understood", said, StringComparison.Ordinal);
        Assert.Contains(words, System.Net.WebUtility.HtmlDecode(said), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_list_says_what_it_left_out()
    {
        await using var node = await NodeAsync();

        var said = await node.OpenAsync(typeof(TimelinePage), "/t/{tenant}/timeline", "object=cut-short");

        Assert.Contains("“object=cut-short” in the address cannot be read and is left out.", System.Net.WebUtility.HtmlDecode(said), StringComparison.Ordinal);
    }

    private static string NameOf(PropertyInfo property) => property.GetCustomAttribute<SupplyParameterFromQueryAttribute>()!.Name ?? property.Name;

    /// <summary>All pages but those that stand outside of the console: signing in, the first administrator, and what a status code says.</summary>
    private static IEnumerable<(Type Page, string Route)> Pages() =>
        from type in typeof(PageFrame).Assembly.GetTypes()
        where type.IsAssignableTo(typeof(GuardedPage))
        from route in type.GetCustomAttributes<RouteAttribute>()
        select (type, route.Template);

    private static async Task<Node> NodeAsync()
    {
        var reader = Guid.Empty;
        var address = "";
        var clock = new ManualClock();
        var console = await TestConsole.StartAsync(clock, configure: services =>
        {
            services.AddControls().AddHealth(isWorker: false).AddAlerts(isWorker: false).AddConfiguration();
            services.AddSingleton<NamedThings>().AddScoped<PaletteSearch>().AddSingleton<ViewStore>().AddSingleton<RailCounts>().AddOptions<ShellOptions>();
            services.AddScoped<AuthenticationStateProvider>(_ => new SignedIn(reader));
            services.AddScoped<NavigationManager>(_ => new Address(address));
            services.AddScoped<IJSRuntime, NoBrowser>();
            services.AddSingleton<IServer, NoServer>();
            services.AddSupplyValueFromQueryProvider();
        });
        var tenant = await console.GivenATenantAsync();
        reader = await OpenPage.InviteAsync(console, mayAll: true);
        var access = (await console.Get<AccessStore>().ListTenantsAsync(reader, default)).Single(one => one.Id == tenant);
        return new Node(console, clock, access, to => address = to);
    }

    /// <summary>A console on which pages are opened one after the other, by somebody who may see everything.</summary>
    private sealed class Node(TestConsole console, ManualClock clock, TenantAccess access, Action<string> goTo) : IAsyncDisposable
    {
        private static readonly Guid Nobody = Guid.Parse("0195a7a0-0000-7000-8000-00000000beef");

        public async Task<string> OpenAsync(Type page, string route, string query)
        {
            var parts = route.Trim('/').Split('/').Select(part => part.StartsWith('{') ? (Name: part.Trim('{', '}').Split(':')[0], Kind: part.Trim('{', '}').Split(':').ElementAtOrDefault(1) ?? "text") : (Name: part, Kind: "")).ToList();
            object ValueOf((string Name, string Kind) part) => part.Name == "tenant" ? access.Slug : part.Kind == "guid" ? Nobody : "made-up";
            var values = parts.Where(part => part.Kind.Length > 0).ToDictionary(part => part.Name, part => (object?)ValueOf(part));
            goTo($"{string.Join('/', parts.Select(part => part.Kind.Length > 0 ? ValueOf(part) : part.Name))}?{query}");
            await using var scope = console.Get<IServiceScopeFactory>().CreateAsyncScope();
            await using var renderer = new HtmlRenderer(scope.ServiceProvider, NullLoggerFactory.Instance);
            return await renderer.Dispatcher.InvokeAsync(async () =>
            {
                var root = renderer.BeginRenderingComponent<CascadingValue<TenantAccess>>(ParameterView.FromDictionary(new Dictionary<string, object?>
                {
                    ["Value"] = access,
                    ["ChildContent"] = (RenderFragment)(builder =>
                    {
                        builder.OpenComponent(0, page);
                        builder.AddMultipleAttributes(1, values!);
                        builder.CloseComponent();
                    }),
                }));

                // What pages share rests between two readings, by the clock that stands still.
                while (await Task.WhenAny(root.QuiescenceTask, Task.Delay(TimeSpan.FromMilliseconds(100))) != root.QuiescenceTask)
                {
                    clock.Advance(TimeSpan.FromSeconds(1));
                }

                await root.QuiescenceTask;
                return root.ToHtmlString();
            });
        }

        public ValueTask DisposeAsync() => console.DisposeAsync();
    }

    private sealed class SignedIn(Guid user) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(AccessWorld.Principal(user)));
    }

    private sealed class Address : NavigationManager
    {
        public Address(string first) => Initialize("http://console/", $"http://console/{first}");

        protected override void NavigateToCore(string uri, NavigationOptions options)
        {
            Uri = ToAbsoluteUri(uri).ToString();
            NotifyLocationChanged(isInterceptedLink: false);
        }
    }

    private sealed class NoServer : IServer
    {
        public IFeatureCollection Features { get; } = new FeatureCollection();

        public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
            where TContext : notnull => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public void Dispose()
        {
        }
    }

    private sealed class NoBrowser : IJSRuntime
    {
        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => ValueTask.FromResult(default(TValue)!);

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args) => ValueTask.FromResult(default(TValue)!);
    }
}
