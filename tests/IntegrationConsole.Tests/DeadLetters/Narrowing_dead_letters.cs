using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Pages;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Tests.DeadLetters.Groups;
using IntegrationConsole.Tests.Health;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.DeadLetters;

public sealed class Narrowing_dead_letters
{
    [Fact]
    public async Task Each_filter_of_an_address_finds_its_letters_in_the_list_and_for_a_replay()
    {
        await using var world = await GroupWorld.StartAsync();
        await world.FailAsync("no", 1, "old");
        world.Clock.Advance(TimeSpan.FromDays(80));
        await world.FailAsync("no", 2, "50%", "5000");
        await world.FailAsync("no", 2, FailureCause.Validation, ("first", "order"));
        await world.FailAsync("waits", 2, FailureCause.Held, ("second", "order"));
        var corrected = await IdAsync(world, "5000");
        await world.Letters.EditAsync(world.Tenant, corrected, 1, "{}"u8.ToArray(), TestConsole.Somebody, default);
        await world.RunAsync("update dead_letter set attempts = 3, stage = 'Map' where record_key = 'first'");

        await ExpectAsync("first", "stage=map");
        await ExpectAsync("first", "attempts=3");
        await ExpectAsync("old", "version=1");
        await ExpectAsync("5000", "edited=yes");
        await ExpectAsync("50%, first, old, second", "edited=no");
        await ExpectAsync("second", "waiting=behind");
        await ExpectAsync("first", "waiting=ahead");
        await ExpectAsync("old", "age=30");
        await ExpectAsync("old", "expires=14");
        await ExpectAsync("", "expires=3");
        await ExpectAsync("50%, 5000, first, old, second", "expires=95");
        await ExpectAsync("50%", "key=50%25");
        await ExpectAsync("50%, 5000", "key=50");
        await ExpectAsync("5000", $"id={corrected}");
        await ExpectAsync("", "trace=none");
        await ExpectAsync("50%, 5000, first, old, second", "attempts=none&colour=red");

        async Task ExpectAsync(string expected, string address)
        {
            var filter = new DeadLetterFilter().Narrowed(PageQuery.Of($"/t/x/dead-letters?{address}"), world.Clock.GetUtcNow());
            Assert.Equal((address, expected), (address, string.Join(", ", (await world.LettersAsync(filter)).Order(StringComparer.Ordinal))));

            // What is kept of a selection until its letters are written down finds the same.
            var kept = ReplaySelection.Parse(new ReplaySelection(null, filter, false, "all").Kept).Filter;
            Assert.Equal(filter, kept);
        }
    }

    [Fact]
    public async Task Letters_are_found_by_the_trace_of_their_run()
    {
        await using var world = await IntegrationConsole.Tests.Sync.SyncWorld.StartAsync();
        world.GivenRecords(1);
        world.System.Refuse = _ => new Failure(FailureCause.Validation, "No.", "E1", "name");
        var run = await world.RunAsync();
        await using (var session = await world.Console.Database.InTenantAsync(world.Tenant, default))
        {
            await session.RunAsync("update run set trace_id = 'abc123'", null, default);
            await session.CommitAsync(default);
        }

        var store = world.Console.Get<DeadLetterStore>();
        Assert.Equal(run.Id, Assert.Single((await store.ListAsync(world.Tenant, new DeadLetterFilter { Trace = "abc123" }, null, 10, default)).Items).FirstRunId);
        Assert.Empty((await store.ListAsync(world.Tenant, new DeadLetterFilter { Trace = "abc" }, null, 10, default)).Items);
    }

    [Fact]
    public async Task More_than_ten_thousand_are_counted_exactly_when_somebody_asks()
    {
        await using var world = await GroupWorld.StartAsync();
        await world.FailAsync("no", 1, [.. Enumerable.Range(0, 10_001).Select(number => $"{number}")]);
        await using var page = await OpenPage.OpenAsync<DeadLettersPage>(world.Console, world.Clock, world.Tenant, "t/x/dead-letters");
        Assert.Contains("10,000+ open letters", System.Net.WebUtility.HtmlDecode(await page.ReadAsync()), StringComparison.Ordinal);

        await page.PressAsync("Count exactly");

        var counted = await page.ReadAsync();
        Assert.Contains("10,001 open letters", counted, StringComparison.Ordinal);
        Assert.DoesNotContain("Count exactly", counted, StringComparison.Ordinal);
    }

    private static async Task<Guid> IdAsync(GroupWorld world, string key) =>
        (await world.Letters.ListAsync(world.Tenant, new DeadLetterFilter(), null, 100, default)).Items.Single(letter => letter.RecordKey == key).Id;
}
