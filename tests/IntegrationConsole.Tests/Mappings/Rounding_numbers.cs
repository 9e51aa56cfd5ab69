using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Rounding_numbers
{
    private static readonly FieldRule Money = new() { Name = "f", Type = FieldType.Decimal, Rounding = Rounding.HalfUp, Decimals = 2 };

    [Theory]
    [InlineData(Rounding.None, "2.345", "2.345")]
    [InlineData(Rounding.HalfUp, "2.345", "2.35")]
    [InlineData(Rounding.HalfUp, "-2.345", "-2.35")]
    [InlineData(Rounding.HalfUp, "2.344999", "2.34")]
    [InlineData(Rounding.HalfEven, "2.345", "2.34")]
    [InlineData(Rounding.HalfEven, "2.355", "2.36")]
    [InlineData(Rounding.Down, "2.349", "2.34")]
    [InlineData(Rounding.Down, "-2.349", "-2.34")]
    [InlineData(Rounding.Up, "2.341", "2.35")]
    [InlineData(Rounding.Up, "-2.341", "-2.35")]
    [InlineData(Rounding.Up, "2.34", "2.34")]
    [InlineData(Rounding.HalfUp, "-0.001", "0")]
    [InlineData(Rounding.HalfUp, "1.005", "1.01")]
    [InlineData(Rounding.HalfUp, "79228162514264337593543950335", "79228162514264337593543950335")]
    public void A_decimal_is_rounded_as_the_rule_says_and_never_as_a_binary_fraction(Rounding rounding, string number, string expected)
    {
        Assert.Equal(expected, Trial.Value(Money with { Rounding = rounding }, number), SameNumber);
        Assert.Equal(expected, Trial.Text(Money with { Rounding = rounding }, number), SameNumber);
    }

    private static readonly IEqualityComparer<string> SameNumber = EqualityComparer<string>.Create(
        (one, other) => decimal.Parse(one!, System.Globalization.CultureInfo.InvariantCulture) == decimal.Parse(other!, System.Globalization.CultureInfo.InvariantCulture));

    [Theory]
    [InlineData("0.12499999999999999999999999999999999999", "0.12")]
    [InlineData("0.12500000000000000000000000000000000001", "0.13")]
    [InlineData("0.1250000000000000000000000000000000000000000", "0.13")]
    public void More_digits_than_a_decimal_holds_round_once_and_not_twice(string number, string expected)
    {
        Assert.Equal(expected, Trial.Value(Money, number));
        Assert.Equal("! f: the value at v is more exact than a decimal can hold (28 digits).", Trial.Value(Money with { Rounding = Rounding.None }, "0.12500000000000000000000000000000000001"));
    }

    [Theory]
    [InlineData(Rounding.None, "! f: the value at v is not a whole number.")]
    [InlineData(Rounding.HalfUp, "3")]
    [InlineData(Rounding.HalfEven, "2")]
    [InlineData(Rounding.Down, "2")]
    public void An_integer_field_takes_a_fraction_only_where_it_is_rounded(Rounding rounding, string expected) =>
        Assert.Equal(expected, Trial.Value(Money with { Type = FieldType.Integer, Decimals = 0, Rounding = rounding }, "2.5"));

    [Fact]
    public void A_default_is_rounded_like_a_value() => Assert.Equal("1.24", Trial.Value(Money with { Default = "1.235" }, null));

    [Theory]
    [InlineData("1.234,567", "1234.57")]
    [InlineData("-1.234,565", "-1234.57")]
    public void A_number_of_a_culture_is_rounded_too(string text, string expected) => Assert.Equal(expected, Trial.Text(Money with { Culture = "de-DE" }, text));
}
