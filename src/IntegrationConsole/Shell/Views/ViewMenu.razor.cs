using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;
using Microsoft.JSInterop;

namespace IntegrationConsole.Shell.Views;

/// <summary>The saved views of whatever page is shown: what is chosen there stands in its address.</summary>
public sealed partial class ViewMenu(ViewStore store, Gatekeeper gatekeeper, NavigationManager navigation, Toasts toasts, IJSRuntime browser) : ComponentBase, IDisposable
{
    private readonly CancellationTokenSource _leaving = new();
    private ElementReference _dialog;
    private ViewAddress _address = new(null, "", null);
    private IReadOnlyList<SavedView> _views = [];
    private SavedView? _open;
    private Guid? _user;
    private (string? Page, TenantId? Tenant)? _shown;
    private string _name = "";
    private string _reach = nameof(ViewReach.Private);
    private string? _problem;
    private bool _asks;
    private int _key;

    [Inject]
    public required ILogger<ViewMenu> Logger { get; set; }

    [CascadingParameter]
    public TenantAccess? Tenant { get; set; }

    private bool IsChanged => _open is { } open && open.Query != _address.Query;

    private IReadOnlyList<(string, string)> Reaches =>
    [
        (nameof(ViewReach.Private), "Only I"),
        .. Tenant is { } tenant && tenant.May(Permission.Configure) ? [(nameof(ViewReach.Tenant), $"All who may see {tenant.Name}")] : Array.Empty<(string, string)>(),
        .. Tenant is null or { IsPlatformAdmin: true } ? [(nameof(ViewReach.Fleet), Tenant is null ? "Everybody (platform admins only)" : "Everybody, in all tenants")] : Array.Empty<(string, string)>(),
    ];

    protected override void OnInitialized() => navigation.LocationChanged += Moved;

    protected override Task OnParametersSetAsync() => LookAsync();

    public void Dispose()
    {
        navigation.LocationChanged -= Moved;

        // Not disposed: what is still on its way asks it for its token.
        _leaving.Cancel();
    }

    private void Moved(object? sender, LocationChangedEventArgs moved) => _ = InvokeAsync(async () =>
    {
        await LookAsync();
        StateHasChanged();
    });

    private Task LookAsync() => TryAsync(async () =>
    {
        var before = _shown;
        _address = ViewAddress.Of(new Uri(navigation.Uri), Tenant?.Slug);
        var now = (_address.Page, Tenant?.Id);
        if (before != now)
        {
            _key++;
            _shown = now;
            _user ??= (await gatekeeper.WhoAsync()).UserId;
            _views = _address.Page is { } page && _user is { } user ? await store.ListAsync(Tenant?.Id, user, page, _leaving.Token) : [];

            // The page opens with the reader's own view, when they come from elsewhere and ask for nothing else.
            if (_address is { Query: "", ViewId: null } && _views.FirstOrDefault(view => view.IsDefault) is { } first)
            {
                navigation.NavigateTo(first.Href(Tenant?.Slug), new NavigationOptions { ReplaceHistoryEntry = true });
            }
        }

        _open = _views.FirstOrDefault(view => view.Id == _address.ViewId);
    });

    private async Task ReloadAsync()
    {
        _views = _address.Page is { } page && _user is { } user ? await store.ListAsync(Tenant?.Id, user, page, _leaving.Token) : [];
        _open = _views.FirstOrDefault(view => view.Id == _address.ViewId);
    }

    private async Task AskAsync()
    {
        (_asks, _name, _reach, _problem) = (true, "", nameof(ViewReach.Private), null);
        StateHasChanged();

        // Drawn first, so that there is something in it to focus.
        await Task.Yield();
        await browser.InvokeVoidAsync("shell.open", _dialog, "view-name");
    }

    private async Task CloseAsync() => await browser.InvokeVoidAsync("shell.close", _dialog);

