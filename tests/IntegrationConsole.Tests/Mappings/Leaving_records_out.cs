using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Leaving_records_out
{
    private static readonly FieldRule Id = new() { Name = "id", Type = FieldType.Integer, Source = "id" };

    [Theory]
    [InlineData(ConditionOperator.Equals, """{"s":"active"}""", true)]
    [InlineData(ConditionOperator.Equals, """{"s":"ac\u0074ive"}""", true)]
    [InlineData(ConditionOperator.Equals, """{"s":"Active"}""", false)]
    [InlineData(ConditionOperator.Equals, """{"s":null}""", false)]
    [InlineData(ConditionOperator.Equals, """{}""", false)]
    [InlineData(ConditionOperator.Equals, """{"s":["active"]}""", false)]
    [InlineData(ConditionOperator.Equals, """{"s":"\ud800"}""", false)]
    [InlineData(ConditionOperator.NotEquals, """{"s":"active"}""", false)]
    [InlineData(ConditionOperator.NotEquals, """{"s":"gone"}""", true)]
    [InlineData(ConditionOperator.NotEquals, """{"s":null}""", true)]
    [InlineData(ConditionOperator.NotEquals, """{"s":{}}""", true)]
    [InlineData(ConditionOperator.Present, """{"s":""}""", true)]
    [InlineData(ConditionOperator.Present, """{"s":[]}""", true)]
    [InlineData(ConditionOperator.Present, """{"s":null}""", false)]
    [InlineData(ConditionOperator.Present, """{}""", false)]
    [InlineData(ConditionOperator.Missing, """{"s":null}""", true)]
    [InlineData(ConditionOperator.Missing, """{}""", true)]
    [InlineData(ConditionOperator.Missing, """{"s":0}""", false)]
    public void A_condition_decides_by_the_text_of_the_value(ConditionOperator condition, string record, bool taken)
    {
        var plan = Trial.Plan(new MappingDocument([Id], [new RecordCondition("s", condition, "active")]));

        var mapped = Trial.Apply(plan, record);

        Assert.Equal((taken ? 1 : 0, taken ? 0 : 1), (mapped.Rows.Count, mapped.Filtered));
    }

    [Theory]
    [InlineData("true", """{"s":true}""")]
    [InlineData("5", """{"s":5}""")]
    [InlineData("5.0", """{"s":5.0}""")]
    public void Numbers_and_yes_no_are_compared_as_they_are_written(string value, string record)
    {
        var plan = Trial.Plan(new MappingDocument([Id], [new RecordCondition("s", ConditionOperator.Equals, value)]));

        Assert.Equal(1, Trial.Apply(plan, record).Rows.Count);
    }

    [Fact]
    public void All_conditions_must_hold()
    {
        var plan = Trial.Plan(new MappingDocument([Id], [new("a", ConditionOperator.Equals, "1"), new("b.c", ConditionOperator.Present, "")]));

        var mapped = Trial.Apply(plan, """{"a":1,"b":{"c":0}}""", """{"a":1}""", """{"a":2,"b":{"c":0}}""");

        Assert.Equal((1, 2), (mapped.Rows.Count, mapped.Filtered));
    }

    [Fact]
    public void A_record_that_is_left_out_is_not_set_aside_for_what_is_wrong_with_it()
    {
        var plan = Trial.Plan(new MappingDocument([Id], [new("s", ConditionOperator.Equals, "active")]), ["id"]);

        var mapped = Trial.Apply(plan, """{"id":"no number","s":"gone"}""");

        Assert.Equal((0, 0, 1), (mapped.Rows.Count, mapped.Rejected.Count, mapped.Filtered));
    }

    [Fact]
    public void Every_record_of_a_batch_is_a_row_or_set_aside_or_left_out()
    {
        var plan = Trial.Plan(new MappingDocument([Id], [new("s", ConditionOperator.NotEquals, "gone")]), ["id"]);
        var records = Enumerable.Range(0, 300).Select(number => (number % 3) switch
        {
            0 => $$"""{"id":{{number}}}""",
            1 => $$"""{"id":{{number}},"s":"gone"}""",
            _ => $$"""{"id":"{{number}}x"}""",
        }).ToArray();

        var mapped = Trial.Apply(plan, records);

        Assert.Equal((100, 100, 100), (mapped.Rows.Count, mapped.Rejected.Count, mapped.Filtered));
        Assert.Equal(Enumerable.Range(0, 100).Select(number => number * 3), Enumerable.Range(0, 100).Select(mapped.Rows.RecordOf));
    }
}
