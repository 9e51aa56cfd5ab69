using IntegrationConsole.Access;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.DeadLetters.Groups;

public sealed class Tagging_failure_groups
{
    [Fact]
    public async Task A_tag_is_found_again_taken_away_and_stands_in_the_activity_and_the_audit_trail()
    {
        await using var world = await GroupWorld.StartAsync();
        var (one, other) = (await world.GivenAGroupAsync("one thing"), await world.GivenAGroupAsync("other thing"));

        Assert.True(await TagAsync(world, one, "vendor"));
        Assert.True(await TagAsync(world, one, "sprint-12"));
        Assert.False(await TagAsync(world, one, "vendor"));
        Assert.True(await TagAsync(world, other, "vendor"));
        Assert.NotNull(await world.Decisions.UntagAsync(world.Tenant, other, "vendor", TestConsole.Somebody, default));
        Assert.Null(await world.Decisions.UntagAsync(world.Tenant, other, "vendor", TestConsole.Somebody, default));
        await world.FailAsync("one thing", 2, "more");

        var group = Assert.Single(await world.ListAsync(new GroupFilter(Tag: "vendor")));
        Assert.Equal((one, GroupState.Open, 2), (group.Id, group.State, group.Open));
        Assert.Equal(["sprint-12", "vendor"], group.Tags);
        Assert.Equal(["sprint-12", "vendor"], await world.Groups.ListTagsAsync(world.Tenant, default));
        Assert.Empty(await world.ListAsync(new GroupFilter(Tag: "sprint")));
        Assert.Equal(
            [(GroupStep.Untagged, "vendor"), (GroupStep.Tagged, "vendor")],
            (await world.Decisions.ListActivityAsync(world.Tenant, other, default)).Select(step => (step.Kind, step.Detail)));
        Assert.Equal(
            [("untag", "vendor"), ("tag", "vendor"), ("tag", "sprint-12"), ("tag", "vendor")],
            (await world.Console.Get<AuditTrail>().ListAsync(world.Tenant, new AuditFilter(ObjectKind: "failure group"), null, 10, default)).Select(entry => (entry.Action, entry.Detail)));
    }

    [Fact]
    public async Task Nobody_tags_what_is_another_tenants()
    {
        await using var world = await GroupWorld.StartAsync();
        var id = await world.GivenAGroupAsync();
        var stranger = await world.Console.GivenATenantAsync();
        await TagAsync(world, id, "ours");

        Assert.Null(await world.Decisions.TagAsync(stranger, id, "theirs", TestConsole.Somebody, default));
        Assert.Null(await world.Decisions.UntagAsync(stranger, id, "ours", TestConsole.Somebody, default));

        Assert.Equal(["ours"], (await world.FindAsync(id)).Tags);
        Assert.Empty(await world.Groups.ListTagsAsync(stranger, default));
    }

    [Fact]
    public async Task A_group_takes_no_more_tags_than_it_may_have()
    {
        await using var world = await GroupWorld.StartAsync();
        var id = await world.GivenAGroupAsync();

        var taken = new List<bool>();
        for (var number = 0; number <= GroupTag.Most; number++)
        {
            taken.Add(await TagAsync(world, id, $"tag{number}"));
        }

        Assert.Equal([.. Enumerable.Repeat(true, GroupTag.Most), false], taken);
        Assert.Equal(GroupTag.Most, (await world.FindAsync(id)).Tags.Count);
    }

    [Fact]
    public async Task A_tag_is_taken_back_like_any_decision()
    {
        await using var world = await GroupWorld.StartAsync();
        var id = await world.GivenAGroupAsync();
        await TagAsync(world, id, "vendor");
        await world.Decisions.UntagAsync(world.Tenant, id, "vendor", TestConsole.Somebody, default);
        var step = (await world.Decisions.ListActivityAsync(world.Tenant, id, default))[0];

        Assert.True(await world.Decisions.UndoAsync(world.Tenant, id, step.Seq, TestConsole.Somebody, default));

        Assert.Equal(["vendor"], (await world.FindAsync(id)).Tags);
    }

    [Fact]
    public async Task Merged_groups_have_the_tags_of_all_as_far_as_there_is_room()
    {
        await using var world = await GroupWorld.StartAsync();
        var (one, other, third) = (await world.GivenAGroupAsync("one thing"), await world.GivenAGroupAsync("other thing"), await world.GivenAGroupAsync("third thing"));
        await TagAsync(world, one, "zebra");
        foreach (var tag in new[] { "a", "b", "c", "d", "e", "f" })
        {
            await TagAsync(world, other, tag);
            await TagAsync(world, third, $"x{tag}");
        }

        await world.Console.Get<GroupMerging>().MergeAsync(world.Tenant, [other, third], one, TestConsole.Somebody, default);

        var tags = (await world.FindAsync(one)).Tags;
        Assert.Equal(GroupTag.Most, tags.Count);
        Assert.Contains("zebra", tags);
        Assert.Equal(tags.Order(StringComparer.Ordinal), tags);
    }

    [Theory]
    [InlineData("  Vendor ", "vendor", null)]
    [InlineData("größe:2", "größe:2", null)]
    [InlineData("", "", "Type a tag first.")]
    [InlineData("two words", "two words", "A tag has no blanks: join its words with a hyphen.")]
    [InlineData("a,b", "a,b", "A tag may not hold “,”: use letters, digits and - _ . :")]
    [InlineData("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "A tag has at most 30 characters; this one has 31.")]
    public void What_is_wrong_with_a_tag_is_said_in_words(string typed, string tag, string? problem) =>
        Assert.Equal((tag, problem), (GroupTag.Of(typed), GroupTag.Check(GroupTag.Of(typed))));

    private static async Task<bool> TagAsync(GroupWorld world, Guid group, string tag) => await world.Decisions.TagAsync(world.Tenant, group, tag, TestConsole.Somebody, default) is not null;
}
