using System.Text;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Mappings;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.DeadLetters.Groups;

public sealed class Sorting_failures_by_hand
{
    [Fact]
    public async Task Merged_groups_are_one_for_their_letters_and_for_what_fails_later()
    {
        await using var world = await GroupWorld.StartAsync();
        var (one, other) = (await world.GivenAGroupAsync("one thing"), await world.GivenAGroupAsync("other thing"));

        Assert.Equal(1, await world.Console.Get<GroupMerging>().MergeAsync(world.Tenant, [one, other], one, TestConsole.Somebody, default));
        await world.FailAsync("other thing", 2, "later");

        var group = Assert.Single(await world.ListAsync(new GroupFilter(AnyState: true)));
        Assert.Equal((one, 3, 3L, 2), (group.Id, group.Open, group.Seen, group.LastVersion));
        Assert.Equal(3, (await world.LettersAsync(new DeadLetterFilter(Group: one))).Count);
        Assert.Equal(["other thing"], (await world.Console.Get<GroupMerging>().ListAsync(world.Tenant, one, default)).Select(merged => merged.Title));
    }

    [Fact]
    public async Task What_fails_in_a_merged_group_opens_the_one_that_it_was_merged_into()
    {
        await using var world = await GroupWorld.StartAsync();
        var (one, other) = (await world.GivenAGroupAsync("one thing"), await world.GivenAGroupAsync("other thing"));
        await world.Console.Get<GroupMerging>().MergeAsync(world.Tenant, [other], one, TestConsole.Somebody, default);
        await world.Decisions.ResolveAsync(world.Tenant, one, "done", null, TestConsole.Somebody, default);

        await world.FailAsync("other thing", 1, "later");

        Assert.True((await world.FindAsync(one)).IsRegressed);
    }

    [Fact]
    public async Task A_merged_group_is_taken_out_again_with_its_letters()
    {
        await using var world = await GroupWorld.StartAsync();
        var merging = world.Console.Get<GroupMerging>();
        var (one, other) = (await world.GivenAGroupAsync("one thing"), await world.GivenAGroupAsync("other thing"));
        await merging.MergeAsync(world.Tenant, [other], one, TestConsole.Somebody, default);

        Assert.True(await merging.PartAsync(world.Tenant, other, TestConsole.Somebody, default));
        Assert.False(await merging.PartAsync(world.Tenant, other, TestConsole.Somebody, default));
        await world.Backlog.SortAllAsync(default);

        Assert.Equal([("one thing", 1), ("other thing", 1)], (await world.ListAsync(new GroupFilter())).Select(group => (group.Title, group.Open)).Order());
        Assert.Equal(["take apart", "merge"], (await world.Console.Get<AuditTrail>().ListAsync(world.Tenant, new AuditFilter(ObjectKind: "failure group"), null, 10, default)).Select(entry => entry.Action));
    }

    [Fact]
    public async Task A_group_that_is_not_there_or_a_strangers_is_not_merged()
    {
        await using var world = await GroupWorld.StartAsync();
        var merging = world.Console.Get<GroupMerging>();
        var one = await world.GivenAGroupAsync("one thing");

        Assert.Equal(0, await merging.MergeAsync(world.Tenant, [Guid.NewGuid()], one, TestConsole.Somebody, default));
        Assert.Equal(0, await merging.MergeAsync(world.Tenant, [one], one, TestConsole.Somebody, default));
        Assert.Equal(0, await merging.MergeAsync(await world.Console.GivenATenantAsync(), [one], Guid.NewGuid(), TestConsole.Somebody, default));
    }

