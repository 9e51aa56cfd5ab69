using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
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
        var world = await SyncWorld.StartAsync(clock: clock);
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

    public Task KeepAsync() => World.Console.Get<ReplayKeeper>().KeepAsync(default);

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

    /// <summary>The same while the clock goes on in steps of half a second; counts who went when.</summary>
    public async Task<IReadOnlyList<int>> MoveForAsync(Guid id, TimeSpan time, Func<TimeSpan, Task>? at = null)
    {
        await KeepAsync();
        var moving = await QueuedRunAsync(id) is { } run ? World.MoveAsync(run.Id) : Task.CompletedTask;
        var arrived = new List<int>();
        for (var passed = TimeSpan.Zero; passed < time && !moving.IsCompleted; passed += TimeSpan.FromMilliseconds(500))
        {
            if (at is not null)
            {
                await at(passed);
            }

            await SettledAsync(moving);
            arrived.Add(World.System.Arrivals.Count);
            Clock.Advance(TimeSpan.FromMilliseconds(500));
        }

        return arrived;
    }

    public ValueTask DisposeAsync() => World.DisposeAsync();

    /// <summary>Until nothing arrives any more: what waits for the clock stands still.</summary>
    private async Task SettledAsync(Task moving)
    {
        for (var (quiet, before) = (0, -1); quiet < 4 && !moving.IsCompleted; quiet = World.System.Arrivals.Count == before ? quiet + 1 : 0)
        {
            before = World.System.Arrivals.Count;
            await Task.Delay(15);
        }
    }
}
