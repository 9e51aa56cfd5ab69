using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Agreements;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync;

public sealed class Running_with_an_agreement
{
    private static readonly MappingDocument Plain = new([new() { Name = "id", Type = FieldType.Integer, Source = "id" }, new() { Name = "name", Source = "name" }], []);

    private const string Input = """{ "required": ["id", "name"], "properties": { "name": { "type": "string" } } }""";

    private const string Output = """{ "properties": { "name": { "maxLength": 8 } } }""";

    [Fact]
    public async Task Letters_carry_the_cause_the_pointer_and_the_rule()
    {
        await using var world = await SyncWorld.StartAsync();
        await PublishAsync(world, Plain with { InputSchema = Input, OutputSchema = Output });
        world.System.Records = ["""{"id":1,"name":"one"}""", """{"id":2,"name":2}""", """{"id":3,"name":"far too long"}""", """{"id":4}"""];

        var run = await world.RunAsync();

        Assert.Equal((RunState.Partial, new RunCounts(4, 1, 0, 0, 3, 0, 0)), (run.State, run.Counts));
        Assert.Equal(
            [
                ("2", LetterStage.Map, FailureCause.SchemaChange, "type", "/name"),
                ("3", LetterStage.Map, FailureCause.Validation, "maxLength", "/name"),
                ("4", LetterStage.Map, FailureCause.SchemaChange, "required", ""),
            ],
            (await world.LettersAsync()).Select(letter => (letter.KeyText, letter.Stage, letter.Cause, letter.Code, letter.Field)).Order());
    }

    [Fact]
    public async Task A_letter_that_was_corrected_passes_when_it_is_replayed_and_one_that_was_not_does_not()
    {
        await using var world = await SyncWorld.StartAsync();
        await PublishAsync(world, Plain with { InputSchema = Input });
        world.System.Records = ["""{"id":1,"name":"one"}""", """{"id":2,"name":2}""", """{"id":3,"name":3}"""];
        await world.RunAsync();
        var letter = (await world.LettersAsync()).Single(letter => letter.KeyText == "2");
        await world.Console.Get<DeadLetterStore>().EditAsync(world.Tenant, letter.Id, letter.Version, """{"id":2,"name":"two"}"""u8.ToArray(), TestConsole.Somebody, default);

        await world.ReplayAsync();

        Assert.Equal("2|two", world.System.Held["2"]);
        Assert.Equal(("3", 2), (await world.LettersAsync()) is [var left] ? (left.KeyText, left.Attempts) : default);
    }

    [Fact]
    public async Task What_may_go_on_is_written_and_told_once_in_the_run_s_log()
    {
        await using var world = await SyncWorld.StartAsync();
        await PublishAsync(world, Plain with { InputSchema = Input, InputMisfit = MisfitRule.Note, OutputSchema = Output, OutputMisfit = MisfitRule.Note });
        world.GivenRecords(35);
        world.System.Records[12] = """{"id":13,"name":13}""";
        world.System.Records[24] = """{"id":25}""";
        world.System.Records[30] = """{"id":31,"name":"secret name of somebody"}""";

        var run = await world.RunAsync();

        Assert.Equal((RunState.Succeeded, 35L), (run.State, run.Written));
        Assert.Equal(
            [
                "2 records do not fit the input schema and went on, as the mapping says. The first: /name: This must be a text, and it is a number (rule /properties/name/type).",
                "1 record does not fit the output schema and went on, as the mapping says. The first: /name: The text has 23 characters, and at most 8 are allowed (rule /properties/name/maxLength).",
            ],
            (await world.Console.Get<RunStore>().ReadLogAsync(world.Tenant, run.Id, null, 100, default)).Lines.Where(line => line.Level is RunLogLevel.Warning).Select(line => line.Message));
    }

    [Fact]
    public async Task A_source_that_changed_as_a_whole_stops_the_run_and_is_named()
    {
        await using var world = await SyncWorld.StartAsync();
        await PublishAsync(world, Plain with { InputSchema = """{ "required": ["customer"] }""" });
        world.GivenRecords(1_000);
        world.System.BatchSize = 100;

        var run = await world.RunAsync();

        Assert.Equal((RunState.Failed, FailureCause.SchemaChange, 5), (run.State, run.Cause, (await world.LettersAsync()).Count));
        Assert.Equal(
            "The source changed: none of its 100 records so far is what was agreed. The first of this batch: The source does not send what was agreed: \"customer\" is missing (rule /required). "
            + "Ask the source's owner, or change the schema and the mapping, and run again; the batch is read again.", run.Reason);
        Assert.Empty(world.System.Held);
    }

    [Fact]
    public async Task Where_only_some_are_of_the_source_the_mapping_is_named()
    {
        await using var world = await SyncWorld.StartAsync();
        await PublishAsync(world, Plain with { InputSchema = Input, Fields = [Plain.Fields[0], Plain.Fields[1] with { Type = FieldType.Uuid }] });
        world.GivenRecords(30);
        world.System.Records[0] = """{"id":1,"name":1}""";
        world.System.BatchSize = 30;

        var run = await world.RunAsync();

        Assert.Equal((RunState.Failed, FailureCause.Mapping), (run.State, run.Cause));
        Assert.StartsWith("The mapping sets every record aside: 30 of 30 so far.", run.Reason);
    }

    private static async Task PublishAsync(SyncWorld world, MappingDocument document)
    {
        var mappings = world.Console.Get<MappingStore>();
        var newest = (await mappings.ListVersionsAsync(world.Tenant, world.Sync.MappingId, default))[0];
        await mappings.SaveDraftAsync(world.Tenant, world.Sync.MappingId, newest.Number, newest.EditedAt, document, TestConsole.Somebody, default);
        await mappings.PublishAsync(world.Tenant, world.Sync.MappingId, newest.Number + 1, "", TestConsole.Somebody, default);
    }
}
