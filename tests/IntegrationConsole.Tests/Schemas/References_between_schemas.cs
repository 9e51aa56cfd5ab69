using IntegrationConsole.Schemas;
using static IntegrationConsole.Tests.Schemas.SchemaTexts;

namespace IntegrationConsole.Tests.Schemas;

public sealed class References_between_schemas
{
    private const string Vocabulary = "https://json-schema.org/draft/2020-12/vocab/";

    [Fact]
    public void A_document_is_found_by_its_address_by_its_id_and_by_a_relative_name()
    {
        var registry = SchemaRegistry.Empty
            .With("https://example.org/at/address.json", """{ "$id": "https://example.org/id.json", "type": "integer" }""")
            .With("plain.json", """{ "$ref": "at/other.json" }""")
            .With("at/other.json", """{ "type": "null" }""");

        foreach (var reference in new[] { "https://example.org/at/address.json", "https://example.org/id.json" })
        {
            var schema = Compiled($$"""{ "$ref": "{{reference}}" }""", registry);
            Assert.True(schema.Validate("1"u8.ToArray(), SchemaOptions.Default).IsValid);
            Assert.False(schema.Validate("\"1\""u8.ToArray(), SchemaOptions.Default).IsValid);
        }

        Assert.False(Compiled("""{ "$ref": "plain.json" }""", registry).Validate("1"u8.ToArray(), SchemaOptions.Default).IsValid);
    }

    [Fact]
    public void A_broken_document_is_named_where_it_is_referred_to_and_not_before()
    {
        var registry = SchemaRegistry.Empty.With("https://example.org/broken.json", "{");

        Assert.Equal("https://example.org/broken.json#", Refused("""{ "$ref": "https://example.org/broken.json" }""", registry).Pointer);
        Assert.NotNull(Compiled("true", registry));
    }

    [Theory]
    [InlineData("""{ "enum": [{ "$id": "https://example.org/x", "type": "null" }], "properties": { "a": { "$ref": "https://example.org/x" } } }""")]
    [InlineData("""{ "unknown": { "$id": "https://example.org/x", "type": "null" }, "$ref": "https://example.org/x" }""")]
    [InlineData("""{ "const": { "$anchor": "here" }, "$ref": "#here" }""")]
    public void What_only_looks_like_a_schema_has_no_address(string schema) => Assert.Contains("refers to", Refused(schema).Sentence, StringComparison.Ordinal);

    [Fact]
    public void The_draft_s_own_schema_is_there_to_be_referred_to()
    {
        const string schema = """{ "$ref": "https://json-schema.org/draft/2020-12/schema" }""";

        Assert.True(Fits(schema, """{ "$defs": { "a": { "type": "integer" } } }"""));
        Assert.False(Fits(schema, """{ "$defs": { "a": { "type": 1 } } }"""));
        Assert.False(Fits(schema, """{ "$id": "a#b" }"""));
        Assert.False(Fits(schema, """{ "allOf": [{ "properties": { "x": { "minItems": -1 } } }] }"""));
        Assert.False(Fits(schema, """{ "$anchor": "1a" }"""));
    }

    [Fact]
    public void A_dialect_turns_on_only_the_keywords_it_names()
    {
        var registry = SchemaRegistry.Empty.With("https://example.org/few", $$"""
            { "$id": "https://example.org/few", "$vocabulary": { "{{Vocabulary}}core": true, "{{Vocabulary}}applicator": true, "https://example.org/ours": false } }
            """);

        var schema = Compiled("""{ "$schema": "https://example.org/few", "properties": { "a": { "type": "null", "minimum": 10 }, "b": false } }""", registry);

        Assert.True(schema.Validate("""{ "a": 1 }"""u8.ToArray(), SchemaOptions.Default).IsValid);
        Assert.False(schema.Validate("""{ "b": 1 }"""u8.ToArray(), SchemaOptions.Default).IsValid);
    }

    [Fact]
    public void A_dialect_that_requires_what_nobody_knows_is_refused()
    {
        var registry = SchemaRegistry.Empty.With("https://example.org/more", """{ "$vocabulary": { "https://example.org/ours": true } }""");

        Assert.Equal(
            new SchemaCompilation.Refused("/$schema", "The schema requires the vocabulary https://example.org/ours, which is not known here."),
            Refused("""{ "$schema": "https://example.org/more" }""", registry));
    }

    [Fact]
    public void A_dialect_s_own_rules_hold_for_schemas_written_in_it()
    {
        var registry = SchemaRegistry.Empty.With("https://example.org/titled", """
            { "$schema": "https://json-schema.org/draft/2020-12/schema", "required": ["title"] }
            """);

        Assert.Equal("This is no valid JSON Schema. \"title\" is missing.", Refused("""{ "$schema": "https://example.org/titled" }""", registry).Sentence);
        Assert.NotNull(Compiled("""{ "$schema": "https://example.org/titled", "title": "A" }""", registry));
    }

    [Fact]
    public void A_list_of_lists_is_extended_through_its_dynamic_anchor()
    {
        var registry = SchemaRegistry.Empty.With("https://example.org/list", """
            { "$id": "https://example.org/list", "items": { "$dynamicRef": "#item" }, "$defs": { "any": { "$dynamicAnchor": "item" } } }
            """);
        const string numbers = """{ "$id": "https://example.org/numbers", "$ref": "list", "$defs": { "number": { "$dynamicAnchor": "item", "type": "number" } } }""";

        var schema = Compiled(numbers, registry);

        Assert.True(schema.Validate("[1, 2]"u8.ToArray(), SchemaOptions.Default).IsValid);
        Assert.False(schema.Validate("[1, \"2\"]"u8.ToArray(), SchemaOptions.Default).IsValid);
        Assert.True(Compiled("""{ "$ref": "https://example.org/list" }""", registry).Validate("[1, \"2\"]"u8.ToArray(), SchemaOptions.Default).IsValid);
    }

    [Theory]
    [InlineData("http://a/b/c/d;p?q", "g;x=1/../y", "http://a/b/c/y")]
    [InlineData("http://a/b/c/d;p?q", "../../../g", "http://a/g")]
    [InlineData("http://a/b/c/d;p?q", "..", "http://a/b/")]
    [InlineData("http://a/b/c/d;p?q", "?y", "http://a/b/c/d;p?y")]
    [InlineData("http://a/b/c/d;p?q", "", "http://a/b/c/d;p?q")]
    [InlineData("http://a/b/c/d;p?q", "//g", "http://g")]
    [InlineData("http://a/b/c/d;p?q", "g:h", "g:h")]
    [InlineData("http://a/b/c/d;p?q", "./g.", "http://a/b/c/g.")]
    [InlineData("http://a", "g", "http://a/g")]
    [InlineData("urn:example:a", "#b", "urn:example:a#b")]
    [InlineData("file:///c:/folder/file.json", "other.json", "file:///c:/folder/other.json")]
    public void Addresses_resolve_as_RFC_3986_has_it(string from, string reference, string expected) =>
        Assert.Equal(expected, IntegrationConsole.Schemas.Compiling.SchemaAddress.Parse(from).Resolve(reference).ToString());

    [Fact]
    public void One_compiled_schema_serves_many_threads()
    {
        var schema = Compiled("""{ "$ref": "https://json-schema.org/draft/2020-12/schema" }""");

        Parallel.For(0, 200, index =>
            Assert.Equal(index % 2 == 0, schema.Validate(index % 2 == 0 ? """{ "allOf": [{ "not": true }] }"""u8.ToArray() : """{ "allOf": [{ "not": 1 }] }"""u8.ToArray(), SchemaOptions.Default).IsValid));
    }
}
