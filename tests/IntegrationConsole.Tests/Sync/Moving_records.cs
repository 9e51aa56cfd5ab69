using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Tests.Sync;

public sealed class Moving_records
{
    [Fact]
    public async Task Every_record_arrives_once_and_the_run_balances()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(95);

        var run = await world.RunAsync();

        Assert.Equal(RunState.Succeeded, run.State);
        Assert.Equal(new RunCounts(95, 95, 0, 0, 0, 0, 0), run.Counts);
        Assert.Equal(95, world.System.Held.Count);
        Assert.Equal(95, run.Expected);
    }

    [Fact]
    public async Task Run_again_nothing_changes_and_the_run_says_so()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(30);
        await world.RunAsync();

        var again = await world.RunAsync();

        Assert.Equal(new RunCounts(30, 0, 30, 0, 0, 0, 0), again.Counts);
        Assert.Equal(2, again.Number);
    }

    [Fact]
    public async Task A_record_that_the_mapping_cannot_take_is_set_aside_and_its_neighbours_arrive()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(25);
        world.System.Records[6] = """{"id":"seven","name":"bad"}""";

        var run = await world.RunAsync();
        var letter = Assert.Single(await world.LettersAsync());

        Assert.Equal(RunState.Partial, run.State);
        Assert.Equal(new RunCounts(25, 24, 0, 0, 1, 0, 0), run.Counts);
        Assert.Equal((FailureCause.Mapping, "id", LetterStage.Map), (letter.Cause, letter.Field, letter.Stage));
        Assert.DoesNotContain("seven", letter.Message);
    }

    [Fact]
    public async Task A_batch_that_is_refused_is_split_until_the_record_at_fault_stands_alone()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(64);
        world.System.BatchSize = 64;
        world.System.Refuse = keys => keys.Contains("13") ? new Failure(FailureCause.Conflict, "Another row already has this value.", "23505") : null;

        var run = await world.RunAsync();
        var letter = Assert.Single(await world.LettersAsync());

        Assert.Equal(new RunCounts(64, 63, 0, 0, 1, 0, 0), run.Counts);
        Assert.Equal(("13", FailureCause.Conflict, LetterStage.Write), (letter.RecordKey, letter.Cause, letter.Stage));
        Assert.Equal(Enumerable.Range(1, 64).Where(id => id != 13).Select(id => $"{id}"), world.System.Arrivals);
    }

    [Fact]
    public async Task A_destination_that_is_down_puts_the_run_back_and_sets_nothing_aside()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(30);
        var calls = 0;
        world.System.Refuse = _ => calls++ == 1 ? new Failure(FailureCause.TargetDown, "The shop is down or overloaded (503).", "503") : null;

        var run = await world.RunAsync();

        Assert.Equal(RunState.Queued, run.State);
        Assert.Equal(1, run.Retries);
        Assert.Equal(10, run.RecordsRead);
        Assert.StartsWith("The shop is down or overloaded (503). Goes on by itself", run.Reason);
        Assert.Empty(await world.LettersAsync());
    }

    [Fact]
    public async Task A_run_that_was_put_back_goes_on_where_it_was()
    {
        var clock = new Support.ManualClock();
        await using var world = await SyncWorld.StartAsync(clock: clock);
        world.GivenRecords(30);
        var calls = 0;
        world.System.Refuse = _ => calls++ == 1 ? new Failure(FailureCause.TargetDown, "Down.", "503") : null;
        var stopped = await world.RunAsync();
        clock.Advance(TimeSpan.FromSeconds(31));

        var run = await world.MoveAsync(stopped.Id);

        Assert.Equal(RunState.Succeeded, run.State);
        Assert.Equal(new RunCounts(30, 30, 0, 0, 0, 0, 0), run.Counts);
        Assert.Equal(30, world.System.Arrivals.Count);
    }

    [Fact]
    public async Task A_refused_sign_in_fails_the_run_at_once_and_asks_for_a_person()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(30);
        world.System.BeforeRead = (_, _) => throw new FailureException(new Failure(FailureCause.Auth, "The shop does not accept the credential (401).", "401"));

        var run = await world.RunAsync();

        Assert.Equal((RunState.Failed, FailureCause.Auth, true), (run.State, run.Cause, run.NeedsPerson));
        Assert.Equal("The shop does not accept the credential (401).", run.Reason);
    }

    [Fact]
    public async Task A_defect_of_the_console_ends_the_run_and_not_the_process()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(30);
        world.System.BeforeRead = (position, _) => position == 10 ? throw new InvalidCastException("secret value") : Task.CompletedTask;

        var run = await world.RunAsync();

        Assert.Equal((RunState.Failed, FailureCause.Bug), (run.State, run.Cause));
        Assert.DoesNotContain("secret value", run.Reason);
    }

    [Fact]
    public async Task Records_that_do_not_meet_the_conditions_are_filtered_and_counted()
    {
        await using var world = await SyncWorld.StartAsync(conditions: [new RecordCondition("name", ConditionOperator.NotEquals, "name 3")]);
        world.GivenRecords(5);

        var run = await world.RunAsync();

        Assert.Equal(new RunCounts(5, 4, 0, 1, 0, 0, 0), run.Counts);
        Assert.False(world.System.Held.ContainsKey("3"));
    }

    [Fact]
    public async Task Without_a_key_what_was_written_before_the_outage_is_recorded_and_the_rest_is_set_aside()
    {
        await using var world = await SyncWorld.StartAsync(WriteMode.Append);
        world.GivenRecords(8);
        var calls = 0;
        world.System.Refuse = keys => calls++ switch
        {
            0 => new Failure(FailureCause.Validation, "One of them is bad."),
            1 => null,
            _ => new Failure(FailureCause.TargetDown, "Down."),
        };

        var run = await world.RunAsync();

        Assert.Equal((8, 4, 4), (run.RecordsRead, run.Written, run.Failed));
        Assert.Equal(4, (await world.LettersAsync()).Count);
        Assert.Equal(4, world.System.Arrivals.Count);
    }

    [Fact]
    public async Task Two_equal_bad_records_without_a_key_are_two_letters()
    {
        await using var world = await SyncWorld.StartAsync(WriteMode.Append);
        world.System.Records = ["""{"id":"x","name":"a"}""", """{"id":"x","name":"a"}"""];

        await world.RunAsync();

        Assert.Equal(2, (await world.LettersAsync()).Count);
    }

    [Fact]
    public async Task An_incremental_run_moves_the_cursor_only_when_it_read_to_the_end()
    {
        await using var world = await SyncWorld.StartAsync(read: ReadMode.Incremental);
        world.GivenRecords(30);
        world.System.BeforeRead = (position, _) => position == 20 ? throw new FailureException(new Failure(FailureCause.Auth, "No.")) : Task.CompletedTask;
        await world.RunAsync();
        var after = await world.Console.Get<SyncStore>().FindAsync(world.Tenant, world.Sync.Id, default);

        world.System.BeforeRead = (_, _) => Task.CompletedTask;
        await world.RunAsync();
        var end = await world.Console.Get<SyncStore>().FindAsync(world.Tenant, world.Sync.Id, default);

        Assert.Null(after!.Cursor);
        Assert.Equal("30", end!.Cursor);
    }

    [Fact]
    public async Task A_mapping_without_a_published_version_fails_the_run_with_what_to_do()
    {
        await using var world = await SyncWorld.StartAsync();
        await using (var session = await world.Console.Database.InTenantAsync(world.Tenant, default))
        {
            await session.RunAsync("update mapping_version set state = 'Draft'", null, default);
            await session.CommitAsync(default);
        }

        var run = await world.RunAsync();

        Assert.Equal((RunState.Failed, FailureCause.Configuration), (run.State, run.Cause));
        Assert.Contains("publish the draft", run.Reason);
    }
}
