using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Reading_numbers
{
    [Theory]
    [InlineData("12", "12")]
    [InlineData("-7", "-7")]
    [InlineData("-0", "0")]
    [InlineData("1.0", "1")]
    [InlineData("12e2", "1200")]
    [InlineData("9223372036854775807", "9223372036854775807")]
    [InlineData("-9223372036854775808", "-9223372036854775808")]
    [InlineData("9223372036854775808", "! f: the value at v is outside the range of integers.")]
    [InlineData("-9223372036854775809", "! f: the value at v is outside the range of integers.")]
    [InlineData("1e400", "! f: the value at v is outside the range of integers.")]
    [InlineData("12345678901234567890123456789012345", "! f: the value at v is outside the range of integers.")]
    [InlineData("1.5", "! f: the value at v is not a whole number.")]
    [InlineData("1e-400", "! f: the value at v is not a whole number.")]
    [InlineData("1.00000000000000000000000000000000001", "! f: the value at v is not a whole number.")]
    [InlineData("\" 42 \"", "42")]
    [InlineData("\"+42\"", "42")]
    [InlineData("\"42-\"", "-42")]
    [InlineData("\"forty\"", "! f: the value at v is not an integer.")]
    [InlineData("\"1,000\"", "! f: the value at v is not an integer.")]
    [InlineData("\"0x1F\"", "! f: the value at v is not an integer.")]
    [InlineData("\"1 2\"", "! f: the value at v is not an integer.")]
    [InlineData("\"\\u0661\\u0662\\u0663\"", "! f: the value at v is not an integer.")]
    [InlineData("true", "! f: the value at v is not an integer.")]
    public void Integers(string json, string expected) => Assert.Equal(expected, Trial.Value(new FieldRule { Name = "f", Type = FieldType.Integer }, json));

    [Theory]
    [InlineData("0.1", "0.1")]
    [InlineData("1.10", "1.10")]
    [InlineData("-0", "0")]
    [InlineData("-0.00", "0.00")]
    [InlineData("1e2", "100")]
    [InlineData("1234567890123456789012345678", "1234567890123456789012345678")]
    [InlineData("0.1234567890123456789012345678", "0.1234567890123456789012345678")]
    [InlineData("12345678901234.56789012345678", "12345678901234.56789012345678")]
    [InlineData("79228162514264337593543950335", "79228162514264337593543950335")]
    [InlineData("79228162514264337593543950336", "! f: the value at v is outside the range of decimals (28 digits).")]
    [InlineData("1e400", "! f: the value at v is outside the range of decimals (28 digits).")]
    [InlineData("1e-29", "! f: the value at v is more exact than a decimal can hold (28 digits).")]
    [InlineData("4.9e-324", "! f: the value at v is more exact than a decimal can hold (28 digits).")]
    [InlineData("0.12345678901234567890123456789012", "! f: the value at v is more exact than a decimal can hold (28 digits).")]
    [InlineData("0.10000000000000000000000000000000000000", "0.1000000000000000000000000000")]
    [InlineData("\"1,5\"", "! f: the value at v is not a decimal number.")]
    [InlineData("\"1,500.25\"", "! f: the value at v is not a decimal number.")]
    [InlineData("\"NaN\"", "! f: the value at v is not a decimal number.")]
    [InlineData("\"Infinity\"", "! f: the value at v is not a decimal number.")]
    [InlineData("\"1.2.3\"", "! f: the value at v is not a decimal number.")]
    [InlineData("\"\\u0661\"", "! f: the value at v is not a decimal number.")]
    public void Decimals_are_exact_or_refused(string json, string expected) => Assert.Equal(expected, Trial.Value(new FieldRule { Name = "f", Type = FieldType.Decimal }, json));

    [Theory]
    [InlineData("de-DE", "1.234.567,89", "1234567.89")]
    [InlineData("de-DE", "1234567,89", "1234567.89")]
    [InlineData("de-DE", "-0,5", "-0.5")]
    [InlineData("de-DE", "1.234", "1234")]
    [InlineData("de-DE", "1.5", "not")]
    [InlineData("de-DE", "12.34,5", "not")]
    [InlineData("de-DE", "1.2345", "not")]
    [InlineData("de-DE", "1,234.5", "not")]
    [InlineData("de-DE", ".123", "not")]
    [InlineData("en-US", "1,234,567.89", "1234567.89")]
    [InlineData("en-US", "1,5", "not")]
    [InlineData("en-US", "1.234.567", "not")]
    [InlineData("en-US", "12,345.50-", "-12345.50")]
    [InlineData("fr-FR", "1 234 567,89", "1234567.89")]
    [InlineData("fr-FR", "1\u00a0234\u00a0567,89", "1234567.89")]
    [InlineData("fr-FR", "1\u202f234\u202f567,89", "1234567.89")]
    [InlineData("fr-FR", "12 34,5", "not")]
    [InlineData("hi-IN", "12,34,567.89", "1234567.89")]
    [InlineData("hi-IN", "1,234,567.89", "not")]
    [InlineData("de-CH", "1’234.50", "1234.50")]
    [InlineData("de-CH", "1'234.50", "1234.50")]
    [InlineData("ar-EG", "\u0661\u0662", "12")]
    public void A_culture_says_how_texts_are_written_and_separators_must_part_thousands(string culture, string text, string expected) =>
        Assert.Equal(
            expected == "not" ? "! f: the value at v is not a decimal number." : expected,
            Trial.Text(new FieldRule { Name = "f", Type = FieldType.Decimal, Culture = culture }, text));

    [Theory]
    [InlineData("de-DE", "1.000", "1000")]
    [InlineData("de-DE", "1.5", "! f: the value at v is not an integer.")]
    [InlineData("en-US", "1,5", "! f: the value at v is not an integer.")]
    [InlineData("hi-IN", "12,34,567", "1234567")]
    public void The_same_holds_for_integers(string culture, string text, string expected) =>
        Assert.Equal(expected, Trial.Text(new FieldRule { Name = "f", Type = FieldType.Integer, Culture = culture }, text));

    [Theory]
    [InlineData(FieldType.Decimal, "1.5", "1.5")]
    [InlineData(FieldType.Decimal, "1.234", "1.234")]
    [InlineData(FieldType.Decimal, "1.5e3", "1500")]
    [InlineData(FieldType.Integer, "1000", "1000")]
    [InlineData(FieldType.Integer, "1.0", "1")]
    public void A_number_in_the_JSON_is_a_number_whatever_the_culture_of_its_texts(FieldType type, string json, string expected) =>
        Assert.Equal(expected, Trial.Value(new FieldRule { Name = "f", Type = type, Culture = "de-DE" }, json));
}
