using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters.Patches;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Replays.Preparation;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync.Replays;

public sealed class Rehearsing_a_replay
{
    [Fact]
    public async Task Those_that_pass_are_told_from_those_that_would_fail_and_nothing_is_written()
    {
        await using var world = await ReplayWorld.WithLettersAsync(5);
        await world.PublishNamesUpToAsync(10);
        var selection = ReplayWorld.All with { AsOf = world.Clock.GetUtcNow(), Patch = new LetterPatch([new PatchStep(PatchAction.Set, "name", "far too long a name", WhenField: "id", WhenValue: "2")]) };

        var report = await TryAsync(world, selection);
        var done = await world.MoveAsync(await world.StartAsync(new ReplayOptions(), selection with { Ids = report.Passed }));

        Assert.Equal((5, 4, 1, true), (report.Tried, report.Passed.Count, report.Failed, report.IsComplete));
        Assert.Equal((FailureCause.Mapping, "name"), (report.Causes.Single().Cause, report.Causes.Single().Field));
        Assert.Equal((ReplayState.Done, 4, 4), (done.State, done.Total, done.Delivered));
        Assert.DoesNotContain("2", world.World.System.Arrivals);
    }

    [Fact]
    public async Task A_dry_run_alone_changes_nothing()
    {
        await using var world = await ReplayWorld.WithLettersAsync(3);
        var before = await world.World.LettersAsync();

        await TryAsync(world, ReplayWorld.All with { AsOf = world.Clock.GetUtcNow() });

        Assert.Empty(world.World.System.Arrivals);
        Assert.Equal(before, await world.World.LettersAsync());
    }

    [Fact]
    public async Task What_a_patch_would_change_is_counted_and_shown()
    {
        await using var world = await ReplayWorld.WithLettersAsync(7);
        var patch = new LetterPatch([new PatchStep(PatchAction.Replace, "name", "other", From: "name 3")]);

        var report = await world.World.Console.Get<Rehearsal>().TryPatchAsync(world.World.Tenant, ReplayWorld.All with { AsOf = world.Clock.GetUtcNow(), Patch = patch }, default);

        Assert.Equal((1, 7, true, "3"), (report.Changed, report.Seen, report.IsComplete, report.Samples.Single().KeyText));
    }

    [Fact]
    public async Task Letters_whose_answer_was_lost_are_counted_apart_and_newer_ones_are_offered()
    {
        await using var world = await ReplayWorld.WithLettersAsync(6);
        await using (var session = await world.World.Console.Database.InTenantAsync(world.World.Tenant, default))
        {
            await session.RunAsync("update dead_letter set outcome = 'Unknown' where tenant_id = @tenant and record_key in ('1', '2')", new { tenant = world.World.Tenant }, default);
            await session.RunAsync("update dead_letter set first_failed_at = @later where tenant_id = @tenant and record_key = '6'", new { tenant = world.World.Tenant, later = world.Clock.GetUtcNow().AddHours(1) }, default);
            await session.CommitAsync(default);
        }

        var count = await CountAsync(world, ReplayWorld.All with { AsOf = world.Clock.GetUtcNow() });
        var withThem = await CountAsync(world, ReplayWorld.All with { AsOf = world.Clock.GetUtcNow(), IncludeUnknown = true });

        Assert.Equal((3, 2, 1), (count.Count, count.Unknown, count.Newer));
        Assert.Equal(5, withThem.Count);
    }

    [Fact]
    public async Task Checks_say_what_stands_in_the_way()
    {
        await using var world = await ReplayWorld.WithLettersAsync(2);
        var (tenant, sync) = ((await world.World.Console.Get<TenantStore>().FindAsync(world.World.Tenant, default))!, world.World.Sync);
        await world.World.Console.Get<CircuitStore>().IsolateAsync(tenant.Id, sync.DestinationConnectionId, "vendor asked", null, TestConsole.Somebody, default);
        var first = await world.StartAsync(new ReplayOptions(), ReplayWorld.All with { Ids = [(await world.World.LettersAsync())[0].Id] });

        var found = await world.World.Console.Get<ReplayChecks>().CheckAsync(
            tenant, await CountAsync(world, ReplayWorld.All with { AsOf = world.Clock.GetUtcNow() }), new ReplayOptions { Mapping = ReplayMapping.Chosen, MappingVersion = 9 }, false, default);

        Assert.Equal(CheckResult.Warning, found.Single(check => check.Name == "Circuit").Result);
        Assert.Equal((CheckResult.Warning, first.ToString()), (found.Single(check => check.Name == "Other replays").Result, found.Single(check => check.Name == "Other replays").Key));
        Assert.Equal(CheckResult.Blocking, found.Single(check => check.Name == "Mapping").Result);
        Assert.Equal(CheckResult.Good, found.Single(check => check.Name == "Sent before").Result);
    }

    [Fact]
    public async Task Letters_are_tried_with_a_draft_and_none_is_sent_with_it()
    {
        await using var world = await ReplayWorld.WithLettersAsync(3);
        var (console, tenant, selection) = (world.World.Console, world.World.Tenant, ReplayWorld.All with { AsOf = world.Clock.GetUtcNow() });
        await world.DraftNamesUpToAsync(3);
        var draft = new ReplayOptions { Mapping = ReplayMapping.Draft };

        var report = await TryAsync(world, selection, draft);
        var found = await console.Get<ReplayChecks>().CheckAsync((await console.Get<TenantStore>().FindAsync(tenant, default))!, await CountAsync(world, selection), draft, false, default);
        await Assert.ThrowsAsync<ArgumentException>(() => world.StartAsync(draft));
        var itsNumber = await world.MoveAsync(await world.StartAsync(new ReplayOptions { Mapping = ReplayMapping.Chosen, MappingVersion = 2 }));

        Assert.Equal((3, 3), (report.Tried, report.Failed));
        Assert.Equal("A draft is for dry runs only: publish the draft of Things, then start.", found.Single(check => check.Result is CheckResult.Blocking).Sentence);
        Assert.Equal((0, 3), (itsNumber.Delivered, itsNumber.Failed));
        Assert.Empty(world.World.System.Arrivals);
    }

    [Fact]
    public async Task Where_there_is_no_draft_a_dry_run_with_it_says_so()
    {
        await using var world = await ReplayWorld.WithLettersAsync(1);

        var said = await Assert.ThrowsAsync<FailureException>(() => TryAsync(world, ReplayWorld.All with { AsOf = world.Clock.GetUtcNow() }, new ReplayOptions { Mapping = ReplayMapping.Draft }));

        Assert.Equal("The mapping of Things has no draft: try its versions.", said.Failure.Sentence);
    }

    private static async Task<RehearsalReport> TryAsync(ReplayWorld world, ReplaySelection selection, ReplayOptions? options = null) => await world.World.Console.Get<Rehearsal>().TryAsync(
        world.World.Tenant, selection, options ?? new ReplayOptions(), (await CountAsync(world, selection)).Syncs, Rehearsal.Most, _ => { }, default);

    private static Task<SelectionCount> CountAsync(ReplayWorld world, ReplaySelection selection) => world.World.Console.Get<SelectedLetters>().CountAsync(world.World.Tenant, selection, default);
}
