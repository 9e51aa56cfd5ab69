using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Controls;
using IntegrationConsole.Sync;
using IntegrationConsole.Tenants.Maintenance;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Tenants.Pages;

/// <summary>Plans a maintenance: of one thing, where the page is about one, or of what is chosen.</summary>
public sealed partial class MaintenanceDialog(MaintenanceStore maintenance, TenantStore tenants, ConnectionStore connections, SyncStore syncs, TimeProvider clock)
{
    private static readonly DayOfWeek[] Week = [DayOfWeek.Monday, DayOfWeek.Tuesday, DayOfWeek.Wednesday, DayOfWeek.Thursday, DayOfWeek.Friday, DayOfWeek.Saturday, DayOfWeek.Sunday];
    private static readonly IReadOnlyList<(string, string)> DayOptions = [.. Week.Select(day => (day.ToString(), day.ToString()))];
    private static readonly IReadOnlyList<(string, string)> RepeatOptions =
        [(nameof(Repeats.Once), "Once"), (nameof(Repeats.Daily), "Daily"), (nameof(Repeats.Weekly), "Weekly"), (nameof(Repeats.Monthly), "Monthly, by weekday")];

    private static readonly IReadOnlyList<(string, string)> NthOptions = [("1", "First"), ("2", "Second"), ("3", "Third"), ("4", "Fourth"), ("5", "Last")];
    private static readonly IReadOnlyList<(string, string)> Lengths =
        [("30", "30 minutes"), ("60", "1 hour"), ("120", "2 hours"), ("240", "4 hours"), ("480", "8 hours"), ("720", "12 hours"), ("1440", "1 day"), ("2880", "2 days"), ("10080", "7 days")];

    private static readonly IReadOnlyList<(string, string)> Graces = [("0", "None"), ("15", "15 minutes"), ("30", "30 minutes"), ("60", "1 hour"), ("240", "4 hours")];

    private ConfirmDialog? _dialog;
    private IReadOnlyList<(string, string)> _scopes = [];
    private TimeZoneInfo _zone = TimeZoneInfo.Utc;
    private List<DayOfWeek> _days = [];
    private Repeats _repeats;
    private DayOfWeek _day = DayOfWeek.Tuesday;
    private string _scope = "";
    private string _first = "";
    private string _at = "22:00";
    private string _until = "";
    private string _minutes = "120";
    private string _nth = "3";
    private string _grace = "15";
    private bool _holds;
    private int _overlaps;

    /// <summary>The name of what the page is about; empty where it is to be chosen.</summary>
    [Parameter]
    public string Subject { get; set; } = "";

    [Parameter]
    public MaintenanceScope Scope { get; set; }

    [Parameter]
    public Guid? ScopeId { get; set; }

    [Parameter]
    public EventCallback OnDone { get; set; }

    private (MaintenanceScope Scope, Guid? Id) Chosen
    {
        get
        {
            if (Subject.Length > 0)
            {
                return (Scope, ScopeId);
            }

            var parts = _scope.Split(':');
            return parts.Length == 2 ? (Enum.Parse<MaintenanceScope>(parts[0]), Guid.Parse(parts[1], CultureInfo.InvariantCulture)) : (MaintenanceScope.Tenant, null);
        }
    }

    private MaintenanceDraft? Draft
    {
        get
        {
            if (!DateOnly.TryParseExact(_first, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var first)
                || !TimeOnly.TryParse(_at, CultureInfo.InvariantCulture, out var at))
            {
                return null;
            }

            DateOnly? until = _repeats is not Repeats.Once && DateOnly.TryParseExact(_until, "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out var last) ? last : null;
            IReadOnlyList<DayOfWeek> days = _repeats switch { Repeats.Weekly => _days, Repeats.Monthly => [_day], _ => [] };
            var nth = _repeats is Repeats.Monthly ? int.Parse(_nth, CultureInfo.InvariantCulture) : 0;
            var recurrence = new Recurrence(_repeats, first, at, int.Parse(_minutes, CultureInfo.InvariantCulture), days, nth, until);
            return new MaintenanceDraft(Chosen.Scope, Chosen.Id, "planned", _holds, recurrence, int.Parse(_grace, CultureInfo.InvariantCulture));
        }
    }

    private IReadOnlyDictionary<string, string> Problems => Draft?.Check(_zone, clock.GetUtcNow())
        ?? new Dictionary<string, string> { [nameof(Recurrence.First)] = "Choose a day and a time." };

    private string Preview
    {
        get
        {
            var now = clock.GetUtcNow();
            if (Problems.Count > 0 || Draft!.Recurrence.Between(now, now.AddYears(2), _zone).FirstOrDefault() is not { } next)
            {
                return "";
            }

            var (from, to) = (TimeZoneInfo.ConvertTime(next.From, _zone), TimeZoneInfo.ConvertTime(next.To, _zone));
            var end = to.Date == from.Date ? to.ToString("HH:mm", CultureInfo.InvariantCulture) : to.ToString("ddd d MMM, HH:mm", CultureInfo.InvariantCulture);
            return $"{(_repeats is Repeats.Once ? "" : "Next: ")}{from.ToString("ddd d MMM yyyy, HH:mm", CultureInfo.InvariantCulture)} to {end} ({_zone.Id}), {(next.From <= now ? "from now on" : Durations.Ago(next.From, now))}.";
        }
    }

    /// <summary>Tonight, unless tonight began.</summary>
    public async Task OpenAsync()
    {
        _zone = (await tenants.FindAsync(Id, Leaving))?.Zone ?? TimeZoneInfo.Utc;
        var there = TimeZoneInfo.ConvertTime(clock.GetUtcNow(), _zone);
        _first = DateOnly.FromDateTime(there.Hour < 22 ? there.Date : there.Date.AddDays(1)).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        (_repeats, _at, _until, _minutes, _holds, _grace, _days) = (Repeats.Once, "22:00", "", "120", false, "15", []);
        if (Subject.Length == 0)
        {
            _scopes =
            [
                ("", "The whole tenant"),
                .. (await connections.ListAsync(Id, Leaving)).Select(connection => ($"{nameof(MaintenanceScope.Connection)}:{connection.Id}", $"Connection {connection.Name}")),
                .. (await syncs.ListAsync(Id, Leaving)).Select(sync => ($"{nameof(MaintenanceScope.Integration)}:{sync.Id}", $"Integration {sync.Name}")),
            ];
        }

        await ChangeAsync(() => { });
        await _dialog!.OpenAsync();
    }

    private string? Problem(string field) => Problems.GetValueOrDefault(field);

    private void Toggle(DayOfWeek day, bool on) => _days = on ? [.. _days, day] : [.. _days.Where(other => other != day)];

    private async Task ChangeAsync(Action change)
    {
        change();
        _overlaps = Problems.Count == 0 ? (await maintenance.ListOverlapsAsync(Id, Draft!, Leaving)).Count : 0;
        StateHasChanged();
    }

    private Task SaveAsync(string reason) => ActAsync(Permission.Run, "plan a maintenance", async actor =>
    {
        if (Draft is not { } draft || draft.Check(_zone, clock.GetUtcNow()).Count > 0)
        {
            return;
        }

        await maintenance.PlanAsync(Id, draft with { Reason = reason.Length <= 200 ? reason : reason[..200] }, actor, Leaving);
        Toasts.Say($"Planned: {draft.Recurrence.Words}.{(draft.HoldsRuns ? " Runs wait for its end." : "")}", Tone.Good, At("alerts?tab=maintenance"), "Maintenance");
        await OnDone.InvokeAsync();
    });
}
