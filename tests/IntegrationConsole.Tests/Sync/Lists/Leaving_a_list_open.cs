using System.Net;
using System.Text.RegularExpressions;
using IntegrationConsole.Access;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Pages;
using IntegrationConsole.Sync.Pages;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.DeadLetters.Groups;
using IntegrationConsole.Tests.Health;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync.Quotas;
using IntegrationConsole.Tests.Sync.Replays;

namespace IntegrationConsole.Tests.Sync.Lists;

public sealed partial class Leaving_a_list_open
{
    [Fact]
    public async Task A_run_that_came_since_waits_until_it_is_asked_for_and_those_that_are_shown_stay_in_their_places()
    {
        var clock = new ManualClock();
        await using var world = await QuotaWorld.StartAsync(clock);
        var tenant = await world.GivenATenantAsync(2);
        var first = (await tenant.RequestAsync(1)).RunId!.Value;
        await using var page = await OpenPage.OpenAsync<RunsPage>(world.One, clock, tenant.Id, "t/x/runs");
        Assert.Equal([first], RunsIn(await page.ReadAsync()));

        clock.Advance(TimeSpan.FromSeconds(1));
        var second = (await tenant.RequestAsync(2)).RunId!.Value;
        await world.One.Get<RunQueue>().CancelAsync(tenant.Id, first, TestConsole.Somebody, default);
        var waiting = await page.WaitForAsync(html => html.Contains("1 new", StringComparison.Ordinal) && html.Contains("Cancelled by", StringComparison.Ordinal), "1 new, and the first one cancelled");
        Assert.Equal([first], RunsIn(waiting));

        await page.PressAsync("1 new: show them");
        var shown = await page.ReadAsync();
        Assert.Equal([second, first], RunsIn(shown));
        Assert.DoesNotContain("1 new", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replay_that_came_since_waits_and_the_counters_of_those_shown_go_on()
    {
        await using var world = await ReplayWorld.WithLettersAsync(3);
        var letters = await world.World.LettersAsync();
        var first = await world.StartAsync(ReplayOptions.Standard, new ReplaySelection([letters[0].Id], new DeadLetterFilter(), false, "the first"));
        await using var page = await OpenPage.OpenAsync<ReplaysPage>(world.World.Console, world.Clock, world.World.Tenant, "t/x/replays");
        Assert.Contains("the first", await page.ReadAsync(), StringComparison.Ordinal);

        await world.MoveAsync(first);
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        await world.StartAsync(ReplayOptions.Standard, new ReplaySelection([letters[1].Id], new DeadLetterFilter(), false, "the second"));
        var waiting = await page.WaitForAsync(html => html.Contains("1 new", StringComparison.Ordinal) && html.Contains("Done", StringComparison.Ordinal), "1 new, and the first one done");
        Assert.DoesNotContain("the second", waiting, StringComparison.Ordinal);

        await page.PressAsync("1 new: show them");
        var shown = await page.ReadAsync();
        Assert.True(shown.IndexOf("the second", StringComparison.Ordinal) < shown.IndexOf("the first", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_failure_that_grows_past_another_stays_below_it_until_somebody_asks()
    {
        await using var world = await GroupWorld.StartAsync();
        await world.FailAsync("large one", 1, "a", "b");
        await world.FailAsync("small one", 1, "c");
        await using var page = await OpenPage.OpenAsync<FailuresPage>(world.Console, world.Clock, world.Tenant, "t/x/failures");
        Assert.Equal(["large one", "small one"], TitlesIn(await page.ReadAsync()));

        await world.FailAsync("small one", 1, "d", "e", "f");
        await TellAsync(world);
        var waiting = await page.WaitForAsync("The list has changed");
        Assert.Equal(["large one", "small one"], TitlesIn(waiting));
        Assert.Contains("6 open letters", waiting, StringComparison.Ordinal);

        await page.PressAsync("The list has changed: show it as it is now");
        Assert.Equal(["small one", "large one"], TitlesIn(await page.ReadAsync()));
    }

    [Fact]
    public async Task What_fails_newly_waits_in_the_list_of_all_tenants_too()
    {
        await using var world = await GroupWorld.StartAsync();
        await world.FailAsync("known one", 1, "a");
        await using var page = await OpenPage.OpenAsync<FleetFailuresPage>(world.Console, world.Clock, world.Tenant, "fleet/failures");

        await world.FailAsync("newer one", 1, "b", "c");
        await TellAsync(world);
        var waiting = await page.WaitForAsync("1 new");
        Assert.DoesNotContain("newer one", waiting, StringComparison.Ordinal);

        await page.PressAsync("1 new: show them");
        Assert.Contains("newer one", await page.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_letter_that_was_discarded_elsewhere_says_so_in_its_place_and_a_new_one_waits()
    {
        await using var world = await GroupWorld.StartAsync();
        await world.FailAsync("no", 1, "a", "b");
        await using var page = await OpenPage.OpenAsync<DeadLettersPage>(world.Console, world.Clock, world.Tenant, "t/x/dead-letters");
        var letter = (await world.Letters.ListAsync(world.Tenant, new DeadLetterFilter(), null, 10, default)).Items[0];

        world.Clock.Advance(TimeSpan.FromSeconds(1));
        await world.FailAsync("no", 1, "new one");
        await world.Letters.DiscardAsync(world.Tenant, [letter.Id], "test", TestConsole.Somebody, default);
        var waiting = await page.WaitForAsync(html => html.Contains("1 new", StringComparison.Ordinal) && html.Contains("Discarded", StringComparison.Ordinal), "1 new, and one discarded");
        Assert.DoesNotContain("new one", waiting, StringComparison.Ordinal);

        await page.PressAsync("1 new: show them");
        Assert.Contains("new one", await page.ReadAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("t/x/failures?cause=nonsense&colour=red&state=all", "“cause=nonsense” cannot be read and is left out.")]
    [InlineData("t/x/failures?sort=size", "“sort=size” cannot be read and is left out.")]
    public async Task What_an_address_asks_for_in_vain_is_said(string address, string said)
    {
        await using var world = await GroupWorld.StartAsync();
        await world.FailAsync("no", 1, "a");

        await using var page = await OpenPage.OpenAsync<FailuresPage>(world.Console, world.Clock, world.Tenant, address);

        Assert.Contains(said, WebUtility.HtmlDecode(await page.ReadAsync()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Runs_are_started_again_and_cancelled_from_the_list_of_all_tenants_by_who_may()
    {
        var clock = new ManualClock();
        await using var world = await QuotaWorld.StartAsync(clock);
        var (ours, theirs) = (await world.GivenATenantAsync(1), await world.GivenATenantAsync(1));
        var done = (await ours.RequestAsync(1)).RunId!.Value;
        await ours.MoveAsync(1, done);
        await theirs.RequestAsync(1);
        var reader = await Listing_runs_of_several_tenants.GivenAReaderAsync(world, ours.Id, Role.Operator);
        await world.One.Get<AccessStore>().SetRoleAsync(theirs.Id, reader, Role.Viewer, TestConsole.Somebody, default);
        await using var page = await OpenPage.OpenAsync<FleetRunsPage>(world.One, clock, ours.Id, "fleet/runs", reader);

        await page.PressAsync("Run again");

        Assert.Equal(["The run starts now."], page.Toasts);
        Assert.Equal(2, (await ours.ListAsync(RunTrigger.Manual)).Count);

        // The only run that could be cancelled so far is one of the tenant in which one may only look.
        await page.PressAsync("Cancel…");
        await page.PressAsync("Cancel the run");
        Assert.Contains(page.Toasts, toast => toast.StartsWith("You may not run", StringComparison.Ordinal));
        Assert.Equal(RunState.Queued, (await theirs.ListAsync(RunTrigger.Manual)).Single().State);
    }

    [Fact]
    public async Task How_long_a_run_took_stands_beside_what_is_usual_and_a_slow_one_says_so()
    {
        var clock = new ManualClock();
        await using var world = await QuotaWorld.StartAsync(clock);
        var tenant = await world.GivenATenantAsync(1);
        foreach (var seconds in new[] { 10, 12, 14, 60 })
        {
            var run = (await tenant.RequestAsync(1)).RunId!.Value;
            await tenant.MoveAsync(1, run);
            await Listing_runs_of_several_tenants.SqlAsync(world, $"update run set finished_at = started_at + interval '{seconds} seconds' where id = '{run}'");
            clock.Advance(TimeSpan.FromMinutes(5));
        }

        await using var page = await OpenPage.OpenAsync<RunsPage>(world.One, clock, tenant.Id, "t/x/runs");
        var html = await page.ReadAsync();

        Assert.Single(Regex.Matches(html, "slow, usually 13 s"));
        Assert.Equal(3, Regex.Count(html, ">usually 13 s"));
    }

    /// <summary>As whoever sets letters aside does.</summary>
    private static async Task TellAsync(GroupWorld world)
    {
        await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
        await session.NotifyAsync(new Change(DeadLetterStore.Topic, world.Tenant), default);
        await session.CommitAsync(default);
    }

    private static Guid[] RunsIn(string html) => [.. RunLink().Matches(html).Select(match => Guid.Parse(match.Groups[1].Value)).Distinct()];

    private static string[] TitlesIn(string html) => [.. TitleLink().Matches(html).Select(match => match.Groups[1].Value)];

    [GeneratedRegex("row-link nowrap\" href=\"/t/[^/]+/runs/([0-9a-f-]{36})\"")]
    private static partial Regex RunLink();

    [GeneratedRegex("row-link\" href=\"/t/[^/]+/failures/[0-9a-f-]{36}\">([^<]+)<")]
    private static partial Regex TitleLink();
}
