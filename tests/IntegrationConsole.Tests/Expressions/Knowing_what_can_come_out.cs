using IntegrationConsole.Expressions;

namespace IntegrationConsole.Tests.Expressions;

/// <summary>What can be told from an expression's text alone. That nothing possible is excluded is held over the conformance suite.</summary>
public sealed class Knowing_what_can_come_out
{
    private const ValueKinds Number = ValueKinds.Number | ValueKinds.Nothing;
    private const ValueKinds Text = ValueKinds.Text | ValueKinds.Nothing;

    [Theory]
    [InlineData("'a' & b", ValueKinds.Text)]
    [InlineData("a + b", Number)]
    [InlineData("-a", Number)]
    [InlineData("a = b", ValueKinds.Boolean | ValueKinds.Nothing)]
    [InlineData("a in b and c", ValueKinds.Boolean | ValueKinds.Nothing)]
    [InlineData("{'a': b}", ValueKinds.Object)]
    [InlineData("[a, b]", ValueKinds.List)]
    [InlineData("[1..3]", ValueKinds.List)]
    [InlineData("function($x) { $x }", ValueKinds.Function)]
    [InlineData("$uppercase", ValueKinds.Function)]
    [InlineData("$substring(?, 1)", ValueKinds.Function)]
    [InlineData("/a+/", ValueKinds.Function)]
    [InlineData("$uppercase(a)", Text)]
    [InlineData("a ~> $sum()", Number)]
    [InlineData("a ~> $sum", Number)]
    [InlineData("a > 1 ? 'x' : [1]", ValueKinds.Text | ValueKinds.List)]
    [InlineData("a ? 'x'", Text)]
    [InlineData("a & 'x' ?: 5", ValueKinds.Text | ValueKinds.Number)]
    [InlineData("($t := a & b; $t & 'c')", ValueKinds.Text)]
    [InlineData("items.(price * 2)", Number | ValueKinds.List)]
    [InlineData("items.{'a': b}", ValueKinds.Object | ValueKinds.List | ValueKinds.Nothing)]
    [InlineData("items{a: b}", ValueKinds.Object | ValueKinds.Nothing)]
    [InlineData("null", ValueKinds.Nothing)]
    public void The_text_tells_the_kinds(string expression, ValueKinds kinds) => Assert.Equal(kinds, Of(expression).PossibleKinds);

    [Theory]
    [InlineData("a.b")]
    [InlineData("items[0]")]
    [InlineData("[{'a': 1}, 'b'][0]")]
    [InlineData("items.[a, b]")]
    [InlineData("$map(a, $uppercase)")]
    [InlineData("$append(a, b)")]
    [InlineData("$lookup_table('x', a)")]
    [InlineData("$eval(a)")]
    [InlineData("**")]
    public void Where_it_does_not_tell_any_data_is_possible(string expression) => Assert.Equal(ValueKinds.Data, Of(expression).PossibleKinds & ValueKinds.Data);

    [Theory]
    [InlineData("($sum := function($x) { 'text' }; $sum(a))")]
    [InlineData("function($uppercase) { $uppercase(1) }($sum)")]
    public void A_name_that_the_expression_gives_to_something_else_is_not_the_built_in_function(string expression) =>
        Assert.Equal(ValueKinds.Any, Of(expression).PossibleKinds);

    [Theory]
    [InlineData("'fixed'", true)]
    [InlineData("$uppercase('a') & $string(1 + 2)", true)]
    [InlineData("($f := function($x) { $x * 2 }; $f(21))", true)]
    [InlineData("a", false)]
    [InlineData("$", false)]
    [InlineData("$$", false)]
    [InlineData("'a' & $tenant", false)]
    [InlineData("$now()", false)]
    [InlineData("$random()", false)]
    [InlineData("$eval('1')", false)]
    [InlineData("$uppercase()", false)]
    [InlineData("$lookup_table('x', 'y')", false)]
    [InlineData("{'a': b}", false)]
    [InlineData("[1, 2][a]", false)]
    public void What_reads_nothing_is_the_same_for_every_input(string expression, bool isConstant) => Assert.Equal(isConstant, Of(expression).IsConstant);

    [Fact]
    public void An_expression_of_a_thousand_parts_is_looked_at_without_a_deep_stack() =>
        Assert.Equal(ValueKinds.Any, Of(string.Concat(Enumerable.Repeat("(", 300)) + "1" + string.Concat(Enumerable.Repeat(")", 300))).PossibleKinds);

    private static Expression Of(string text)
    {
        var parsing = Expression.Parse(text);
        Assert.True(parsing.IsParsed, parsing.Error?.Message);
        return parsing.Expression;
    }
}
