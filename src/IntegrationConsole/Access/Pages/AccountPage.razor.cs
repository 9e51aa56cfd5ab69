using IntegrationConsole.Controls;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Access.Pages;

public sealed partial class AccountPage(AccessLinks links, AccessStore access, People people)
{
    private Actor? _actor;
    private bool _isPlatformAdmin;
    private string _name = "";
    private string? _nameProblem;
    private IReadOnlyList<TenantAccess> _tenants = [];

    [CascadingParameter]
    public ReaderZone Zone { get; set; } = ReaderZone.Utc;

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _actor = await Gatekeeper.WhoAsync();
        _name = _actor.UserId is { } me ? (await access.FindUserAsync(me, Leaving))?.DisplayName ?? "" : "";
        _isPlatformAdmin = await Gatekeeper.IsPlatformAdminAsync(Leaving);
        _tenants = await Gatekeeper.TenantsAsync(Leaving);
    }

    private async Task RenameAsync()
    {
        // This too everybody may do for themselves.
        if (_actor is { UserId: { } me } actor)
        {
            _nameProblem = await people.RenameAsync(me, _name, actor, Leaving) is { Length: > 0 } problem ? problem : null;
            if (_nameProblem is null)
            {
                Toasts.Say("Your name is saved.");
                await FetchAsync();
            }
        }
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
