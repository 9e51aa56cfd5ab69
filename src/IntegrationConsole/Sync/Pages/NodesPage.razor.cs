using IntegrationConsole.Access;
using IntegrationConsole.Controls;
using IntegrationConsole.Sync.Nodes;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Sync.Pages;

/// <summary>The processes that move runs: which are there, what goes on them, and which of them take nothing up.</summary>
public sealed partial class NodesPage(WorkerNodes nodes, TimeProvider clock)
{
    /// <summary>That a node is there, and what goes on it, is told by nobody: the page looks.</summary>
    private static readonly TimeSpan LooksAgain = TimeSpan.FromSeconds(5);

    private IReadOnlyList<WorkerNode> _nodes = [];
    private DateTimeOffset _now;
    private ConfirmDialog? _dialog;
    private WorkerNode? _chosen;
    private string? _asked;

    /// <summary>Whose dialog is open at once: where a finding leads.</summary>
    [SupplyParameterFromQuery(Name = "standby")]
    public string? StandbyInAddress { get; set; }

    private bool IsLast => _chosen is { } chosen && chosen.IsAwake(_now) && !_nodes.Any(node => node.Name != chosen.Name && node.IsAwake(_now));

    private string Going => _chosen?.Going switch
    {
        null or 0 => "Nothing goes on it now.",
        1 => "The run that goes on it ends as it would; a change stream goes on elsewhere.",
        { } going => $"The {Durations.Exact(going)} runs that go on it end as they would; change streams go on elsewhere.",
    };

    protected override void OnInitialized() => _ = FollowAsync();

    protected override Task OnParametersSetAsync() => LoadAsync(FetchAsync);

    /// <summary>When the node is in the list, and once for each address: closing the dialog does not open it again.</summary>
    protected override async Task OnAfterRenderAsync(bool firstRender)
    {
        if (_asked != StandbyInAddress && _nodes.FirstOrDefault(node => node.Name == StandbyInAddress) is { IsOnStandby: false } node)
        {
            _asked = StandbyInAddress;
            await AskAsync(node);
        }
    }

    private async Task FetchAsync() => (_nodes, _now) = (await nodes.ListAsync(Leaving), clock.GetUtcNow());

    private (string Words, string Icon, Tone Tone) StateOf(WorkerNode node) =>
        !node.IsThere(_now) ? ("Not there", "bad", Tone.Bad) : node.IsOnStandby ? ("On standby", "paused", Tone.Warn) : ("Awake", "good", Tone.Good);

    private Task AskAsync(WorkerNode node)
    {
        _chosen = node;

        // Where the address asks, nobody else has the page drawn again.
        StateHasChanged();
        return _dialog!.OpenAsync();
    }

    private Task StandbyAsync(string reason) => ActAsync(Permission.AdministerPlatform, "put a node on standby", async actor =>
    {
        var isNew = await nodes.StandbyAsync(_chosen!.Name, reason, actor, Leaving);
        await FetchAsync();
        Toasts.Say(isNew ? $"{_chosen.Name} is on standby: it takes nothing up." : $"{_chosen.Name} was on standby already.", isNew ? Tone.Good : Tone.Info);
    });

    private Task WakeAsync(WorkerNode node) => ActAsync(Permission.AdministerPlatform, "wake a node", async actor =>
    {
        var isNew = await nodes.WakeAsync(node.Name, actor, Leaving);
        await FetchAsync();
        Toasts.Say(isNew ? $"{node.Name} takes up runs again." : $"{node.Name} was awake already.", isNew ? Tone.Good : Tone.Info);
    });

    private async Task FollowAsync()
    {
        using var timer = new PeriodicTimer(LooksAgain, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(Leaving))
            {
                await InvokeAsync(async () =>
                {
                    await LoadAsync(FetchAsync);
                    StateHasChanged();
                });
            }
        }
        catch (OperationCanceledException) when (Leaving.IsCancellationRequested)
        {
            // The page was left.
        }
    }
}
