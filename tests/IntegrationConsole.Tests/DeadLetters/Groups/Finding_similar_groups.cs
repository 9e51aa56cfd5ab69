using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.DeadLetters.Groups;

public sealed class Finding_similar_groups
{
    [Fact]
    public async Task Groups_that_say_the_same_elsewhere_or_have_the_same_cause_and_code_are_similar_and_no_others()
    {
        await using var world = await GroupWorld.StartAsync();
        await world.FailAsync(new Failure(FailureCause.Validation, "The text is too long.", "422", "name"), "a");
        await world.FailAsync(new Failure(FailureCause.Validation, "The text is too long.", "422", "city"), "b");
        await world.FailAsync(new Failure(FailureCause.Mapping, "The text is too long.", "", "name"), "c");
        await world.FailAsync(new Failure(FailureCause.Validation, "The country is unknown.", "422", "country"), "d");
        await world.FailAsync(new Failure(FailureCause.Conflict, "It is there already.", "422", "name"), "e");
        await world.FailAsync(new Failure(FailureCause.Validation, "The price is missing.", "400", "price"), "f");
        var group = await FindAsync(world, "a");

        Assert.Equal(["b", "c", "d"], await SimilarAsync(world, group));
    }

    [Fact]
    public async Task Failures_without_a_code_are_not_similar_for_having_none()
    {
        await using var world = await GroupWorld.StartAsync();
        await world.FailAsync(new Failure(FailureCause.Validation, "The text is too long."), "a");
        await world.FailAsync(new Failure(FailureCause.Validation, "The country is unknown."), "b");

        Assert.Empty(await SimilarAsync(world, await FindAsync(world, "a")));
    }

    [Fact]
    public async Task What_is_over_merged_or_another_tenants_is_not_listed()
    {
        await using var world = await GroupWorld.StartAsync();
        foreach (var (key, field) in new[] { ("a", "name"), ("b", "city"), ("c", "street"), ("d", "country") })
        {
            await world.FailAsync(new Failure(FailureCause.Validation, "The text is too long.", "422", field), key);
        }

        var group = await FindAsync(world, "a");
        await world.Decisions.ResolveAsync(world.Tenant, (await FindAsync(world, "b")).Id, "done", null, TestConsole.Somebody, default);
        await world.Console.Get<GroupMerging>().MergeAsync(world.Tenant, [(await FindAsync(world, "c")).Id], group.Id, TestConsole.Somebody, default);

        Assert.Equal(["d"], await SimilarAsync(world, group));
        Assert.Empty(await world.Groups.ListAsync(await world.Console.GivenATenantAsync(), new GroupFilter(Like: group), 5, default));
    }

    /// <summary>The group of one record.</summary>
    private static async Task<FailureGroup> FindAsync(GroupWorld world, string key)
    {
        foreach (var group in await world.ListAsync(new GroupFilter()))
        {
            if ((await world.LettersAsync(new DeadLetterFilter(Group: group.Id))).Contains(key))
            {
                return group;
            }
        }

        throw new InvalidOperationException($"No group holds {key}.");
    }

    /// <summary>The records of the groups that are listed beside a group.</summary>
    private static async Task<IReadOnlyList<string>> SimilarAsync(GroupWorld world, FailureGroup group)
    {
        var keys = new List<string>();
        foreach (var other in await world.ListAsync(new GroupFilter(Like: group)))
        {
            keys.AddRange(await world.LettersAsync(new DeadLetterFilter(Group: other.Id)));
        }

        return [.. keys.Order(StringComparer.Ordinal)];
    }
}
