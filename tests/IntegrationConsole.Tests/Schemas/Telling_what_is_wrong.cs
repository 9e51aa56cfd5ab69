using System.Text;
using IntegrationConsole.Schemas;
using static IntegrationConsole.Tests.Schemas.SchemaTexts;

namespace IntegrationConsole.Tests.Schemas;

public sealed class Telling_what_is_wrong
{
    [Fact]
    public void An_error_names_the_place_in_the_value_the_place_in_the_schema_the_keyword_and_a_sentence()
    {
        var verdict = Verdict(
            """{ "properties": { "lines": { "items": { "properties": { "a/b": { "minimum": 5 } } } } } }""",
            """{ "lines": [{ "a/b": 7 }, { "a/b": 4.5 }] }""");

        Assert.Equal(
            new SchemaError("/lines/1/a~1b", "/properties/lines/items/properties/a~1b/minimum", "minimum", "The number must be at least 5."),
            Assert.Single(verdict.Errors));
    }

    [Fact]
    public void A_rule_of_another_document_is_named_with_its_address()
    {
        var registry = SchemaRegistry.Empty.With("https://example.org/money.json", """{ "type": "number" }""");

        var verdict = Compiled("""{ "properties": { "total": { "$ref": "https://example.org/money.json" } } }""", registry)
            .Validate("""{ "total": "many" }"""u8.ToArray(), SchemaOptions.Default);

        Assert.Equal("https://example.org/money.json#/type", Assert.Single(verdict.Errors).SchemaPointer);
    }

    public static TheoryData<string, string, string> Sentences { get; } = new()
    {
        { """{ "type": "string" }""", "1", "This must be a text, and it is a number." },
        { """{ "type": ["integer", "null"] }""", "1.5", "This must be a whole number or null, and it is a fraction." },
        { """{ "enum": ["open", "closed"] }""", "\"secret\"", "This must be one of \"open\", \"closed\"." },
        { """{ "const": { "a": 1 } }""", "2", "This must be { \"a\": 1 }." },
        { """{ "exclusiveMaximum": 1e400 }""", "1e400", "The number must be less than 1e400." },
        { """{ "multipleOf": 0.01 }""", "0.015", "The number must be a multiple of 0.01." },
        { """{ "minLength": 2 }""", "\"😀\"", "The text has 1 character, and at least 2 are required." },
        { """{ "maxLength": 2 }""", "\"abc\"", "The text has 3 characters, and at most 2 are allowed." },
        { """{ "pattern": "^a+$" }""", "\"secret\"", "The text must match the pattern ^a+$." },
        { """{ "required": ["id"] }""", "{}", "\"id\" is missing." },
        { """{ "properties": { "a": true }, "additionalProperties": false }""", """{ "a": 1, "b": 2 }""", "\"b\" is not expected here." },
        { """{ "properties": { "a": true }, "unevaluatedProperties": false }""", """{ "a": 1, "b": 2 }""", "\"b\" is not expected here." },
        { """{ "prefixItems": [true], "items": false }""", "[1, 2]", "The list may have at most 1 item." },
        { """{ "uniqueItems": true }""", "[1, 2, 1.0]", "The items of the list must differ, and those at 0 and 2 are equal." },
        { """{ "contains": { "const": 1 }, "minContains": 2 }""", "[1, 2]", "At least 2 items of the list must fit, and 1 does." },
        { """{ "dependentRequired": { "card": ["name"] } }""", """{ "card": 1 }""", "Where \"card\" is given, \"name\" must be too." },
        { """{ "not": { "type": "null" } }""", "null", "This has the form that the schema excludes here." },
        { """{ "oneOf": [{ "minimum": 1 }, { "minimum": 2 }] }""", "3", "Exactly one of the alternatives must fit, and more than one does." },
        { "false", "1", "No value is allowed here." },
    };

    [Theory]
    [MemberData(nameof(Sentences))]
    public void Every_rule_has_its_sentence_and_none_quotes_the_value(string schema, string value, string sentence) =>
        Assert.Equal(sentence, Assert.Single(Verdict(schema, value).Errors).Sentence);

