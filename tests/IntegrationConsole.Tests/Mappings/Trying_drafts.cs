using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Trials;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Trying_drafts
{
    private static readonly FieldRule Id = new() { Name = "id", Type = FieldType.Integer, Source = "id" };
    private static readonly FieldRule Name = new() { Name = "name", Source = "name" };

    [Fact]
    public void Every_record_passes_is_left_out_or_fails_and_is_compared_with_what_the_published_version_does()
    {
        var published = new MappingDocument([Id, Name with { Required = true }], [new("status", ConditionOperator.NotEquals, "gone")]);
        var draft = new MappingDocument([Id, Name with { Case = LetterCase.Upper }], [new("status", ConditionOperator.NotEquals, "asleep")]);

        var tally = Try(
            draft, published,
            """{"id":1,"name":"ada"}""", // passes, and comes out differently
            """{"id":2,"name":"BOB"}""", // passes, the same
            """{"id":3}""", // passes, was rejected
            """{"id":4,"name":"Di","status":"gone"}""", // passes, was left out
            """{"id":5,"name":"ED","status":"asleep"}""", // is left out, passed
            """{"id":"x","name":"F"}""", // fails, failed
            """{"id":"y","name":"G","status":"gone"}""", // fails, was left out
            """{"id":8,"status":"asleep"}"""); // is left out, was rejected

        Assert.Equal((8, 4, 1, 2), (tally.Seen, tally.Passing, tally.Changed, tally.NewlyPassing));
        Assert.Equal((2, 2, 2, 1), (tally.Filtered, tally.NewlyFiltered, tally.Failing, tally.NewlyFailing));
        Assert.Equal(tally.Seen, tally.Passing + tally.Filtered + tally.Failing);
        Assert.Equal([new ChangedValue("1", "ada", "ADA")], Assert.Single(tally.Fields).Examples);
        var failure = Assert.Single(tally.Failures);
        Assert.Equal((FailureCause.Mapping, "id", 2, "id: the value at id is not an integer."), (failure.Cause, failure.Field, failure.Count, failure.Sentence));
        Assert.Equal(2, failure.Examples.Count);
    }

    [Fact]
    public void A_new_field_and_one_that_goes_change_the_records_that_have_a_value_for_it()
    {
        var tally = Try(
            Trial.Document(Id, new FieldRule { Name = "new", Source = "new" }), Trial.Document(Id, new FieldRule { Name = "old", Source = "old" }),
            """{"id":1,"new":"n"}""", """{"id":2,"old":"o"}""", """{"id":3}""");

        Assert.Equal(2, tally.Changed);
        Assert.Equal([("new", 1), ("old", 1)], tally.Fields.Select(field => (field.Name, field.Count)).Order());
        Assert.Equal(new ChangedValue("2", "o", null), Assert.Single(tally.Fields.Single(field => field.Name == "old").Examples));
    }

    [Fact]
    public void Zeros_at_the_end_and_another_type_of_the_same_text_are_no_change()
    {
        var total = new FieldRule { Name = "total", Type = FieldType.Decimal, Source = "total" };

        Assert.Equal(0, Try(Trial.Document(Id, total with { Source = "other" }), Trial.Document(Id, total), """{"id":1,"total":1.0,"other":1.000}""").Changed);
        Assert.Equal(0, Try(Trial.Document(Id with { Type = FieldType.String }), Trial.Document(Id), """{"id":1}""").Changed);
        Assert.Equal(1, Try(Trial.Document(Id, total with { Source = "other" }), Trial.Document(Id, total), """{"id":1,"total":1.0,"other":1.01}""").Changed);
    }

    [Fact]
    public void Rows_of_child_tables_are_compared_as_well()
    {
        var lines = new ChildTable
        {
            Stream = "lines", List = "lines", KeyFields = ["line"],
            Fields = [new() { Name = "line", Type = FieldType.Integer, Source = "index" }, new() { Name = "qty", Type = FieldType.Integer, Source = "item.qty" }],
        };
        var published = new MappingDocument([Id], []) { Children = [lines] };
        var draft = published with { Children = [lines with { List = "lines[qty > 0]", Fields = [lines.Fields[0], new() { Name = "qty", Type = FieldType.Integer, Source = "item.n" }] }] };
        const string same = """{"id":1,"lines":[{"qty":1,"n":1}]}""", other = """{"id":2,"lines":[{"qty":1,"n":2},{"qty":3,"n":4}]}""", fewer = """{"id":3,"lines":[{"qty":1,"n":1},{"qty":0,"n":1}]}""";

        var tally = Try(draft, published, same, other, fewer, """{"id":4}""");

        Assert.Equal((4, 2), (tally.Passing, tally.Changed));
        Assert.Equal([("lines.number of rows", 1), ("lines.qty", 1)], tally.Fields.Select(field => (field.Name, field.Count)).Order());
        Assert.Equal(new ChangedValue("3", "2", "1"), tally.Fields.Single(field => field.Name == "lines.number of rows").Examples[0]);
        Assert.Equal(1, Try(published, published with { Children = [] }, same, """{"id":4}""").Changed);
        Assert.Equal(1, Try(published with { Children = [] }, published, same, """{"id":4}""").Changed);
    }

    [Fact]
    public void What_is_most_frequent_comes_first()
    {
        var draft = Trial.Document(Id, Name with { Required = true }, new FieldRule { Name = "rare", Source = "rare" }, new FieldRule { Name = "often", Source = "often" });

        var tally = Try(
            draft, Trial.Document(Id, Name), """{"id":1,"name":"a","rare":"r","often":"o"}""", """{"id":2,"name":"b","often":"o"}""", """{"id":"x","name":"c"}""", """{"id":3}""", """{"id":4}""");

        Assert.Equal([("often", 2), ("rare", 1)], tally.Fields.Select(field => (field.Name, field.Count)));
        Assert.Equal([("name", 2), ("id", 1)], tally.Failures.Select(failure => (failure.Field, failure.Count)));
    }

    [Fact]
    public void Of_failures_of_too_many_kinds_the_rest_is_counted()
    {
        var fields = Enumerable.Range(0, 103).Select(number => new FieldRule { Name = $"f{number}", Type = FieldType.Integer, Source = $"f{number}" }).ToArray();

        var tally = Try(Trial.Document([Id, .. fields]), null, [.. Enumerable.Range(0, 103).Select(number => $$"""{"id":1,"f{{number}}":"x"}"""), """{"id":1,"f0":"x"}"""]);

        Assert.Equal((104, 100, 3), (tally.Failing, tally.Failures.Count, tally.OtherFailures));
        Assert.Equal(("f0", 2), (tally.Failures[0].Field, tally.Failures[0].Count));
    }

    [Fact]
    public void Records_are_called_by_their_given_names_where_they_have_some()
    {
        var trial = new MappingTrial(Trial.Plan(Trial.Document(Id, Name with { Case = LetterCase.Upper }), ["id"]), Trial.Plan(Trial.Document(Id, Name), ["id"]));
        using var batch = new RecordBatch();
        batch.Add("""{"id":1,"name":"a"}"""u8);
        batch.Add("""{"id":"x"}"""u8);

        trial.Take(batch, ["the first", "the second"], default);

        Assert.Equal("the first", Assert.Single(Assert.Single(trial.Tally.Fields).Examples).Record);
        Assert.Equal(["the second"], Assert.Single(trial.Tally.Failures).Examples);
    }

    [Fact]
    public void Another_order_of_the_fields_is_no_change() =>
        Assert.Equal(0, Try(Trial.Document(Name, Id), Trial.Document(Id, Name), """{"id":1,"name":"a"}""").Changed);

    [Fact]
    public void Without_a_published_version_nothing_is_said_of_differences()
    {
        var tally = Try(Trial.Document(Id), null, """{"id":1}""", """{"id":"x"}""");

        Assert.Equal((1, 0, 0, 1, 0), (tally.Passing, tally.Changed, tally.NewlyPassing, tally.Failing, tally.NewlyFailing));
        Assert.Empty(tally.Fields);
    }

    [Fact]
    public void What_is_kept_does_not_grow_with_the_number_of_records()
    {
        var trial = new MappingTrial(Trial.Plan(Trial.Document(Id, Name with { Case = LetterCase.Upper }), ["id"]), Trial.Plan(Trial.Document(Id, Name), ["id"]));
        var text = new string('x', 1_000);
        for (var round = 0; round < 20; round++)
        {
            using var batch = new RecordBatch();
            for (var index = 0; index < 100; index++)
            {
                batch.Add(Encoding.UTF8.GetBytes($$"""{"id":{{(index % 2 == 0 ? "1" : "\"x\"")}},"name":"{{text}}"}"""));
            }

            trial.Take(batch, null, default);
        }

        Assert.Equal((2_000, 1_000, 1_000), (trial.Tally.Seen, trial.Tally.Changed, trial.Tally.Failing));
        Assert.Equal(3, Assert.Single(trial.Tally.Failures).Examples.Count);
        Assert.Equal(3, Assert.Single(trial.Tally.Fields).Examples.Count);
        Assert.All(trial.Tally.Fields[0].Examples, example => Assert.Equal(201, example.After!.Length));
    }

    [Fact]
    public void A_trial_can_be_stopped()
    {
        var trial = new MappingTrial(Trial.Plan(Trial.Document(Id, new FieldRule { Name = "e", Origin = ValueOrigin.Expression, Source = "a & b" }), ["id"]), null);
        using var batch = new RecordBatch();
        batch.Add("{}"u8);

        Assert.Throws<OperationCanceledException>(() => trial.Take(batch, null, new CancellationToken(canceled: true)));
    }

    private static TrialTally Try(MappingDocument draft, MappingDocument? published, params string[] records)
    {
        var trial = new MappingTrial(Trial.Plan(draft, ["id"]), published is null ? null : Trial.Plan(published, ["id"]));
        using var batch = new RecordBatch();
        foreach (var record in records)
        {
            batch.Add(Encoding.UTF8.GetBytes(record));
        }

        trial.Take(batch, null, default);
        return trial.Tally;
    }
}
