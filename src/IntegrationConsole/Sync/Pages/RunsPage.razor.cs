using IntegrationConsole.Controls;
using IntegrationConsole.Sync.Runs;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Sync.Pages;

public sealed partial class RunsPage(RunStore runs, RunWaits waits, SyncStore syncs)
{
    private const int PageSize = 50;

    private static readonly IReadOnlyList<(string, string)> StateOptions = [("", "any"), .. Enum.GetValues<RunState>().Select(state => (state.ToString(), state.Words))];
    private static readonly IReadOnlyList<(string, string)> TriggerOptions = [("", "any"), .. Enum.GetValues<RunTrigger>().Select(trigger => (trigger.ToString(), trigger.Words))];

    private Page<Run> _page = new([], null);
    private IReadOnlyList<SyncDefinition> _syncs = [];
    private IReadOnlyDictionary<Guid, RunWait> _waits = new Dictionary<Guid, RunWait>();

    [SupplyParameterFromQuery(Name = "sync")]
    public Guid? SyncFilter { get; set; }

    [SupplyParameterFromQuery(Name = "state")]
    public string? StateFilter { get; set; }

    [SupplyParameterFromQuery(Name = "trigger")]
    public string? TriggerFilter { get; set; }

    [SupplyParameterFromQuery(Name = "from")]
    public DateTime? FromInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "to")]
    public DateTime? ToInAddress { get; set; }

    [CascadingParameter]
    public ReaderZone Zone { get; set; } = ReaderZone.Utc;

    [SupplyParameterFromQuery(Name = "cursor")]
    public string? CursorInAddress { get; set; }

    private Keyset? After => Keyset.Parse(CursorInAddress);

    private string Here => At("runs");

    private RunFilter Filter => new(
        SyncFilter, Enum.TryParse<RunState>(StateFilter, out var state) ? state : null, Enum.TryParse<RunTrigger>(TriggerFilter, out var trigger) ? trigger : null,
        Instant(FromInAddress), Instant(ToInAddress));

    private IReadOnlyList<(string, string)> SyncOptions => [("", "any"), .. _syncs.Select(sync => (sync.Id.ToString(), sync.Name))];

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        _syncs = await syncs.ListAsync(Id, Leaving);
        _page = await runs.ListAsync(Id, Filter, After, PageSize, Leaving);
        _waits = await waits.ListAsync(Id, _page.Items, Leaving);
    }

    private static DateTimeOffset? Instant(DateTime? at) => at is { } moment ? new DateTimeOffset(moment.ToUniversalTime()) : null;

    private void Set(string parameter, string value) =>
        Navigation.NavigateTo(Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { [parameter] = value.Length > 0 ? value : null, ["cursor"] = null }));
}
