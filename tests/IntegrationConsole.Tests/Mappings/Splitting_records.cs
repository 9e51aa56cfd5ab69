using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Splitting_records
{
    private const string Order = """{"id":7,"customer":{"name":"Ada"},"lines":[{"sku":"a","qty":1},{"sku":"b","qty":2},{"sku":"c","qty":3}]}""";

    private static readonly MappingDocument Lines = new(
        [
            new() { Name = "order_id", Type = FieldType.Integer, Source = "record.id" }, new() { Name = "line", Type = FieldType.Integer, Source = "index" },
            new() { Name = "sku", Source = "item.sku", Required = true }, new() { Name = "qty", Type = FieldType.Integer, Source = "item.qty" },
        ],
        []) { Key = "id", Split = "lines" };

    [Theory]
    [InlineData("lines")]
    [InlineData("lines[qty > 0]")]
    [InlineData("$map(lines, function($l) { $merge([$l, {\"more\": \"é\"}]) })")]
    public void Each_item_of_the_list_makes_a_row_however_the_list_is_found(string split)
    {
        var mapped = Trial.Apply(Trial.Plan(Lines with { Split = split }, ["order_id", "line"]), Order);

        Assert.Equal(["7|0|a|1", "7|1|b|2", "7|2|c|3"], Rows(mapped));
        Assert.Equal(new TakenRecord(0, "7", 0, 3), Assert.Single(mapped.TakenRecords));
        Assert.Equal($"7{MappingPlan.KeySeparator}1", mapped.Rows.KeyOf(1));
    }

    [Fact]
    public void An_item_may_be_nested_as_deep_as_a_record()
    {
        var deep = new string('[', 400) + new string(']', 400);

        Assert.Equal(["7|0|a|1"], Rows(Trial.Apply(Trial.Plan(Lines, ["order_id", "line"]), $$"""{"id":7,"lines":[{"sku":"a","qty":1,"deep":{{deep}}}]}""")));
    }

    [Fact]
    public void The_preview_of_a_record_without_items_says_that_it_has_no_key_as_a_run_does()
    {
        const string record = """{"lines":[]}""";

        var rejected = Assert.Single(Trial.Apply(Trial.Plan(Lines, ["order_id", "line"]), record).Rejected);
        var preview = Trial.Plan(Lines, ["order_id", "line"]).Preview(Encoding.UTF8.GetBytes(record), default);

        Assert.Equal((rejected.Failure.Sentence, false), (preview.Problem, preview.Filtered));
    }

    [Fact]
    public void Rules_of_every_origin_see_the_record_the_item_and_its_number()
    {
        var document = new MappingDocument(
            [
                new() { Name = "text", Origin = ValueOrigin.Template, Source = "{record.customer.name} {item.sku} {index}" },
                new() { Name = "sum", Type = FieldType.Decimal, Origin = ValueOrigin.Expression, Source = "item.qty * $count(record.lines) + index" },
                new() { Name = "item", Type = FieldType.Json, Source = "item" }, new() { Name = "kind", Origin = ValueOrigin.Constant, Source = "line" },
            ],
            []) { Key = "id", Split = "lines" };

        Assert.Equal(
            ["""Ada a 0|3|{"sku":"a","qty":1}|line""", """Ada b 1|7|{"sku":"b","qty":2}|line""", """Ada c 2|11|{"sku":"c","qty":3}|line"""], Rows(Trial.Apply(Trial.Plan(document), Order)));
    }

    [Theory]
    [InlineData("""{"id":7,"lines":[{"sku":"a","qty":1}],"lines":[{"sku":"b","qty":2},{"sku":"c","qty":3}]}""", "b|b2 c|c3")]
    [InlineData("""{"id":7,"lines":[{"sku":"a","qty":1},{"sku":"b","qty":2}],"lines":[{"sku":"c","qty":3}]}""", "c|c3")]
    [InlineData("""{"id":7,"lines":[{"sku":"a","qty":1,"sku":"b"}]}""", "b|b1")]
    [InlineData("""{"id":7,"lines":[{"sku":"a","qty":1}],"\u006cines":[{"sku":"b","qty":2}]}""", "b|b2")]
    public void Of_what_stands_twice_the_last_counts_for_paths_and_expressions_alike(string record, string rows)
    {
        var document = Lines with { Fields = [new() { Name = "sku", Source = "item.sku" }, new() { Name = "both", Origin = ValueOrigin.Expression, Source = "item.sku & item.qty" }] };

        Assert.Equal(rows, string.Join(' ', Rows(Trial.Apply(Trial.Plan(document), record))));
    }

    [Fact]
    public void A_list_inside_a_list_is_gathered_as_the_language_does_it()
    {
        var mapped = Trial.Apply(
            Trial.Plan(Lines with { Split = "parcels.lines" }, ["order_id", "line"]), """{"id":7,"parcels":[{"lines":[{"sku":"a","qty":1}]},{"lines":[{"sku":"b","qty":2}]}]}""");

        Assert.Equal(["7|0|a|1", "7|1|b|2"], Rows(mapped));
    }

    [Theory]
    [InlineData("""{"id":7,"lines":{"sku":"a","qty":1}}""", 1, 0)]
    [InlineData("""{"id":7,"lines":[]}""", 0, 1)]
    [InlineData("""{"id":7,"lines":null}""", 0, 1)]
    [InlineData("""{"id":7}""", 0, 1)]
    public void A_single_value_is_a_list_of_one_and_an_empty_list_leaves_the_record_out(string record, int rows, int filtered)
    {
        var mapped = Trial.Apply(Trial.Plan(Lines, ["order_id", "line"]), record);

        Assert.Equal((rows, filtered, 0), (mapped.Rows.Count, mapped.Filtered, mapped.Rejected.Count));
    }

    [Fact]
    public void Conditions_and_filter_leave_out_items_and_a_record_without_any_left()
    {
        var document = Lines with { Conditions = [new("item.sku", ConditionOperator.NotEquals, "a")], Filter = "item.qty < 3" };

        var mapped = Trial.Apply(Trial.Plan(document, ["order_id", "line"]), Order, """{"id":8,"lines":[{"sku":"a","qty":1}]}""");

        Assert.Equal(["7|1|b|2"], Rows(mapped));
        Assert.Equal(1, mapped.Filtered);
    }

    [Fact]
    public void One_bad_item_sets_the_whole_record_aside_once_and_leaves_no_row_of_it()
    {
        var mapped = Trial.Apply(
            Trial.Plan(Lines, ["order_id", "line"]),
            Order, """{"id":8,"lines":[{"sku":"a","qty":1},{"sku":"b","qty":"two"},{"qty":3},{"sku":"d","qty":4}]}""", Order.Replace("7", "9", StringComparison.Ordinal));

        var rejected = Assert.Single(mapped.Rejected);
        Assert.Equal((1, "8", "qty", FailureCause.Mapping), (rejected.Record, rejected.Key, rejected.Failure.Field, rejected.Failure.Cause));
        Assert.Equal("Item 2: qty: the value at item.qty is not an integer. Also item 3.", rejected.Failure.Sentence);
        Assert.Equal(["7|0|a|1", "7|1|b|2", "7|2|c|3", "9|0|a|1", "9|1|b|2", "9|2|c|3"], Rows(mapped));
        Assert.Equal([0, 0, 0, 2, 2, 2], Enumerable.Range(0, mapped.Rows.Count).Select(mapped.Rows.RecordOf));
        Assert.Equal([0, 2], mapped.TakenRecords.Select(record => record.Record));
    }

    [Theory]
    [InlineData("lines", "too large")]
    [InlineData("[1..10001]", "too large")]
    [InlineData("$uppercase", "function")]
    [InlineData("$error('no')", "failed")]
    public void A_list_that_cannot_be_had_sets_the_record_aside(string split, string what)
    {
        var record = $$"""{"id":7,"lines":[{{string.Join(',', Enumerable.Repeat("1", 10_001))}}]}""";

        var rejected = Assert.Single(Trial.Apply(Trial.Plan(Lines with { Split = split }, ["order_id", "line"]), record).Rejected);

        Assert.Equal("7", rejected.Key);
        Assert.StartsWith(what switch { "too large" => "The split has more than 10000 items", "function" => "The split gives a function", _ => "The split failed" }, rejected.Failure.Sentence);
        Assert.Equal(what == "too large" ? FailureCause.TooLarge : FailureCause.Mapping, rejected.Failure.Cause);
    }

    [Fact]
    public void The_preview_shows_the_first_rows_and_says_how_many_more()
    {
        var plan = Trial.Plan(Lines with { Filter = "item.qty != 2" }, ["order_id", "line"]);
        var record = $$"""{"id":7,"lines":[{{string.Join(',', Enumerable.Range(1, 8).Select(qty => $$"""{"sku":"s{{qty}}","qty":{{qty}}}"""))}}]}""";

        var preview = plan.Preview(Encoding.UTF8.GetBytes(record), default);

        Assert.Equal(("7", "", false, 3), (preview.Key, preview.Problem, preview.IsSetAside, preview.Split!.More));
        Assert.Equal(["s1", "s2", "s3", "s4", "s5"], preview.Split.Rows.Select(row => row.Fields[2].Value));
        Assert.Equal([1], preview.Split.Rows.Where(row => row.Filtered).Select(row => row.Number));
    }

    [Fact]
    public void The_preview_says_what_is_wrong_with_an_item_that_it_does_not_show()
    {
        var record = $$"""{"id":7,"lines":[{{string.Join(',', Enumerable.Repeat("""{"sku":"s"}""", 8))}},{}]}""";

        var preview = Trial.Plan(Lines, ["order_id", "line"]).Preview(Encoding.UTF8.GetBytes(record), default);

        Assert.Equal("Item 9: sku: a value is required, and the record has none at item.sku.", preview.Problem);
        Assert.True(preview.IsSetAside);
    }

    [Fact]
    public void Paths_into_what_the_rules_do_not_see_are_refused()
    {
        var document = Lines with { Fields = [.. Lines.Fields, new() { Name = "x", Source = "id" }], Conditions = [new("id", ConditionOperator.Present, "")] };

        Assert.Equal([(4, "Source"), (-1, "conditions[0]")], MappingRules.Check(document, []).Select(problem => (problem.Field, problem.Part)));
    }

    [Fact]
    public void What_was_written_for_the_record_alone_is_moved_under_it_in_one_step()
    {
        var document = Lines with
        {
            Fields = [.. Lines.Fields, new() { Name = "a", Source = "id" }, new() { Name = "b", Origin = ValueOrigin.Template, Source = "{{x}} {name} {item.sku}" }],
            Conditions = [new("status", ConditionOperator.Present, "")],
        };

        var moved = StructureRoots.Prefixed(document);

        Assert.Equal(["record.id", "index", "item.sku", "item.qty", "record.id", "{{x}} {record.name} {item.sku}"], moved.Fields.Select(rule => rule.Source));
        Assert.Equal("record.status", moved.Conditions[0].Path);
        Assert.Equal((true, false), (StructureRoots.HasStray(document), StructureRoots.HasStray(moved)));
    }

    [Fact]
    public void What_was_moved_under_the_record_comes_out_again_when_it_is_no_longer_split()
    {
        var document = Lines with
        {
            Fields = [new() { Name = "a", Source = "record.id" }, new() { Name = "b", Origin = ValueOrigin.Template, Source = "{{record.x}} {record.name} {item.sku}" }, new() { Name = "c", Origin = ValueOrigin.Constant, Source = "record.id" }],
            Conditions = [new("record.status", ConditionOperator.Present, "")],
        };

        var back = StructureRoots.Unprefixed(document);

        Assert.Equal(["id", "{{record.x}} {name} {item.sku}", "record.id"], back.Fields.Select(rule => rule.Source));
        Assert.Equal("status", back.Conditions[0].Path);
        Assert.Equal("records[0].id", StructureRoots.Prefixed(back with { Split = "", Group = "id" }).Fields[0].Source);
    }

    [Fact]
    public void A_split_needs_a_record_key_and_goes_with_no_group()
    {
        Assert.Equal("key", Assert.Single(MappingRules.Check(Lines with { Key = "" }, [])).Part);
        Assert.Contains(MappingRules.Check(Lines with { Group = "id" }, []), problem => problem.Part == "group");
    }

    private static IEnumerable<string> Rows(MappedBatch mapped) =>
        Enumerable.Range(0, mapped.Rows.Count).Select(row => string.Join('|', mapped.Rows[row].ToArray().Select(value => value.ToText())));
}
