using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.Health.Triage;

namespace IntegrationConsole.Health.Pages;

/// <summary>The start page of those who work for one tenant.</summary>
public sealed partial class TriagePage(SharedTriage triage, TimeProvider clock)
{
    private IReadOnlyDictionary<TenantId, TenantAccess> _tenants = new Dictionary<TenantId, TenantAccess>();
    private TriageView? _view;
    private DateTimeOffset _now;
    private Actor _me = Actor.System;
    private object? _drawn;

    private int _needing => _view?.Picture.Causes.Count(cause => TriageFilter.NeedsOne(cause, _me)) ?? 0;

    protected override void OnInitialized() => _ = TriageTicks.RunAsync(clock, () => _view?.Picture.Causes.Any(cause => cause.Next?.At > _now) == true, TickAsync, Leaving);

    protected override Task OnParametersSetAsync()
    {
        _tenants = new Dictionary<TenantId, TenantAccess> { [Id] = Access };
        return LoadAsync(LookAsync);
    }

    /// <remarks>Most news change nothing on this page, and hundreds of windows may show it.</remarks>
    protected override bool ShouldRender()
    {
        var drawn = _drawn;
        _drawn = (Loaded, Failure, _view, _tenants, _now);
        return !_drawn.Equals(drawn);
    }

    private Task TickAsync() => InvokeAsync(() =>
    {
        _now = clock.GetUtcNow();
        StateHasChanged();
    });

    private async Task LookAsync()
    {
        _me = await Gatekeeper.WhoAsync();
        var view = await triage.ReadAsync([Id], Leaving);
        var now = clock.GetUtcNow();

        // Where nothing else is new, how long ago something was is drawn again as often as the page looks by itself.
        if (view.Print != _view?.Print || now - _now >= Refresher.Pace / 2)
        {
            (_view, _now) = (view, now);
        }
    }
}
