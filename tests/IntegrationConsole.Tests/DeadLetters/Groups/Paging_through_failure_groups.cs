using IntegrationConsole.DeadLetters.Groups;

namespace IntegrationConsole.Tests.DeadLetters.Groups;

public sealed class Paging_through_failure_groups
{
    private static readonly string[] Titles = ["one thing", "other thing", "third thing", "fourth thing", "fifth thing"];

    [Theory]
    [InlineData("-impact", "fifth thing, fourth thing, other thing, third thing, one thing")]
    [InlineData("impact", "one thing, third thing, fourth thing, other thing, fifth thing")]
    [InlineData("-first_seen", "fifth thing, fourth thing, third thing, other thing, one thing")]
    [InlineData("first_seen", "one thing, other thing, third thing, fourth thing, fifth thing")]
    [InlineData("-last_seen", "one thing, fifth thing, fourth thing, third thing, other thing")]
    [InlineData("last_seen", "other thing, third thing, fourth thing, fifth thing, one thing")]
    public async Task In_every_order_each_group_comes_once(string sort, string expected)
    {
        await using var world = await GroupWorld.StartAsync();
        int[] letters = [1, 3, 2, 3, 4];
        foreach (var (title, count) in Titles.Zip(letters))
        {
            world.Clock.Advance(TimeSpan.FromMinutes(1));
            await world.FailAsync(title, 1, [.. Enumerable.Range(0, count).Select(number => $"{title} {number}")]);
        }

        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.FailAsync("one thing", 1, "one thing 0");

        var found = new List<string>();
        string? next = null;
        do
        {
            var page = await world.Groups.ListPageAsync(world.Tenant, new GroupFilter(), GroupOrder.Named(sort), next is null ? null : RankedKeyset.Parse(next), 2, default);
            found.AddRange(page.Items.Select(group => group.Title));
            next = page.Next;
        }
        while (next is not null && found.Count <= Titles.Length);

        Assert.Equal(expected, string.Join(", ", found));
        Assert.Equal(new GroupCount(5, 13), await world.Groups.CountAsync(world.Tenant, new GroupFilter(), default));
    }

    [Fact]
    public async Task What_rises_is_found_on_whatever_page_it_would_stand()
    {
        await using var world = await GroupWorld.StartAsync();
        await world.FailAsync("calm", 1, [.. Enumerable.Range(0, 20).Select(number => $"calm {number}")]);
        world.Clock.Advance(TimeSpan.FromHours(3));
        await world.FailAsync("rising", 1, [.. Enumerable.Range(0, 12).Select(number => $"rising {number}")]);
        await world.FailAsync("too few", 1, "few");

        var rising = await world.Groups.ListPageAsync(world.Tenant, new GroupFilter(OnlyEscalating: true), GroupOrder.Impact, null, 1, default);

        Assert.Equal("rising", Assert.Single(rising.Items).Title);
        Assert.Null(rising.Next);
        Assert.Equal(new GroupCount(1, 12), await world.Groups.CountAsync(world.Tenant, new GroupFilter(OnlyEscalating: true), default));
        Assert.True((await world.Groups.TrendAsync(world.Tenant, [rising.Items[0].Id], default)).Values.Single().IsEscalating);
    }

    [Theory]
    [InlineData("")]
    [InlineData("zz")]
    [InlineData("31")]
    [InlineData("312e322e33")]
    public void A_place_that_somebody_typed_is_none(string typed) => Assert.Null(RankedKeyset.Parse(typed));
}
