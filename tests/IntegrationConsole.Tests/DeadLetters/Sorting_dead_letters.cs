using System.Net;
using System.Text.RegularExpressions;
using IntegrationConsole.Access;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Pages;
using IntegrationConsole.Tests.DeadLetters.Groups;
using IntegrationConsole.Tests.Health;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.DeadLetters;

public sealed class Sorting_dead_letters
{
    [Theory]
    [InlineData("last_failed", "first, alike 2, alike 1, last")]
    [InlineData("-attempts", "alike 1, alike 2, last, first")]
    [InlineData("attempts", "last, first, alike 1, alike 2")]
    [InlineData("-size", "last, alike 1, alike 2, first")]
    [InlineData("size", "first, last, alike 1, alike 2")]
    public async Task In_whatever_order_each_letter_comes_once_page_by_page(string sort, string expected)
    {
        await using var world = await GivenLettersAsync();

        var found = new List<string>();
        string? next = null;
        do
        {
            var page = await world.Console.Get<LetterRanking>().ListAsync(
                world.Tenant, new DeadLetterFilter(), LetterOrder.Named(sort), next is null ? null : RankedKeyset.Parse(next), 1, default);
            found.AddRange(page.Items.Select(letter => letter.RecordKey));
            next = page.Next;
        }
        while (next is not null && found.Count <= 4);

        Assert.Equal(Alike(expected), Alike(string.Join(", ", found)));
        await using var list = await OpenAsync(world, $"t/x/dead-letters?sort={sort}");
        Assert.Equal(found, KeysIn(await list.ReadAsync()));

        // Those that failed at the same moment have no order that anybody could expect, but always the same.
        static string Alike(string names) => names.Replace("alike 1", "alike", StringComparison.Ordinal).Replace("alike 2", "alike", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_letter_that_is_looked_at_beside_the_list_stands_in_the_address_and_goes_with_it()
    {
        await using var world = await GivenLettersAsync();
        var letters = (await world.Letters.ListAsync(world.Tenant, new DeadLetterFilter(), null, 10, default)).Items;
        await using var page = await OpenAsync(world, "t/x/dead-letters?cause=validation");
        Assert.DoesNotContain("data-drawer-open", await page.ReadAsync(), StringComparison.Ordinal);

        await page.GoAsync($"/t/x/dead-letters?cause=validation&sel={letters[0].Id}");
        var beside = WebUtility.HtmlDecode(await page.WaitForAsync("the last one"));
        Assert.Contains("data-drawer-open", beside, StringComparison.Ordinal);
        Assert.Equal(4, KeysIn(beside).Count);
        Assert.Matches($"aria-pressed=\"true\" aria-label=\"Look at last beside the list\"", beside);

        await page.GoAsync($"/t/x/dead-letters?cause=validation&sel={letters[^1].Id}");
        await page.WaitForAsync("aria-label=\"first, beside the list\"");
        await page.GoAsync("/t/x/dead-letters?cause=validation");
        Assert.DoesNotContain("data-drawer-open", await page.ReadAsync(), StringComparison.Ordinal);

        // Who looked at which record stands in the trail, as when its page is opened.
        var reveals = await world.Console.Get<AuditTrail>().ListAsync(world.Tenant, new AuditFilter(Action: "reveal"), null, 20, default);
        Assert.Equal(["first", "last"], reveals.Select(entry => entry.ObjectName));
    }

    [Fact]
    public async Task Beside_the_list_the_record_is_for_those_who_may_see_it()
    {
        await using var world = await GivenLettersAsync();
        var viewer = await OpenPage.InviteAsync(world.Console, mayAll: false);
        await world.Console.Get<AccessStore>().SetRoleAsync(world.Tenant, viewer, Role.Viewer, TestConsole.Somebody, default);
        var letter = (await world.Letters.ListAsync(world.Tenant, new DeadLetterFilter(), null, 1, default)).Items.Single();

        await using var page = await OpenPage.OpenAsync<DeadLettersPage>(world.Console, world.Clock, world.Tenant, $"t/x/dead-letters?sel={letter.Id}", viewer);

        var shown = await page.WaitForAsync("The record is not shown to you. Needs the role Operator.");
        Assert.DoesNotContain("the last one", shown, StringComparison.Ordinal);
    }

    [Fact]
    public async Task All_that_match_are_selected_without_one_being_selected_first()
    {
        await using var world = await GivenLettersAsync();
        await using var page = await OpenAsync(world, "t/x/dead-letters");
        Assert.Matches("data-key=\"\\*\"[^>]*>Select all that match<", await page.ReadAsync());

        await page.PressAsync("Select all that match");

        Assert.Contains("all 4 letters that match", await page.ReadAsync(), StringComparison.Ordinal);
    }

    private static async Task<GroupWorld> GivenLettersAsync()
    {
        var world = await GroupWorld.StartAsync();
        await world.FailWithAsync("no", "first", "{}");
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.FailWithAsync("no", "alike 1", """{"a":"somewhat longer than that"}""");
        await world.FailWithAsync("no", "alike 2", """{"b":"somewhat longer than that"}""");
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.FailWithAsync("no", "last", """{"c":"the last one","d":"and it is longer still"}""");
        await world.RunAsync("""
            update dead_letter set attempts = case when record_key like 'alike%' then 7 else 2 end, payload_size = case record_key when 'first' then 2 when 'last' then 90 else 90 end
            """);
        return world;
    }

    private static Task<OpenPage> OpenAsync(GroupWorld world, string address) => OpenPage.OpenAsync<DeadLettersPage>(world.Console, world.Clock, world.Tenant, address);

    private static IReadOnlyList<string> KeysIn(string html) => [.. Regex.Matches(html, "row-link mono\" href=\"[^\"]+\"[^>]*>([^<]+)<").Select(match => match.Groups[1].Value)];
}
