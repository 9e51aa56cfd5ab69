using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Connectors.Pages;

/// <summary>How the tenant's places for runs are taken, and why those wait that wait.</summary>
public sealed partial class BulkheadTab(Bulkheads bulkheads, RunStore runs, RunWaits waits, TimeProvider clock)
{
    private const int Most = 20;

    private Bulkhead? _bulkhead;
    private IReadOnlyList<(Run Run, RunWait Wait)> _waiting = [];

    protected override Task OnInitializedAsync() => LoadAsync(FetchAsync);

    private async Task FetchAsync()
    {
        var queued = (await runs.ListAsync(Id, new RunFilter(State: RunState.Queued), null, Most, Leaving)).Items;
        var waiting = new List<(Run, RunWait)>();
        foreach (var run in queued.OrderBy(run => run.StartAfter))
        {
            if (await waits.FindAsync(run, Leaving) is { } wait)
            {
                waiting.Add((run, wait));
            }
        }

        _waiting = waiting;
        _bulkhead = (await bulkheads.ListAsync([Id], Leaving))[0];
    }
}
