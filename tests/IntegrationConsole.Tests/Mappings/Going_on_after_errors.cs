using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Going_on_after_errors
{
    private static readonly FieldRule Age = new() { Name = "f", Type = FieldType.Integer, Default = "-1" };

    [Theory]
    [InlineData(FieldErrorRule.Reject, "! f: the value at v is not an integer.")]
    [InlineData(FieldErrorRule.Empty, "nothing")]
    [InlineData(FieldErrorRule.Default, "-1")]
    public void A_value_that_cannot_be_made_does_what_the_rule_says(FieldErrorRule rule, string expected) =>
        Assert.Equal(expected, Trial.Text(Age with { OnError = rule }, "old"));

    [Theory]
    [InlineData("\"\\ud800\"")]
    [InlineData("[1]")]
    [InlineData("1e400")]
    public void Whatever_is_wrong_with_it(string value) => Assert.Equal("-1", Trial.Value(Age with { OnError = FieldErrorRule.Default }, value));

    [Fact]
    public void An_expression_that_fails_and_a_missing_entry_are_errors_too()
    {
        Assert.Equal("-1", Trial.Value(Age with { OnError = FieldErrorRule.Default, Origin = ValueOrigin.Expression, Source = "$number(v)" }, "\"old\""));
        Assert.Equal("nothing", Trial.Value(Age with { OnError = FieldErrorRule.Empty, Default = "", Values = new Dictionary<string, string> { ["one"] = "1" } }, "\"two\""));
    }

    [Fact]
    public void A_value_that_can_be_made_is_made() => Assert.Equal("42", Trial.Text(Age with { OnError = FieldErrorRule.Default }, "42"));

    [Fact]
    public void Who_looks_at_a_record_sees_what_was_passed_over()
    {
        var plan = Trial.Plan(Trial.Document(Age with { Source = "v", OnError = FieldErrorRule.Default }));

        var field = Assert.Single(plan.Preview("""{"v":"old"}"""u8.ToArray(), default).Fields);

        Assert.Equal("-1", field.Value);
        Assert.True(field.Problem!.IsExcused);
        Assert.Equal("the value at v is not an integer", field.Problem.Sentence);
    }

    [Theory]
    [InlineData(FieldErrorRule.Empty, "", true, "A required field cannot go on without a value: set the record aside, or take a default.")]
    [InlineData(FieldErrorRule.Default, "", false, "Enter the default that is taken when the value cannot be made.")]
    public void A_rule_that_contradicts_itself_is_refused(FieldErrorRule rule, string standIn, bool required, string sentence)
    {
        var problem = Assert.Single(MappingRules.Check(Trial.Document(Age with { Source = "v", OnError = rule, Default = standIn, Required = required }), []));

        Assert.Equal((0, nameof(FieldRule.OnError), sentence), (problem.Field, problem.Part, problem.Sentence));
    }
}
