using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Reading_other_types
{
    [Theory]
    [InlineData("", "true", "true")]
    [InlineData("", "false", "false")]
    [InlineData("", "1", "true")]
    [InlineData("", "0", "false")]
    [InlineData("", "\" Yes \"", "true")]
    [InlineData("", "\"OFF\"", "false")]
    [InlineData("", "2", "! f: the value at v is neither true nor false.")]
    [InlineData("", "\"ja\"", "! f: the value at v is neither true nor false.")]
    [InlineData("ja|nein", "\"Ja\"", "true")]
    [InlineData("ja | nein", "\"nein\"", "false")]
    [InlineData("ja|nein", "true", "true")]
    [InlineData("ja|nein", "\"yes\"", "! f: the value at v is neither ja nor nein.")]
    public void Yes_and_no(string format, string json, string expected) =>
        Assert.Equal(expected, Trial.Value(new FieldRule { Name = "f", Type = FieldType.Boolean, Format = format }, json));

    [Theory]
    [InlineData("0190A8C4-7B1E-7000-8000-00000000000A", "0190a8c4-7b1e-7000-8000-00000000000a")]
    [InlineData("{0190a8c4-7b1e-7000-8000-00000000000a}", "0190a8c4-7b1e-7000-8000-00000000000a")]
    [InlineData("0190a8c47b1e7000800000000000000a", "0190a8c4-7b1e-7000-8000-00000000000a")]
    [InlineData("0190a8c4", "! f: the value at v is not a UUID.")]
    public void Uuids(string text, string expected) => Assert.Equal(expected, Trial.Text(new FieldRule { Name = "f", Type = FieldType.Uuid }, text));

    [Theory]
    [InlineData("""{"a": [1, 2.50, "x\u00e9"]}""")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("1.50")]
    [InlineData("true")]
    public void JSON_is_taken_as_it_stands(string json) => Assert.Equal(json, Trial.Value(new FieldRule { Name = "f", Type = FieldType.Json }, json));

    [Fact]
    public void Text_becomes_quoted_JSON_where_a_template_made_it() => Assert.Equal(
        "\"a\\u0022b\"", Trial.Value(new FieldRule { Name = "f", Type = FieldType.Json, Origin = ValueOrigin.Template, Source = "{v}" }, "\"a\\\"b\""));

    [Theory]
    [InlineData("\"x\"", "x")]
    [InlineData("\"\"", "")]
    [InlineData("\"a\\nb\\u0000\\ud83d\\ude00\"", "a\nb\0😀")]
    [InlineData("1.10", "1.10")]
    [InlineData("true", "true")]
    [InlineData("null", "nothing")]
    [InlineData(null, "nothing")]
    public void Text_is_what_the_record_says(string? json, string expected) => Assert.Equal(expected, Trial.Value(new FieldRule { Name = "f" }, json));
}
