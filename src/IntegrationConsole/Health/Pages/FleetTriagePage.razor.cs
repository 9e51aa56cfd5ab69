using IntegrationConsole.Access;
using IntegrationConsole.Health.Triage;

namespace IntegrationConsole.Health.Pages;

/// <summary>The start page of those who work for several tenants.</summary>
public sealed partial class FleetTriagePage(TriageReader triage, TriageAsideReader asides, TimeProvider clock)
{
    private IReadOnlyDictionary<TenantId, TenantAccess> _tenants = new Dictionary<TenantId, TenantAccess>();
    private TriagePicture? _picture;
    private TriageAside? _aside;
    private DateTimeOffset _now;
    private bool _isPlatformAdmin;

    private int _needing => _picture?.Causes.Count(cause => !cause.HealsItself) ?? 0;

    protected override void OnInitialized() => _ = TriageTicks.RunAsync(clock, () => _picture?.Causes.Any(cause => cause.Next is not null) == true, TickAsync, Leaving);

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private Task TickAsync() => InvokeAsync(() =>
    {
        _now = clock.GetUtcNow();
        StateHasChanged();
    });

    private async Task FetchAsync()
    {
        _isPlatformAdmin = await Gatekeeper.IsPlatformAdminAsync(Leaving);
        var tenants = await Gatekeeper.TenantsAsync(Leaving);
        TenantId[] ids = [.. tenants.Select(tenant => tenant.Id)];
        var picture = await triage.ReadAsync(ids, Leaving);
        _aside = await asides.ReadAsync(ids, Leaving);
        (_tenants, _picture, _now) = (tenants.ToDictionary(tenant => tenant.Id), picture, clock.GetUtcNow());
    }
}
