using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Keeping_rows
{
    private static readonly MappingDocument Order = new(
        [
            new() { Name = "id", Type = FieldType.Integer, Source = "id" }, new() { Name = "text", Source = "text" }, new() { Name = "price", Type = FieldType.Decimal, Source = "price" },
            new() { Name = "open", Type = FieldType.Boolean, Source = "open" }, new() { Name = "day", Type = FieldType.Date, Source = "day" }, new() { Name = "at", Type = FieldType.Timestamp, Source = "at" },
            new() { Name = "uuid", Type = FieldType.Uuid, Source = "uuid" }, new() { Name = "all", Type = FieldType.Json, Source = "all" },
        ],
        [])
    {
        Children = [new ChildTable { Stream = "lines", List = "lines", KeyFields = ["line"], Fields = [new() { Name = "line", Type = FieldType.Integer, Source = "index" }, new() { Name = "of", Source = "item.of" }] }],
    };

    private const string Whole =
        """{"id":7,"text":"größer 🚚","price":12.340,"open":true,"day":"2026-03-29","at":"2026-03-29T02:30:00.1234567+02:00","uuid":"0195a7a0-0000-7000-8000-0000000000aa","all":{"a":[1,2]},"lines":[{"of":"x"},{}]}""";

    [Fact]
    public void Values_of_every_type_nulls_and_rows_of_child_tables_come_back_as_they_were()
    {
        var plan = Trial.Plan(Order, ["id"]);
        var mapped = Trial.Apply(plan, Whole, """{"id":8}""", """{"id":9,"lines":[{"of":"z"}]}""");

        var kept = KeptRows.Of(mapped, 3, new HashSet<int> { 0, 1 });
        var back = KeptRows.Read(plan, [new KeptRecord("7", kept[0]), new KeptRecord("8", kept[1])]);

        Assert.Equal([3, 3], kept.Values.Select(KeptRows.VersionOf));
        Assert.Equal(mapped.Rows[0].ToArray(), back.Rows[0].ToArray());
        Assert.Equal(mapped.Rows[1].ToArray(), back.Rows[1].ToArray());
        Assert.Equal((2, 2), (back.Rows.Count, back.Children.Single().Rows.Count));
        Assert.Equal(["0|x", "1|"], Enumerable.Range(0, 2).Select(row => Text(back.Children[0].Rows, row)));
        Assert.Equal(mapped.TakenRecords.Take(2), back.TakenRecords);
        Assert.Equal(["7", "8"], Enumerable.Range(0, 2).Select(back.Rows.KeyOf));
        Assert.Equal(Text(mapped.Rows, 0), Text(KeptRows.Show(kept[0]), 0));
    }

    [Fact]
    public void Half_a_character_comes_back_as_half_a_character()
    {
        var plan = Trial.Plan(new MappingDocument([new() { Name = "text", Source = "text" }], []), []);
        var rows = new RowBatch(plan.Fields);
        rows.NextRow()[0] = FieldValue.Of("half \ud83d");
        rows.Commit("#1", 0);

        var back = KeptRows.Read(plan, [new KeptRecord("#1", KeptRows.Of(new MappedBatch(rows, [], 0), 1, new HashSet<int> { 0 })[0])]);

        Assert.Equal("half \ud83d", back.Rows[0][0].Text);
    }

    [Fact]
    public void What_was_not_kept_or_has_other_fields_by_now_is_set_aside_and_leaves_no_rows()
    {
        var kept = KeptRows.Of(Trial.Apply(Trial.Plan(Order, ["id"]), Whole), 1, new HashSet<int> { 0 })[0];
        var other = Trial.Plan(Order with { Children = [Order.Children[0] with { Fields = [new() { Name = "line", Type = FieldType.Integer, Source = "index" }] }] }, ["id"]);

        var back = KeptRows.Read(other, [new KeptRecord("7", kept), new KeptRecord("8", null)]);

        Assert.Equal([(0, "7", "kept-otherwise"), (1, "8", "not-kept")], back.Rejected.Select(record => (record.Record, record.Key, record.Failure.Code)));
        Assert.Equal((0, 0, 0), (back.Rows.Count, back.Children[0].Rows.Count, back.TakenRecords.Count()));
    }

    private static string Text(RowBatch rows, int row) => string.Join('|', rows[row].ToArray().Select(value => value.IsNull ? "" : value.ToText()));
}
