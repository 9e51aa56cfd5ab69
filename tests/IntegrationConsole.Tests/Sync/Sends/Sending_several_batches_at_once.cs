using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Connectors.Rest;
using OutsideWorld;

namespace IntegrationConsole.Tests.Sync.Sends;

/// <summary>The source hands out ten records at a time.</summary>
public sealed class Sending_several_batches_at_once
{
    private const int Records = 60;

    private static readonly object WithKeys = new { idempotencyHeader = "Idempotency-Key" };

    [Fact]
    public async Task A_call_that_waits_to_be_tried_again_does_not_hold_up_the_batches_behind_it()
    {
        var waitIsOver = new TaskCompletionSource();
        await using var world = await SendWorld.StartAsync(WriteMode.Upsert, clock: new HurriedClock(50, waitIsOver.Task));
        world.GivenRecords(Records);
        world.Outside.Faults.Add(new Fault("/sink/orders/3", FaultKind.Status) { Status = 503, RetryAfter = "100", Times = 1 });

        var running = world.RunAsync();
        await Task.WhenAny(world.Sink.HoldsAsync(50), running);
        waitIsOver.SetResult();
        var run = await running;

        Assert.Equal((RunState.Succeeded, Records), (run.State, run.Written));
        Assert.Equal(Enumerable.Range(1, Records), world.Held().Order());
        Assert.InRange(world.Held().ToList().IndexOf(3), 50, Records - 1);
    }

    [Fact]
    public async Task Nothing_is_recorded_behind_a_batch_that_is_not_done()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Upsert);
        world.GivenRecords(Records);
        world.Outside.Faults.Add(new Fault("/sink/orders/7", FaultKind.Status) { Status = 503, RetryAfter = "60", Behind = world.Sink.HoldsAsync(20) });
        var stopped = await world.RunAsync();
        var taken = world.Sent;
        world.Outside.Faults.Clear();
        await world.ExecuteAsync($"update run set start_after = now() where id = '{stopped.Id}'");

        var end = await world.MoveAsync(stopped.Id);

        Assert.Equal((RunState.Queued, 0), (stopped.State, stopped.RecordsRead));
        Assert.InRange(taken, 20, Records - 1);
        Assert.Equal((RunState.Succeeded, Records), (end.State, end.RecordsRead));
        Assert.Equal((Records, Records), (world.Sent, world.Sink.Count));
    }

    [Fact]
    public async Task A_later_record_of_a_key_waits_for_the_earlier_one_in_another_batch()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Upsert);
        world.GivenRecords(Records);
        world.Source.Records[25] = """{"id":3,"name":"later"}""";
        world.Outside.Faults.Add(new Fault("/sink/orders/3", FaultKind.Status) { Status = 503, RetryAfter = "30", Times = 1 });

        var run = await world.RunAsync();

        Assert.Equal((RunState.Succeeded, Records), (run.State, run.Written));
        Assert.Contains("later", world.Sink.Find("3").Single());
    }

    [Fact]
    public async Task Without_a_key_all_that_was_sent_is_known_when_the_system_turns_us_away()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Append, WithKeys, keys: []);
        world.GivenRecords(Records);
        world.Outside.Faults.Add(new Fault("/sink", FaultKind.Status) { Method = "POST", Status = 429, RetryAfter = "60", After = 2, Times = 1 });
        world.Outside.Faults.Add(new Fault("/sink", FaultKind.Status) { Method = "POST", Status = 404, After = 27 });
        var failed = await world.RunAsync();
        world.Outside.Faults.Clear();

        var next = await world.RunAsync();
        await world.ReplayAsync();

        Assert.Equal((RunState.Failed, FailureCause.Configuration), (failed.State, failed.Cause));
        Assert.Equal(RunState.Succeeded, next.State);
        Assert.Equal(Records, failed.RecordsRead + next.RecordsRead);
        Assert.Equal(Enumerable.Range(1, Records), world.Held().Order());
    }

    [Theory]
    [InlineData(WriteMode.Upsert)]
    [InlineData(WriteMode.Append)]
    public async Task Where_half_is_refused_alike_the_run_stops_and_in_the_end_every_record_is_there_once(WriteMode mode)
    {
        await using var world = await SendWorld.StartAsync(mode, WithKeys, keys: mode is WriteMode.Append ? [] : ["id"]);
        world.GivenRecords(Records);
        world.Outside.Faults.Add(new Fault("/sink", FaultKind.Status) { Status = 422, After = 25 });
        var stopped = await world.RunAsync();
        world.Outside.Faults.Clear();

        var next = await world.RunAsync();
        if (mode is WriteMode.Append)
        {
            await world.ReplayAsync();
        }

        Assert.Equal((RunState.Failed, FailureCause.Validation, true), (stopped.State, stopped.Cause, stopped.IsBroken));
        Assert.Equal(RunState.Succeeded, next.State);
        Assert.Equal(mode is WriteMode.Append ? Records : Records + stopped.RecordsRead, stopped.RecordsRead + next.RecordsRead);
        Assert.Equal(Enumerable.Range(1, Records), world.Held().Order());
        Assert.Empty(await world.LettersAsync());
    }

    [Fact]
    public async Task Somebody_who_cancels_finds_all_that_was_sent_recorded()
    {
        await using var world = await SendWorld.StartAsync(WriteMode.Append, WithKeys, keys: []);
        world.GivenRecords(Records);
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        world.Source.BeforeRead = async (position, token) =>
        {
            if (position >= 30)
            {
                begun.TrySetResult();
                await Task.Delay(Timeout.Infinite, token);
            }
        };
        var request = await world.Console.Get<RunQueue>().RequestAsync(world.Tenant, world.Sync.Id, RunTrigger.Manual, Support.TestConsole.Somebody, default);
        var moving = world.MoveAsync(request.RunId!.Value);
        await Task.WhenAll(begun.Task, world.Sink.HoldsAsync(30));

        await world.Console.Get<RunQueue>().CancelAsync(world.Tenant, request.RunId!.Value, Support.TestConsole.Somebody, default);
        var run = await moving;

        Assert.Equal((RunState.Cancelled, 30), (run.State, run.RecordsRead));
        Assert.Equal(Enumerable.Range(1, 30), world.Held().Order());
    }
}