    private Task SaveAsync() => TryAsync(async () =>
    {
        var name = _name.Trim();
        _problem = name.Length == 0 ? "A name is needed." : name.Length > ViewStore.LongestName ? $"At most {ViewStore.LongestName} letters." : null;
        if (_problem is not null || !Enum.TryParse<ViewReach>(_reach, out var reach) || await AdmitAsync(reach, "save a view for others") is not { } actor)
        {
            return;
        }

        _problem = await store.SaveAsync(Tenant?.Id, _address, name, reach, actor, _leaving.Token) switch
        {
            ViewSaved.Done => null,
            ViewSaved.TooMany => $"You have {ViewStore.Most} views already: delete one first.",
            ViewSaved.NameTaken => "A view of this page has that name already.",
        };
        if (_problem is null)
        {
            await CloseAsync();
            await ReloadAsync();
            toasts.Say($"{name} is saved.");
            if (_views.FirstOrDefault(view => view.Name == name && view.OwnerId == _user) is { } saved)
            {
                navigation.NavigateTo(saved.Href(Tenant?.Slug), new NavigationOptions { ReplaceHistoryEntry = true });
            }
        }
    });

    private Task ChangeAsync(SavedView view) => TryAsync(async () =>
    {
        if (await AdmitAsync(view.Reach, "change a view of others") is { } actor && await store.ChangeAsync(view, _address.Query, actor, _leaving.Token))
        {
            await ReloadAsync();
            toasts.Say($"{view.Name} is saved.");
        }
    });

    private Task DeleteAsync(SavedView view) => TryAsync(async () =>
    {
        if (await AdmitAsync(view.Reach, "delete a view of others") is { } actor && await store.DeleteAsync(view, view.Reach is not ViewReach.Private, actor, _leaving.Token))
        {
            await ReloadAsync();
            toasts.Say($"{view.Name} is deleted.");
        }
    });

    private Task MarkAsync(SavedView view, bool isPinned, bool isDefault) => TryAsync(async () =>
    {
        if (_user is { } user)
        {
            await store.MarkAsync(Tenant?.Id, user, view, isPinned, isDefault, _leaving.Token);
            await ReloadAsync();
        }
    });

    private async Task CopyAsync()
    {
        await browser.InvokeVoidAsync("shell.copy", navigation.Uri);
        toasts.Say("The link is copied.");
    }

    private bool MayDelete(SavedView view) => view.Reach switch
    {
        ViewReach.Private => view.OwnerId == _user,
        ViewReach.Tenant => Tenant?.May(Permission.Configure) == true,
        ViewReach.Fleet => Tenant is null or { IsPlatformAdmin: true },
    };

    /// <summary>What is for oneself everybody may; what is for others takes rights, which are looked up at the moment of doing.</summary>
    private async Task<Actor?> AdmitAsync(ViewReach reach, string attempt)
    {
        var actor = reach switch
        {
            ViewReach.Private => await gatekeeper.WhoAsync(),
            ViewReach.Tenant when Tenant is { } tenant => await gatekeeper.AdmitAsync(tenant.Slug, Permission.Configure, attempt, _leaving.Token),
            _ => await gatekeeper.AdmitAsync(null, Permission.AdministerPlatform, attempt, _leaving.Token),
        };
        if (actor is null)
        {
            toasts.Say(reach is ViewReach.Tenant ? $"You may not share views here: ask for the role {Permission.Configure.NeededRole}." : "Only platform admins share views with everybody.", Tone.Bad);
        }

        return actor;
    }

    private static string WordsOf(SavedView view) => view.Reach switch
    {
        ViewReach.Private => "",
        ViewReach.Tenant => $"of the tenant, by {view.Owner}",
        ViewReach.Fleet => $"of everybody, by {view.Owner}",
    };

    /// <summary>Without the database the menu stays as it is; the page below it says why.</summary>
    private async Task TryAsync(Func<Task> act)
    {
        try
        {
            await act();
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // Left before it was there.
        }
        catch (Exception problem) when (problem.IsDatabaseOutage)
        {
            Logger.LogWarning("The saved views could not be reached: the database does not answer");
        }
    }
}
