using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Tenants.Pages;
using IntegrationConsole.Tests.DeadLetters.Groups;
using IntegrationConsole.Tests.Health;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.DeadLetters;

public sealed class Taking_decisions_back
{
    [Fact]
    public async Task Letters_that_were_discarded_together_wait_again_together_but_not_beside_a_newer_one_of_the_same_record()
    {
        await using var world = await GroupWorld.StartAsync();
        await world.FailAsync("no", 1, "a", "b", "c");
        await world.Letters.DiscardAllAsync(world.Tenant, new DeadLetterFilter(Text: "nothing has this"), "x", TestConsole.Somebody, default);
        var discarded = await world.Letters.DiscardAllAsync(world.Tenant, new DeadLetterFilter(AnyState: true), "test data", TestConsole.Somebody, default);
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.FailAsync("no", 1, "b");
        var undo = world.Console.Get<Undo>();

        var possible = await PossibleAsync(world);
        var done = await Task.WhenAll(undo.TakeBackAsync(world.Tenant, discarded.Entry!.Value, TestConsole.Somebody, default), undo.TakeBackAsync(world.Tenant, discarded.Entry.Value, TestConsole.Somebody, default));

        var letters = (await world.Letters.ListAsync(world.Tenant, new DeadLetterFilter(AnyState: true), null, 10, default)).Items;
        Assert.Equal([discarded.Entry.Value], possible);
        Assert.Single(done, one => one);
        Assert.Equal(
            [("a", LetterState.Waiting), ("b", LetterState.Waiting), ("b", LetterState.Discarded), ("c", LetterState.Waiting)],
            letters.Select(letter => (letter.RecordKey, letter.State)).OrderBy(letter => letter.RecordKey).ThenBy(letter => letter.State));
        Assert.Empty(await PossibleAsync(world));
    }

    [Fact]
    public async Task What_was_decided_about_a_group_is_taken_back_by_its_entry_as_long_as_nothing_else_was()
    {
        await using var world = await GroupWorld.StartAsync();
        var id = await world.GivenAGroupAsync();
        var undo = world.Console.Get<Undo>();
        var known = (await world.Decisions.AcknowledgeAsync(world.Tenant, id, TestConsole.Somebody, default))!.Value;
        var over = (await world.Decisions.ResolveAsync(world.Tenant, id, "done", null, TestConsole.Somebody, default))!.Value;

        Assert.Equal([over], await PossibleAsync(world));
        Assert.False(await undo.TakeBackAsync(world.Tenant, known, TestConsole.Somebody, default));
        Assert.False(await undo.TakeBackAsync(await world.Console.GivenATenantAsync(), over, TestConsole.Somebody, default));
        Assert.True(await undo.TakeBackAsync(world.Tenant, over, TestConsole.Somebody, default));
        Assert.False(await undo.TakeBackAsync(world.Tenant, over, TestConsole.Somebody, default));

        Assert.Equal((GroupState.Acknowledged, "somebody@example.com"), ((await world.FindAsync(id)).State, (await world.FindAsync(id)).Owner));
    }

    [Fact]
    public async Task The_audit_trail_offers_the_way_back_beside_what_can_be_taken_back()
    {
        await using var health = await HealthWorld.StartAsync();
        health.World.GivenRecords(5);
        health.World.System.Refuse = keys => keys.Contains("3") ? new Failure(FailureCause.Validation, "The shop wants a name.", "422") : null;
        await health.World.RunAsync();
        var (tenant, letters) = (health.World.Tenant, health.World.Console.Get<DeadLetterStore>());
        await letters.DiscardAllAsync(tenant, new DeadLetterFilter(), "test data", TestConsole.Somebody, default);
        await using var page = await OpenPage.OpenAsync<TenantAuditPage>(health);

        var offered = await page.WaitForAsync("aria-label=\"Undo discard dead letter 3\"");
        await page.PressAsync("Undo");
        var done = await page.WaitForAsync(">undo</td>");

        Assert.Single(offered.Split(">Undo</button>")[..^1]);
        Assert.DoesNotContain(">Undo</button>", done, StringComparison.Ordinal);
        Assert.Equal(LetterState.Waiting, (await letters.ListAsync(tenant, new DeadLetterFilter(), null, 10, default)).Items.Single().State);
    }

    [Fact]
    public async Task After_three_months_the_way_back_is_forgotten_and_the_entry_stays()
    {
        await using var world = await GroupWorld.StartAsync();
        await world.FailAsync("no", 1, "a", "b");
        var letters = (await world.Letters.ListAsync(world.Tenant, new DeadLetterFilter(), null, 10, default)).Items;
        await world.Letters.DiscardAsync(world.Tenant, [letters[0].Id], "old", TestConsole.Somebody, default);
        world.Clock.Advance(Undo.KeptFor - TimeSpan.FromDays(1));
        var late = await world.Letters.DiscardAsync(world.Tenant, [letters[1].Id], "late", TestConsole.Somebody, default);
        Assert.Equal(0, await world.Console.Get<Undo>().ForgetAsync(default));

        world.Clock.Advance(TimeSpan.FromDays(1) + TimeSpan.FromMinutes(1));
        Assert.Equal(1, await world.Console.Get<Undo>().ForgetAsync(default));

        Assert.Equal([late.Entry!.Value], await PossibleAsync(world));
        Assert.Equal(2, (await world.Console.Get<AuditTrail>().ListAsync(world.Tenant, new AuditFilter(Action: "discard"), null, 50, default)).Count);
    }

    private static async Task<IReadOnlyList<long>> PossibleAsync(GroupWorld world) => await world.Console.Get<Undo>().PossibleAsync(
        world.Tenant, await world.Console.Get<AuditTrail>().ListAsync(world.Tenant, new AuditFilter(), null, 50, default), default);
}
