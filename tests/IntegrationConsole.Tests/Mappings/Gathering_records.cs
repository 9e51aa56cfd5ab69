using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Agreements;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Gathering_records
{
    private static readonly MappingDocument Totals = new(
        [
            new() { Name = "customer", Source = "key" }, new() { Name = "first", Type = FieldType.Integer, Source = "records[0].id" },
            new() { Name = "total", Type = FieldType.Decimal, Origin = ValueOrigin.Expression, Source = "$sum(records.total)" },
        ],
        []) { Key = "id", Group = "customer" };

    [Fact]
    public void Records_with_the_same_value_make_one_row_in_the_order_in_which_groups_begin()
    {
        var mapped = Trial.Apply(Trial.Plan(Totals, ["customer"]), Record(1, "ada", 10), Record(2, "bob", 5), Record(3, "ada", 2.5m), Record(4, "Bob", 7));

        Assert.Equal(["ada|1|12.5", "bob|2|5", "Bob|4|7"], Rows(mapped));
        Assert.Equal(["ada", "bob", "Bob"], Enumerable.Range(0, mapped.Rows.Count).Select(mapped.Rows.KeyOf));
        Assert.Equal([new(0, "1", 0, 1), new(2, "3", 0, 1), new(1, "2", 1, 1), new(3, "4", 2, 1)], mapped.TakenRecords);
    }

    [Fact]
    public void The_group_s_key_may_be_an_expression_and_stays_a_number()
    {
        var document = Totals with { Group = "$floor(total / 10)", Fields = [new() { Name = "band", Type = FieldType.Json, Source = "key" }] };

        Assert.Equal(["1", "0"], Rows(Trial.Apply(Trial.Plan(document), Record(1, "ada", 10), Record(2, "bob", 5), Record(3, "ada", 12))));
    }

    [Theory]
    [InlineData("customer")]
    [InlineData("customer ? customer : customer")]
    public void A_number_and_the_text_that_is_written_like_it_are_different_values(string group)
    {
        var document = Totals with { Group = group, Fields = [new() { Name = "key", Type = FieldType.Json, Source = "key" }, new() { Name = "ids", Type = FieldType.Json, Source = "records.id", Origin = ValueOrigin.Expression }] };

        var mapped = Trial.Apply(
            Trial.Plan(document), [.. new[] { "1", "\"1\"", "true", "\"true\"", "1" }.Select((customer, id) => $$"""{"id":{{id}},"customer":{{customer}}}""")]);

        Assert.Equal(["1|[0,4]", "\"1\"|1", "true|2", "\"true\"|3"], Rows(mapped));
    }

    [Fact]
    public void Conditions_and_filter_are_asked_of_each_record_before_it_is_gathered()
    {
        var document = Totals with { Conditions = [new("customer", ConditionOperator.NotEquals, "bob")], Filter = "total > 5" };

        var mapped = Trial.Apply(Trial.Plan(document, ["customer"]), Record(1, "ada", 10), Record(2, "bob", 50), Record(3, "ada", 2));

        Assert.Equal(["ada|1|10"], Rows(mapped));
        Assert.Equal(2, mapped.Filtered);
    }

    [Fact]
    public void A_group_whose_row_cannot_be_made_sets_all_of_its_records_aside()
    {
        var mapped = Trial.Apply(Trial.Plan(Totals, ["customer"]), Record(1, "ada", 10), Record(2, "bob", 5), """{"id":3,"customer":"ada","total":"x"}""");

        Assert.Equal([(0, "1", "total"), (2, "3", "total")], mapped.Rejected.Select(rejected => (rejected.Record, rejected.Key, rejected.Failure.Field)));
        Assert.Equal(["bob|2|5"], Rows(mapped));
    }

    [Fact]
    public void A_record_that_is_in_no_group_is_set_aside_alone()
    {
        var mapped = Trial.Apply(Trial.Plan(Totals, ["customer"]), Record(1, "ada", 10), """{"id":2}""");

        var rejected = Assert.Single(mapped.Rejected);
        Assert.Equal(("2", "The group's key needs a value, and the record gives none."), (rejected.Key, rejected.Failure.Sentence));
        Assert.Equal(["ada|1|10"], Rows(mapped));
    }

    [Theory]
    [InlineData(1_000, 10, true)]
    [InlineData(1_001, 10, false)]
    [InlineData(5, 1_000_000, false)]
    public void A_group_beyond_its_limits_is_set_aside_whole(int records, int padding, bool fits)
    {
        var mapped = Trial.Apply(
            Trial.Plan(Totals, ["customer"]), [.. Enumerable.Range(1, records).Select(id => $$"""{"id":{{id}},"customer":"ada","total":1,"note":"{{new string('x', padding)}}"}"""), Record(0, "bob", 1)]);

        Assert.Equal(fits ? [$"ada|1|{records}", "bob|0|1"] : ["bob|0|1"], Rows(mapped));
        Assert.Equal(fits ? 0 : records, mapped.Rejected.Count(rejected => rejected.Failure.Cause is FailureCause.TooLarge));
    }

    [Fact]
    public void A_key_of_a_thousand_digits_is_a_key_like_others()
    {
        var document = Totals with { Fields = [new() { Name = "count", Type = FieldType.Integer, Origin = ValueOrigin.Expression, Source = "$count(records)" }] };

        Assert.Equal(["1"], Rows(Trial.Apply(Trial.Plan(document), $$"""{"id":1,"customer":{{new string('7', 1_000)}},"total":1}""")));
    }

    [Theory]
    [InlineData("[", "]")]
    [InlineData("{\"\\ud800\":", "}")]
    public void Records_that_cannot_be_read_together_are_set_aside_and_the_others_go_on(string open, string close)
    {
        var document = Totals with { Fields = [.. Totals.Fields, new() { Name = "deep", Type = FieldType.Json, Source = "records[0].deep.deep" }] };
        var levels = open == "[" ? 511 : 1;
        var hostile = $$"""{"id":1,"customer":"ada","deep":{{string.Concat(Enumerable.Repeat(open, levels))}}1{{string.Concat(Enumerable.Repeat(close, levels))}}}""";

        var mapped = Trial.Apply(Trial.Plan(document, ["customer"]), hostile, Record(2, "bob", 5));

        Assert.Equal((0, "1", FailureCause.Malformed), mapped.Rejected.Select(rejected => (rejected.Record, rejected.Key, rejected.Failure.Cause)).Single());
        Assert.Equal("bob", mapped.Rows[0][0].Text);
        Assert.True(Trial.Plan(document, ["customer"]).Preview(Encoding.UTF8.GetBytes(hostile), default).IsSetAside);
    }

    [Fact]
    public void What_does_not_fit_and_goes_on_is_counted_only_of_groups_that_go_on()
    {
        var document = Totals with { InputSchema = """{ "properties": { "id": { "maximum": 0 } } }""", InputMisfit = MisfitRule.Note };

        var mapped = Trial.Apply(Trial.Plan(document, ["customer"]), Record(1, "ada", 10), Record(2, "bob", 5), """{"id":3,"customer":"ada","total":"x"}""", Record(4, "bob", 1), """{"id":5}""");

        Assert.Equal(2, Assert.Single(mapped.Notes).Records);
    }

    [Fact]
    public void A_row_of_a_group_that_does_not_fit_and_goes_on_is_counted()
    {
        var document = Totals with { OutputSchema = """{ "properties": { "total": { "maximum": 10 } } }""", OutputMisfit = MisfitRule.Note };

        var mapped = Trial.Apply(Trial.Plan(document, ["customer"]), Record(1, "ada", 10), Record(2, "bob", 50), Record(3, "ada", 10), Record(4, "cid", 1));

        Assert.Equal(2, Assert.Single(mapped.Notes).Records);
        Assert.Equal(3, mapped.Rows.Count);
    }

    [Fact]
    public void The_preview_shows_a_record_as_the_row_of_its_group_in_the_sample()
    {
        var plan = Trial.Plan(Totals, ["customer"]);
        var records = new[] { Record(1, "ada", 10), "{broken", Record(3, "ada", 2), """{"id":4}""" }.Select(Encoding.UTF8.GetBytes).ToList();

        var previews = plan.PreviewGroups(records, default);

        Assert.Equal((new GroupPreview("ada", 2), "12", "3"), (previews[2].Group, previews[2].Fields[2].Value, previews[2].Key));
        Assert.Equal("The record is not valid JSON.", previews[1].Problem);
        Assert.Equal("The group's key needs a value, and the record gives none.", previews[3].Problem);
        Assert.Equal(new GroupPreview("ada", 1), plan.Preview(records[0], default).Group);
    }

    [Fact]
    public void Paths_begin_with_key_or_records() =>
        Assert.Equal([(3, "Source")], MappingRules.Check(Totals with { Fields = [.. Totals.Fields, new() { Name = "x", Source = "id" }] }, []).Select(problem => (problem.Field, problem.Part)));

    private static string Record(int id, string customer, decimal total) => FormattableString.Invariant($$"""{"id":{{id}},"customer":"{{customer}}","total":{{total}}}""");

    private static IEnumerable<string> Rows(MappedBatch mapped) =>
        Enumerable.Range(0, mapped.Rows.Count).Select(row => string.Join('|', mapped.Rows[row].ToArray().Select(value => value.ToText())));
}