    [Fact]
    public async Task A_rule_gathers_what_it_says_and_shows_before_what_it_will_take()
    {
        await using var world = await GroupWorld.StartAsync();
        await world.FailAsync("the country is unknown", 1, "a");
        await world.FailAsync("the country may not be empty", 1, "b");
        await world.FailAsync("the price is too high", 1, "c");
        var rules = world.Console.Get<GroupRuleStore>();
        var draft = new GroupRuleDraft(world.Sync, GroupRuleKind.Gather, "Countries", FailureCause.Validation, "COUNTRY", "", null, "");

        Assert.Equal(new GroupRulePreview(3, 2, 2), await rules.PreviewAsync(world.Tenant, draft, default));
        await rules.CreateAsync(world.Tenant, draft, sortAnew: false, TestConsole.Somebody, default);
        await world.FailAsync("no country", 1, "d");

        Assert.Equal(
            [("Countries", 1), ("the country is unknown", 1), ("the country may not be empty", 1), ("the price is too high", 1)],
            (await world.ListAsync(new GroupFilter())).Select(group => (group.Title, group.Open)).Order());
    }

    [Fact]
    public async Task A_rule_may_take_the_letters_that_wait_and_gives_them_back_when_it_goes()
    {
        await using var world = await GroupWorld.StartAsync();
        await world.FailAsync("the country is unknown", 1, "a");
        await world.FailAsync("the price is too high", 1, "c");
        var rules = world.Console.Get<GroupRuleStore>();
        await rules.CreateAsync(world.Tenant, new GroupRuleDraft(world.Sync, GroupRuleKind.Gather, "Countries", null, "country", "", null, ""), sortAnew: true, TestConsole.Somebody, default);
        await world.Backlog.SortAllAsync(default);
        Assert.Equal([("Countries", 1), ("the price is too high", 1)], (await world.ListAsync(new GroupFilter())).Select(group => (group.Title, group.Open)).Order());

        var rule = Assert.Single(await rules.ListAsync(world.Tenant, default));
        Assert.True(await rules.DeleteAsync(world.Tenant, rule.Id, sortAnew: true, TestConsole.Somebody, default));
        Assert.False(await rules.DeleteAsync(world.Tenant, rule.Id, sortAnew: true, TestConsole.Somebody, default));
        await world.Backlog.SortAllAsync(default);

        Assert.Equal([("the country is unknown", 1), ("the price is too high", 1)], (await world.ListAsync(new GroupFilter())).Select(group => (group.Title, group.Open)).Order());
    }

    [Fact]
    public async Task A_group_is_taken_apart_by_a_value_of_its_records_which_rests_sealed()
    {
        await using var world = await GroupWorld.StartAsync();
        foreach (var (key, country) in new[] { ("a", "Kosovaland"), ("b", "Kosovaland"), ("c", "Serbialand") })
        {
            await world.FailWithAsync("no", key, $$$"""{"key":"{{{key}}}","address":{"country":"{{{country}}}"}}""");
        }

        await world.FailWithAsync("no", "d", """{"key":"d"}""");
        var rules = world.Console.Get<GroupRuleStore>();
        var draft = GroupRuleDraft.SplitOf((await world.ListAsync(new GroupFilter())).Single(), "address.country");
        Assert.Equal(new GroupRulePreview(4, 3, 2), await rules.PreviewAsync(world.Tenant, draft, default));

        await rules.CreateAsync(world.Tenant, draft, sortAnew: true, TestConsole.Somebody, default);
        await world.Backlog.SortAllAsync(default);

        var groups = await world.ListAsync(new GroupFilter());
        Assert.Equal([2, 1, 1], groups.Select(group => group.Open));
        Assert.Equal(2, groups.Count(group => group.SplitValue is not null));
        await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
        var rows = string.Concat(await session.ListAsync<string>("select g::text from failure_group g", null, default));
        Assert.DoesNotContain("Kosovaland", rows);
        Assert.DoesNotContain(Convert.ToHexStringLower(Encoding.UTF8.GetBytes("Kosovaland")), rows);
    }

    [Fact]
    public async Task More_values_than_anybody_can_look_at_stay_together()
    {
        await using var world = await GroupWorld.StartAsync();
        await world.FailWithAsync("no", "first", """{"n":-1}""");
        await world.Console.Get<GroupRuleStore>().CreateAsync(world.Tenant, GroupRuleDraft.SplitOf((await world.ListAsync(new GroupFilter())).Single(), "n"), sortAnew: false, TestConsole.Somebody, default);

        for (var number = 0; number < GroupRule.MostParts + 5; number++)
        {
            await world.FailWithAsync("no", $"k{number}", $$"""{"n":{{number}}}""");
        }

        var groups = await world.ListAsync(new GroupFilter());
        Assert.Equal((GroupRule.MostParts + 1, 6), (groups.Count, groups[0].Open));
    }

