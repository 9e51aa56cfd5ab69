using IntegrationConsole.Connectors;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Sends;
using IntegrationConsole.Tests.Support;
using OutsideWorld;

namespace IntegrationConsole.Tests.Sync.Sends;

public sealed class Keeping_a_ledger_of_sends
{
    [Theory]
    [InlineData(WriteMode.Upsert)]
    [InlineData(WriteMode.Append)]
    public async Task What_the_destination_took_is_not_sent_again(WriteMode mode)
    {
        await using var world = await SendWorld.StartAsync(mode);
        world.GivenRecords(25);
        var first = await world.RunAsync();
        world.Source.Records[3] = """{"id":4,"name":"another"}""";

        var second = await world.RunAsync();

        Assert.Equal((25, 0), (first.Written, first.Unchanged));
        Assert.Equal((1, 24), (second.Written, second.Unchanged));
        Assert.Equal(26, world.Sent);
    }

    [Fact]
    public async Task A_state_that_comes_back_is_sent_again_under_another_key()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Upsert, new { idempotencyHeader = "Idempotency-Key" });
        foreach (var name in (string[])["open", "closed", "open"])
        {
            world.Source.Records = [$$"""{"id":1,"name":"{{name}}"}"""];
            Assert.Equal(1, (await world.RunAsync()).Written);
        }

        Assert.Equal((3, 0), (world.Sent, world.Sink.Duplicates));
        Assert.Contains("open", world.Sink.Items.Single());
    }

    [Fact]
    public async Task Of_several_records_with_one_key_in_a_batch_the_last_one_stays()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Upsert, new { idempotencyHeader = "Idempotency-Key" });
        world.Source.Records = ["""{"id":1,"name":"open"}""", """{"id":2,"name":"open"}""", """{"id":1,"name":"closed"}""", """{"id":1,"name":"open"}"""];

        var run = await world.RunAsync();

        Assert.Equal((4, 4, 0), (run.Written, world.Sent, world.Sink.Duplicates));
        Assert.Contains("open", world.Sink.Find("1").Single());
    }

    [Fact]
    public async Task A_stream_may_ask_for_what_did_not_change_as_well()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Upsert, new { sendUnchanged = true });
        world.GivenRecords(5);
        await world.RunAsync();

        await world.RunAsync();

        Assert.Equal(10, world.Sent);
    }

    [Fact]
    public async Task Without_a_key_every_run_appends_and_nothing_is_taken_for_known()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Append, keys: []);
        world.GivenRecords(5);

        await world.RunAsync();
        var second = await world.RunAsync();

        Assert.Equal((5, 10), (second.Written, world.Sink.Count));
    }

    [Fact]
    public async Task The_ledger_says_what_came_back_and_nothing_of_the_record()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Append);
        world.Source.Records = ["""{"id":1,"name":"secret"}""", """{"id":2,"name":"far longer than twenty characters"}"""];

        await world.RunAsync();

        Assert.Equal(["Taken", "Refused"], await world.LedgerAsync("state"));
        Assert.Equal(["201", "422"], await world.LedgerAsync("status"));
        Assert.Equal(["item-1", ""], await world.LedgerAsync("remote_id"));
        Assert.DoesNotContain(await world.LedgerAsync("row_to_json(send_ledger)"), row => row.Contains("secret") || row.Contains("longer"));
    }

    [Fact]
    public async Task A_record_that_was_refused_and_corrected_is_sent_under_another_key()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Append, new { idempotencyHeader = "Idempotency-Key" });
        world.Outside.Faults.Add(new Fault("/sink", FaultKind.Status) { Status = 422, Times = 1 });
        world.GivenRecords(1);
        await world.RunAsync();

        var replay = await world.ReplayAsync();

        Assert.Equal((1, 1), (replay.Delivered, world.Sink.Count));
        Assert.Equal(["2"], await world.LedgerAsync("revision"));
    }

    [Fact]
    public async Task Entries_are_removed_when_they_were_of_no_use_for_long()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Upsert);
        world.GivenRecords(10);
        await world.RunAsync();
        await world.ExecuteAsync("update send_ledger set used_on = used_on - 40 where record_key <> '3'");
        world.Source.Records = ["""{"id":4,"name":"name 4"}"""];
        await world.RunAsync();

        var removed = await new SendRetention(
            world.Console.Database, Microsoft.Extensions.Options.Options.Create(new IntegrationConsole.Sync.WorkerOptions()), TimeProvider.System).DeleteExpiredAsync(default);

        Assert.Equal(8, removed);
        Assert.Equal(["3", "4"], await world.LedgerAsync("record_key"));
    }

    [Fact]
    public async Task It_goes_with_its_tenant()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Upsert);
        world.GivenRecords(3);
        await world.RunAsync();

        Assert.Equal(3, (await world.LedgerAsync("record_key")).Count);
        await world.Console.Get<IntegrationConsole.Tenants.TenantStore>().EraseAsync(world.Tenant, TestConsole.Somebody, default);

        Assert.Empty(await world.LedgerAsync("record_key"));
    }

    [Fact]
    public async Task Somebody_may_have_it_forgotten_and_then_everything_is_sent()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Upsert);
        world.GivenRecords(5);
        await world.RunAsync();
        var ledger = world.Console.Get<SendLedger>();
        var size = await ledger.SizeAsync(world.Tenant, world.Sync.Id, default);

        await ledger.ForgetAsync(world.Tenant, world.Sync.Id, "Orders", TestConsole.Somebody, default);
        await world.RunAsync();

        Assert.Equal((5, true, 0), (size.Records, size.IsExact, size.Unanswered));
        Assert.InRange(size.Bytes, 5 * 100, 5 * 400);
        Assert.Equal(10, world.Sent);
    }

    [Fact]
    public async Task A_system_that_goes_away_in_the_middle_is_sent_the_rest_when_it_is_back_and_nothing_twice()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Append);
        world.GivenRecords(10);
        world.Outside.Faults.Add(new Fault("/sink", FaultKind.Status) { Status = 503, After = 4, Times = 40 });
        var run = await world.RunAsync();
        world.Outside.Faults.Clear();
        await world.ExecuteAsync($"update run set start_after = now() where id = '{run.Id}'");

        var end = await world.MoveAsync(run.Id);

        Assert.Equal(RunState.Queued, run.State);
        Assert.Equal((RunState.Succeeded, 10), (end.State, end.RecordsRead));
        Assert.Equal(Enumerable.Range(1, 10), world.Held().Order());
    }
}
