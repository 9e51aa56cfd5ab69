using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Health.Records;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync;
using IntegrationConsole.Tests.Sync.Sends;
using IntegrationConsole.Tests.Webhooks;
using IntegrationConsole.Webhooks.Deliveries;

namespace IntegrationConsole.Tests.Health;

public sealed class Telling_the_story_of_a_record
{
    [Fact]
    public async Task Everything_that_happened_to_a_record_stands_in_one_list_the_latest_first()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Upsert);
        world.GivenRecords(5);
        world.Outside.Faults.Add(new OutsideWorld.Fault("/sink/orders/3", OutsideWorld.FaultKind.Status) { Status = 422 });
        await world.RunAsync();
        world.Outside.Faults.Clear();
        await world.ReplayAsync();

        var story = await new RecordStories(world.Console.Database).TellAsync(world.Tenant, " 3 ", default);

        Assert.Empty(story.Open);
        Assert.Empty(story.Silent);
        Assert.Contains(story.Events, step => step.Words.StartsWith("Set aside by run 1, mapping v1:", StringComparison.Ordinal));
        Assert.Contains(story.Events, step => step.Words == "Asked to be replayed" && step.Actor == TestConsole.Somebody.Name);
        Assert.Contains(story.Events, step => step.Words.StartsWith("Taken by the destination (", StringComparison.Ordinal));
        Assert.Contains(story.Events, step => step.Words.StartsWith("Delivered:", StringComparison.Ordinal));
        Assert.Equal(story.Events.OrderByDescending(step => step.At).Select(step => step.At), story.Events.Select(step => step.At));
        Assert.All(story.Events, step => Assert.Equal("Orders", step.Integration));
    }

    [Fact]
    public async Task What_a_run_fetched_and_what_a_webhook_received_begins_the_story()
    {
        await using var world = await LetterboxWorld.StartAsync();
        await world.SendAsync("""{"id":"8812","name":"name"}""", "first");
        await world.SendAsync("""{"id":"88123","name":"8812 and more"}""", "another");
        await world.SendAsync("""{"orders":[{"number":8812}]}""", "second");
        await world.SendAsync("no JSON at all: 8812", "8812");
        world.System.Refuse = keys => keys.Contains("8812") ? new Failure(FailureCause.Validation, "The shop wants a name.", "422") : null;
        await world.RunAsync(await world.GivenASyncAsync());
        var received = await world.Console.Get<DeliverySearch>().FindAsync(world.Tenant, "8812", default);
        var story = (await new RecordStories(world.Console.Database).TellAsync(world.Tenant, "8812", default)).With(received);

        Assert.Equal(["8812", "second", "first"], received.Found.Select(found => found.Delivery.DeliveryId));
        Assert.Equal((4, true), (received.Deliveries, received.IsAll));
        Assert.Equal(3, story.Events.Count(step => step.Words.StartsWith("Received as webhook delivery ", StringComparison.Ordinal) && step.Path == $"webhooks/{world.Endpoint.Id}"));
        var fetched = Assert.Single(story.Events, step => step.Words.StartsWith("Fetched from ", StringComparison.Ordinal));
        Assert.EndsWith(", by run 1", fetched.Words, StringComparison.Ordinal);
        Assert.Equal(story.Events.OrderByDescending(step => step.At).Select(step => step.At), story.Events.Select(step => step.At));
        Assert.Empty((await world.Console.Get<DeliverySearch>().FindAsync(await world.Console.GivenATenantAsync(), "8812", default)).Found);
    }

    [Fact]
    public async Task A_record_that_waits_is_open_and_another_of_which_nothing_is_known_names_who_might_have_brought_it()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(5);
        world.System.Refuse = keys => keys.Contains("4") ? new Failure(FailureCause.Validation, "The shop wants a name.", "422") : null;
        await world.RunAsync();
        var stories = new RecordStories(world.Console.Database);

        var waiting = await stories.TellAsync(world.Tenant, "4", default);
        var unknown = await stories.TellAsync(world.Tenant, "2", default);
        var hostile = await stories.TellAsync(world.Tenant, "%'; drop table run; --\\", default);

        Assert.Equal(("Waiting", "Not accepted", "The shop wants a name."), waiting.Open.Select(letter => (letter.State, letter.Cause, letter.Message)).Single());
        Assert.Empty(unknown.Events);
        Assert.Equal(world.Sync.Name, unknown.Silent.Single().Name);
        Assert.NotNull(unknown.Silent.Single().LastGood);
        Assert.Empty(hostile.Events);
    }

    [Fact]
    public async Task Letters_are_found_by_the_beginning_of_their_key_in_the_tenants_that_one_may_see()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(12);
        world.System.Refuse = _ => new Failure(FailureCause.Validation, "No.", "422");
        await world.RunAsync();
        var other = await world.Console.GivenATenantAsync();
        var stories = new RecordStories(world.Console.Database);

        var found = await stories.FindAsync([world.Tenant, other], "1", 10, default);

        Assert.Equal(["1", "10", "11", "12"], found.Select(letter => letter.KeyText).Order(StringComparer.Ordinal));
        Assert.Equal("1", found[0].KeyText);
        Assert.Empty(await stories.FindAsync([other], "1", 10, default));
        Assert.Empty(await stories.FindAsync([world.Tenant], "_", 10, default));
    }
}
