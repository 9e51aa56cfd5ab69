using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Expressions;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Making_fields_by_expression
{
    private static readonly FieldRule Made = new() { Name = "f", Origin = ValueOrigin.Expression };

    private static readonly Dictionary<string, IReadOnlyDictionary<string, string>> Countries = new()
    {
        ["countries"] = new Dictionary<string, string> { ["DE"] = "Germany", ["FR"] = "France" },
    };

    [Theory]
    [InlineData(FieldType.String, "first & ' ' & last", """{"first":"Ada","last":"Lovelace"}""", "Ada Lovelace")]
    [InlineData(FieldType.Integer, "$count(list)", """{"list":[1,2,3]}""", "3")]
    [InlineData(FieldType.Boolean, "total > 10", """{"total":11}""", "true")]
    [InlineData(FieldType.Decimal, "$sum(list)", """{"list":[0.5,0.25]}""", "0.75")]
    [InlineData(FieldType.Json, "{'a': list[0], 'b': name}", """{"list":[1.50,2],"name":"x"}""", """{"a":1.50,"b":"x"}""")]
    [InlineData(FieldType.Json, "name", """{"name":"x"}""", "\"x\"")]
    [InlineData(FieldType.Json, "list[$ > 1]", """{"list":[1,2,3]}""", "[2,3]")]
    [InlineData(FieldType.Date, "$substring(at, 0, 10)", """{"at":"2026-02-03T04:05:06Z"}""", "2026-02-03")]
    public void What_it_makes_is_converted_like_a_value_of_the_record(FieldType type, string expression, string record, string expected) =>
        Assert.Equal(expected, Value(Made with { Type = type, Source = expression }, record));

    [Theory]
    [InlineData(FieldType.Decimal, "12345678901234567890.1234567")]
    [InlineData(FieldType.Integer, "9007199254740993")]
    [InlineData(FieldType.String, "1.500")]
    public void A_number_that_is_passed_on_keeps_its_digits(FieldType type, string number) =>
        Assert.Equal(number, Value(Made with { Type = type, Source = "paid ? total : 0" }, $$"""{"paid":true,"total":{{number}}}"""));

    [Fact]
    public void Nothing_and_null_are_no_value()
    {
        Assert.Equal("nothing", Value(Made with { Source = "missing.deeper" }, "{}"));
        Assert.Equal("nothing", Value(Made with { Source = "v" }, """{"v":null}"""));
        Assert.Equal("none", Value(Made with { Source = "missing", Default = "none" }, "{}"));
        Assert.Equal("! f: a value is required, and the record gives none.", Value(Made with { Source = "missing", Required = true }, "{}"));
    }

    [Fact]
    public void A_row_s_trimming_letters_and_lookup_table_apply_to_what_it_makes()
    {
        var rule = Made with { Source = "' de ' & missing", Trim = true, Case = LetterCase.Upper, Lookup = "countries" };

        Assert.Equal("Germany", Value(rule, "{}"));
        Assert.Equal("! f: the lookup table countries has no entry for what the expression makes.", Value(rule with { Source = "'es'" }, "{}"));
    }

    [Theory]
    [InlineData(FieldType.String, "v", """{"v":["secret","hidden"]}""", "! f: the expression gives a list, not a single value.")]
    [InlineData(FieldType.String, "$", """{"v":"secret"}""", "! f: the expression gives an object, not a single value.")]
    [InlineData(FieldType.String, "(v; $f := $uppercase; $f)", "{}", "! f: the expression gives a function, not a value: call it.")]
    [InlineData(FieldType.Integer, "v", """{"v":"secret"}""", "! f: what the expression makes is not an integer.")]
    [InlineData(FieldType.String, "v", """{"v":"secret \ud83d"}""", "! f: what the expression makes cannot be read: it holds half a character.")]
    public void What_is_no_single_value_sets_the_record_aside(FieldType type, string expression, string record, string expected) =>
        Assert.Equal(expected, Value(Made with { Type = type, Source = expression }, record));

    [Theory]
    [InlineData("1 + v", "T2002", "! f: the expression failed at character 3: the right side of + must be a number (T2002).")]
    [InlineData("$number(v)", "D3030", "! f: the expression failed at character 8: the value given cannot become a number (D3030).")]
    [InlineData("$date(v, '[Y0001]')", "X1004", "! f: the expression failed at character 6: the value given to $date is not a date of that form (X1004).")]
    [InlineData("$error('no ' & v)", "D3137", "! f: the expression failed at character 7: the expression called $error (D3137).")]
    [InlineData("$country(v)", "X1007", "! f: the expression failed at character 9: the country given is not known (X1007).")]
    [InlineData("(\n  1;\n  2 + v\n)", "T2002", "! f: the expression failed line 3, character 5: the right side of + must be a number (T2002).")]
    public void A_failed_evaluation_sets_the_record_aside_and_repeats_nothing_of_it(string expression, string code, string expected)
    {
        var plan = Trial.Plan(Trial.Document(Made with { Source = expression }));

        var rejected = Assert.Single(Trial.Apply(plan, """{"v":"secret"}""").Rejected);

        Assert.Equal(expected, $"! {rejected.Failure.Sentence}");
        Assert.Equal((FailureCause.Mapping, "f", code), (rejected.Failure.Cause, rejected.Failure.Field, rejected.Failure.Code));
    }

    [Fact]
    public void It_sees_the_tenant_the_run_and_the_moment_that_the_run_began()
    {
        var facts = RunFacts.Of(Guid.Parse("0198c0de-0000-7000-8000-000000000001"), new DateTimeOffset(2026, 5, 6, 7, 8, 9, TimeSpan.Zero));
        var plan = Trial.Plan(Trial.Document(Made with { Source = "$tenant & ' ' & $run & ' ' & $now()" }), facts: facts);

        var rows = Trial.Apply(plan, "{}", "{}").Rows;

        Assert.Equal("north-wind 0198c0de-0000-7000-8000-000000000001 2026-05-06T07:08:09.000Z", rows[0][0].ToText());
        Assert.Equal(rows[0][0].ToText(), rows[1][0].ToText());
    }

    [Fact]
    public void It_asks_lookup_tables_by_name()
    {
        Assert.Equal("Germany", Value(Made with { Source = "$lookup_table('countries', c)" }, """{"c":"DE"}"""));
        Assert.Equal("elsewhere", Value(Made with { Source = "$lookup_table('countries', c) ?? 'elsewhere'" }, """{"c":"ES"}"""));
        Assert.Equal("France", Value(Made with { Source = "$lookup_table('count' & 'ries', c)" }, """{"c":"FR"}"""));
    }

    [Theory]
    [InlineData("$lookup_table('a', x) & $lookup_table(\"b\", y)", "a,b", false)]
    [InlineData("$map(list, function($v) { $lookup_table('a', $v) })", "a", false)]
    [InlineData("$map(list, $lookup_table('a', ?))", "a", false)]
    [InlineData("$lookup_table(name, x)", "", true)]
    [InlineData("'a' ~> $lookup_table('k')", "", true)]
    [InlineData("($f := $lookup_table; $f('a', x))", "", true)]
    [InlineData("$eval(text)", "", true)]
    [InlineData("lookup_table", "", false)]
    public void Which_tables_it_asks_is_known_before_it_runs_where_it_can_be(string expression, string tables, bool any)
    {
        var parsed = Expression.Parse(expression).Expression!;

        Assert.Equal(tables, string.Join(',', parsed.Tables.Order()));
        Assert.Equal(any, parsed.AsksAnyTable);
    }

    [Fact]
    public void Its_neighbours_keep_to_paths()
    {
        var plan = Trial.Plan(Trial.Document(new FieldRule { Name = "id", Type = FieldType.Integer, Source = "id" }, Made with { Source = "id * 2", Type = FieldType.Integer }), ["id"]);

        Assert.Equal("4|8", string.Join('|', Trial.Apply(plan, """{"id":4}""").Rows[0].ToArray().Select(value => value.ToText())));
    }

    [Fact]
    public void A_hostile_expression_ends_within_its_limits()
    {
        var plan = Trial.Plan(Trial.Document(Made with { Source = "($f := function($n) { $f($n + 1) }; $f(0))" }));

        var preview = plan.Preview("{}"u8.ToArray(), default);

        Assert.Equal("U1001", preview.Fields[0].Problem!.Code);
    }

    [Fact]
    public void A_cancellation_ends_it()
    {
        using var cancelled = new CancellationTokenSource(TimeSpan.FromMilliseconds(50));
        var plan = Trial.Plan(Trial.Document(Made with { Source = "($f := function($n) { $f($n + 1) }; $f(0))" }), facts: RunFacts.Of(Guid.Empty, Trial.Noon));

        Assert.Throws<OperationCanceledException>(() => plan.Preview("{}"u8.ToArray(), cancelled.Token));
    }

    [Fact]
    public void The_examples_on_the_page_give_what_they_promise()
    {
        foreach (var example in ExpressionExample.All)
        {
            Assert.Equal(example.Gives, Value(Made with { Source = example.Text }, ExpressionExample.Record));
        }

        Assert.Equal(10, ExpressionExample.All.Count);
    }

    [Fact]
    public void Samples_that_take_too_long_are_left_out_and_the_one_on_the_screen_comes_first_although_timers_ring_late()
    {
        var plan = Trial.Plan(Trial.Document(Made with { Source = "slow ? ($f := function($n) { $f($n + 1) }; $f(0)) : 'quick'" }));
        var records = Enumerable.Range(0, 10).Select(index => Encoding.UTF8.GetBytes(index == 7 ? "{}" : """{"slow":true}""")).ToList();

        var preview = SamplePreview.Of(plan, records, 7, new LateClock(), default);

        Assert.Equal("quick", preview.Records[7]!.Fields[0].Value);
        Assert.Equal(2, preview.Seen);
        Assert.Equal([0], preview.Failing);
    }

    private static string Value(FieldRule rule, string record)
    {
        var mapped = Trial.Apply(Trial.Plan(Trial.Document(rule), [], Countries), record);
        return mapped.Rejected is [var rejected] ? $"! {rejected.Failure.Sentence}" : mapped.Rows[0][0].IsNull ? "nothing" : mapped.Rows[0][0].ToText();
    }
}