    [Fact]
    public async Task The_values_of_the_failing_field_come_first_and_then_what_the_records_have_in_common()
    {
        await using var world = await GroupWorld.StartAsync();
        for (var number = 0; number < 10; number++)
        {
            await world.FailWithAsync("no", $"k{number}", $$"""{"id":{{number}},"country":"{{(number < 7 ? "XK" : "RS")}}","shop":"east","lines":[{"tax":"A"},{"tax":"B"}]}""");
        }

        var group = Assert.Single(await world.ListAsync(new GroupFilter()));
        var spread = await world.Console.Get<GroupValues>().SpreadAsync(world.Tenant, group.Id, "country", default);

        Assert.Equal((10, 10), (spread.Looked, spread.All));
        Assert.Equal(["country", "lines[*].tax", "shop"], spread.Fields.Select(field => field.Path));
        Assert.Equal((true, 2, 10), (spread.Fields[0].IsFailing, spread.Fields[0].Distinct, spread.Fields[0].Records));
        Assert.Equal([("XK", 7), ("RS", 3)], spread.Fields[0].Top);
        Assert.Equal([("A", 10), ("B", 10)], spread.Fields[1].Top);
        Assert.Equal(0, (await world.Console.Get<GroupValues>().SpreadAsync(await world.Console.GivenATenantAsync(), group.Id, "country", default)).Looked);
    }

    [Theory]
    [InlineData("/lines/*/taxCode", "lines[*].taxCode")]
    [InlineData("/a~1b/c~0d", "a/b.c~d")]
    [InlineData("total", "amounts[*].total")]
    [InlineData("unknown", "")]
    [InlineData("", "")]
    public void The_failing_place_is_the_source_of_the_failing_field(string field, string place) =>
        Assert.Equal(place, FailingPlace.Of(new MappingDocument([new() { Name = "total", Source = "amounts[0].total" }], []), field));

    [Fact]
    public async Task What_changed_last_before_a_group_began_is_named_beside_it()
    {
        await using var world = await GroupWorld.StartAsync();
        var audit = world.Console.Get<AuditTrail>();
        Task Happens(string action, string kind, Guid id, string detail = "") => audit.RecordAsync(world.Tenant, TestConsole.Somebody, new AuditEvent(action, kind, id.ToString(), "Things", detail), default);
        world.Clock.Advance(TimeSpan.FromDays(2));
        await Happens("publish", "mapping", world.Mapping, "v12: tax codes");
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await Happens("run", "integration", world.Sync);
        await Happens("change", "connection", Guid.NewGuid());
        world.Clock.Advance(TimeSpan.FromMinutes(3));
        var id = await world.GivenAGroupAsync();
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await Happens("change", "connection", world.Destination);

        var change = (await world.Console.Get<GroupChanges>().NearestAsync(world.Tenant, [id], default))[id];

        Assert.Equal(("mapping v12", TimeSpan.FromMinutes(4)), (change.Words, (await world.FindAsync(id)).FirstSeen - change.At));
        Assert.Single(await world.Console.Get<GroupChanges>().ListAsync(world.Tenant, [id], 5, default));
    }

    [Fact]
    public async Task A_fix_is_proven_by_the_records_that_pass_or_by_a_day()
    {
        await using var world = await GroupWorld.StartAsync();
        var id = await world.GivenAGroupAsync();
        await world.Decisions.ResolveAsync(world.Tenant, id, "", 2, TestConsole.Somebody, default);
        Assert.Equal(new GroupProof(2, 0, false), await world.Groups.ProofAsync(await world.FindAsync(id), default));

        world.Clock.Advance(GroupLife.ProvenAfter);
        Assert.True((await world.Groups.ProofAsync(await world.FindAsync(id), default)).IsGiven);
    }
}
