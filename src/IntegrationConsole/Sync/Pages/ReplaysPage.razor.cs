using IntegrationConsole.Sync.Replays;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Sync.Pages;

public sealed partial class ReplaysPage(ReplayStore replays)
{
    private const int PageSize = 50;

    private Page<Replay> _page = new([], null);

    [SupplyParameterFromQuery(Name = "cursor")]
    public string? CursorInAddress { get; set; }

    private Keyset? After => Keyset.Parse(CursorInAddress);

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync() => _page = await replays.ListAsync(Id, new ReplayFilter(), After, PageSize, Leaving);
}
