using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Making_fields
{
    private static readonly FieldRule Text = new() { Name = "f" };

    private static readonly Dictionary<string, string> Countries = new() { ["DE"] = "Germany", ["FR"] = "France", ["XX"] = "" };

    [Theory]
    [InlineData(null)]
    [InlineData("null")]
    [InlineData("\"\"")]
    public void A_required_field_without_a_value_sets_the_record_aside(string? value)
    {
        Assert.Equal("! f: a value is required, and the record has none at v.", Trial.Value(Text with { Required = true }, value));
        Assert.Equal("! f: a value is required, and the record gives none.", Trial.Value(Text with { Required = true, Origin = ValueOrigin.Template, Source = "{v}" }, value));
    }

    [Theory]
    [InlineData(FieldType.String, "\"\"", "")]
    [InlineData(FieldType.Integer, "\"\"", "nothing")]
    [InlineData(FieldType.Date, "\"\"", "nothing")]
    [InlineData(FieldType.Integer, "null", "nothing")]
    public void An_empty_text_is_a_text_and_no_value_of_anything_else(FieldType type, string value, string expected) =>
        Assert.Equal(expected, Trial.Value(Text with { Type = type }, value));

    [Theory]
    [InlineData(null, "7")]
    [InlineData("null", "7")]
    [InlineData("\"\"", "7")]
    [InlineData("8", "8")]
    [InlineData("\"x\"", "! f: the value at v is not an integer.")]
    public void The_default_stands_in_for_a_missing_value_and_not_for_a_wrong_one(string? value, string expected) =>
        Assert.Equal(expected, Trial.Value(Text with { Type = FieldType.Integer, Default = "7", Required = true }, value));

    [Fact]
    public void A_default_and_a_constant_are_read_the_way_the_rule_says()
    {
        var rule = Text with { Type = FieldType.Decimal, Culture = "de-DE" };

        Assert.Equal("1.5", Trial.Value(rule with { Default = "1,5" }, null));
        Assert.Equal("1234.5", Trial.Value(rule with { Origin = ValueOrigin.Constant, Source = "1.234,5" }, null));
        Assert.Equal("""{"a":1}""", Trial.Value(Text with { Type = FieldType.Json, Origin = ValueOrigin.Constant, Source = """{"a":1}""" }, null));
    }

    [Theory]
    [InlineData("""{"first":"Ada","last":"Lovelace","n":1}""", "Ada Lovelace (1)")]
    [InlineData("""{"first":"Ada","last":null,"n":true}""", "Ada  (true)")]
    [InlineData("""{"n":1.50}""", "  (1.50)")]
    [InlineData("""{}""", "nothing")]
    [InlineData("""{"first":["Ada"]}""", "! f: the value at first is not a single value.")]
    [InlineData("""{"first":"\ud800"}""", "! f: the value at first cannot be read: it holds half a character.")]
    public void A_template_puts_values_into_a_text(string record, string expected)
    {
        var plan = Trial.Plan(Trial.Document(Text with { Origin = ValueOrigin.Template, Source = "{first} {last} ({n})" }));

        var mapped = Trial.Apply(plan, record);

        Assert.Equal(expected, mapped.Rejected is [var rejected] ? $"! {rejected.Failure.Sentence}" : mapped.Rows[0][0].IsNull ? "nothing" : mapped.Rows[0][0].ToText());
    }

    [Theory]
    [InlineData("{{{v}}}", "{x}")]
    [InlineData("{{v}} {v}", "{v} x")]
    [InlineData("}}{v}{{", "}x{")]
    [InlineData("{ v }", "x")]
    public void A_doubled_brace_is_a_brace(string template, string expected) =>
        Assert.Equal(expected, Trial.Value(Text with { Origin = ValueOrigin.Template, Source = template }, "\"x\""));

    [Fact]
    public void What_a_template_makes_is_converted_and_its_problem_says_so() => Assert.Equal(
        "! f: what the template {v}-01 makes is not a date in the form 2026-01-31; set a format or a culture.",
        Trial.Value(Text with { Type = FieldType.Date, Origin = ValueOrigin.Template, Source = "{v}-01" }, "\"2026-13\""));

    [Theory]
    [InlineData(LookupMiss.Reject, "\"DE\"", "Germany")]
    [InlineData(LookupMiss.Reject, "\"de\"", "! f: the lookup table countries has no entry for the value at v.")]
    [InlineData(LookupMiss.KeepValue, "\"ES\"", "ES")]
    [InlineData(LookupMiss.Empty, "\"ES\"", "nothing")]
    [InlineData(LookupMiss.Reject, "\"XX\"", "")]
    [InlineData(LookupMiss.Reject, "\"\"", "")]
    [InlineData(LookupMiss.Reject, "null", "nothing")]
    public void A_lookup_table_replaces_values(LookupMiss miss, string value, string expected) =>
        Assert.Equal(expected, Trial.Value(Text with { Lookup = "countries", LookupMiss = miss }, value, Countries));

    [Fact]
    public void A_value_that_the_lookup_table_lacks_is_a_missing_reference()
    {
        var plan = Trial.Plan(
            Trial.Document(Text with { Source = "v", Lookup = "countries" }), [], new Dictionary<string, IReadOnlyDictionary<string, string>> { ["countries"] = Countries });

        Assert.Equal(FailureCause.ReferenceMissing, Trial.Apply(plan, """{"v":"ES"}""").Rejected[0].Failure.Cause);
    }

    [Fact]
    public void A_miss_that_gives_nothing_takes_the_default_and_a_required_one_sets_the_record_aside()
    {
        var rule = Text with { Lookup = "countries", LookupMiss = LookupMiss.Empty };

        Assert.Equal("elsewhere", Trial.Value(rule with { Default = "elsewhere" }, "\"ES\"", Countries));
        Assert.Equal("! f: a value is required, and the record has none at v.", Trial.Value(rule with { Required = true }, "\"ES\"", Countries));
    }

    [Fact]
    public void Text_is_trimmed_and_put_in_one_case_before_it_is_looked_up()
    {
        var rule = Text with { Trim = true, Case = LetterCase.Upper, Lookup = "countries" };

        Assert.Equal("Germany", Trial.Value(rule, "\" de\\u00a0\"", Countries));
        Assert.Equal("3", Trial.Value(rule with { Type = FieldType.Integer, Case = LetterCase.AsItIs }, "\" x \"", new Dictionary<string, string> { ["x"] = "3" }));
    }

    [Theory]
    [InlineData(LetterCase.AsItIs, "Straße İi")]
    [InlineData(LetterCase.Upper, "STRAßE İI")]
    [InlineData(LetterCase.Lower, "straße İi")]
    public void Letters_change_the_same_way_on_every_machine(LetterCase letters, string expected)
    {
        var before = System.Globalization.CultureInfo.CurrentCulture;
        System.Globalization.CultureInfo.CurrentCulture = System.Globalization.CultureInfo.GetCultureInfo("tr-TR");
        try
        {
            Assert.Equal(expected, Trial.Value(Text with { Case = letters }, "\"Straße İi\""));
        }
        finally
        {
            System.Globalization.CultureInfo.CurrentCulture = before;
        }
    }

    [Fact]
    public void All_problems_of_a_record_are_named_the_first_in_full()
    {
        var plan = Trial.Plan(Trial.Document(
            new FieldRule { Name = "id", Source = "id" },
            new FieldRule { Name = "age", Type = FieldType.Integer, Source = "age" },
            new FieldRule { Name = "born", Type = FieldType.Date, Source = "born" },
            new FieldRule { Name = "email", Source = "email", Required = true }));

        var rejected = Assert.Single(Trial.Apply(plan, """{"id":1,"age":"old","born":"long ago"}""").Rejected);

        Assert.Equal("age: the value at age is not an integer. Also born, email.", rejected.Failure.Sentence);
        Assert.Equal("age", rejected.Failure.Field);
    }
}
