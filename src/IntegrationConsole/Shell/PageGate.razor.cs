using System.Reflection;
using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Authorization;
using BlazorRouteData = Microsoft.AspNetCore.Components.RouteData;

namespace IntegrationConsole.Shell;

/// <summary>
/// Asks at every navigation inside a circuit what the web server asks at a request. The framework's own
/// <c>AuthorizeRouteView</c> does not read the requirements of <see cref="AllowAttribute"/>, and it takes a page down,
/// with all that was typed into it, while it asks again. Here the page on the screen stays until the answer is there.
/// </summary>
public sealed partial class PageGate(IAuthorizationService authorization, ChangeBroadcaster changes, ILogger<PageGate> logger) : ComponentBase, IDisposable
{
    private IDisposable? _subscription;
    private BlazorRouteData? _decided;
    private PageFailure? _failure;
    private bool _allowed;
    private bool _asking;
    private int _asked;

    [Parameter, EditorRequired]
    public required BlazorRouteData Route { get; set; }

    [CascadingParameter]
    public required Task<AuthenticationState> Authentication { get; set; }

    public void Dispose() => _subscription?.Dispose();

    /// <remarks>Where the database failed to answer, the gate asks again by itself as soon as changes are heard again.</remarks>
    protected override void OnInitialized() => _subscription = changes.Subscribe(change =>
    {
        if (change.Topic == Change.Everything && _failure is not null)
        {
            _ = InvokeAsync(AskAsync);
        }
    });

    protected override Task OnParametersSetAsync() => AskAsync();

    protected override bool ShouldRender() => !_asking;

    private async Task AskAsync()
    {
        var (asked, route) = (++_asked, Route);
        _asking = true;
        var (allowed, failure) = await DecideAsync(route);

        // Whoever went on meanwhile is not brought back to the page before.
        if (asked == _asked)
        {
            (_asking, _decided, _allowed, _failure) = (false, route, allowed, failure);
            StateHasChanged();
        }
    }

    private async Task<(bool Allowed, PageFailure? Failure)> DecideAsync(BlazorRouteData route)
    {
        if (route.PageType.IsDefined(typeof(AllowAnonymousAttribute)))
        {
            return (true, null);
        }

        try
        {
            // A page that does not say what it needs is for nobody.
            return route.PageType.GetCustomAttribute<AllowAttribute>() is { } needs
                ? ((await authorization.AuthorizeAsync((await Authentication).User, route, needs.GetRequirements())).Succeeded, null)
                : (false, null);
        }
        catch (Exception problem)
        {
            // Without an answer there is no page, and the circuit goes on.
            return (false, PageFailure.Of(problem, logger, route.PageType.Name));
        }
    }
}
