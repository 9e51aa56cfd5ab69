using IntegrationConsole.Sync.Replays;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Sync.Pages;

public sealed partial class ReplaysPage(ReplayStore replays)
{
    private const int PageSize = 50;
    private const string Policy = "policy";

    private static readonly IReadOnlyList<(string, string)> StateOptions =
        [("", "any"), .. Enum.GetValues<ReplayState>().Select(state => (state.ToString().ToLowerInvariant(), state.Words))];

    private static readonly IReadOnlyList<(string, string)> ByOptions = [("", "anybody"), (Policy, "a rule of an integration")];

    private Page<Replay> _page = new([], null);

    [SupplyParameterFromQuery(Name = "state")]
    public string? StateInAddress { get; set; }

    /// <summary>Part of a name, or <c>policy</c> for what nobody asked for.</summary>
    [SupplyParameterFromQuery(Name = "by")]
    public string? ByInAddress { get; set; }

    [SupplyParameterFromQuery(Name = "cursor")]
    public string? CursorInAddress { get; set; }

    private Keyset? After => Keyset.Parse(CursorInAddress);

    private ReplayFilter Filter => new(
        Enum.TryParse<ReplayState>(StateInAddress, ignoreCase: true, out var state) ? state : null, ByInAddress is null or Policy ? "" : ByInAddress, ByInAddress is Policy);

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync() => _page = await replays.ListAsync(Id, Filter, After, PageSize, Leaving);

    private void Go(string parameter, string value) => Navigation.NavigateTo(
        Navigation.GetUriWithQueryParameters(new Dictionary<string, object?> { [parameter] = value.Length == 0 ? null : value, ["cursor"] = null }));
}
