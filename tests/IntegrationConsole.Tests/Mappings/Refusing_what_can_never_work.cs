using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Refusing_what_can_never_work
{
    [Theory]
    [InlineData(FieldType.String, "{'a': b}", "This gives an object, which does not convert to text.")]
    [InlineData(FieldType.String, "[a, b]", "This gives a list, which does not convert to text.")]
    [InlineData(FieldType.String, "function($x) { $x }", "It is the same for every record, and wrong for every record: the expression gives a function, not a value: call it.")]
    [InlineData(FieldType.Json, "(a; $uppercase)", "This gives a function, which does not convert to JSON.")]
    [InlineData(FieldType.Integer, "a > b", "This gives true or false, which does not convert to integer.")]
    [InlineData(FieldType.Date, "a = b", "This gives true or false, which does not convert to date.")]
    [InlineData(FieldType.Timestamp, "$count(a)", "This gives a number, which does not convert to timestamp.")]
    [InlineData(FieldType.Uuid, "$sum(a)", "This gives a number, which does not convert to UUID.")]
    [InlineData(FieldType.Integer, "a ? [1] : {'b': 2}", "This gives a list or an object, which does not convert to integer.")]
    [InlineData(FieldType.Integer, "'seven'", "It is the same for every record, and wrong for every record: what the expression makes is not an integer.")]
    [InlineData(FieldType.Decimal, "$number('x')", "It is the same for every record, and wrong for every record: the expression failed at character 8: the value given cannot become a number (D3030).")]
    [InlineData(FieldType.Date, "$fromMillis(0)", "")]
    [InlineData(FieldType.String, "$error('always')", "It is the same for every record, and wrong for every record: the expression failed at character 7: the expression called $error (D3137).")]
    public void An_expression_that_gives_no_value_of_its_type_is_refused(FieldType type, string expression, string sentence) =>
        Assert.Equal(sentence.Length == 0 ? [] : [sentence], Problems(new FieldRule { Name = "f", Type = type, Origin = ValueOrigin.Expression, Source = expression }));

    [Theory]
    [InlineData(FieldType.String, "a = b")]
    [InlineData(FieldType.Boolean, "a = b")]
    [InlineData(FieldType.Boolean, "$count(a)")]
    [InlineData(FieldType.Integer, "a ? 1 : 'none'")]
    [InlineData(FieldType.Integer, "a.b")]
    [InlineData(FieldType.Integer, "$lookup_table('t', a)")]
    [InlineData(FieldType.Integer, "missing ?? null")]
    [InlineData(FieldType.Uuid, "$uuid5('dns', a)")]
    [InlineData(FieldType.Json, "[a]")]
    [InlineData(FieldType.Date, "$now()")]
    [InlineData(FieldType.String, "($f := function() { $f() }; $f())")]
    public void What_may_work_is_let_through(FieldType type, string expression) =>
        Assert.Empty(Problems(new FieldRule { Name = "f", Type = type, Origin = ValueOrigin.Expression, Source = expression }));

    [Fact]
    public void A_format_or_a_culture_may_read_a_number_as_a_time_and_the_texts_for_yes_and_no_may_leave_true_out()
    {
        var number = new FieldRule { Name = "f", Type = FieldType.Timestamp, Origin = ValueOrigin.Expression, Source = "$sum(a)", Format = "unix" };
        var yes = new FieldRule { Name = "f", Type = FieldType.Boolean, Origin = ValueOrigin.Expression, Source = "a = b", Format = "Y|N" };

        Assert.Empty(Problems(number));
        Assert.Equal(["This gives true or false, which does not convert to yes/no."], Problems(yes));
        Assert.Empty(Problems(yes with { Format = "TRUE|FALSE" }));
    }

    [Fact]
    public void A_required_field_that_is_always_empty_is_refused_unless_it_has_a_default()
    {
        var rule = new FieldRule { Name = "f", Origin = ValueOrigin.Expression, Source = "null", Required = true };

        Assert.Equal(["It is the same for every record, and wrong for every record: a value is required, and the record gives none."], Problems(rule));
        Assert.Empty(Problems(rule with { Default = "x" }));
        Assert.Empty(Problems(rule with { Required = false }));
    }

    [Theory]
    [InlineData(FieldType.Integer, "Nr. {a}", "A text that always holds Nr. does not convert to integer.")]
    [InlineData(FieldType.Boolean, "is {a}", "A text that always holds is does not convert to yes/no.")]
    [InlineData(FieldType.Uuid, "urn:{a}", "A text that always holds urn: does not convert to UUID.")]
    [InlineData(FieldType.Decimal, "{a}.{b}e{c}", "")]
    [InlineData(FieldType.Boolean, "{a}es", "")]
    [InlineData(FieldType.Uuid, "{a}-4000-8000-{b}", "")]
    [InlineData(FieldType.String, "Nr. {a}", "")]
    public void A_template_whose_own_text_never_converts_is_refused(FieldType type, string template, string sentence) =>
        Assert.Equal(sentence.Length == 0 ? [] : [sentence], Problems(new FieldRule { Name = "f", Type = type, Origin = ValueOrigin.Template, Source = template }));

    [Fact]
    public void Values_of_a_field_s_own_none_of_which_converts_are_refused()
    {
        var rule = new FieldRule { Name = "f", Type = FieldType.Integer, Source = "v", Values = new Dictionary<string, string> { ["a"] = "one", ["b"] = "two" } };

        Assert.Equal(["None of the values that it can become converts to integer."], Problems(rule));
        Assert.Empty(Problems(rule with { Values = new Dictionary<string, string> { ["a"] = "one", ["b"] = "2" } }));
        Assert.Empty(Problems(rule with { LookupMiss = LookupMiss.KeepValue }));
    }

    [Fact]
    public void That_an_error_is_excused_does_not_make_a_value_possible() => Assert.Equal(
        ["It is the same for every record, and wrong for every record: what the expression makes is not an integer."],
        Problems(new FieldRule { Name = "f", Type = FieldType.Integer, Origin = ValueOrigin.Expression, Source = "'seven'", OnError = FieldErrorRule.Empty }));

    [Fact]
    public async Task A_lookup_table_none_of_whose_entries_converts_is_refused_at_publication()
    {
        await using var world = await TrialWorld.StartAsync(new FieldRule { Name = "code", Type = FieldType.Integer, Source = "code", Lookup = "codes" });
        await world.GivenATableAsync("codes", ("a", "one"), ("b", "two"));

        var check = await world.CheckAsync();
        var published = await world.PublishAsync();
        await world.GivenATableAsync("codes", ("a", "one"), ("b", "2"));

        Assert.Equal(["code: no entry of the lookup table codes converts to integer, so there can never be a value."], check.Refusals);
        Assert.Equal(Published.Refused, published);
        Assert.Empty((await world.CheckAsync()).Refusals);
        Assert.Equal(Published.Done, await world.PublishAsync());
    }

    [Fact]
    public async Task Fields_of_child_tables_and_beside_expressions_that_ask_tables_are_refused_as_well()
    {
        var code = new FieldRule { Name = "code", Type = FieldType.Integer, Source = "item.code", Lookup = "codes" };
        var lines = new ChildTable { Stream = "lines", List = "lines", KeyFields = ["code"], Fields = [code] };
        await using var world = await TrialWorld.StartAsync(new FieldRule { Name = "id", Source = "id" });
        await world.GivenATableAsync("codes", ("a", "one"));
        await world.GivenATableAsync("names", ("a", "A"));
        var document = new MappingDocument([new() { Name = "name", Origin = ValueOrigin.Expression, Source = "$lookup_table('names', id)" }], []) { Children = [lines] };

        var check = await world.Console.Get<Publication>().CheckAsync(world.Tenant, world.Mapping, document, [], default);

        Assert.Equal(["lines.code: no entry of the lookup table codes converts to integer, so there can never be a value."], check.Refusals);
    }

    [Theory]
    [InlineData(LookupMiss.Reject, FieldType.String)]
    [InlineData(LookupMiss.KeepValue, FieldType.Integer)]
    public async Task A_table_that_need_not_hold_a_number_is_fine(LookupMiss miss, FieldType type)
    {
        await using var world = await TrialWorld.StartAsync(new FieldRule { Name = "code", Type = type, Source = "code", Lookup = "codes", LookupMiss = miss });
        await world.GivenATableAsync("codes", ("a", "one"));

        Assert.Empty((await world.CheckAsync()).Refusals);
    }

    private static IEnumerable<string> Problems(FieldRule rule) => MappingRules.Check(Trial.Document(rule), ["t"]).Select(problem => problem.Sentence);
}
