using System.Net;
using System.Text.RegularExpressions;
using IntegrationConsole.Sync.Pages;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Health;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync.Quotas;

namespace IntegrationConsole.Tests.Sync.Lists;

public sealed partial class Seeing_runs_over_time
{
    [Fact]
    public async Task Runs_are_counted_by_step_and_result_as_far_as_the_filter_goes()
    {
        var clock = new ManualClock();
        await using var world = await QuotaWorld.StartAsync(clock);
        var (one, two) = (await world.GivenATenantAsync(2), await world.GivenATenantAsync(1));
        var start = clock.GetUtcNow();
        await RunAsync(world, one, 1, "Succeeded");
        await RunAsync(world, one, 2, "Failed");
        clock.Advance(TimeSpan.FromMinutes(70));
        await RunAsync(world, one, 1, "Succeeded");
        await RunAsync(world, two, 1, "Skipped");
        clock.Advance(TimeSpan.FromHours(3));
        await RunAsync(world, one, 1, "Succeeded");
        var filter = new RunFilter(From: start, To: start.AddHours(2));

        Assert.Equal("0 Succeeded 1, 0 Failed 1, 1 Succeeded 1", await OfAsync([one.Id], filter));
        Assert.Equal("0 Succeeded 1, 0 Failed 1, 1 Succeeded 1, 1 Skipped 1", await OfAsync([one.Id, two.Id], filter));
        Assert.Equal("0 Failed 1", await OfAsync([one.Id, two.Id], filter with { State = RunState.Failed }));

        async Task<string> OfAsync(TenantId[] tenants, RunFilter of)
        {
            var spread = await world.One.Get<RunHistogram>().CountAsync(tenants, of, TimeSpan.FromHours(1), default);
            Assert.Null(spread.Since);
            return string.Join(", ", spread.Counts.OrderBy(count => count.Key.Step).ThenBy(count => count.Key.State).Select(count => $"{count.Key.Step} {count.Key.State} {count.Value}"));
        }
    }

    [Fact]
    public async Task Where_there_are_too_many_the_newest_are_counted_and_it_says_from_when_on()
    {
        var clock = new ManualClock();
        await using var world = await QuotaWorld.StartAsync(clock);
        var tenant = await world.GivenATenantAsync(1);
        var start = clock.GetUtcNow();
        foreach (var minutes in new[] { 60, 60, 30, 30, 60 })
        {
            await RunAsync(world, tenant, 1, "Succeeded");
            clock.Advance(TimeSpan.FromMinutes(minutes));
        }

        // The newest two began at half past two and at three: of the third hour a part is not known.
        var spread = await world.One.Get<RunHistogram>().CountAsync([tenant.Id], new RunFilter(From: start, To: start.AddHours(4)), TimeSpan.FromHours(1), 2, default);

        Assert.Equal(start.AddHours(2.5), spread.Since);
        Assert.Equal([3], spread.Counts.Keys.Select(key => key.Step));
    }

    [Fact]
    public async Task The_chart_above_the_list_leads_to_the_runs_of_each_step_and_a_range_holds_for_both()
    {
        var clock = new ManualClock();
        await using var world = await QuotaWorld.StartAsync(clock);
        var tenant = await world.GivenATenantAsync(1);
        var old = await RunAsync(world, tenant, 1, "Succeeded");
        clock.Advance(TimeSpan.FromHours(5));
        var late = await RunAsync(world, tenant, 1, "Failed");
        await using var page = await OpenPage.OpenAsync<RunsPage>(world.One, clock, tenant.Id, "t/x/runs");
        Assert.Equal([late, old], RunsIn(await page.ReadAsync()));

        await page.PressAsync("Table");
        var table = WebUtility.HtmlDecode(await page.ReadAsync());
        var step = StepLink().Matches(table).Select(match => match.Groups[1].Value).First();
        await page.GoAsync(step);
        await page.WaitForAsync(html => RunsIn(html).SequenceEqual([late]), "the one of the step");
        Assert.Contains("Take this filter away", await page.ReadAsync(), StringComparison.Ordinal);

        await page.GoAsync("/t/x/runs?range=day");
        await page.WaitForAsync(html => RunsIn(html).SequenceEqual([late, old]), "both runs of the day");
        await page.GoAsync("/t/x/runs?range=hour");
        await page.WaitForAsync(html => RunsIn(html).SequenceEqual([late]), "the one of the hour");
    }

    [Fact]
    public async Task A_range_without_runs_says_when_the_last_one_was_and_leads_there()
    {
        var clock = new ManualClock();
        await using var world = await QuotaWorld.StartAsync(clock);
        var tenant = await world.GivenATenantAsync(1);
        var run = await RunAsync(world, tenant, 1, "Succeeded");
        clock.Advance(TimeSpan.FromDays(3));
        await using var page = await OpenPage.OpenAsync<RunsPage>(world.One, clock, tenant.Id, "t/x/runs?range=day");
        var html = WebUtility.HtmlDecode(await page.ReadAsync());
        Assert.Contains("The last one was", html, StringComparison.Ordinal);

        await page.GoAsync(Regex.Match(html, "href=\"([^\"]+)\">Go there").Groups[1].Value);

        await page.WaitForAsync(html => RunsIn(html).SequenceEqual([run]), "the last run");
    }

