using IntegrationConsole.Connectors;
using IntegrationConsole.Health.Records;
using IntegrationConsole.Sync.Runs;
using OutsideWorld;

namespace IntegrationConsole.Tests.Sync.Sends;

/// <summary>The node goes away while calls are under way: their intent is all that is left of them.</summary>
public sealed class Being_cut_off_while_sending
{
    private const int Records = 30;

    private static readonly object WithKeys = new { idempotencyHeader = "Idempotency-Key" };

    [Fact]
    public async Task What_was_under_way_is_entered_by_its_keys_and_goes_again_under_the_same_ones()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Append, WithKeys);
        var run = await CutOffAsync(world, keeps: "name");

        var end = await world.MoveAsync(run);

        Assert.Equal((RunState.Succeeded, Records), (end.State, end.RecordsRead));
        Assert.Equal(Enumerable.Range(1, Records), world.Held().Order());
        Assert.Equal(("", 0L), (string.Join(',', world.Sink.Rekeyed), await world.CountAsync("select count(*) from send_parcel")));
        Assert.All(await world.LedgerAsync("state"), state => Assert.Equal("Taken", state));
    }

    [Fact]
    public async Task Without_a_key_the_next_attempt_finds_the_places_of_the_one_before()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Append, WithKeys, keys: []);
        var run = await CutOffAsync(world, keeps: "name");

        var end = await world.MoveAsync(run);

        Assert.Equal((RunState.Succeeded, Records), (end.State, end.RecordsRead));
        Assert.Equal(Enumerable.Range(1, Records), world.Held().Order());
        Assert.Empty(world.Sink.Rekeyed);
        Assert.Empty(await world.LedgerAsync("state"));
    }

    [Fact]
    public async Task The_story_of_a_record_tells_of_a_call_that_nobody_heard_the_answer_of()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Append, WithKeys);
        await CutOffAsync(world, keeps: "name");

        var story = await new RecordStories(world.Console.Database).TellAsync(world.Tenant, "1", default);

        Assert.Contains(story.Events, one => one.Words.StartsWith("The answer was lost", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_call_that_goes_again_and_is_not_heard_either_keeps_its_key()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Append, WithKeys);
        var run = await CutOffAsync(world, keeps: "name");
        world.Outside.Faults.Add(new Fault("/sink", FaultKind.Status) { Method = "POST", Status = 503, RetryAfter = "60" });
        await world.MoveAsync(run);
        world.Outside.Faults.Clear();
        await world.ExecuteAsync($"update run set start_after = now() where id = '{run}'");

        var end = await world.MoveAsync(run);

        Assert.Equal((RunState.Succeeded, Records), (end.State, end.RecordsRead));
        Assert.Equal(Enumerable.Range(1, Records), world.Held().Order());
        Assert.Empty(world.Sink.Rekeyed);
    }

    /// <summary>The node stops while the company, which has made the first records, keeps its answers to itself.</summary>
    private static async Task<Guid> CutOffAsync(SendWorld world, string keeps)
    {
        world.GivenRecords(Records, keeps);
        world.Outside.Faults.Add(new Fault("/sink", FaultKind.Silent) { Method = "POST", After = 4 });
        var request = await world.Console.Get<RunQueue>().RequestAsync(world.Tenant, world.Sync.Id, RunTrigger.Manual, Support.TestConsole.Somebody, default);
        var claimed = await world.Console.Get<RunQueue>().ClaimAsync(world.Tenant, world.Sync.Id, request.RunId!.Value, default) ?? throw new InvalidOperationException("The run could not be claimed.");
        using var stopping = new CancellationTokenSource();
        var running = world.Console.Get<IntegrationConsole.Sync.Line.SyncRunner>().RunAsync(claimed, stopping.Token);
        await Task.WhenAny(world.Sink.HoldsAsync(4), running);
        await stopping.CancelAsync();
        await running;
        world.Outside.Faults.Clear();
        Assert.NotEqual(0, await world.CountAsync("select count(*) from send_parcel where states is null"));
        return request.RunId!.Value;
    }
}
