using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Connectors.Postgres;
using OutsideWorld;

namespace IntegrationConsole.Tests.Sync.Faults;

public sealed class Losing_the_line_while_writing
{
    /// <summary>As the message ends; a transaction begins with words that contain it too.</summary>
    private const string Commit = "COMMIT\0";

    private const string List = "/secure/basic/sink";

    [Theory]
    [InlineData(WriteMode.Upsert)]
    [InlineData(WriteMode.Append)]
    public async Task A_commit_whose_answer_is_lost_neither_loses_nor_doubles_anybody(WriteMode mode)
    {
        await using var world = await FaultWorld.StartAsync(mode: mode);
        await using var proxy = new CuttingProxy(world.Company.Database.Port);
        await world.SetAsync(world.Destination, "port", proxy.Port);
        proxy.LoseTheAnswerTo(Commit);

        var run = await world.RunAsync();

        Assert.Equal(1, proxy.Cuts);
        Assert.Equal(RunState.Succeeded, run.State);
        await world.EverybodyIsThereAsync();
    }

    [Theory]
    [InlineData(WriteMode.Upsert, false)]
    [InlineData(WriteMode.Upsert, true)]
    [InlineData(WriteMode.Append, false)]
    [InlineData(WriteMode.Append, true)]
    public async Task A_database_that_goes_away_in_the_middle_of_a_commit_finds_the_run_going_on_when_it_is_back(WriteMode mode, bool isSourceQuickThen)
    {
        await using var world = await FaultWorld.StartAsync(mode: mode);
        await using var proxy = new CuttingProxy(world.Company.Database.Port);
        await world.SetAsync(world.Destination, "port", proxy.Port);
        proxy.LoseTheAnswerTo(Commit, andStayAway: true);

        var put = await world.TryAsync();
        world.Clock.IsQuick = isSourceQuickThen;
        await world.SetAsync(world.Destination, "port", world.Company.Database.Port);
        var run = await world.MoveAsync(put.Id, toTheEnd: true);

        Assert.Equal((RunState.Queued, FailureCause.TargetDown), (put.State, put.Cause));
        Assert.Equal(RunState.Succeeded, run.State);
        await world.EverybodyIsThereAsync();
    }

    [Fact]
    public async Task A_database_that_stays_away_ends_the_run_as_target_down_and_the_next_one_brings_the_rest()
    {
        await using var world = await FaultWorld.StartAsync();
        await using var proxy = new CuttingProxy(world.Company.Database.Port);
        await world.SetAsync(world.Destination, "port", proxy.Port);
        proxy.LoseTheAnswerTo(Commit, andStayAway: true);

        var run = await world.RunAsync();

        await world.FailedAsync(run, FailureCause.TargetDown, "127.0.0.1");
        await world.SetAsync(world.Destination, "port", world.Company.Database.Port);
        await world.HealsAsync();
    }

    [Fact]
    public async Task An_API_that_can_be_asked_again_is_asked_again_when_its_answer_is_lost()
    {
        await using var world = await FaultWorld.StartAsync(Target.List);
        world.Company.Server.Faults.Add(new Fault(List, FaultKind.AnswerLost) { After = 5, Times = 1 });

        var run = await world.RunAsync();

        Assert.Equal((RunState.Succeeded, 41), (run.State, run.RecordsRead));
        await world.EverybodyIsThereAsync();
    }

    [Fact]
    public async Task A_record_that_an_API_may_have_made_is_set_aside_as_unknown_and_not_sent_again_by_itself()
    {
        await using var world = await FaultWorld.StartAsync(Target.CreatingList, mode: WriteMode.Append);
        world.Company.Server.Faults.Add(new Fault(List, FaultKind.AnswerLost) { After = 15, Times = 1 });

        var run = await world.RunAsync();
        var letter = Assert.Single(await world.LettersAsync());

        Assert.Equal((RunState.Partial, 40, 39, 1), (run.State, run.RecordsRead, run.Written, run.Unknown));
        Assert.Equal((FailureCause.Unknown, LetterOutcome.Unknown), (letter.Cause, letter.Outcome));
        Assert.Contains("127.0.0.1 did not say whether it made the record", letter.Message);
        Assert.Equal(world.Company.Expected(), await world.ArrivedAsync());
        await Assert.ThrowsAsync<InvalidOperationException>(() => world.ReplayAsync());
        Assert.Equal(world.Company.Expected(), await world.ArrivedAsync());
        await world.NothingIsToldAsync(run);
    }
}
