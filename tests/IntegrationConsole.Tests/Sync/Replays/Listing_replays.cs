using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Pages;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Tests.Health;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync.Replays;

public sealed class Listing_replays
{
    [Fact]
    public async Task In_every_order_page_by_page_each_is_listed_once()
    {
        await using var world = await ReplayWorld.WithLettersAsync(7);
        var letters = await world.World.LettersAsync();
        foreach (var (name, from, count) in (IEnumerable<(string, int, int)>)[("two", 0, 2), ("four", 2, 4), ("one", 6, 1)])
        {
            await world.StartAsync(new ReplayOptions(), new ReplaySelection([.. letters.Skip(from).Take(count).Select(letter => letter.Id)], new DeadLetterFilter(), false, name));
            world.Clock.Advance(TimeSpan.FromSeconds(1));
        }

        Assert.Equal(["one", "four", "two"], await ListAsync(world, "-asked"));
        Assert.Equal(["two", "four", "one"], await ListAsync(world, "asked"));
        Assert.Equal(["four", "two", "one"], await ListAsync(world, "-letters"));
        Assert.Equal(["four", "two", "one"], await ListAsync(world, "-left"));
        Assert.Equal(["one", "four", "two"], await ListAsync(world, "-failed"));
    }

    [Fact]
    public async Task The_failed_ones_of_a_row_are_replayed_and_an_open_one_is_cancelled_where_it_stands()
    {
        await using var world = await ReplayWorld.WithLettersAsync(3);
        world.Refuse(key => key == 2);
        var first = await world.MoveAsync(await world.StartAsync(new ReplayOptions()));
        await using var page = await OpenAsync(world, "replays");

        await page.PressAsync("Failed ones…");
        await page.WaitForAsync("Replay those that failed again");
        await page.PressAsync("Start the replay");
        var second = (await ReplaysAsync(world)).Single(replay => replay.Id != first.Id);
        Assert.Equal((1, ReplayState.Running), (second.Total, second.State));
        Assert.EndsWith($"/replays/{second.Id}", page.Where, StringComparison.Ordinal);

        await page.GoAsync("/t/x/replays?sort=-left");
        await page.WaitForAsync(html => html.Contains("Most letters left first", StringComparison.Ordinal) && html.Contains("Cancel…", StringComparison.Ordinal), "Cancel…");
        await page.PressAsync("Cancel…");
        await page.PressAsync("Cancel the replay");
        Assert.Equal(ReplayState.Cancelled, (await world.FindAsync(second.Id)).State);
    }

    [Fact]
    public async Task A_new_one_like_it_has_its_letters_and_its_options_and_what_the_address_says_otherwise()
    {
        await using var world = await ReplayWorld.WithLettersAsync(3);
        var options = ReplayOptions.Careful with { Pace = 7, Mapping = ReplayMapping.Original, StopPercent = 0, StopsOnSame = false };
        var first = await world.FindAsync(await world.StartAsync(options, ReplayWorld.All with { Filter = new DeadLetterFilter(Cause: FailureCause.Validation) }));
        await world.Controls.CancelAsync(world.World.Tenant, first.Id, TestConsole.Somebody, default);
        await using var page = await OpenAsync<ReplayComposerPage>(world, $"replays/new?like={first.Id}");

        var like = await page.WaitForAsync("Before it begins");
        await page.GoAsync($"/t/x/replays/new?like={first.Id}&pace=3");
        var slower = await page.WaitForAsync("3 a second");
        await page.GoAsync($"/t/x/replays/new?like={Guid.NewGuid()}");
        var gone = await page.WaitForAsync("That replay does not exist any more");

        Assert.Contains("<strong>3 letters</strong>", like, StringComparison.Ordinal);
        Assert.Contains("Mapped with the mapping of their first try, 7 a second, in stages of 1, 10, 100 and the rest; never stops by itself", like, StringComparison.Ordinal);
        Assert.Contains("value=\"a test\"", like, StringComparison.Ordinal);
        Assert.Contains("Mapped with the mapping of their first try, 3 a second", slower, StringComparison.Ordinal);
        Assert.DoesNotContain("Before it begins", gone, StringComparison.Ordinal);
    }

    private static Task<OpenPage> OpenAsync(ReplayWorld world, string path) => OpenAsync<ReplaysPage>(world, path);

    private static Task<OpenPage> OpenAsync<TPage>(ReplayWorld world, string path)
        where TPage : Microsoft.AspNetCore.Components.IComponent => OpenPage.OpenAsync<TPage>(world.World.Console, world.Clock, world.World.Tenant, $"t/x/{path}");

    private static async Task<IReadOnlyList<Replay>> ReplaysAsync(ReplayWorld world) => (await world.Replays.ListAsync(world.World.Tenant, new ReplayFilter(), null, 50, default)).Items;

    /// <summary>One by one, as long as there are more.</summary>
    private static async Task<IReadOnlyList<string>> ListAsync(ReplayWorld world, string order)
    {
        var (names, after) = (new List<string>(), (ReplayPlace?)null);
        do
        {
            var page = await world.Replays.ListAcrossAsync([world.World.Tenant], new ReplayFilter(), ReplayOrder.Named(order), after, 1, default);
            names.AddRange(page.Items.Select(replay => replay.Scope));
            after = page.Next is null ? null : ReplayPlace.Parse(page.Next);
        }
        while (after is not null);

        return names;
    }
}
