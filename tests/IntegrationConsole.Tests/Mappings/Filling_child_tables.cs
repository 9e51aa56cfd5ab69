using System.Text;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Filling_child_tables
{
    private static readonly ChildTable Lines = new()
    {
        Stream = "order_lines", List = "lines", KeyFields = ["order_id", "line"],
        Fields =
        [
            new() { Name = "order_id", Type = FieldType.Integer, Source = "record.id" }, new() { Name = "line", Type = FieldType.Integer, Source = "index" },
            new() { Name = "qty", Type = FieldType.Integer, Source = "item.qty", Required = true },
        ],
    };

    private static readonly ChildTable Tags = new()
    {
        Stream = "tags", List = "$distinct(tags)", KeyFields = ["tag"], Fields = [new() { Name = "tag", Source = "item" }],
    };

    private static readonly MappingDocument Orders = new([new() { Name = "id", Type = FieldType.Integer, Source = "id" }], []) { Children = [Lines, Tags] };

    [Fact]
    public void The_items_of_each_list_become_rows_of_its_table()
    {
        var mapped = Trial.Apply(Trial.Plan(Orders, ["id"]), """{"id":1,"lines":[{"qty":2},{"qty":3}],"tags":["a","b","a"]}""", """{"id":2}""", """{"lines":[{"qty":4}],"id":3}""");

        Assert.Equal(["1", "2", "3"], Rows(mapped.Rows));
        Assert.Equal(["1|0|2", "1|1|3", "3|0|4"], Rows(mapped.Children[0].Rows));
        Assert.Equal([0, 0, 2], Enumerable.Range(0, 3).Select(mapped.Children[0].Rows.RecordOf));
        Assert.Equal(["a", "b"], Rows(mapped.Children[1].Rows));
        Assert.Equal([("order_lines", "order_id, line"), ("tags", "tag")], mapped.Children.Select(child => (child.Stream, string.Join(", ", child.KeyFields))));
        Assert.Equal([new(0, "1", 0, 1), new(1, "2", 1, 1), new(2, "3", 2, 1)], mapped.TakenRecords);
    }

    [Fact]
    public void A_bad_item_sets_the_record_aside_with_all_of_its_rows()
    {
        var document = Orders with { Children = [Tags, Lines] };
        var mapped = Trial.Apply(Trial.Plan(document, ["id"]), """{"id":0,"lines":[{"qty":5}],"tags":["z"]}""", """{"id":1,"lines":[{"qty":2},{}],"tags":["a"]}""", """{"id":2,"lines":[{"qty":2}],"tags":["b"]}""");

        var rejected = Assert.Single(mapped.Rejected);
        Assert.Equal(("1", "order_lines.qty"), (rejected.Key, rejected.Failure.Field));
        Assert.Equal("order_lines, item 2: qty: a value is required, and the record has none at item.qty.", rejected.Failure.Sentence);
        Assert.Equal(["0", "2"], Rows(mapped.Rows));
        Assert.Equal(["z", "b"], Rows(mapped.Children[0].Rows));
        Assert.Equal(["0|0|5", "2|0|2"], Rows(mapped.Children[1].Rows));
    }

    [Fact]
    public void A_table_that_is_still_being_written_does_not_hide_what_the_others_make()
    {
        var document = Orders with { Children = [new ChildTable { Stream = "notes" }, Lines] };

        var holding = MappingRules.WhatHolds(document, MappingRules.Check(document, []));

        Assert.Equal([Lines], holding?.Children);
    }

    [Fact]
    public void The_preview_shows_the_rows_of_each_table()
    {
        var preview = Trial.Plan(Orders, ["id"]).Preview(Encoding.UTF8.GetBytes("""{"id":1,"lines":[{"qty":2},{"qty":"x"}],"tags":["a"]}"""), default);

        Assert.Equal([("order_lines", 2), ("tags", 1)], preview.Children.Select(child => (child.Stream, child.Rows.Count)));
        Assert.NotNull(preview.Children[0].Rows[1].Fields[2].Problem);
        Assert.True(preview.IsSetAside);
    }

    [Theory]
    [InlineData("children[0].stream")]
    [InlineData("children[0].list")]
    [InlineData("children[0].keyFields")]
    [InlineData("children[0].fields")]
    [InlineData("children[0].fields[0].Source")]
    [InlineData("children")]
    public void What_is_wrong_with_a_child_table_is_said_at_its_part(string part)
    {
        var child = part switch
        {
            "children[0].stream" => Lines with { Stream = " " },
            "children[0].list" => Lines with { List = "lines[" },
            "children[0].keyFields" => Lines with { KeyFields = ["nobody"] },
            "children[0].fields" => Lines with { Fields = [], KeyFields = [] },
            "children[0].fields[0].Source" => Lines with { Fields = [new() { Name = "order_id", Source = "id" }], KeyFields = ["order_id"] },
            _ => Tags,
        };

        Assert.Contains(MappingRules.Check(Orders with { Children = [child, Tags] }, []), problem => problem.Part == part);
    }

    [Fact]
    public void Lookups_of_a_child_s_field_must_exist()
    {
        var child = Tags with { Fields = [new() { Name = "tag", Source = "item", Lookup = "gone" }] };

        Assert.Equal(["children[0].fields[0].Lookup"], MappingRules.Check(Orders with { Children = [child] }, []).Select(problem => problem.Part));
    }

    [Fact]
    public void They_survive_being_written_and_read()
    {
        var read = MappingDocument.Parse(Orders.ToJson());

        Assert.Empty(MappingDiff.Between(Orders, read));
        Assert.Equal(Orders.ToJson(), read.ToJson());
    }

    [Fact]
    public void What_changed_is_said_in_words()
    {
        var after = Orders with { Key = "number", Children = [Lines with { List = "rows", Fields = [.. Lines.Fields.Take(2)] }] };

        Assert.Equal(
            ["records are known by number", "order_lines: its rows are now made of rows instead of lines", "order_lines: qty is no longer made", "tags is no longer filled; its rows stay"],
            MappingDiff.Between(Orders, after));
        Assert.Equal(
            ["each item of lines makes a row", "tags is a new child table: each item of $distinct(tags) makes a row of it"],
            MappingDiff.Between(Orders with { Children = [] }, Orders with { Children = [Tags], Split = "lines" }));
        Assert.Equal(["records of a batch with the same customer make one row"], MappingDiff.Between(Orders, Orders with { Group = "customer" }));
    }

    private static IEnumerable<string> Rows(RowBatch rows) =>
        Enumerable.Range(0, rows.Count).Select(row => string.Join('|', rows[row].ToArray().Select(value => value.ToText())));
}
