using System.Text.Json.Nodes;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Tests.Sync.Faults;

public sealed class Writing_what_does_not_fit
{
    /// <param name="field">Of the two records at fault.</param>
    /// <param name="value">As JSON.</param>
    /// <param name="cause">What it is.</param>
    /// <param name="says">What the letters say.</param>
    /// <param name="remedy">What makes the database take the records as they are.</param>
    [Theory]
    [InlineData("name", "\"zq7private zq7private zq7private\"", FailureCause.Validation, "name takes at most 20 characters", "alter table people alter name type varchar(200)")]
    [InlineData("email", null, FailureCause.Validation, "email needs a value", "alter table people alter email drop not null")]
    [InlineData("age", "200", FailureCause.Validation, "people_age_sane", "alter table people drop constraint people_age_sane")]
    [InlineData("age", "70000", FailureCause.Validation, "age (smallint) takes numbers from -32768 to 32767", "alter table people alter age type int, drop constraint people_age_sane")]
    [InlineData("amount", "12345678.5", FailureCause.Validation, "amount (numeric(8,2)) has too few digits", "alter table people alter amount type numeric(20,2)")]
    [InlineData("email", "\"1@zq7private.example\"", FailureCause.Conflict, "people_email_once", "alter table people drop constraint people_email_once")]
    public async Task Two_records_that_a_table_does_not_take_are_set_aside_and_arrive_when_it_takes_them(
        string field, string? value, FailureCause cause, string says, string remedy)
    {
        await using var world = await FaultWorld.StartAsync();
        world.Company.Spoil(33, field, value is null ? null : JsonNode.Parse(value));
        world.Company.Spoil(47, field, value is null ? null : JsonNode.Parse(value));

        var run = await world.RunAsync();

        await world.SetAsideAsync(run, (33, cause, field), (47, cause, field));
        Assert.All(await world.LettersAsync(), letter => Assert.Contains(says, letter.Message));
        Assert.Equal((41, 38, 1, 2), (run.RecordsRead, run.Written, run.Unchanged, run.Rejected));
        Assert.Equal(world.Company.Expected(without: [33, 47]), await world.ArrivedAsync());
        await world.Company.Database.RunAsync(remedy);
        var replay = await world.ReplayAsync();
        Assert.Equal((2, 0), (replay.Delivered, replay.Failed));
        await world.EverybodyIsThereAsync();
        await world.HealsAsync();
    }

    [Fact]
    public async Task A_column_that_the_mapping_leaves_out_fails_the_run_at_the_mapping()
    {
        await using var world = await FaultWorld.StartAsync();
        await world.Company.Database.RunAsync("alter table people add source text not null default ''; alter table people alter source drop default");

        var run = await world.RunAsync();

        Assert.Equal((RunState.Failed, FailureCause.Mapping, LetterStage.Map), (run.State, run.Cause, run.Stage));
        Assert.Contains("no row without a value in its column source", run.Reason);
    }

    [Fact]
    public async Task A_record_that_is_corrected_at_its_source_takes_the_place_of_its_letter()
    {
        await using var world = await FaultWorld.StartAsync();
        world.Company.Spoil(60, "age", 200);
        await world.SetAsideAsync(await world.RunAsync(), (60, FailureCause.Validation, "age"));

        world.Company.Spoil(60, "age", 20);

        await world.HealsAsync();
    }

    [Fact]
    public async Task A_record_that_an_API_refuses_is_set_aside_and_its_neighbours_arrive()
    {
        await using var world = await FaultWorld.StartAsync(Target.List);
        world.Company.Spoil(60, "name", "zq7private zq7private zq7private");

        var run = await world.RunAsync();

        await world.SetAsideAsync(run, (60, FailureCause.Validation, ""));
        Assert.Contains("127.0.0.1 does not accept the data (422)", Assert.Single(await world.LettersAsync()).Message);
        Assert.Equal(world.Company.Expected(without: [60]), await world.ArrivedAsync());
        world.Company.Spoil(60, "name", $"short {Company.Payload}");
        await world.HealsAsync();
    }
}
