using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Alerts.Digests;
using IntegrationConsole.Controls;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Alerts.Pages;

/// <summary>What a person chose about daily summaries by mail. Everybody does so for themselves: no permission is asked but to see the tenant.</summary>
public sealed partial class DigestPanel(DigestSubscriptions subscriptions)
{
    private static readonly IReadOnlyList<(string, string)> Hours =
        [.. Enumerable.Range(0, 24).Select(hour => (hour.ToString(CultureInfo.InvariantCulture), string.Create(CultureInfo.InvariantCulture, $"at {hour:00}:00")))];

    private IReadOnlyList<DigestTenant> _tenants = [];
    private IReadOnlyDictionary<string, string> _problems = new Dictionary<string, string>();
    private HashSet<TenantId> _chosen = [];
    private string _hour = "7";
    private string _zone = "";
    private bool _quiet;
    private bool _busy;
    private bool _gone;
    private int _refusals;

    [CascadingParameter]
    public ReaderZone Zone { get; set; } = ReaderZone.Utc;

    private bool IsOn => _tenants.Any(tenant => tenant.IsChosen);

    private string State => _tenants.FirstOrDefault(tenant => tenant.IsChosen) is { Hour: { } hour } first
        ? string.Create(CultureInfo.InvariantCulture, $"You get it each day at {hour:00}:00 ({first.TimeZone}).")
        : "You do not get it.";

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _tenants = (await Gatekeeper.WhoAsync()).UserId is { } me ? await subscriptions.ListAsync(me, Leaving) : [];
        _chosen = [.. _tenants.Where(tenant => tenant.IsChosen).Select(tenant => tenant.Id)];
        if (_tenants.FirstOrDefault(tenant => tenant.IsChosen) is { Hour: { } hour } first)
        {
            (_hour, _zone, _quiet) = (hour.ToString(CultureInfo.InvariantCulture), first.TimeZone, first.OnQuietDays);
        }
        else if (_zone.Length == 0)
        {
            _zone = Zone.Zone.Id;
        }
    }

    private void Choose(TenantId tenant, bool on) => _ = on ? _chosen.Add(tenant) : _chosen.Remove(tenant);

    private string? Problem(string field) => _problems.GetValueOrDefault(field);

    private string Help(DigestTenant tenant) => tenant switch
    {
        { HasMailServer: false } => "No mail channel of this tenant is on, so no mail can be sent from it: a tenant admin adds one under Alerts, Channels.",
        { Problem: { Length: > 0 } problem } => $"The last one did not arrive: {problem}",
        { LastAt: { } last } => $"Last sent {Zone.Minute(last)}.",
        _ => "",
    };

    private Task SaveAsync() => DoAsync(async actor =>
    {
        var choice = new DigestChoice([.. _chosen], int.Parse(_hour, CultureInfo.InvariantCulture), _zone.Trim(), _quiet);
        _problems = choice.Check();
        if (_problems.Count > 0)
        {
            _refusals++;
            return;
        }

        _gone = !await subscriptions.ChooseAsync(choice, Navigation.BaseUri, actor, Leaving);
        await FetchAsync();
        if (!_gone)
        {
            Toasts.Say($"{State} The first one comes at the next {choice.Hour.ToString("00", CultureInfo.InvariantCulture)}:00.");
        }
    });

    private Task EndAsync() => DoAsync(async actor =>
    {
        await subscriptions.EndAsync(actor, Leaving);
        (_problems, _gone) = (new Dictionary<string, string>(), false);
        await FetchAsync();
        Toasts.Say("You get no daily summaries any more.");
    });

    private Task DoAsync(Func<Actor, Task> act) => LoadAsync(async () =>
    {
        if (!_busy && await Gatekeeper.WhoAsync() is { UserId: not null } actor)
        {
            _busy = true;
            try
            {
                await act(actor);
            }
            finally
            {
                _busy = false;
            }
        }
    });
}
