using IntegrationConsole.Access;
using IntegrationConsole.Health.Triage;

namespace IntegrationConsole.Health.Pages;

/// <summary>The start page of those who work for one tenant.</summary>
public sealed partial class TriagePage(TriageReader triage, TriageAsideReader asides, TimeProvider clock)
{
    private IReadOnlyDictionary<TenantId, TenantAccess> _tenants = new Dictionary<TenantId, TenantAccess>();
    private TriagePicture? _picture;
    private TriageAside? _aside;
    private DateTimeOffset _now;

    private int _needing => _picture?.Causes.Count(cause => !cause.HealsItself) ?? 0;

    protected override void OnInitialized() => _ = TriageTicks.RunAsync(clock, () => _picture?.Causes.Any(cause => cause.Next is not null) == true, TickAsync, Leaving);

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private Task TickAsync() => InvokeAsync(() =>
    {
        _now = clock.GetUtcNow();
        StateHasChanged();
    });

    private async Task FetchAsync()
    {
        var picture = await triage.ReadAsync([Id], Leaving);
        _aside = await asides.ReadAsync([Id], Leaving);
        (_tenants, _picture, _now) = (new Dictionary<TenantId, TenantAccess> { [Id] = Access }, picture, clock.GetUtcNow());
    }
}
