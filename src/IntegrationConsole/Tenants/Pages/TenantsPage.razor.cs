using IntegrationConsole.Access;

namespace IntegrationConsole.Tenants.Pages;

public sealed partial class TenantsPage(TenantStore tenants)
{
    private IReadOnlyList<Tenant> _tenants = [];
    private Dictionary<TenantId, TenantAccess> _access = [];
    private bool _isPlatformAdmin;
    private string _find = "";

    private IEnumerable<Tenant> Found => _tenants.Where(tenant =>
        tenant.Name.Contains(_find.Trim(), StringComparison.OrdinalIgnoreCase) || tenant.Slug.Contains(_find.Trim(), StringComparison.OrdinalIgnoreCase));

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _isPlatformAdmin = await Gatekeeper.IsPlatformAdminAsync(Leaving);
        _access = (await Gatekeeper.TenantsAsync(Leaving)).ToDictionary(tenant => tenant.Id);
        _tenants = await tenants.ListAsync([.. _access.Keys], Leaving);
    }

    private string RoleIn(Tenant tenant) => _access.GetValueOrDefault(tenant.Id) switch
    {
        { IsPlatformAdmin: true } => "Platform admin",
        { Role: { } role } => role.Words,
        _ => "",
    };
}
