using System.Reflection;
using IntegrationConsole.Access;
using IntegrationConsole.Shell.Views;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Routing;

namespace IntegrationConsole.Shell;

public sealed partial class NavRail : ComponentBase, IDisposable
{
    private static readonly string Version = Assembly.GetExecutingAssembly().GetName().Version?.ToString(3) ?? "";

    /// <summary>It stands beside every page: often enough for who glances at it.</summary>
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _leaving = new();
    private IDisposable? _subscription;
    private IReadOnlyList<TenantAccess> _tenants = [];
    private bool _isPlatformAdmin;
    private RailCount _count = RailCount.None;
    private (bool WasLoaded, TenantId? Tenant) _countOf;
    private IReadOnlyList<SavedView> _pinned = [];
    private (bool WasLoaded, TenantId? Tenant) _pinnedOf;
    private string _find = "";
    private int _switcherKey;

    [CascadingParameter]
    public TenantAccess? Tenant { get; set; }

    private IEnumerable<TenantAccess> Found => _tenants.Where(tenant => tenant.Name.Contains(_find, StringComparison.OrdinalIgnoreCase)).Take(50);

    private string Path => new Uri(Navigation.Uri).AbsolutePath.TrimEnd('/');

    protected override async Task OnInitializedAsync()
    {
        Navigation.LocationChanged += Moved;
        _subscription = Changes.Subscribe(change =>
        {
            if (change.Topic == Change.Everything)
            {
                _ = InvokeAsync(RefreshAsync);
            }
            else if (change.Topic == ViewStore.Topic && change.Tenant == Tenant?.Id)
            {
                _ = InvokeAsync(RefreshPinnedAsync);
            }
        });
        await LoadAsync();
        await LoadCountsAsync();
    }

    protected override async Task OnParametersSetAsync()
    {
        if (_countOf.WasLoaded && _countOf.Tenant != Tenant?.Id)
        {
            await LoadCountsAsync();
        }

        if (_pinnedOf != (true, Tenant?.Id))
        {
            await LoadPinnedAsync();
        }
    }

    public void Dispose()
    {
        Navigation.LocationChanged -= Moved;
        _subscription?.Dispose();
        // Not disposed: what is still on its way asks it for its token.
        _leaving.Cancel();
    }

    /// <summary>Without the database the rail stays as it is; the page beside it says why.</summary>
    private async Task LoadAsync()
    {
        try
        {
            _isPlatformAdmin = await Gatekeeper.IsPlatformAdminAsync(_leaving.Token);
            _tenants = await Gatekeeper.TenantsAsync(_leaving.Token);
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // Left before it was there.
        }
        catch (Exception problem) when (problem.IsDatabaseOutage)
        {
            Logger.LogWarning("The list of tenants could not be read: the database does not answer");
        }
    }

    private async Task FollowAsync()
    {
        await LoadCountsAsync();
        StateHasChanged();
        await Task.Delay(Pause, Clock, _leaving.Token);
    }

    /// <summary>Of the tenant on the screen, or of all that the reader may see.</summary>
    private async Task LoadCountsAsync()
    {
        var of = Tenant?.Id;
        if (_countOf.Tenant != of)
        {
            // What was counted elsewhere is not shown here meanwhile.
            _count = RailCount.None;
        }

        _countOf = (true, of);
        try
        {
            var counted = await Counts.ReadAsync(of is { } one ? [one] : [.. _tenants.Select(tenant => tenant.Id)], _leaving.Token);
            _count = _countOf.Tenant == of ? counted : _count;
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // Left before it was there.
        }
        catch (Exception problem) when (problem.IsDatabaseOutage)
        {
            Logger.LogWarning("Alerts, failures and replays could not be counted: the database does not answer");
        }
    }

    private async Task LoadPinnedAsync()
    {
        _pinnedOf = (true, Tenant?.Id);
        try
        {
            _pinned = (await Gatekeeper.WhoAsync()).UserId is { } user ? await Saved.ListPinnedAsync(Tenant?.Id, user, _leaving.Token) : [];
        }
        catch (OperationCanceledException) when (_leaving.IsCancellationRequested)
        {
            // Left before it was there.
        }
        catch (Exception problem) when (problem.IsDatabaseOutage)
        {
            Logger.LogWarning("The pinned views could not be read: the database does not answer");
        }
    }

