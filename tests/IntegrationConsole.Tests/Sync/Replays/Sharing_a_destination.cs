using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync.Replays;

/// <summary>Two integrations whose letters go to one destination.</summary>
public sealed class Sharing_a_destination
{
    [Fact]
    public async Task Replays_of_two_integrations_go_there_one_after_the_other()
    {
        await using var world = await ReplayWorld.WithLettersAsync(3);
        var other = await GivenAnotherAsync(world);

        var first = await world.StartAsync(new ReplayOptions(), Of(world.World.Sync));
        var second = await world.StartAsync(new ReplayOptions(), Of(other));
        await world.KeepAsync();
        var before = await world.FindAsync(second);
        var ahead = (await world.Replays.ListAheadAsync(world.World.Tenant, second, default)).Single();
        await world.MoveAsync(first);

        Assert.Equal(ReplayState.Waiting, before.State);
        Assert.Equal((first, world.World.Sync.Name, "somebody@example.com", "fake"), (ahead.Id, ahead.Scope, ahead.RequestedBy, ahead.Destination));
        Assert.Empty(await world.Replays.ListAheadAsync(world.World.Tenant, second, default));
        Assert.Equal(ReplayState.Running, (await world.FindAsync(second)).State);
    }

    [Fact]
    public async Task Of_two_that_may_begin_at_the_same_moment_one_does()
    {
        await using var world = await ReplayWorld.WithLettersAsync(3);
        var (tenant, other, lane, database) = (world.World.Tenant, await GivenAnotherAsync(world), world.World.Console.Get<ReplayLane>(), world.World.Console.Database);
        var later = new ReplayOptions { Start = ReplayStart.At, StartAt = world.Clock.GetUtcNow() + TimeSpan.FromMinutes(1) };
        var first = await world.StartAsync(later, Of(world.World.Sync));
        var second = await world.StartAsync(later, Of(other));
        world.Clock.Advance(TimeSpan.FromMinutes(1));

        await using var one = await database.InTenantAsync(tenant, default);
        await lane.MoveAsync(one, tenant, first, default);
        var moving = MoveAsync(database, lane, tenant, second);
        while (!moving.IsCompleted && !await SomebodyWaitsAsync(database, tenant))
        {
            await Task.Yield();
        }

        await one.CommitAsync(default);
        await moving;

        Assert.Equal((ReplayState.Running, ReplayState.Waiting), ((await world.FindAsync(first)).State, (await world.FindAsync(second)).State));
    }

    private static async Task MoveAsync(ConsoleDatabase database, ReplayLane lane, TenantId tenant, Guid id)
    {
        await using var session = await database.InTenantAsync(tenant, default);
        await lane.MoveAsync(session, tenant, id, default);
        await session.CommitAsync(default);
    }

    private static async Task<bool> SomebodyWaitsAsync(ConsoleDatabase database, TenantId tenant)
    {
        await using var session = await database.InTenantAsync(tenant, default);
        return await session.OneAsync<bool>(
            "select exists (select from pg_locks l join pg_database d on d.oid = l.database where d.datname = current_database() and l.locktype = 'advisory' and not l.granted)", null, default);
    }

    /// <summary>A second integration between the same systems, and its letters.</summary>
    private static async Task<SyncDefinition> GivenAnotherAsync(ReplayWorld world)
    {
        var (console, tenant, sync) = (world.World.Console, world.World.Tenant, world.World.Sync);
        var draft = new SyncDraft(
            "Other things", sync.SourceConnectionId, "things", ReadMode.Full, sync.DestinationConnectionId, "others", WriteMode.Upsert, ["id"], false, Schedule.Manual, OverlapRule.Queue);
        var document = new MappingDocument([new FieldRule { Name = "id", Type = FieldType.Integer, Source = "id" }], []);
        var other = await console.Get<SyncStore>().CreateAsync(tenant, draft, document, TestConsole.Somebody, default);
        await console.Get<MappingStore>().PublishAsync(tenant, other.MappingId, 1, "", TestConsole.Somebody, default);
        world.World.System.Refuse = _ => new Failure(FailureCause.Validation, "Not today.", "E1", "name");
        var run = (await console.Get<RunQueue>().RequestAsync(tenant, other.Id, RunTrigger.Manual, TestConsole.Somebody, default)).RunId!.Value;
        await console.Get<IntegrationConsole.Sync.Line.SyncRunner>().RunAsync((await console.Get<RunQueue>().ClaimAsync(tenant, other.Id, run, default))!, default);
        world.World.System.Refuse = _ => null;
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        return other;
    }

    private static ReplaySelection Of(SyncDefinition sync) => new(null, new DeadLetterFilter(SyncId: sync.Id), IncludeUnknown: false, sync.Name);
}
