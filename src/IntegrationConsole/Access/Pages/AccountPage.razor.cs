using IntegrationConsole.Controls;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Access.Pages;

public sealed partial class AccountPage(AccessLinks links)
{
    private Actor? _actor;
    private bool _isPlatformAdmin;
    private IReadOnlyList<TenantAccess> _tenants = [];

    [CascadingParameter]
    public ReaderZone Zone { get; set; } = ReaderZone.Utc;

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _actor = await Gatekeeper.WhoAsync();
        _isPlatformAdmin = await Gatekeeper.IsPlatformAdminAsync(Leaving);
        _tenants = await Gatekeeper.TenantsAsync(Leaving);
    }

    private async Task ChangePasswordAsync()
    {
        // Everybody may do this for themselves: no permission is asked.
        if (_actor?.UserId is { } me)
        {
            Navigation.NavigateTo(await links.CreateAsync(me, Leaving), forceLoad: true);
        }
    }
}
