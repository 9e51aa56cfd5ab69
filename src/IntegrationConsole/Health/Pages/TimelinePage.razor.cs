using IntegrationConsole.Connectors;
using IntegrationConsole.Controls;
using IntegrationConsole.Health.Timeline;
using IntegrationConsole.Sync;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Health.Pages;

/// <summary>What happened to a tenant's integrations, lane by lane on one axis of time, and as a list.</summary>
public sealed partial class TimelinePage(TimelineStore timeline, SyncStore syncs, ConnectionStore connections, TimeProvider clock)
{
    private const int PageSize = 100;

    private static readonly (string Key, string Words, TimeSpan Length)[] Ranges =
    [
        ("hour", "1 hour", TimeSpan.FromHours(1)), ("day", "24 hours", TimeSpan.FromDays(1)), ("week", "7 days", TimeSpan.FromDays(7)), ("month", "30 days", TimeSpan.FromDays(30)),
    ];

    private Page<TimelineEvent> _page = new([], null);
    private IReadOnlyList<(string, string)> _objects = [];
    private DateTimeOffset _from;
    private DateTimeOffset _to;

    [SupplyParameterFromQuery(Name = "kind")]
    public string? KindsInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "object")]
    public string? ObjectFilterText { get; set; }

    private Guid? ObjectFilter => AddressText.Id(ObjectFilterText);

    [SupplyParameterFromQuery(Name = "by")]
    public string? By { get; set; }

    [SupplyParameterFromQuery(Name = "range")]
    public string? RangeInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "from")]
    public string? From { get; set; }

    [SupplyParameterFromQuery(Name = "to")]
    public string? To { get; set; }

    [SupplyParameterFromQuery(Name = "cursor")]
    public string? CursorInAddress { get; set; }

    [CascadingParameter]
    public ReaderZone Zone { get; set; } = ReaderZone.Utc;

    private Keyset? After => Keyset.Parse(CursorInAddress);

    private (string Key, string Words, TimeSpan Length) Range => Ranges.FirstOrDefault(range => range.Key == RangeInAddress) is { Key: not null } known ? known : Ranges[1];

    /// <summary>Both ends stand in the address: the range does not go on with the time.</summary>
    private bool IsFixed => TimelineAddress.Read(From) is not null && TimelineAddress.Read(To) is not null;

    private bool IsFiltered => KindsInAddress is not null || ObjectFilter is not null || !string.IsNullOrEmpty(By) || IsFixed;

    /// <summary>All of them, where the address names none.</summary>
    private IReadOnlyList<TimelineKind> Kinds =>
        TimelineAddress.Kinds(KindsInAddress) is { Count: > 0 } named ? named : Enum.GetValues<TimelineKind>();

    private IReadOnlyList<(string, string)> ObjectOptions => [("", "everything"), .. _objects];

    private string Window => IsFixed ? $"{Zone.Minute(_from)} to {Zone.Minute(_to)}" : $"Last {Range.Words}";

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        (_from, _to) = IsFixed ? (TimelineAddress.Read(From)!.Value, TimelineAddress.Read(To)!.Value) : (clock.GetUtcNow() - Range.Length, clock.GetUtcNow());
        _objects =
        [
            .. (await syncs.ListAsync(Id, Leaving)).Select(sync => (sync.Id.ToString(), sync.Name)),
            .. (await connections.ListAsync(Id, Leaving)).Select(connection => (connection.Id.ToString(), $"{connection.Name} (connection)")),
        ];
        _page = await timeline.ListAsync(Id, new TimelineFilter(Kinds, ObjectFilter, By?.Trim() ?? "", _from, _to), After, PageSize, Leaving);
    }

    /// <summary>What was looked at further back stays on the screen.</summary>
    private Task RefreshAsync() => After is null && !IsFixed ? LoadAsync(FetchAsync) : Task.CompletedTask;

    private void Toggle(TimelineKind kind)
    {
        var all = Enum.GetValues<TimelineKind>();

        // The first one that is pressed is the one that is wanted; the last one that is taken away brings all back.
        var wanted = Kinds.Count == all.Length ? [kind] : all.Where(one => Kinds.Contains(one) != (one == kind)).ToArray();
        Set("kind", wanted.Length is 0 || wanted.Length == all.Length ? "" : TimelineAddress.Write(wanted));
    }

    private void Set(string parameter, string value) => Navigation.NavigateTo(With(parameter, value.Length > 0 ? value : null));

    /// <summary>This view with something else; another range is no fixed one.</summary>
    private string With(string parameter, string? value)
    {
        var changed = new Dictionary<string, object?> { [parameter] = value, ["cursor"] = null };
        if (parameter == "range")
        {
            (changed["from"], changed["to"]) = (null, null);
        }

        return Navigation.GetUriWithQueryParameters(changed);
    }

    private string Shifted(int ranges) => Navigation.GetUriWithQueryParameters(new Dictionary<string, object?>
    {
        ["from"] = TimelineAddress.Write(_from + (ranges * (_to - _from))), ["to"] = TimelineAddress.Write(_to + (ranges * (_to - _from))), ["cursor"] = null,
    });

    private string Before(DateTimeOffset at) => At(TimelineAddress.Before(at, ObjectFilter));
}
