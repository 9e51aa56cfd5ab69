using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.DeadLetters.Runbooks;
using IntegrationConsole.Tests.DeadLetters.Groups;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.DeadLetters.Runbooks;

public sealed class Keeping_runbooks
{
    private static readonly RunbookDraft ForValidation = new("Look at the record", "1. Read it.", "", "Ida", FailureCause.Validation, "", "", "", true);

    [Fact]
    public async Task Of_several_that_fit_the_one_that_asks_for_most_is_shown_and_one_that_is_off_is_not()
    {
        await using var world = await GroupWorld.StartAsync();
        var group = await world.GivenAGroupAsync("The shop wants a name.");
        Assert.Null(await FoundAsync(world, group));

        await SaveAsync(world, null, ForValidation with { Title = "for all" });
        Assert.Equal("for all", await FoundAsync(world, group));
        await SaveAsync(world, world.Tenant, ForValidation with { Title = "of the tenant" });
        Assert.Equal("of the tenant", await FoundAsync(world, group));
        await SaveAsync(world, null, ForValidation with { Title = "kind", Connector = "fake" });
        Assert.Equal("kind", await FoundAsync(world, group));
        await SaveAsync(world, null, ForValidation with { Title = "words", Cause = null, Contains = "SHOP WANTS" });
        Assert.Equal("words", await FoundAsync(world, group));
        await SaveAsync(world, null, ForValidation with { Title = "more words", Cause = null, Contains = "the shop wants" });
        Assert.Equal("more words", await FoundAsync(world, group));
        await SaveAsync(world, null, ForValidation with { Title = "other words", Contains = "The bakery wants" });
        await SaveAsync(world, null, ForValidation with { Title = "off", Contains = "The shop wants a name.", IsOn = false });
        Assert.Equal("more words", await FoundAsync(world, group));
    }

    [Fact]
    public async Task A_tenant_is_shown_its_own_and_those_for_all_but_not_another_ones()
    {
        await using var world = await GroupWorld.StartAsync();
        var group = await world.GivenAGroupAsync("The shop wants a name.");
        var other = await world.Console.GivenATenantAsync();
        await SaveAsync(world, other, ForValidation with { Title = "a stranger's", Contains = "The shop wants a name." });

        Assert.Null(await FoundAsync(world, group));
        Assert.Empty((await Store(world).ReadAsync([world.Tenant], default)).All);
        Assert.Null(await Store(world).ForGroupAsync(other, group, default));
        Assert.Equal((0, 0), await Store(world).TryAsync(ForValidation.Pattern, [other], default));
    }

    [Fact]
    public async Task What_a_runbook_was_there_for_is_counted_from_the_groups_for_which_it_is_shown()
    {
        await using var world = await GroupWorld.StartAsync();
        var name = await world.GivenAGroupAsync("The shop wants a name.");
        await world.GivenAGroupAsync("The shop wants a price.");
        await world.GivenAGroupAsync("The bakery is closed.");
        await world.Decisions.ResolveAsync(world.Tenant, name, "done", null, TestConsole.Somebody, default);
        await SaveAsync(world, world.Tenant, ForValidation with { Title = "shop", Contains = "The shop" });
        await SaveAsync(world, world.Tenant, ForValidation with { Title = "rest" });
        await SaveAsync(world, world.Tenant, ForValidation with { Title = "never", Code = "409" });

        var shelf = await Store(world).ReadAsync([world.Tenant], default);
        var use = await Store(world).CountUseAsync(shelf, [world.Tenant], default);

        (int, int, DateTimeOffset?) Of(string title) => use.GetValueOrDefault(shelf.All.Single(runbook => runbook.Title == title).Id) is { } one ? (one.Groups, one.Resolved, one.Last) : (0, 0, null);
        Assert.Equal((2, 1, world.Clock.GetUtcNow()), Of("shop"));
        Assert.Equal((1, 0, world.Clock.GetUtcNow()), Of("rest"));
        Assert.Equal((0, 0, null), Of("never"));
        Assert.Equal((2, 3), await Store(world).TryAsync(new RunbookPattern(null, "", "", "the shop"), [world.Tenant], default));
    }

    [Fact]
    public async Task What_somebody_else_changed_meanwhile_is_not_written_over()
    {
        await using var world = await GroupWorld.StartAsync();
        await SaveAsync(world, world.Tenant, ForValidation);
        var seen = await OnlyAsync(world);

        Assert.Equal(RunbookSaved.Done, await Store(world).SaveAsync(world.Tenant, ForValidation with { Title = "mine" }, seen, TestConsole.Somebody, default));
        Assert.Equal(RunbookSaved.Outdated, await Store(world).SaveAsync(world.Tenant, ForValidation with { Title = "theirs" }, seen, TestConsole.Somebody, default));
        Assert.False(await Store(world).DeleteAsync(seen, TestConsole.Somebody, default));
        Assert.Equal("mine", (await OnlyAsync(world)).Title);
        Assert.True(await Store(world).DeleteAsync(await OnlyAsync(world), TestConsole.Somebody, default));
        Assert.Empty((await Store(world).ReadAsync([world.Tenant], default)).All);
        Assert.Equal(["delete", "change", "create"], (await world.Console.Get<AuditTrail>().ListAsync(world.Tenant, new AuditFilter(ObjectKind: "runbook"), null, 10, default)).Select(entry => entry.Action));
    }

    [Fact]
    public async Task A_new_one_begins_with_what_tells_the_group_apart()
    {
        await using var world = await GroupWorld.StartAsync();
        await world.FailAsync("The shop wants a name for 4711.", 1, "one");
        var group = (await world.ListAsync(new GroupFilter())).Single().Id;

        var sign = await Store(world).SignAsync(world.Tenant, group, default);

        Assert.Equal((FailureCause.Validation, "fake", $"The shop wants a name for {MessageTemplate.Number}."), (sign!.Cause, sign.Connector, RunbookDraft.LongestOf(sign.Sentence)));
        Assert.True(new RunbookPattern(sign.Cause, sign.Code, sign.Connector, RunbookDraft.LongestOf(sign.Sentence)).Fits(sign));
    }

    [Theory]
    [InlineData("", "steps", "", "words", nameof(RunbookDraft.Title))]
    [InlineData("title", "", "", "words", nameof(RunbookDraft.Steps))]
    [InlineData("title", "steps", "", "", nameof(RunbookDraft.Cause))]
    [InlineData("title", "steps", "javascript:alert(1)", "words", nameof(RunbookDraft.Link))]
    [InlineData("title", "steps", "wiki/page", "words", nameof(RunbookDraft.Link))]
    [InlineData("title", "steps", "https://wiki.example.com/page", "words", "")]
    public void What_is_wrong_with_a_draft_is_said_beside_its_field(string title, string steps, string link, string contains, string field) =>
        Assert.Equal(field, string.Join(' ', new RunbookDraft(title, steps, link, "", null, "", "", contains, true).Problems().Keys));

    private static RunbookStore Store(GroupWorld world) => world.Console.Get<RunbookStore>();

    private static async Task<string?> FoundAsync(GroupWorld world, Guid group) => (await Store(world).ForGroupAsync(world.Tenant, group, default))?.Title;

    private static async Task<Runbook> OnlyAsync(GroupWorld world) => Assert.Single((await Store(world).ReadAsync([world.Tenant], default)).All);

    private static async Task SaveAsync(GroupWorld world, TenantId? tenant, RunbookDraft draft) =>
        Assert.Equal(RunbookSaved.Done, await Store(world).SaveAsync(tenant, draft, null, TestConsole.Somebody, default));
}
