using System.Text;
using System.Text.Json;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Tests.Expressions;

public sealed class Reading_the_source
{
    [Theory]
    [InlineData("12345678901234567890.1234567890")]
    [InlineData("0.10")]
    [InlineData("1e400")]
    [InlineData("-0")]
    public void A_number_that_is_only_passed_on_keeps_its_digits(string digits)
    {
        var input = """{"order":{"amount":DIGITS}}""".Replace("DIGITS", digits);

        Assert.Equal("""{"total":DIGITS,"all":[DIGITS]}""".Replace("DIGITS", digits), Jsonata.Of("{'total': order.amount, 'all': [order.amount]}", input));
        Assert.Equal(digits, Jsonata.Evaluate("order.amount", input).Value.SourceDigits());
    }

    [Fact]
    public void A_long_identifier_becomes_a_string_without_losing_digits()
    {
        Assert.Equal("\"id-1234567890123456789\"", Jsonata.Of("""
            "id-" & id
            """, """{"id":1234567890123456789}"""));
        Assert.Equal("\"[1234567890123456789]\"", Jsonata.Of("$string([id])", """{"id":1234567890123456789}"""));
    }

    [Fact]
    public void Of_fields_with_one_name_the_last_counts()
    {
        Assert.Equal("2", Jsonata.Of("a", """{"a":1,"b":0,"a":2}"""));
    }

    [Theory]
    [InlineData("""{"caf\u00e9":1}""")]
    [InlineData("""{"café":1}""")]
    public void A_name_is_found_however_it_is_escaped(string json)
    {
        Assert.Equal("1", Jsonata.Of("café", json));
    }

    [Fact]
    public void Lone_surrogates_survive()
    {
        Assert.Equal("\"\\ud800x\"", Jsonata.Of("a & 'x'", """{"a":"\ud800"}"""));
    }

    [Fact]
    public void Text_that_is_not_json_is_refused()
    {
        Assert.ThrowsAny<JsonException>(() => Value.FromJson("{\"a\":"u8.ToArray()));
    }

    [Fact]
    public void Nesting_beyond_the_limit_is_refused_when_reading()
    {
        Assert.ThrowsAny<JsonException>(() => Value.FromJson(Encoding.UTF8.GetBytes(new string('[', 100_000) + new string(']', 100_000))));
    }

    [Theory]
    [InlineData("[1.5,-2,1e3,123456789012345678]", "[1.5, -2, 1000, 123456789012345680]")]
    [InlineData("[0.1,1e-7,1e21,100000000000000000000]", "[0.1, 1e-7, 1e21, 100000000000000000000]")]
    public void Numbers_are_reckoned_as_doubles(string numbers, string same)
    {
        Assert.Equal("true", Jsonata.Of($"$ = {same}", numbers));
    }

    [Fact]
    public void An_input_is_read_field_by_field()
    {
        var value = Jsonata.Input("""{"name":"Ada","tags":["a","b"],"active":true,"none":null}""");

        Assert.Equal("Ada", value.Field("name").AsString());
        Assert.Equal(["a", "b"], value.Field("tags").Items().Select(item => item.AsString()));
        Assert.True(value.Field("active").AsBoolean());
        Assert.Equal(ValueKind.Null, value.Field("none").Kind);
        Assert.True(value.Field("missing").IsUndefined);
        Assert.Equal(["name", "tags", "active", "none"], value.Fields().Select(field => field.Key));
    }
}
