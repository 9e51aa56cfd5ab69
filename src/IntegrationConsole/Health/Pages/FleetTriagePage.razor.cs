using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.Health.Triage;

namespace IntegrationConsole.Health.Pages;

/// <summary>The start page of those who work for several tenants.</summary>
public sealed partial class FleetTriagePage(SharedTriage triage, TimeProvider clock)
{
    private IReadOnlyDictionary<TenantId, TenantAccess> _tenants = new Dictionary<TenantId, TenantAccess>();
    private TriageView? _view;
    private DateTimeOffset _now;
    private bool _isPlatformAdmin;
    private Actor _me = Actor.System;
    private object? _drawn;

    private int _needing => _view?.Picture.Causes.Count(cause => TriageFilter.NeedsOne(cause, _me)) ?? 0;

    protected override void OnInitialized() => _ = TriageTicks.RunAsync(clock, () => _view?.Picture.Causes.Any(cause => cause.Next?.At > _now) == true, TickAsync, Leaving);

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

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

    /// <summary>With the rights of the reader, which change seldom and say so.</summary>
    private async Task FetchAsync()
    {
        _me = await Gatekeeper.WhoAsync();
        _isPlatformAdmin = await Gatekeeper.IsPlatformAdminAsync(Leaving);
        _tenants = (await Gatekeeper.TenantsAsync(Leaving)).ToDictionary(tenant => tenant.Id);
        await LookAsync();
    }

    private async Task LookAsync()
    {
        var view = await triage.ReadAsync([.. _tenants.Keys], Leaving);
        var now = clock.GetUtcNow();

        // Where nothing else is new, how long ago something was is drawn again as often as the page looks by itself.
        if (view.Print != _view?.Print || now - _now >= Refresher.Pace / 2)
        {
            (_view, _now) = (view, now);
        }
    }
}
