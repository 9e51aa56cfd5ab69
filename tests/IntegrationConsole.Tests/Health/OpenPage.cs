#pragma warning disable BL0006 // What was drawn is all that a test without a browser can press; where it changes, this test does.
using System.Security.Claims;
using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.Health;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Access;
using IntegrationConsole.Tests.Support;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using Microsoft.AspNetCore.Components.HtmlRendering.Infrastructure;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.RenderTree;
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
    private readonly Renderer _renderer;
    private readonly HtmlRootComponent _root;

    private OpenPage(ManualClock clock, TestConsole node, AsyncServiceScope scope, Renderer renderer, HtmlRootComponent root) =>
        (_clock, _node, _scope, _renderer, _root) = (clock, node, scope, renderer, root);

    public ConsoleDatabase Database => _node.Database;

    /// <summary>Presses Undo beside what was said last.</summary>
    public Task UndoAsync() => SettleAsync(_renderer.Dispatcher.InvokeAsync(() => _scope.ServiceProvider.GetRequiredService<Toasts>().All.Last(toast => toast.Undo is not null).Undo!()), _clock);

    /// <summary>Somebody new who may see everything opens it.</summary>
    /// <param name="world">Whose tenant it shows.</param>
    /// <param name="parameters">What it is given besides the tenant.</param>
    /// <param name="query">What stands behind its address, such as <c>?needs=you</c>.</param>
    public static Task<OpenPage> OpenAsync<TPage>(HealthWorld world, Dictionary<string, object?>? parameters = null, string query = "")
        where TPage : IComponent => OpenAsync<TPage>(world.World.Console, world.Clock, world.World.Tenant, $"fleet/triage{query}", parameters: parameters);

    /// <summary>The same with an address, of which a page may read what it shows.</summary>
    /// <param name="console">A node of the console on whose database it looks.</param>
    /// <param name="clock">That node's.</param>
    /// <param name="tenant">Which one it shows, where it shows one.</param>
    /// <param name="address">Without the slash before it.</param>
    /// <param name="user">Null for somebody new who may see everything.</param>
    /// <param name="parameters">What it is given besides the tenant.</param>
    public static async Task<OpenPage> OpenAsync<TPage>(
        TestConsole console, ManualClock clock, TenantId tenant, string address, Guid? user = null, Dictionary<string, object?>? parameters = null)
        where TPage : IComponent
    {
        var reader = user ?? await InviteAsync(console, mayAll: true);
        var node = await TestConsole.StartAsync(clock, beside: console, configure: services =>
        {
            services.AddHealth(isWorker: false).AddControls();
            services.AddScoped<AuthenticationStateProvider>(_ => new SignedIn(AccessWorld.Principal(reader)));
            services.AddScoped<NavigationManager>(_ => new Address(address));
            services.AddScoped<IJSRuntime, NoBrowser>();
            services.AddSupplyValueFromQueryProvider();
        });
        await node.ListenAsync();
        var scope = node.Get<IServiceScopeFactory>().CreateAsyncScope();
        var access = (await node.Get<AccessStore>().ListTenantsAsync(reader, default)).Single(one => one.Id == tenant);
        var renderer = new Renderer(scope.ServiceProvider);
        var root = await renderer.Dispatcher.InvokeAsync(() => renderer.BeginRenderingComponent(typeof(CascadingValue<TenantAccess>), ParameterView.FromDictionary(new Dictionary<string, object?>
        {
            ["Value"] = access,
            ["ChildContent"] = (RenderFragment)(builder => Draw<TPage>(builder, access, parameters)),
        })));
        await SettleAsync(root.QuiescenceTask, clock);
        return new OpenPage(clock, node, scope, renderer, root);
    }

    /// <summary>The address of the page as it is now, with what was chosen.</summary>
    public string Where => _scope.ServiceProvider.GetRequiredService<NavigationManager>().Uri["http://console".Length..];

    /// <summary>The ids of what the page gave the focus to.</summary>
    public IReadOnlyList<string> Focused => ((NoBrowser)_scope.ServiceProvider.GetRequiredService<IJSRuntime>()).Focused;

    public Task GoAsync(string address) => SettleAsync(_renderer.Dispatcher.InvokeAsync(() => _scope.ServiceProvider.GetRequiredService<NavigationManager>().NavigateTo(address)), _clock);

    public IReadOnlyList<string> Toasts => [.. _scope.ServiceProvider.GetRequiredService<Toasts>().All.Select(toast => toast.Text)];

    /// <summary>Presses the button with these words, and waits for what it does.</summary>
    public Task PressAsync(string words) => SettleAsync(_renderer.Dispatcher.InvokeAsync(() => _renderer.PressAsync(words)), _clock);

    /// <summary>Ticks the box, or changes the field, that has this name.</summary>
    public Task EnterAsync(string name, object value) => SettleAsync(_renderer.Dispatcher.InvokeAsync(() => _renderer.EnterAsync(name, value)), _clock);

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

    /// <summary>What open pages share rests between two readings, by the clock that stands still.</summary>
    private static async Task SettleAsync(Task work, ManualClock clock)
    {
        while (await Task.WhenAny(work, Task.Delay(TimeSpan.FromMilliseconds(100))) != work)
        {
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        await work;
    }

    /// <summary>Somebody new.</summary>
    /// <param name="mayAll">A platform admin; otherwise somebody who may nothing yet.</param>
    public static async Task<Guid> InviteAsync(TestConsole console, bool mayAll)
    {
        await using var scope = console.Get<IServiceScopeFactory>().CreateAsyncScope();
        return (await scope.ServiceProvider.GetRequiredService<People>().InviteAsync($"{Guid.NewGuid():n}@example.com", "", mayAll, TestConsole.Somebody, default)).Id!.Value;
    }

    private static void Draw<TPage>(RenderTreeBuilder builder, TenantAccess access, Dictionary<string, object?>? parameters)
        where TPage : IComponent
    {
        builder.OpenComponent<TPage>(0);
        if (typeof(TPage).IsAssignableTo(typeof(TenantPage)))
        {
            builder.AddAttribute(1, "Tenant", access.Slug);
        }

        builder.AddMultipleAttributes(2, parameters?.Select(parameter => KeyValuePair.Create(parameter.Key, parameter.Value!)));

        builder.CloseComponent();
    }

    /// <summary>Draws without a browser, and can be pressed.</summary>
    private sealed class Renderer(IServiceProvider services) : StaticHtmlRenderer(services, NullLoggerFactory.Instance)
    {
        private readonly HashSet<int> _drawn = [];

        public Task PressAsync(string words)
        {
            var pressed = _drawn.Select(component => Find(component, words)).FirstOrDefault(found => found > 0);
            Assert.True(pressed > 0, $"There is no button \"{words}\".");
            return DispatchEventAsync(pressed, null, new MouseEventArgs(), waitForQuiescence: true);
        }

        public Task EnterAsync(string name, object value)
        {
            var entered = _drawn.Select(component => FindField(component, name)).FirstOrDefault(found => found > 0);
            Assert.True(entered > 0, $"There is no field \"{name}\".");
            return DispatchEventAsync(entered, null, new ChangeEventArgs { Value = value }, waitForQuiescence: true);
        }

        protected override Task UpdateDisplayAsync(in RenderBatch renderBatch)
        {
            for (var i = 0; i < renderBatch.UpdatedComponents.Count; i++)
            {
                _drawn.Add(renderBatch.UpdatedComponents.Array[i].ComponentId);
            }

            for (var i = 0; i < renderBatch.DisposedComponentIDs.Count; i++)
            {
                _drawn.Remove(renderBatch.DisposedComponentIDs.Array[i]);
            }

            return base.UpdateDisplayAsync(renderBatch);
        }

        /// <returns>What happens when the button is pressed, or the form around it is sent; 0 where there is none.</returns>
        private ulong Find(int component, string words)
        {
            var frames = GetCurrentRenderTreeFrames(component);
            ulong sent = 0;
            for (var i = 0; i < frames.Count; i++)
            {
                if (frames.Array[i] is not { FrameType: RenderTreeFrameType.Element } element)
                {
                    continue;
                }

                var inside = frames.Array[i..(i + element.ElementSubtreeLength)];
                ulong On(string name) => inside.FirstOrDefault(frame => frame.FrameType is RenderTreeFrameType.Attribute && frame.AttributeName == name).AttributeEventHandlerId;
                sent = element.ElementName == "form" ? On("onsubmit") : sent;
                if (element.ElementName == "button" && string.Concat(inside.Select(TextOf)).Trim() == words)
                {
                    return On("onclick") is > 0 and var clicked ? clicked : sent;
                }
            }

            return 0;
        }

        private ulong FindField(int component, string name)
        {
            var frames = GetCurrentRenderTreeFrames(component);
            for (var i = 0; i < frames.Count; i++)
            {
                if (frames.Array[i] is { FrameType: RenderTreeFrameType.Element, ElementName: "input" } element)
                {
                    var own = frames.Array[i..(i + element.ElementSubtreeLength)].Where(frame => frame.FrameType is RenderTreeFrameType.Attribute).ToList();
                    if (own.Any(frame => frame.AttributeName is "aria-label" or "id" && frame.AttributeValue as string == name))
                    {
                        return own.FirstOrDefault(frame => frame.AttributeName is "onchange" or "oninput").AttributeEventHandlerId;
                    }
                }
            }

            return 0;
        }

        private static string TextOf(RenderTreeFrame frame) => frame.FrameType switch
        {
            RenderTreeFrameType.Text => frame.TextContent,
            RenderTreeFrameType.Markup => frame.MarkupContent,
            _ => "",
        };
    }

    private sealed class SignedIn(ClaimsPrincipal user) : AuthenticationStateProvider
    {
        public override Task<AuthenticationState> GetAuthenticationStateAsync() => Task.FromResult(new AuthenticationState(user));
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

    private sealed class NoBrowser : IJSRuntime
    {
        public List<string> Focused { get; } = [];

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, object?[]? args) => InvokeAsync<TValue>(identifier, default, args);

        public ValueTask<TValue> InvokeAsync<TValue>(string identifier, CancellationToken cancellationToken, object?[]? args)
        {
            if (identifier == "shell.focus" && args is [string id])
            {
                Focused.Add(id);
            }

            return ValueTask.FromResult(default(TValue)!);
        }
    }
}
