using System.Globalization;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync.Order;

namespace IntegrationConsole.Tests.Sync;

public sealed class Stopping_where_half_fails_alike
{
    [Fact]
    public async Task A_destination_that_refuses_half_of_a_batch_stops_the_run_with_a_handful_of_letters()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(300);
        world.System.BatchSize = 100;
        Refuse(world, id => id is > 150 and <= 200);

        var run = await world.RunAsync();

        Assert.Equal((RunState.Failed, FailureCause.Validation, LetterStage.Write, true), (run.State, run.Cause, run.Stage, run.IsBroken));
        Assert.Equal(
            "50 of 100 records failed alike. The first of this batch: name: Not today. Nothing of the batch is lost, the next run reads it again: put it right and run again, or have it set aside all the same.",
            run.Reason);
        Assert.Equal(new RunCounts(105, 100, 0, 0, 5, 0, 0), run.Counts);
        Assert.Equal("100", run.Checkpoint);
        Assert.Equal(["151", "152", "153", "154", "155"], (await world.LettersAsync()).Select(letter => letter.RecordKey).Order());
        Assert.Equal((100, 0), await FiguresAsync(world));
    }

    [Fact]
    public async Task Put_right_the_next_run_brings_all_records_and_settles_the_letters()
    {
        await using var world = await SyncWorld.StartAsync(read: ReadMode.Incremental);
        world.GivenRecords(60);
        world.System.BatchSize = 30;
        Refuse(world, id => id > 30);
        await world.RunAsync();
        var cursor = (await FindSyncAsync(world)).Cursor;
        Refuse(world, _ => false);

        var run = await world.RunAsync();

        Assert.Null(cursor);
        Assert.Equal((RunState.Succeeded, 60, false), (run.State, run.RecordsRead, run.IsBroken));
        Assert.Equal(60, world.System.Held.Count);
        Assert.Empty(await world.LettersAsync());
    }

    [Theory]
    [InlineData(49, RunState.Partial)]
    [InlineData(50, RunState.Failed)]
    public async Task Less_than_half_is_set_aside_as_ever(int refused, RunState ends)
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(100);
        world.System.BatchSize = 100;
        Refuse(world, id => id <= refused);

        Assert.Equal(ends, (await world.RunAsync()).State);
    }

    [Fact]
    public async Task What_fails_for_different_reasons_does_not_stop_it()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(90);
        world.System.BatchSize = 90;
        world.System.Refuse = keys => Refused(keys, _ => true, "E" + (char)('A' + int.Parse(keys[0], CultureInfo.InvariantCulture) % 3));

        Assert.Equal((RunState.Partial, new RunCounts(90, 0, 0, 0, 90, 0, 0)), (await world.RunAsync() is var run ? run.State : default, run.Counts));
    }

    [Fact]
    public async Task Small_batches_are_judged_with_those_before_them()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(100);
        Refuse(world, id => id > 30);

        var run = await world.RunAsync();

        // Ten good ones and ten bad ones are half.
        Assert.Equal((RunState.Failed, "30"), (run.State, run.Checkpoint));
        Assert.StartsWith("10 of 20 records failed alike.", run.Reason);
        Assert.Equal(5, (await world.LettersAsync()).Count);
    }

    [Fact]
    public async Task A_handful_of_records_are_set_aside_as_ever()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(19);
        Refuse(world, _ => true);

        Assert.Equal(new RunCounts(19, 0, 0, 0, 19, 0, 0), (await world.RunAsync()).Counts);
    }

    [Fact]
    public async Task A_mapping_that_takes_nothing_any_more_stops_the_run_before_the_batch_is_written()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(80);
        world.System.BatchSize = 40;
        for (var index = 60; index < 80; index++)
        {
            world.System.Records[index] = $$"""{"id":"{{index}}?","name":"bad"}""";
        }

        var run = await world.RunAsync();

        Assert.Equal((RunState.Failed, FailureCause.Mapping, LetterStage.Map, true), (run.State, run.Cause, run.Stage, run.IsBroken));
        Assert.Equal((new RunCounts(45, 40, 0, 0, 5, 0, 0), 40), (run.Counts, world.System.Held.Count));
    }

    [Fact]
    public async Task Switched_off_everything_is_set_aside_by_the_mapping_too()
    {
        await using var world = await SyncWorld.StartAsync(batchBreaker: false);
        world.GivenRecords(100);
        world.System.BatchSize = 100;
        Refuse(world, _ => true);
        var refused = await world.RunAsync();
        world.System.Records = [.. world.System.Records.Select(record => record.Replace("\"id\":", "\"id\":\"x\",\"other\":"))];

        var rejected = await world.RunAsync();

        Assert.Equal((RunState.Partial, new RunCounts(100, 0, 0, 0, 100, 0, 0)), (refused.State, refused.Counts));
        Assert.Equal((RunState.Partial, new RunCounts(100, 0, 0, 0, 100, 0, 0)), (rejected.State, rejected.Counts));
    }

    [Fact]
    public async Task One_run_may_set_aside_all_the_same_and_the_next_one_stops_again()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(100);
        world.System.BatchSize = 50;
        Refuse(world, id => id <= 40);
        await world.RunAsync();

        var request = await world.Console.Get<RunQueue>().RequestWithoutBreakerAsync(world.Tenant, world.Sync.Id, TestConsole.Somebody, default);
        var passing = await world.MoveAsync(request.RunId!.Value);
        var next = await world.RunAsync();

        Assert.Equal((RunState.Partial, new RunCounts(100, 50, 10, 0, 40, 0, 0), false), (passing.State, passing.Counts, passing.BatchBreaker));
        Assert.Equal((RunState.Failed, true), (next.State, next.BatchBreaker));
    }

    [Fact]
    public async Task A_run_that_waits_already_becomes_the_one_that_sets_aside()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(30);
        Refuse(world, _ => true);
        var waiting = (await world.RequestAsync()).RunId!.Value;

        var request = await world.Console.Get<RunQueue>().RequestWithoutBreakerAsync(world.Tenant, world.Sync.Id, TestConsole.Somebody, default);

        Assert.Equal(new RunRequest(waiting, "Run 1 is waiting already, and sets aside what fails."), request);
        Assert.Equal((RunState.Partial, 30), (await world.MoveAsync(waiting) is var run ? run.State : default, run.Rejected));
    }

    [Fact]
    public async Task Without_a_key_a_batch_of_which_nothing_arrived_is_read_again()
    {
        await using var world = await SyncWorld.StartAsync(WriteMode.Append);
        world.GivenRecords(60);
        world.System.BatchSize = 30;
        world.System.RefuseRow = text => int.Parse(text.Split('|')[0], CultureInfo.InvariantCulture) > 30 ? NotToday() : null;

        var stopped = await world.RunAsync();
        world.System.RefuseRow = _ => null;
        var run = await world.RunAsync();

        Assert.Equal((RunState.Failed, new RunCounts(30, 30, 0, 0, 0, 0, 0)), (stopped.State, stopped.Counts));
        Assert.Empty(await world.LettersAsync(any: true));
        Assert.Equal((RunState.Succeeded, 30), (run.State, run.Written));
        Assert.Equal(60, world.System.Arrivals.Count);
    }

    [Fact]
    public async Task Without_a_key_a_batch_of_which_some_arrived_is_set_aside_and_the_next_run_goes_on_behind_it()
    {
        await using var world = await SyncWorld.StartAsync(WriteMode.Append);
        world.GivenRecords(90);
        world.System.BatchSize = 30;
        world.System.RefuseRow = text => int.Parse(text.Split('|')[0], CultureInfo.InvariantCulture) is > 30 and <= 50 ? NotToday() : null;

        var stopped = await world.RunAsync();
        var next = await world.RunAsync();

        Assert.Equal((RunState.Failed, true, new RunCounts(60, 40, 0, 0, 20, 0, 0)), (stopped.State, stopped.IsBroken, stopped.Counts));
        Assert.Contains("They were set aside, since without a key they would be written twice", stopped.Reason);
        Assert.Equal((RunState.Succeeded, 30), (next.State, next.RecordsRead));
        Assert.Equal((70, 20), (world.System.Arrivals.Count, (await world.LettersAsync()).Count));
    }

    [Fact]
    public async Task A_fault_of_the_connection_opens_its_circuit_and_the_run_waits_with_nothing_set_aside()
    {
        var clock = new ManualClock();
        await using var world = await SyncWorld.StartAsync(clock: clock);
        world.GivenRecords(60);
        world.System.BatchSize = 30;
        world.System.Refuse = keys => keys.Any(key => int.Parse(key, CultureInfo.InvariantCulture) > 30) ? new Failure(FailureCause.Timeout, "fake did not answer in time.") : null;

        var waiting = await world.RunAsync();
        var circuit = await world.Console.Get<CircuitStore>().FindAsync(world.Tenant, world.Sync.DestinationConnectionId, default);
        world.System.Refuse = _ => null;
        clock.Advance(TimeSpan.FromMinutes(1));
        var run = await world.MoveAsync(waiting.Id);

        Assert.Equal((CircuitState.Open, FailureCause.Timeout, true), (circuit!.State, circuit.Cause, circuit.IsAutomatic));
        Assert.StartsWith("30 of 30 records failed alike. The first of this batch: fake did not answer in time.", circuit.Reason);
        Assert.Equal((RunState.Queued, 0, 30), (waiting.State, waiting.Retries, waiting.RecordsRead));
        Assert.StartsWith("Waits: the circuit of fake is open since", waiting.Reason);
        Assert.Equal((RunState.Succeeded, new RunCounts(60, 60, 0, 0, 0, 0, 0)), (run.State, run.Counts));
        Assert.Empty(await world.LettersAsync(any: true));
    }

    [Fact]
    public async Task Where_order_is_kept_the_few_letters_hold_nothing_back()
    {
        await using var world = await OrderWorld.StartAsync(batchSize: 30);
        world.GivenEvents([.. Enumerable.Range(1, 30).Select(number => $"order {number}/{number}")]);
        world.Refuse([.. Enumerable.Range(1, 30).Select(number => number.ToString(CultureInfo.InvariantCulture))]);
        var stopped = await world.Inner.RunAsync();
        var letters = (await world.Inner.LettersAsync()).Count;
        world.Refuse();

        var run = await world.Inner.RunAsync();

        Assert.Equal((RunState.Failed, true, 5), (stopped.State, stopped.IsBroken, letters));
        Assert.Equal((RunState.Succeeded, 30, ""), (run.State, run.Written, await world.OpenAsync()));
    }

    [Fact]
    public async Task What_is_refused_for_the_records_leaves_the_circuit_closed()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(40);
        Refuse(world, _ => true);
        await world.RunAsync();

        Assert.Null(await world.Console.Get<CircuitStore>().FindAsync(world.Tenant, world.Sync.DestinationConnectionId, default));
    }

    private static void Refuse(SyncWorld world, Func<int, bool> refused) => world.System.Refuse = keys => Refused(keys, refused);

    private static Failure? Refused(IReadOnlyList<string> keys, Func<int, bool> refused, string code = "E1") =>
        keys.Any(key => refused(int.Parse(key, CultureInfo.InvariantCulture))) ? NotToday(code) : null;

    private static Failure NotToday(string code = "E1") => new(FailureCause.Validation, "name: Not today.", code, "name");

    /// <summary>What figures say: the records of a batch that is read again count when they are.</summary>
    private static async Task<(long Read, long SetAside)> FiguresAsync(SyncWorld world)
    {
        await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
        return (await session.OneAsync<long>("select sum(records_read)::bigint from sync_minute", null, default), await session.OneAsync<long>("select sum(rejected)::bigint from sync_minute", null, default));
    }

    private static async Task<SyncDefinition> FindSyncAsync(SyncWorld world) => (await world.Console.Get<SyncStore>().FindAsync(world.Tenant, world.Sync.Id, default))!;
}
