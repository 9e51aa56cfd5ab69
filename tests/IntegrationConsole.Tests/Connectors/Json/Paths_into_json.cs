using System.Text;
using IntegrationConsole.Connectors.Json;

namespace IntegrationConsole.Tests.Connectors.Json;

public sealed class Paths_into_json
{
    [Theory]
    [InlineData("id", "7")]
    [InlineData(" id ", "7")]
    [InlineData("customer.name", "Zoë \"Q\"")]
    [InlineData("customer.`e-mail address`", "zoe@example.com")]
    [InlineData("`a.b`", "dotted")]
    [InlineData("@type", "Customer")]
    [InlineData("active", "true")]
    [InlineData("amount", "10.50")]
    [InlineData("nothing", null)]
    [InlineData("absent", null)]
    [InlineData("customer", null)]
    [InlineData("list", null)]
    [InlineData("id.deeper", null)]
    [InlineData("escaped", "yes")]
    public void The_value_at_a_path_is_found(string path, string? value)
    {
        var record = """
            {"other":{"id":1,"list":[{"id":2}]},"@type":"Customer","id":7,"customer":{"name":"Zo\u00eb \"Q\"","e-mail address":"zoe@example.com"},
             "a.b":"dotted","active":true,"amount":10.50,"nothing":null,"list":[1],"\u0065scaped":"yes","\ud800":1}
            """;

        Assert.Equal(value, FieldPath.Parse(path).TextIn(Encoding.UTF8.GetBytes(record)));
    }

    [Theory]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a.")]
    [InlineData("a b")]
    [InlineData("a[0]")]
    [InlineData("a.*")]
    [InlineData("`open")]
    [InlineData("``")]
    [InlineData("`a`b")]
    public void What_is_no_path_is_refused(string text) => Assert.False(FieldPath.TryParse(text, out _));
}
