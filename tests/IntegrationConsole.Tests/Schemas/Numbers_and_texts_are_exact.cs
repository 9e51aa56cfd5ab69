using IntegrationConsole.Schemas;
using static IntegrationConsole.Tests.Schemas.SchemaTexts;

namespace IntegrationConsole.Tests.Schemas;

public sealed class Numbers_and_texts_are_exact
{
    [Theory]
    [InlineData("1", true)]
    [InlineData("1.0", true)]
    [InlineData("-0.0e5", true)]
    [InlineData("1e400", true)]
    [InlineData("1.5e1", true)]
    [InlineData("12345678901234567890123456789012345678901234567890", true)]
    [InlineData("1.5", false)]
    [InlineData("1e-400", false)]
    [InlineData("0.1e0", false)]
    public void Whether_a_number_is_whole_is_a_matter_of_its_value(string number, bool isWhole) =>
        Assert.Equal(isWhole, Fits("""{ "type": "integer" }""", number));

    [Theory]
    [InlineData("0.3", "0.1", true)]
    [InlineData("19.99", "0.01", true)]
    [InlineData("1e400", "7", false)]
    [InlineData("7e400", "7", true)]
    [InlineData("1e1000000000", "3", false)]
    [InlineData("3e1000000000", "3", true)]
    [InlineData("1e-1000000000", "3", false)]
    [InlineData("9007199254740993", "2", false)]
    [InlineData("1e308", "0.123456789", false)]
    [InlineData("0.00", "5", true)]
    [InlineData("-4.5", "1.5", true)]
    public void Division_has_no_rounding(string number, string divisor, bool isMultiple) =>
        Assert.Equal(isMultiple, Fits($$"""{ "multipleOf": {{divisor}} }""", number));

    [Theory]
    [InlineData("9007199254740993", "9007199254740992", false)]
    [InlineData("1e400", "1e401", true)]
    [InlineData("-1e401", "-1e400", true)]
    [InlineData("0.1000000000000000000000000000000001", "0.1", false)]
    [InlineData("-0", "0", true)]
    [InlineData("100e-2", "1", true)]
    [InlineData("1e999999999999999999999", "1e5", false)]
    public void Limits_compare_exactly(string number, string maximum, bool isWithin) =>
        Assert.Equal(isWithin, Fits($$"""{ "maximum": {{maximum}} }""", number));

    [Theory]
    [InlineData("1", "1.0", true)]
    [InlineData("10", "1e1", true)]
    [InlineData("0", "-0.0", true)]
    [InlineData("9007199254740993", "9007199254740992", false)]
    [InlineData("1", "true", false)]
    [InlineData("[0]", "[false]", false)]
    [InlineData("""{ "a": 1, "b": [2.0] }""", """{ "b": [2], "a": 1.0 }""", true)]
    [InlineData("""{ "a": 1 }""", """{ "a": 1, "b": 2 }""", false)]
    [InlineData("\"\\u0041\"", "\"A\"", true)]
    [InlineData("\"\\ud800\"", "\"\\ud801\"", false)]
    public void Equality_is_by_value(string expected, string value, bool areEqual)
    {
        Assert.Equal(areEqual, Fits($$"""{ "const": {{expected}} }""", value));
        Assert.Equal(areEqual, Fits($$"""{ "enum": ["other", {{expected}}] }""", value));
        Assert.Equal(!areEqual, Fits("""{ "uniqueItems": true }""", $"[{expected}, {value}]"));
    }

    [Theory]
    [InlineData("\"😀😀\"", 2)]
    [InlineData("\"\\ud83d\\ude00\"", 1)]
    [InlineData("\"\\ud83d\"", 1)]
    [InlineData("\"a\\n\\u00e9\"", 3)]
    [InlineData("\"e\u0301\"", 2)]
    [InlineData("\"\"", 0)]
    public void The_length_of_a_text_is_its_code_points(string text, int length) =>
        Assert.True(Fits($$"""{ "minLength": {{length}}, "maxLength": {{length}} }""", text));

    [Fact]
    public void Half_a_character_in_a_name_or_a_text_ends_nothing() =>
        Assert.True(Fits("""{ "properties": { "\ud800": { "type": "string", "pattern": "^.$", "format": "idn-hostname" } }, "propertyNames": { "maxLength": 1 }, "additionalProperties": false }""", """{ "\ud800": "\udc00" }"""));

    [Fact]
    public void A_number_of_many_thousand_digits_ends_with_a_named_limit()
    {
        var verdict = Verdict("""{ "multipleOf": 7 }""", new string('9', 200_000));

        Assert.Equal(SchemaLimit.NumberLength, verdict.Limit);
        Assert.False(verdict.IsValid);
    }
}
