using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync.Replays;

/// <summary>A sync whose records were all set aside, and a clock that stands still.</summary>
internal sealed class ReplayWorld : IAsyncDisposable
{
    private ReplayWorld(SyncWorld world, ManualClock clock)
    {
        World = world;
        Clock = clock;
    }

    public SyncWorld World { get; }

    public ManualClock Clock { get; }

    public ReplayStore Replays => World.Console.Get<ReplayStore>();

    public ReplayControls Controls => World.Console.Get<ReplayControls>();

    public static async Task<ReplayWorld> WithLettersAsync(int count)
    {
        var clock = new ManualClock();
        var world = await SyncWorld.StartAsync(clock: clock, batchBreaker: false);
        world.GivenRecords(count);
        world.System.BatchSize = count;
        world.System.Refuse = _ => new Failure(FailureCause.Validation, "Not today.", "E1", "name");
        await world.RunAsync();
        world.System.Refuse = _ => null;
        clock.Advance(TimeSpan.FromSeconds(1));
        return new ReplayWorld(world, clock);
    }

    /// <summary>From now on the destination refuses records for which this holds.</summary>
    public void Refuse(Func<int, bool> refused, string code = "E1") =>
        World.System.Refuse = keys => keys.Any(key => refused(int.Parse(key))) ? new Failure(FailureCause.Validation, "Not today.", code, "name") : null;

    public async Task<Guid> StartAsync(ReplayOptions options, ReplaySelection? selection = null) =>
        (await Replays.StartAsync(World.Tenant, selection ?? All, options, "a test", TestConsole.Somebody, default))!.Value.Id;

    public static ReplaySelection All => new(null, new DeadLetterFilter(), IncludeUnknown: false, "all");

    /// <summary>The next version of the mapping, in which names may be so long.</summary>
    public async Task PublishNamesUpToAsync(int length)
    {
        await DraftNamesUpToAsync(length);
        await World.Console.Get<MappingStore>().PublishAsync(World.Tenant, World.Sync.MappingId, 2, "", TestConsole.Somebody, default);
    }

    /// <summary>The same as a draft.</summary>
    public async Task DraftNamesUpToAsync(int length)
    {
        var mappings = World.Console.Get<MappingStore>();
        var first = (await mappings.FindPublishedAsync(World.Tenant, World.Sync.MappingId, default))!;
        var document = new MappingDocument([new FieldRule { Name = "id", Type = FieldType.Integer, Source = "id" }, new FieldRule { Name = "name", Source = "name", MaxLength = length }], []);
        await mappings.SaveDraftAsync(World.Tenant, World.Sync.MappingId, 1, first.EditedAt, document, TestConsole.Somebody, default);
    }

    public async Task KeepAsync()
    {
        var console = World.Console;
        var keeper = new ReplayKeeper(console.Database, console.Get<ReplayFreeze>(), console.Get<ReplayLane>(), Clock);
        await keeper.KeepAsync(default);
    }

    public async Task<Replay> FindAsync(Guid id) => (await Replays.FindAsync(World.Tenant, id, default))!;

    public async Task<Run?> QueuedRunAsync(Guid id) =>
        (await Replays.ListRunsAsync(World.Tenant, id, default)).SingleOrDefault(run => run.State is RunState.Queued);

    /// <summary>Keeps the replay going, and moves its runs, until nothing more is to do.</summary>
    public async Task<Replay> MoveAsync(Guid id)
    {
        await KeepAsync();
        while (await QueuedRunAsync(id) is { } run)
        {
            await World.MoveAsync(run.Id);
            await KeepAsync();
        }

        return await FindAsync(id);
    }

    /// <summary>Takes letters up as the line would, and moves the clock on to when more may go.</summary>
    /// <returns>How many went in that time.</returns>
    public async Task<int> ClaimForAsync(ClaimedRun run, TimeSpan time)
    {
        var (until, taken) = (Clock.GetUtcNow() + time, 0);
        while (true)
        {
            var claim = await TakeUpAsync(run);
            taken += claim.Letters.Count;
            if (claim is { Until: null, Letters.Count: 0 })
            {
                return taken;
            }

            if (claim.Until >= until)
            {
                Clock.Advance(until - Clock.GetUtcNow());
                return taken;
            }

            Clock.Advance((claim.Until ?? Clock.GetUtcNow()) - Clock.GetUtcNow());
        }
    }

    /// <summary>The replay's run in an attempt that has begun.</summary>
    public async Task<ClaimedRun> ClaimRunAsync(Guid id)
    {
        var run = (await World.ClaimAsync((await QueuedRunAsync(id))!.Id))!;
        await World.Console.Get<ReplayClaims>().BeginAsync(run, id, default);
        return run;
    }

    public Task<ReplayClaim> TakeUpAsync(ClaimedRun run) =>
        World.Console.Get<ReplayClaims>().ClaimAsync(run, run.ReplayId!.Value, World.Sync.DestinationConnectionId, ReplayClaims.ChunkSize, together: false, default);

    public ValueTask DisposeAsync() => World.DisposeAsync();
}
