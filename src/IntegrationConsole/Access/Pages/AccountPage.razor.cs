using IntegrationConsole.Controls;
using Microsoft.AspNetCore.Components;
using Microsoft.JSInterop;

namespace IntegrationConsole.Access.Pages;

public sealed partial class AccountPage(AccessLinks links, AccessStore access, People people, IJSRuntime browser)
{
    private Actor? _actor;
    private bool _isPlatformAdmin;
    private string _name = "";
    private string? _nameProblem;
    private bool _keys = true;
    private IReadOnlyList<TenantAccess> _tenants = [];

    [CascadingParameter]
    public ReaderZone Zone { get; set; } = ReaderZone.Utc;

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _keys = await browser.InvokeAsync<bool>("shell.keys");
        _actor = await Gatekeeper.WhoAsync();
        _name = _actor.UserId is { } me ? (await access.FindUserAsync(me, Leaving))?.DisplayName ?? "" : "";
        _isPlatformAdmin = await Gatekeeper.IsPlatformAdminAsync(Leaving);
        _tenants = await Gatekeeper.TenantsAsync(Leaving);
    }

    private async Task SetKeysAsync(bool on)
    {
        _keys = on;
        await browser.InvokeVoidAsync("shell.setKeys", on);
        Toasts.Say(on ? "Single keys act on pages." : "Single keys do nothing any more. Ctrl K still goes everywhere.");
    }

    private async Task ShowKeysAsync() => await browser.InvokeVoidAsync("shell.showKeys");

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