    [Theory]
    [InlineData("queued", "a, b, c, d")]
    [InlineData("-took", "b, d, a, c")]
    [InlineData("took", "c, d, a, b")]
    [InlineData("-read", "c, d, b, a")]
    [InlineData("-dead", "a, d, c, b")]
    [InlineData("dead", "d, c, b, a")]
    public async Task In_whatever_order_each_run_comes_once_page_by_page(string sort, string expected)
    {
        var clock = new ManualClock();
        await using var world = await QuotaWorld.StartAsync(clock);
        var tenant = await world.GivenATenantAsync(1);
        var names = new Dictionary<Guid, string>();
        foreach (var (name, took, read, dead) in new[] { ("a", 20, 1, 4), ("b", 90, 7, 0), ("c", 10, 9, 0), ("d", 20, 7, 0) })
        {
            var run = await RunAsync(world, tenant, 1, "Succeeded");
            await Listing_runs_of_several_tenants.SqlAsync(world, $"update run set finished_at = started_at + interval '{took} seconds', records_read = {read}, written = {read} - {dead}, rejected = {dead} where id = '{run}'");
            names[run] = name;
            clock.Advance(TimeSpan.FromMinutes(5));
        }

        var found = new List<string>();
        string? next = null;
        do
        {
            var page = await world.One.Get<RunRanking>().ListAsync([tenant.Id], new RunFilter(), RunOrder.Named(sort), next is null ? null : RankedKeyset.Parse(next), 1, default);
            found.AddRange(page.Items.Select(run => names[run.Id]));
            next = page.Next;
        }
        while (next is not null && found.Count <= names.Count);

        Assert.Equal(expected, string.Join(", ", found));
        await using var board = await OpenPage.OpenAsync<RunsPage>(world.One, clock, tenant.Id, $"t/x/runs?sort={sort}");
        Assert.Equal(expected, string.Join(", ", RunsIn(await board.ReadAsync()).Select(run => names[run])));
    }

    [Fact]
    public async Task Two_runs_that_are_chosen_are_laid_side_by_side_the_later_beside_the_earlier()
    {
        var clock = new ManualClock();
        await using var world = await QuotaWorld.StartAsync(clock);
        var tenant = await world.GivenATenantAsync(1);
        var first = await RunAsync(world, tenant, 1, "Succeeded");
        clock.Advance(TimeSpan.FromMinutes(5));
        var second = await RunAsync(world, tenant, 1, "Failed");
        await Listing_runs_of_several_tenants.SqlAsync(world, $"update run set records_read = 40, written = 40 where id = '{first}'; update run set records_read = 10, written = 10 where id = '{second}'");
        await using var page = await OpenPage.OpenAsync<RunsPage>(world.One, clock, tenant.Id, "t/x/runs");

        await page.EnterAsync("Compare run 2 of Job 1", true);
        var one = await page.ReadAsync();
        await page.EnterAsync("Compare run 1 of Job 1", true);
        Assert.Contains("Select two runs to compare them", one, StringComparison.Ordinal);
        Assert.Contains("data-key=\"=\"", await page.ReadAsync(), StringComparison.Ordinal);
        await page.PressAsync("Compare");

        Assert.EndsWith($"/runs/{second}?compare={first}", page.Where, StringComparison.Ordinal);
        await using var run = await OpenPage.OpenAsync<RunPage>(world.One, clock, tenant.Id, $"t/x/runs/{second}?compare={first}", parameters: new() { ["RunId"] = second });
        var compared = Regex.Replace(WebUtility.HtmlDecode(await run.WaitForAsync("25 %")), "<[^>]+>|\\s+", " ");
        Assert.Matches(@"Read +40 +10 +25 %", compared);
        Assert.Matches(@"Ended +Succeeded +Failed +differs", compared);
    }

    private static async Task<Guid> RunAsync(QuotaWorld world, QuotaTenant tenant, int number, string state)
    {
        var run = (await tenant.RequestAsync(number)).RunId!.Value;
        await Listing_runs_of_several_tenants.SqlAsync(world, $"update run set state = '{state}', started_at = queued_at, finished_at = queued_at where id = '{run}'");
        return run;
    }

    private static Guid[] RunsIn(string html) => [.. RunLink().Matches(html).Select(match => Guid.Parse(match.Groups[1].Value)).Distinct()];

    [GeneratedRegex("row-link nowrap\" href=\"/t/[^/]+/runs/([0-9a-f-]{36})\"")]
    private static partial Regex RunLink();

    [GeneratedRegex("href=\"([^\"]*[?&]from=[^\"]+to=[^\"]+)\">\\d+ \\w+ \\d\\d:\\d\\d")]
    private static partial Regex StepLink();
}
