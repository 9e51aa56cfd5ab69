using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Shell;
using IntegrationConsole.Sync;
using IntegrationConsole.Tests.DeadLetters.Groups;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync;

namespace IntegrationConsole.Tests.Shell;

public sealed class Finding_what_has_a_name
{
    [Fact]
    public async Task An_integration_its_connections_and_its_failures_are_found_by_words_in_any_order_and_by_their_ids()
    {
        await using var world = await GroupWorld.StartAsync();
        var things = new NamedThings(world.Console.Database);
        var sync = (await world.Console.Get<SyncStore>().FindAsync(world.Tenant, world.Sync, default))!;
        var group = await world.FindAsync(await world.GivenAGroupAsync("the warehouse is full"));
        var letter = (await world.Letters.ListAsync(world.Tenant, new DeadLetterFilter(), null, 10, default)).Items.Single();

        async Task<string> FoundAsync(string text) => string.Join(", ", (await things.FindAsync([world.Tenant], text, 4, default)).Select(thing => $"{thing.Kind} {thing.Name}"));
        async Task<string> WithIdAsync(object id) => string.Join(", ", (await things.FindByIdAsync([world.Tenant], id.ToString()!, default)).Select(thing => $"{thing.Kind} {thing.Path}"));

        Assert.Contains($"Integration {sync.Name}", await FoundAsync(string.Join(' ', sync.Name.ToUpperInvariant().Split(' ').Reverse())));
        Assert.Equal($"Failure {group.Title}", await FoundAsync("FULL warehouse"));
        Assert.Equal("", await FoundAsync("full warehouse elsewhere"));
        Assert.Equal("", await FoundAsync("100%_"));
        Assert.Equal($"Integration integrations/{sync.Slug}", await WithIdAsync(sync.Id));
        Assert.Equal($"Failure failures/{group.Id}", await WithIdAsync(group.Id));
        Assert.Equal($"Letter dead-letters/{letter.Id}", await WithIdAsync(letter.Id));
        Assert.Equal($"Connection connections/{world.Destination}", await WithIdAsync(world.Destination));
        Assert.Equal("", await WithIdAsync("evt_1"));
    }

    [Fact]
    public async Task Nothing_of_a_tenant_that_somebody_may_not_see_is_found()
    {
        await using var world = await GroupWorld.StartAsync();
        var things = new NamedThings(world.Console.Database);
        var other = await world.Console.GivenATenantAsync();
        var group = await world.GivenAGroupAsync("the warehouse is full");

        Assert.Empty(await things.FindAsync([other], "", 4, default));
        Assert.Empty(await things.FindByIdAsync([other], group.ToString(), default));
        Assert.Empty(await things.FindByIdAsync([other], world.Sync.ToString(), default));
        Assert.Empty(await things.FindRunsAsync([other], 1, "", 4, default));
    }

    [Fact]
    public async Task A_run_is_found_by_its_number_and_words_of_its_integration()
    {
        await using var world = await SyncWorld.StartAsync();
        var things = new NamedThings(world.Console.Database);
        world.GivenRecords(3);
        var started = await world.RunAsync();

        var run = Assert.Single(await things.FindRunsAsync([world.Tenant], started.Number, world.Sync.Name, 4, default));

        Assert.Equal((ThingKind.Run, started.Id, $"{world.Sync.Name} run {started.Number}"), (run.Kind, run.Id, run.Name));
        Assert.Empty(await things.FindRunsAsync([world.Tenant], 1, "elsewhere", 4, default));
        Assert.Empty(await things.FindRunsAsync([world.Tenant], 99, "", 4, default));
    }

    [Fact]
    public async Task A_failure_that_is_ended_gives_way_to_those_that_are_not()
    {
        await using var world = await GroupWorld.StartAsync();
        var things = new NamedThings(world.Console.Database);
        var group = await world.FindAsync(await world.GivenAGroupAsync("the warehouse is full"));

        await world.Decisions.ResolveAsync(world.Tenant, group.Id, "done", null, TestConsole.Somebody, default);

        Assert.Empty(await things.FindAsync([world.Tenant], "warehouse full", 4, default));
    }
}
