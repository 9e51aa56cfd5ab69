using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Order;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync.Order;

/// <summary>Events of orders, each with a number of its own, kept in order by their order.</summary>
internal sealed class OrderWorld : IAsyncDisposable
{
    private readonly HashSet<string> _refused = [];

    private OrderWorld(SyncWorld inner) => Inner = inner;

    public SyncWorld Inner { get; }

    public FakeOutsideSystem System => Inner.System;

    public static async Task<OrderWorld> StartAsync(string orderKey = "order", int batchSize = 10)
    {
        var inner = await SyncWorld.StartAsync();
        var sync = inner.Sync;
        var draft = new SyncDraft(
            sync.Name, sync.SourceConnectionId, sync.SourceStream, sync.ReadMode, sync.DestinationConnectionId, sync.DestinationStream, sync.WriteMode, sync.KeyFields,
            sync.CreateDestination, sync.When, sync.Overlap)
        { OrderKey = orderKey };
        await inner.Console.Get<SyncStore>().UpdateAsync(inner.Tenant, sync.Id, sync.Version, draft, TestConsole.Somebody, default);
        inner.System.BatchSize = batchSize;
        var world = new OrderWorld(inner);
        inner.System.Refuse = keys => keys.Any(world._refused.Contains) ? new Failure(FailureCause.Validation, "Not this one.") : null;
        return world;
    }

    /// <summary>Events as "order/number"; a number that is none cannot be mapped.</summary>
    public void GivenEvents(params string[] events) =>
        System.Records = [.. events.Select(text => text.Split('/')).Select(parts => $$"""{"id":{{(int.TryParse(parts[1], out _) ? parts[1] : $"\"{parts[1]}\"")}},"order":"{{parts[0]}}","name":"event"}""")];

    public void Refuse(params string[] numbers)
    {
        _refused.Clear();
        _refused.UnionWith(numbers);
    }

    /// <summary>What a worker does every few seconds.</summary>
    public async Task<int> ReleaseAsync()
    {
        var release = new HeldRelease(Inner.Console.Database, Inner.Console.Get<ReplayStore>());
        var begun = await release.ReleaseAsync(default);
        foreach (var (tenant, replay) in begun)
        {
            foreach (var run in await Inner.Console.Get<ReplayStore>().ListRunsAsync(tenant, replay, default))
            {
                await Inner.MoveAsync(run.Id);
            }
        }

        return begun.Count;
    }

    /// <summary>Each open letter as its key, with a mark behind those that wait for another.</summary>
    public async Task<string> OpenAsync() => string.Join(
        ' ', (await Inner.LettersAsync()).OrderBy(letter => letter.RecordKey, StringComparer.Ordinal).Select(letter => letter.Cause is FailureCause.Held ? $"{letter.RecordKey}<" : letter.RecordKey));

    public async Task<DeadLetter> LetterAsync(string key) => (await Inner.LettersAsync()).Single(letter => letter.RecordKey == key);

    public ValueTask DisposeAsync() => Inner.DisposeAsync();
}
