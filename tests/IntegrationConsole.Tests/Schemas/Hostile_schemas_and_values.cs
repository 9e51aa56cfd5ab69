using System.Text.Json;
using IntegrationConsole.Schemas;
using IntegrationConsole.Tests.Support;
using static IntegrationConsole.Tests.Schemas.SchemaTexts;

namespace IntegrationConsole.Tests.Schemas;

public sealed class Hostile_schemas_and_values
{
    private static readonly SchemaOptions Bounded = new() { TimeLimit = TimeSpan.FromSeconds(2) };

    [Theory]
    [InlineData("""{ "$ref": "#" }""")]
    [InlineData("""{ "allOf": [{ "$ref": "#" }] }""")]
    [InlineData("""{ "$dynamicAnchor": "a", "not": { "$dynamicRef": "#a" } }""")]
    [InlineData("""{ "$ref": "#/$defs/a", "$defs": { "a": { "anyOf": [{ "$ref": "#/$defs/b" }] }, "b": { "$ref": "#/$defs/a" } } }""")]
    [InlineData("""{ "if": { "$ref": "#" }, "then": true }""")]
    public void A_reference_back_to_itself_ends_with_its_name(string schema)
    {
        var verdict = Verdict(schema, "{}");

        Assert.Equal(SchemaLimit.EndlessReference, verdict.Limit);
        Assert.Contains("refers back to itself", Assert.Single(verdict.Errors).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_schema_that_doubles_its_work_at_every_level_ends_within_the_time()
    {
        var levels = string.Join(",", Enumerable.Range(0, 60).Select(level => $$"""
            "a{{level}}": { "allOf": [{ "$ref": "#/$defs/a{{level + 1}}" }, { "$ref": "#/$defs/a{{level + 1}}" }] }
            """));
        var watch = ThreadWatch.StartNew();

        var verdict = Verdict($$"""{ "$ref": "#/$defs/a0", "$defs": { {{levels}}, "a60": { "type": "object" } } }""", "{}", Bounded);

        Assert.True(verdict.Limit is SchemaLimit.Time or SchemaLimit.Steps);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(20));
    }

    [Theory]
    [InlineData("^(a+)+$")]
    [InlineData("^(a|a)*$")]
    [InlineData("^([a-z]+)*,$")]
    public void A_pattern_that_tries_all_combinations_is_matched_in_one_pass(string pattern)
    {
        var verdict = Verdict($$"""{ "pattern": "{{pattern}}" }""", $"\"{new string('a', 50_000)}!\"");

        Assert.Null(verdict.Limit);
        Assert.Equal("pattern", Assert.Single(verdict.Errors).Keyword);
    }

    [Fact]
    public void A_pattern_that_only_the_other_engine_can_match_ends_at_the_clock()
    {
        var verdict = Verdict("""{ "pattern": "^(a+)+\\1$" }""", $"\"{new string('a', 5_000)}!\"", Bounded);

        Assert.Equal(SchemaLimit.PatternTime, verdict.Limit);
        Assert.Contains("pattern", Assert.Single(verdict.Errors).Sentence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(((((a{1,1000}){1,1000}){1,1000}){1,1000}){1,1000})b")]
    [InlineData("((a{1000000}){1000000}){1000000}")]
    [InlineData("(?=(a*)*b)(a|aa)+$")]
    public void A_pattern_that_unfolds_to_billions_of_states_costs_little(string pattern)
    {
        var watch = ThreadWatch.StartNew();

        if (JsonSchema.Compile($$"""{ "pattern": "{{pattern}}" }""", SchemaRegistry.Empty) is SchemaCompilation.Compiled compiled)
        {
            compiled.Schema.Validate(JsonElement.Parse($"\"{new string('a', 5_000)}\""), Bounded);
        }

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{watch.Elapsed}");
    }

    [Fact]
    public void A_schema_nested_ten_thousand_levels_is_refused()
    {
        var schema = string.Concat(Enumerable.Repeat("""{"not":""", 10_000)) + "true" + new string('}', 10_000);

        Assert.Contains("nested more than 500 levels deep", Refused(schema).Sentence, StringComparison.Ordinal);
    }

    [Fact]
    public void A_value_nested_ten_thousand_levels_ends_with_a_named_limit_even_on_a_small_stack()
    {
        using var value = JsonDocument.Parse(new string('[', 10_000) + new string(']', 10_000), new JsonDocumentOptions { MaxDepth = 20_000 });
        var deep = new SchemaOptions { MaximumDepth = int.MaxValue };
        var schema = Compiled("""{ "items": { "$ref": "#" } }""");
        var equality = Compiled("""{ "uniqueItems": true }""");
        using var twins = JsonDocument.Parse($"[{value.RootElement.GetRawText()},{value.RootElement.GetRawText()}]", new JsonDocumentOptions { MaxDepth = 20_000 });
        var limits = new List<SchemaLimit?>();

        var thread = new Thread(
            () => limits.AddRange(
                schema.Validate(value.RootElement, SchemaOptions.Default).Limit,
                schema.Validate(value.RootElement, deep).Limit,
                equality.Validate(twins.RootElement, deep).Limit),
            maxStackSize: 512 * 1024);
        thread.Start();
        thread.Join();

        Assert.Equal([SchemaLimit.Depth, SchemaLimit.Depth, SchemaLimit.Depth], limits);
    }

    [Fact]
    public void Wire_text_nested_ten_thousand_levels_is_an_error() =>
        Assert.Contains("nested more than 1000 levels", Assert.Single(Verdict("true", new string('[', 10_000)).Errors).Sentence, StringComparison.Ordinal);

    [Fact]
    public void A_hundred_thousand_items_are_told_apart_quickly()
    {
        var watch = ThreadWatch.StartNew();

        Assert.True(Fits("""{ "uniqueItems": true }""", $"[{string.Join(',', Enumerable.Range(0, 100_000).Select(id => $$"""{"id":{{id}}}"""))}]"));

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5));
    }

    [Theory]
    [InlineData("[", "")]
    [InlineData("3", "")]
    [InlineData("""{ "type": "strnig" }""", "/type")]
    [InlineData("""{ "properties": { "a": { "minimum": "5" } } }""", "/properties/a/minimum")]
    [InlineData("""{ "multipleOf": 0 }""", "/multipleOf")]
    [InlineData("""{ "minLength": 1.5 }""", "/minLength")]
    [InlineData("""{ "pattern": "(" }""", "/pattern")]
    [InlineData("""{ "patternProperties": { "[b-a]": true } }""", "/patternProperties")]
    [InlineData("""{ "items": { "$ref": "#/$defs/none" } }""", "/items/$ref")]
    [InlineData("""{ "$ref": "https://example.org/none.json" }""", "/$ref")]
    [InlineData("""{ "$id": "https://example.org/a#b" }""", "/$id")]
    [InlineData("""{ "$schema": "http://json-schema.org/draft-07/schema#" }""", "/$schema")]
    [InlineData("""{ "$schema": 7 }""", "/$schema")]
    public void A_schema_that_is_none_is_refused_at_the_place(string schema, string pointer) => Assert.Equal(pointer, Refused(schema).Pointer);

    [Fact]
    public void A_refusal_says_why() =>
        Assert.Equal(
            "The schema refers to https://example.org/none.json, which is not among the documents given; nothing is fetched.",
            Refused("""{ "$ref": "https://example.org/none.json" }""").Sentence);
}
