using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Agreements;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Comparing_agreements
{
    public static TheoryData<string, string, string[]> Changes { get; } = new()
    {
        { "", """{ "type": "object" }""", ["records are held against the input schema, which is new"] },
        { """{ "type": "object" }""", "", ["the input schema is gone"] },
        { """{ "type":   "object" }""", """{"type":"object"}""", [] },
        { """{ "properties": { "email": {} } }""", """{ "properties": { "email": {} }, "required": ["email"] }""", ["input schema: email is now required"] },
        { """{ "properties": { "email": {} }, "required": ["email"] }""", """{ "properties": { "email": {} } }""", ["input schema: email is no longer required"] },
        { """{ "properties": { "a": { "type": "string" } } }""", """{ "properties": { "a": { "type": ["string", "null"] } } }""", ["input schema: a is now string or null instead of string"] },
        { """{ "properties": { "a": { "properties": { "b": {} } } } }""", """{ "properties": { "a": { "properties": { "c": {} }, "required": ["c"] } } }""",
            ["input schema: a.c is new and required", "input schema: a.b is no longer named"] },
        { """{ "properties": { "l": { "items": { "properties": { "b": {} } } } } }""", """{ "properties": { "l": { "items": { "properties": { "b": { "maxLength": 3 } } } } } }""",
            ["input schema: l[].b has other rules"] },
        { """{ "properties": { "a": {} } }""", """{ "properties": { "a": {}, "b": {} }, "additionalProperties": false }""", ["input schema: b is new", "input schema: the rules for the whole of it changed"] },
        { """{ "$defs": { "x": { "minimum": 1 } }, "items": { "$ref": "#/$defs/x" } }""", """{ "$defs": { "x": { "minimum": 2 } }, "items": { "$ref": "#/$defs/x" } }""", ["the input schema changed"] },
        { "{", """{ "type": "object" }""", ["the input schema changed"] },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public void Each_change_of_a_schema_is_a_sentence(string before, string after, string[] sentences)
    {
        Assert.Equal(sentences, MappingDiff.Between(MappingDocument.Empty with { InputSchema = before }, MappingDocument.Empty with { InputSchema = after }));
        Assert.Equal(
            sentences.Select(sentence => sentence.Replace("input", "output", StringComparison.Ordinal)),
            MappingDiff.Between(MappingDocument.Empty with { OutputSchema = before }, MappingDocument.Empty with { OutputSchema = after }));
    }

    [Fact]
    public void What_becomes_of_a_misfit_is_told()
    {
        var noting = MappingDocument.Empty with { InputMisfit = MisfitRule.Note, OutputMisfit = MisfitRule.Note };

        Assert.Equal(
            ["records that do not fit the input schema go on, and are counted in the run's log", "records that do not fit the output schema go on, and are counted in the run's log"],
            MappingDiff.Between(MappingDocument.Empty, noting));
        Assert.Contains("records that do not fit the input schema are set aside", MappingDiff.Between(noting, MappingDocument.Empty));
    }

    [Fact]
    public void An_agreement_survives_being_kept()
    {
        var document = MappingDocument.Empty with { InputSchema = """{ "title": "ä\"\n" }""", InputMisfit = MisfitRule.Note, OutputSchema = "{}", OutputMisfit = MisfitRule.Note };

        var read = MappingDocument.Parse(document.ToJson());

        Assert.Equal(
            (document.InputSchema, document.InputMisfit, document.OutputSchema, document.OutputMisfit), (read.InputSchema, read.InputMisfit, read.OutputSchema, read.OutputMisfit));
        Assert.Equal(("", MisfitRule.Reject), (MappingDocument.Parse("""{"fields":[],"conditions":[]}""").InputSchema, MappingDocument.Parse("""{"fields":[],"conditions":[]}""").OutputMisfit));
    }
}