    private async Task RefreshPinnedAsync()
    {
        await LoadPinnedAsync();
        StateHasChanged();
    }

    private async Task RefreshAsync()
    {
        await LoadAsync();
        await LoadCountsAsync();
        StateHasChanged();
    }

    private void Moved(object? sender, LocationChangedEventArgs moved) => _ = InvokeAsync(async () =>
    {
        // A new key closes the list of tenants.
        _switcherKey++;
        if (moved.Location.Contains("/fleet", StringComparison.Ordinal) || _tenants.Count == 0)
        {
            await LoadAsync();
        }

        StateHasChanged();
    });

    private bool IsCurrent(NavItem item) => item.Exact ? Path == item.Href : Path == item.Href || Path.StartsWith(item.Href + "/", StringComparison.Ordinal);

    private IEnumerable<NavGroup> Groups()
    {
        if (Tenant is { } tenant)
        {
            return TenantGroups(tenant);
        }

        List<NavItem> fleet = [Alerting(new("Triage", "/fleet/triage", "triage"), "alerts firing"), new("Overview", "/fleet", "overview", true), new("Health", "/fleet/health", "health"), Failures("/fleet"), new("Runbooks", "/fleet/runbooks", "file"), Replays("/fleet"), new("Runs", "/fleet/runs", "runs"), new("Circuits", "/fleet/circuits", "circuits"), new("Metrics", "/fleet/metrics", "chart"), new("Tenants", "/fleet/tenants", "tenants")];
        if (_isPlatformAdmin)
        {
            fleet.Add(new("Nodes", "/fleet/nodes", "runs"));
            fleet.Add(new("Users", "/fleet/users", "people"));
            fleet.Add(new("Audit", "/fleet/audit", "audit"));
        }

        return [new("Fleet", fleet)];
    }

    /// <summary>All tenants together have no list of alerts: triage is where what fires is taken up.</summary>
    private NavItem Alerting(NavItem item, string words) => item with { Badge = _count.Alerts, BadgeWords = words };

    private NavItem Failures(string at) => new("Failures", $"{at}/failures", "warn") { Badge = _count.Groups, BadgeWords = _count.Groups == 1 ? "needs somebody" : "need somebody" };

    private NavItem Replays(string at) => new("Replays", $"{at}/replays", "replay") { Badge = _count.Replays, BadgeWords = "running", IsCalm = true };

    private IEnumerable<NavGroup> TenantGroups(TenantAccess tenant)
    {
        var at = $"/t/{tenant.Slug}";
        yield return new("Operate",
        [
            new("Triage", $"{at}/triage", "triage"), new("Overview", at, "overview", true), new("Integrations", $"{at}/integrations", "integrations"), new("Health", $"{at}/health", "health"),
            Alerting(new("Alerts", $"{at}/alerts", "bell"), "firing"),
            new("Circuits", $"{at}/circuits", "circuits"), new("Runs", $"{at}/runs", "runs"), Failures(at), new("Runbooks", $"{at}/runbooks", "file"), new("Dead letters", $"{at}/dead-letters", "letters"), Replays(at),
            new("Metrics", $"{at}/metrics", "chart"), new("Timeline", $"{at}/timeline", "clock"),
        ]);
        yield return new("Configure",
        [
            new("Connections", $"{at}/connections", "connections"), new("Webhooks", $"{at}/webhooks", "download"), new("Credentials", $"{at}/credentials", "credentials"), new("Lookup tables", $"{at}/lookups", "lookups"),
        ]);
        if (tenant.May(Permission.Administer))
        {
            yield return new("Administer",
            [
                new("People", $"{at}/people", "people"), new("Audit", $"{at}/audit", "audit"), new("Settings", $"{at}/settings", "settings"), new("Quotas", $"{at}/quotas", "settings"),
            ]);
        }
    }

    private sealed record NavGroup(string Title, IReadOnlyList<NavItem> Items);

    private sealed record NavItem(string Text, string Href, string Icon, bool Exact = false)
    {
        /// <summary>How many of its things want somebody; 0 shows nothing.</summary>
        public int Badge { get; init; }

        /// <summary>They want nobody: they are only going on.</summary>
        public bool IsCalm { get; init; }

        /// <summary>What the number counts, for who cannot see where it stands.</summary>
        public string BadgeWords { get; init; } = "";
    }
}
