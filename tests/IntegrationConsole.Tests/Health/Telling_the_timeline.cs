using IntegrationConsole.Health.Timeline;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync;

namespace IntegrationConsole.Tests.Health;

public sealed class Telling_the_timeline
{
    private static readonly IReadOnlyCollection<TimelineKind> Everything = [];

    [Fact]
    public async Task Runs_changes_and_what_was_published_stand_on_one_axis_the_latest_first()
    {
        await using var world = await SyncWorld.StartAsync();
        await world.RunAsync();

        var events = (await ListAsync(world, Everything)).Items;

        Assert.Contains(events, one => one is { Kind: TimelineKind.Run, ObjectId: { } about } && about == world.Sync.Id && one.Words.StartsWith("Run 1 ", StringComparison.Ordinal));
        Assert.Contains(events, one => one.Kind is TimelineKind.Deploy && one.Words.StartsWith("mapping: publish", StringComparison.Ordinal));
        Assert.Contains(events, one => one.Kind is TimelineKind.Change && one.Words.StartsWith("connection: create", StringComparison.Ordinal) && one.Actor == TestConsole.Somebody.Name);
        Assert.Equal(events.OrderByDescending(one => one.At).Select(one => one.At), events.Select(one => one.At));
    }

    [Fact]
    public async Task Every_lane_can_be_asked_for_alone_and_gives_only_its_own()
    {
        await using var world = await SyncWorld.StartAsync();
        await world.RunAsync();

        foreach (var kind in Enum.GetValues<TimelineKind>())
        {
            Assert.All((await ListAsync(world, [kind])).Items, one => Assert.Equal(kind, one.Kind));
            Assert.All((await ListAsync(world, [kind], world.Sync.Id)).Items, one => Assert.Equal(kind, one.Kind));
        }
    }

    [Fact]
    public async Task What_is_about_an_integration_is_about_its_mapping_and_connections_too_and_about_no_other()
    {
        await using var world = await SyncWorld.StartAsync();
        await world.RunAsync();

        var about = (await ListAsync(world, Everything, world.Sync.Id)).Items;
        var nothing = (await ListAsync(world, Everything, Guid.NewGuid())).Items;

        Assert.Contains(about, one => one.Kind is TimelineKind.Run);
        Assert.Contains(about, one => one.Kind is TimelineKind.Deploy);
        Assert.Contains(about, one => one.Words.StartsWith("connection: create", StringComparison.Ordinal));
        Assert.Empty(nothing);
    }

    [Fact]
    public async Task Pages_of_two_give_everything_once()
    {
        await using var world = await SyncWorld.StartAsync();
        await world.RunAsync();
        await world.RunAsync();
        var all = (await ListAsync(world, Everything)).Items;

        var read = new List<TimelineEvent>();
        for (var after = (IntegrationConsole.Database.Keyset?)null; ;)
        {
            var page = await ListAsync(world, Everything, after: after, size: 2);
            read.AddRange(page.Items);
            if (page.Next is null)
            {
                break;
            }

            after = IntegrationConsole.Database.Keyset.Parse(page.Next);
        }

        Assert.Equal(all.Select(one => (one.Kind, one.Id)), read.Select(one => (one.Kind, one.Id)));
        Assert.True(all.Count > 4);
    }

    [Fact]
    public void An_address_says_what_changed_in_the_half_hour_before()
    {
        var at = new DateTimeOffset(2026, 3, 2, 8, 10, 0, TimeSpan.Zero);
        var address = TimelineAddress.Before(at, null);

        Assert.Equal("timeline?kind=change,deploy,health,circuit,maintenance&from=2026-03-02T07:40:00Z&to=2026-03-02T08:10:00Z", address);
        Assert.Equal(at, TimelineAddress.Read("2026-03-02T08:10:00Z"));
        Assert.Null(TimelineAddress.Read("yesterday"));
        Assert.Equal([TimelineKind.Run, TimelineKind.Alert], TimelineAddress.Kinds("run,nonsense,7,ALERT"));
    }

    private static async Task<IntegrationConsole.Database.Page<TimelineEvent>> ListAsync(
        SyncWorld world, IReadOnlyCollection<TimelineKind> kinds, Guid? about = null, IntegrationConsole.Database.Keyset? after = null, int size = 100)
    {
        var now = TimeProvider.System.GetUtcNow();
        return await new TimelineStore(world.Console.Database, TimeProvider.System).ListAsync(
            world.Tenant, new TimelineFilter(kinds, about, "", now.AddHours(-1), now.AddHours(1)), after, size, default);
    }
}
