using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace IntegrationConsole.Tests.Sync;

/// <summary>A tenant with one sync between two outside systems in memory, and the line that moves its records.</summary>
internal sealed class SyncWorld : IAsyncDisposable
{
    private SyncWorld(TestConsole console, FakeOutsideSystem system, TenantId tenant, SyncDefinition sync)
    {
        Console = console;
        System = system;
        Tenant = tenant;
        Sync = sync;
    }

    public TestConsole Console { get; }

    public FakeOutsideSystem System { get; }

    public TenantId Tenant { get; }

    public SyncDefinition Sync { get; }

    public static async Task<SyncWorld> StartAsync(
        WriteMode mode = WriteMode.Upsert, ReadMode read = ReadMode.Full, IReadOnlyList<FieldRule>? fields = null, OverlapRule overlap = OverlapRule.Queue,
        TimeProvider? clock = null, IReadOnlyList<RecordCondition>? conditions = null, bool batchBreaker = true)
    {
        var system = new FakeOutsideSystem();
        var console = await TestConsole.StartAsync(clock, configure: services => services.AddSingleton<IConnector>(system));
        var tenant = await console.GivenATenantAsync();
        var connection = await console.Get<ConnectionStore>().CreateAsync(tenant, new ConnectionDraft("fake", "fake", "{}", null), TestConsole.Somebody, default);
        var draft = new SyncDraft(
            "Things", connection!.Value, "things", read, connection.Value, "things", mode, mode is WriteMode.Append ? [] : ["id"], false, Schedule.Manual, overlap)
        { BatchBreaker = batchBreaker };
        var document = new MappingDocument(fields ?? [new() { Name = "id", Type = FieldType.Integer, Source = "id" }, new() { Name = "name", Source = "name" }], conditions ?? []);
        var sync = await console.Get<SyncStore>().CreateAsync(tenant, draft, document, TestConsole.Somebody, default);
        await console.Get<MappingStore>().PublishAsync(tenant, sync.MappingId, 1, "", TestConsole.Somebody, default);
        return new SyncWorld(console, system, tenant, sync);
    }

    public void GivenRecords(int count) => System.Records = [.. Enumerable.Range(1, count).Select(id => $$"""{"id":{{id}},"name":"name {{id}}"}""")];

    public Task<RunRequest> RequestAsync() => Console.Get<RunQueue>().RequestAsync(Tenant, Sync.Id, RunTrigger.Manual, TestConsole.Somebody, default);

    public Task<ClaimedRun?> ClaimAsync(Guid run) => Console.Get<RunQueue>().ClaimAsync(Tenant, Sync.Id, run, default);

    /// <summary>Asks for a run and moves it to its end.</summary>
    public async Task<Run> RunAsync(CancellationToken stopping = default)
    {
        var request = await RequestAsync();
        return await MoveAsync(request.RunId ?? throw new InvalidOperationException(request.Answer), stopping);
    }

    public async Task<Run> MoveAsync(Guid run, CancellationToken stopping = default)
    {
        var claimed = await ClaimAsync(run) ?? throw new InvalidOperationException("The run could not be claimed.");
        await Console.Get<SyncRunner>().RunAsync(claimed, stopping);
        return await FindAsync(run);
    }

    public async Task<Run> FindAsync(Guid run) => (await Console.Get<RunStore>().FindAsync(Tenant, run, default))!;

    public async Task<IReadOnlyList<DeadLetter>> LettersAsync(LetterState? state = null, bool any = false) =>
        (await Console.Get<DeadLetterStore>().ListAsync(Tenant, new DeadLetterFilter(State: state, AnyState: any), null, 1000, default)).Items;

    /// <summary>Replays and moves the replay's run to its end.</summary>
    public async Task<Replay> ReplayAsync(IReadOnlyList<Guid>? ids = null, bool original = false, bool includeUnknown = false)
    {
        var started = await Console.Get<ReplayStore>().StartAsync(
            Tenant, new ReplaySelection(ids, new DeadLetterFilter(), includeUnknown, "letters"), "", original, TestConsole.Somebody, default);
        foreach (var run in await Console.Get<ReplayStore>().ListRunsAsync(Tenant, started!.Value.Id, default))
        {
            await MoveAsync(run.Id);
        }

        return (await Console.Get<ReplayStore>().FindAsync(Tenant, started.Value.Id, default))!;
    }

    public ValueTask DisposeAsync() => Console.DisposeAsync();
}
