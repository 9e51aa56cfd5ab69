using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Nodes;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Tests.Sync.Nodes;

/// <summary>A node that takes up runs until it is stopped.</summary>
internal sealed class RunningNode : IAsyncDisposable
{
    private readonly NodeRuns _runs;
    private readonly ThisNode _me;

    private RunningNode(NodeRuns runs, ThisNode me) => (_runs, _me) = (runs, me);

    public static async Task<RunningNode> StartAsync(TestConsole console, int slots)
    {
        await console.ListenAsync();
        var me = new ThisNode(
            console.Get<WorkerNodes>(), console.Get<ChangeBroadcaster>(), console.Get<IOptions<DatabaseOptions>>(), Options.Create(new WorkerOptions { ConcurrentRuns = slots }),
            console.Get<TimeProvider>());
        var runs = new NodeRuns(console.Get<RunQueue>(), console.Get<SyncRunner>(), console.Get<ChangeBroadcaster>(), me, console.Get<TimeProvider>(), NullLogger<NodeRuns>.Instance);
        await runs.StartAsync(default);
        return new RunningNode(runs, me);
    }

    public async ValueTask DisposeAsync()
    {
        await _runs.StopAsync(default);
        _runs.Dispose();
        _me.Dispose();
    }
}
