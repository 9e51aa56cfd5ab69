using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Text;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Writing_mappings_as_text
{
    [Fact]
    public void A_mapping_reads_like_a_list_of_its_fields()
    {
        var document = new MappingDocument(
            [
                new FieldRule { Name = "id", Type = FieldType.Integer, Source = "id", Required = true },
                new FieldRule { Name = "label", Origin = ValueOrigin.Expression, Source = "firstName & ' ' &\n  lastName" },
                new FieldRule { Name = "code", Origin = ValueOrigin.Constant, Source = "007", Trim = true },
            ],
            [new RecordCondition("status", ConditionOperator.NotEquals, "no")]) { Filter = "total > 0" };

        Assert.Equal("""
            fields:
              - name: id
                type: integer
                source: id
                required: true
              - name: label
                origin: expression
                source: |-
                  firstName & ' ' &
                    lastName
              - name: code
                origin: constant
                source: "007"
                trim: true
            conditions:
              - path: status
                operator: notEquals
                value: "no"
            filter: total > 0

            """.ReplaceLineEndings("\n"), MappingText.Write(document));
    }

    [Theory]
    [InlineData("007")]
    [InlineData("yes")]
    [InlineData("No")]
    [InlineData("1e3")]
    [InlineData("0x1F")]
    [InlineData("null")]
    [InlineData("~")]
    [InlineData("true")]
    [InlineData("2026-01-02")]
    [InlineData("12:30:45")]
    [InlineData(".5")]
    [InlineData("-")]
    [InlineData("- a")]
    [InlineData("a: b")]
    [InlineData("a #b")]
    [InlineData("#b")]
    [InlineData("'quoted'")]
    [InlineData("\"quoted\" & 'both'")]
    [InlineData("{firstName} {lastName}")]
    [InlineData("[0]")]
    [InlineData("*anchor")]
    [InlineData("&anchor")]
    [InlineData("!tag")]
    [InlineData("%TAG")]
    [InlineData("@at")]
    [InlineData("`backtick`")]
    [InlineData("---")]
    [InlineData("...")]
    [InlineData(" blanks at both ends ")]
    [InlineData("\ttab")]
    [InlineData("line one\nline two")]
    [InlineData("line one\nline two\n")]
    [InlineData("line one\n\n  indented\nlast")]
    [InlineData("\nstarts with a line end")]
    [InlineData("ends with two\n\n")]
    [InlineData("blank at a line's end \nlast")]
    [InlineData("windows\r\nline ends")]
    [InlineData("\r")]
    [InlineData("😀 and more\nin two lines 😀")]
    [InlineData("\u00a0")]
    [InlineData("\u0085")]
    [InlineData("\ufeff")]
    [InlineData("\u2028")]
    [InlineData("\u0001")]
    [InlineData(" ")]
    [InlineData("\n")]
    public void Every_text_survives_the_way_there_and_back(string text)
    {
        var document = new MappingDocument([new FieldRule { Name = text, Origin = ValueOrigin.Constant, Source = text, Default = text }], [new RecordCondition(text, ConditionOperator.Equals, text)]) { Filter = text };

        var reading = MappingText.Read(MappingText.Write(document));

        Assert.Null(reading.Problem);
        Assert.Equal(document.ToJson(), reading.Document!.ToJson());
        Assert.Equal(MappingText.Write(document), MappingText.Write(reading.Document));
    }

    [Fact]
    public void Everything_that_a_rule_can_say_survives()
    {
        var rule = new FieldRule
        {
            Name = "n", Type = FieldType.Timestamp, Origin = ValueOrigin.Template, Source = "{a}", Trim = true, Case = LetterCase.Upper, Lookup = "t", LookupMiss = LookupMiss.KeepValue,
            Format = "dd.MM.yyyy", Culture = "de-DE", TimeZone = "Europe/Berlin", Default = "1.1.2026", Required = true,
        };
        var document = new MappingDocument([rule, new FieldRule { Name = "" }], [new RecordCondition("a", ConditionOperator.Present, "")]);

        Assert.Equal(document.ToJson(), MappingText.Read(MappingText.Write(document)).Document!.ToJson());
        Assert.Equal(MappingDocument.Empty.ToJson(), MappingText.Read(MappingText.Write(MappingDocument.Empty)).Document!.ToJson());
        Assert.All(OneChange.OfAllParts(), change => Assert.Equal((change.What, change.Changed.ToJson()), (change.What, MappingText.Read(MappingText.Write(change.Changed)).Document?.ToJson())));
    }

    [Fact]
    public void A_person_may_leave_out_quotes_and_lists()
    {
        var document = MappingText.Read("fields:\n- {name: code, source: 007, default: yes, culture: no}\n").Document!;

        Assert.Equal(("007", "yes", "no"), (document.Fields[0].Source, document.Fields[0].Default, document.Fields[0].Culture));
        Assert.Empty(document.Conditions);
        Assert.Equal(("", "a"), MappingText.Read("fields:\n- source: a\n").Document!.Fields[0] is var unnamed ? (unnamed.Name, unnamed.Source) : default);
    }

    [Theory]
    [InlineData("fields: []\nexpressions: []\n", "Line 2, expressions: There is no key named expressions here; there are fields, conditions, filter, inputSchema, inputMisfit, outputSchema, outputMisfit, key, split, group, children.")]
    [InlineData("fields:\n  - name: a\n    sorce: b\n", "Line 3, fields[0].sorce: There is no key named sorce here; there are name, type, origin, source")]
    [InlineData("fields:\n  - name: a\n    type: text\n", "Line 3, fields[0].type: text is none of string, integer, decimal")]
    [InlineData("fields:\n  - name: a\n    required: maybe\n", "Line 3, fields[0].required: maybe is neither true nor false.")]
    [InlineData("fields:\n  name: a\n", "Line 2, fields: A list is expected here")]
    [InlineData("fields:\n  - name: [a]\n", "Line 2, fields[0].name: A single value is expected here.")]
    [InlineData("fields:\n  - just text\n", "Line 2, fields[0]: Keys and values are expected here.")]
    [InlineData("fields:\n  - name: a\n    name: b\n", "Line 3, name: This key stands twice.")]
    [InlineData("fields: &x\n  - name: a\n", "Line 1: Anchors, aliases and tags cannot be used here.")]
    [InlineData("fields:\n  - name: *x\n", "Line 2: ")]
    [InlineData("fields:\n  - name: !!int 5\n", "Line 2: Anchors, aliases and tags cannot be used here.")]
    [InlineData("fields: []\n---\nfields: []\n", "Line 2: Only one document can stand here.")]
    [InlineData("fields:\n  - name: \"a\n", "Line ")]
    [InlineData("fields:\n\t- name: a\n", "Line 2: A tab cannot stand at the beginning of a line: use blanks.")]
    [InlineData("fields:\n  - name: a: b\n", "Line 2: This is not YAML: ")]
    [InlineData("", "Line 1: The text is empty")]
    [InlineData("# only words\n", "Line 1: The text is empty")]
    [InlineData("5", "Line 1: Keys and values are expected here.")]
    public void What_is_wrong_is_said_with_its_line_and_its_key(string text, string sentence)
    {
        var reading = MappingText.Read(text);

        Assert.Null(reading.Document);
        Assert.StartsWith(sentence, reading.Problem!.ToString());
    }

    [Fact]
    public void Text_that_is_nested_without_end_is_refused() =>
        Assert.Contains("nested deeper", MappingText.Read(new string('[', 5_000)).Problem!.Sentence);

    [Fact]
    public void The_lines_of_all_keys_are_known()
    {
        var lines = MappingText.Read("fields:\n  - name: a\n    source: b\n  - name: c\n    source: d\n").Lines;

        Assert.Equal((3, 4, 5), (lines["fields[0].source"], lines["fields[1]"], lines["fields[1].source"]));
    }
}
