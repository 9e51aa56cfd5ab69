using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.Sync;

namespace IntegrationConsole.Tenants.Pages;

public sealed partial class SettingsPage(TenantStore tenants, SyncStore syncs)
{
    private int _refusals;
    private Tenant? _current;
    private TenantSettings _settings = new("", "", "", "");
    private TenantSettings? _stored;
    private IReadOnlyDictionary<string, string> _problems = new Dictionary<string, string>();
    private ConfirmDialog? _pause;
    private ConfirmDialog? _erase;
    private bool _outdated;

    /// <remarks>What is being saved is not asked about.</remarks>
    private bool Changed => !IsBusy && _stored is not null && _settings != _stored;

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _current = await tenants.FindAsync(Id, Leaving) ?? throw new InvalidOperationException("The tenant is gone.");
        _stored = _settings = new TenantSettings(_current.Name, _current.Slug, _current.TimeZone, _current.Contacts, _current.SecondPersonAbove, _current.WorkingHours);
        _outdated = false;
    }

    private Task SaveAsync() => ActAsync(Permission.Administer, "change the tenant's settings", async actor =>
    {
        _problems = TenantRules.Check(_settings);
        if (_problems.Count > 0)
        {
            _refusals++;
            return;
        }

        switch (await tenants.UpdateAsync(Id, _current!.Version, _settings, actor, Leaving))
        {
            case Saved.Taken:
                _problems = new Dictionary<string, string> { [nameof(TenantSettings.Slug)] = "Another tenant has this address: choose another one." };
                return;
            case Saved.Outdated:
                _outdated = true;
                return;
            default:
                _stored = _settings;
                // With a new address this page may be left before the schedules have followed: they follow all the same.
                Toasts.Say(_settings.Slug == _current.Slug ? "The settings are saved." : $"The settings are saved. The tenant's address is /t/{_settings.Slug} now.");
                await syncs.FollowTenantAsync(Id, CancellationToken.None);
                break;
        }

        Leaving.ThrowIfCancellationRequested();
        if (_settings.Slug != Tenant)
        {
            Navigation.NavigateTo($"/t/{_settings.Slug}/settings");
        }
        else
        {
            await FetchAsync();
        }
    });

    private Task PauseAsync(string reason) => ActAsync(Permission.Administer, "pause the tenant", actor => SetPausedAsync(reason, actor));

    private Task ResumeAsync() => ActAsync(Permission.Administer, "resume the tenant", actor => SetPausedAsync(null, actor));

    private async Task SetPausedAsync(string? reason, Actor actor)
    {
        await tenants.SetPausedAsync(Id, reason, actor, Leaving);
        await syncs.FollowTenantAsync(Id, Leaving);
        await FetchAsync();
        Toasts.Say(reason is null ? "The tenant is resumed." : "The tenant is paused.");
    }

    private Task EraseAsync(string reason) => ActAsync(Permission.AdministerPlatform, "erase the tenant", async actor =>
    {
        if (await tenants.IsHeldAsync(Id, Leaving))
        {
            Toasts.Say($"{_current!.Name} is on legal hold: lift the hold first.", Tone.Warn);
            return;
        }

        await syncs.ForgetTenantAsync(Id, Leaving);
        await tenants.EraseAsync(Id, actor, Leaving);
        Toasts.Say($"{_current!.Name} was erased.");
        Navigation.NavigateTo("/fleet/tenants");
    });
}