    [Fact]
    public void Where_no_alternative_fits_the_nearest_one_is_explained()
    {
        const string schema = """
            { "anyOf": [
                { "type": "string" },
                { "required": ["a", "b", "c"] },
                { "properties": { "kind": { "const": "card" }, "digits": { "minLength": 4 } } }
            ] }
            """;

        var verdict = Verdict(schema, """{ "kind": "card", "digits": "12" }""");

        Assert.Equal(["anyOf", "minLength"], verdict.Errors.Select(error => error.Keyword));
        Assert.Equal("None of the 3 alternatives fits; what the nearest one lacks follows.", verdict.Errors[0].Sentence);
        Assert.Equal("/digits", verdict.Errors[1].InstancePointer);
    }

    [Fact]
    public void Where_the_value_is_of_no_kind_that_an_alternative_is_for_the_sentence_says_what_may_stand_there()
    {
        var verdict = Verdict("""{ "oneOf": [{ "enum": ["low", "high"] }, { "type": "integer" }, { "type": "integer" }] }""", "\"medium\"");

        Assert.Equal(
            "None of the 3 alternatives fits: this must be one of \"low\", \"high\"; or this must be a whole number, and it is a text.", Assert.Single(verdict.Errors).Sentence);
    }

    [Theory]
    [InlineData("""{ "type": "strng" }""", "/type", "This is no valid JSON Schema. None of the 2 alternatives fits: this must be one of \"array\", \"boolean\", \"integer\", \"null\", \"number\", \"object\", \"string\"; or this must be a list, and it is a text.")]
    [InlineData("""{ "type": ["strng"] }""", "/type/0", "This is no valid JSON Schema. This must be one of \"array\", \"boolean\", \"integer\", \"null\", \"number\", \"object\", \"string\".")]
    public void A_schema_with_a_word_that_is_no_type_is_told_which_words_are(string schema, string pointer, string sentence) =>
        Assert.Equal(new SchemaCompilation.Refused(pointer, sentence), JsonSchema.Compile(schema, SchemaRegistry.Empty));

    [Fact]
    public void Errors_end_at_the_number_asked_for_and_say_that_there_may_be_more()
    {
        var value = $"[{string.Join(',', Enumerable.Repeat("\"x\"", 100))}]";

        var few = Verdict("""{ "items": { "type": "number" } }""", value, new SchemaOptions { MaximumErrors = 3 });
        var all = Verdict("""{ "items": { "type": "number" } }""", value, new SchemaOptions { MaximumErrors = 1_000 });

        Assert.Equal(["/0", "/1", "/2"], few.Errors.Select(error => error.InstancePointer));
        Assert.True(few.HasMoreErrors);
        Assert.Equal(100, all.Errors.Count);
        Assert.False(all.HasMoreErrors);
    }

    [Fact]
    public void An_invalid_value_has_an_error_even_where_none_are_wanted() =>
        Assert.False(Verdict("false", "1", new SchemaOptions { MaximumErrors = 0 }).IsValid);

    [Fact]
    public void The_same_value_gives_the_same_errors_in_the_same_order()
    {
        const string schema = """{ "required": ["x", "y"], "properties": { "b": { "type": "null", "minimum": 9 }, "a": false }, "minProperties": 5 }""";
        const string value = """{ "a": 1, "b": 2 }""";

        var first = Verdict(schema, value).Errors;

        Assert.Equal(["minProperties", "required", "required", "false", "type", "minimum"], first.Select(error => error.Keyword));
        Assert.Equal(first, Verdict(schema, value).Errors);
    }

    [Theory]
    [InlineData("{\"a\":")]
    [InlineData("")]
    [InlineData("{} {}")]
    public void What_is_not_JSON_is_an_error_and_not_an_exception(string text)
    {
        var error = Assert.Single(Compiled("true").Validate(Encoding.UTF8.GetBytes(text), SchemaOptions.Default).Errors);

        Assert.StartsWith("This is not valid JSON", error.Sentence, StringComparison.Ordinal);
    }
}
