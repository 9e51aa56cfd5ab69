using System.Text.Json;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Studio;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Completing_sources
{
    private static readonly IReadOnlyList<SampleValue> Values = SampleShape.Of([JsonSerializer.Deserialize<JsonElement>("""
        {"id":1,"email":"a@b.c","customer":{"email":"x@y.z","first name":"Ada","address":{"city":"Bonn"}},"orders":[{"total":5,"status":"paid"}]}
        """)]);

    /// <summary>The bar is the caret; what is offered, and the text with the first of it.</summary>
    [Theory]
    [InlineData(ValueOrigin.Path, "em|", "email, customer.email", "email")]
    [InlineData(ValueOrigin.Path, "customer.|", "customer.email, customer.`first name`, customer.address.city", "customer.email")]
    [InlineData(ValueOrigin.Path, "city|", "customer.address.city", "customer.address.city")]
    [InlineData(ValueOrigin.Path, "tot|", "orders[0].total", "orders[0].total")]
    [InlineData(ValueOrigin.Path, "email|", "email, customer.email", "email")]
    [InlineData(ValueOrigin.Path, "customer.address.city|", "", "")]
    [InlineData(ValueOrigin.Path, "|", "", "")]
    [InlineData(ValueOrigin.Path, "nothing|", "", "")]
    [InlineData(ValueOrigin.Constant, "em|", "", "")]
    [InlineData(ValueOrigin.Template, "Mr {cit|} of", "customer.address.city", "Mr {customer.address.city} of")]
    [InlineData(ValueOrigin.Template, "Mr {cit|", "customer.address.city", "Mr {customer.address.city")]
    [InlineData(ValueOrigin.Template, "{id} cit|", "", "")]
    [InlineData(ValueOrigin.Template, "{{cit|", "", "")]
    [InlineData(ValueOrigin.Expression, "cit|", "customer.address.city", "customer.address.city")]
    [InlineData(ValueOrigin.Expression, "id & customer.address.c| & 'x'", "city", "id & customer.address.city & 'x'")]
    [InlineData(ValueOrigin.Expression, "customer.|", "email, `first name`, address.city", "customer.email")]
    [InlineData(ValueOrigin.Expression, "orders[st|", "status", "orders[status")]
    [InlineData(ValueOrigin.Expression, "orders[status = 'paid'].t|", "total, status", "orders[status = 'paid'].total")]
    [InlineData(ValueOrigin.Expression, "$sum(orders.(to|))", "total", "$sum(orders.(total))")]
    [InlineData(ValueOrigin.Expression, "$sum(orders.to|", "total", "$sum(orders.total")]
    [InlineData(ValueOrigin.Expression, "orders[$$.cit|", "customer.address.city", "orders[$$.customer.address.city")]
    [InlineData(ValueOrigin.Expression, "$upp|", "$uppercase", "$uppercase")]
    [InlineData(ValueOrigin.Expression, "$trim(em|ail)", "email, customer.email", "$trim(email)")]
    [InlineData(ValueOrigin.Expression, "($so_far := 1; $so|", "$so_far, $sort", "($so_far := 1; $so_far")]
    [InlineData(ValueOrigin.Expression, "$map(orders, function($order) { $ord|", "$order", "$map(orders, function($order) { $order")]
    [InlineData(ValueOrigin.Expression, "'cit|", "", "")]
    [InlineData(ValueOrigin.Expression, "$contains(email, /cit|", "", "")]
    [InlineData(ValueOrigin.Expression, "/* cit|", "", "")]
    [InlineData(ValueOrigin.Expression, "id / cit|", "customer.address.city", "id / customer.address.city")]
    [InlineData(ValueOrigin.Expression, "id & |", "", "")]
    [InlineData(ValueOrigin.Expression, "$unknown.|", "", "")]
    public void What_fits_where_the_caret_stands_is_offered(ValueOrigin origin, string text, string options, string result)
    {
        var caret = text.IndexOf('|');
        var written = text.Remove(caret, 1);

        var completion = Completion.At(origin, written, caret, asked: false, Values);

        Assert.Equal(options, string.Join(", ", completion.Options.Select(option => option.Text)));
        if (result.Length > 0)
        {
            Assert.Equal(result, written[..completion.From] + completion.Options[0].Text + written[completion.To..]);
        }
    }

    [Fact]
    public void Asked_for_everything_is_offered_where_nothing_is_begun()
    {
        Assert.Contains("email", Completion.At(ValueOrigin.Expression, "id & ", 5, asked: true, Values).Options.Select(option => option.Text));
        Assert.Equal(Values.Count, Completion.At(ValueOrigin.Path, "", 0, asked: true, Values).Options.Count);
    }

    [Fact]
    public void What_begins_so_comes_first_then_what_has_a_step_that_does_then_what_holds_it()
    {
        var values = SampleShape.Of([JsonSerializer.Deserialize<JsonElement>("""{"webmail":1,"contact":{"mail":2},"mailing":3,"other":4}""")]);

        Assert.Equal(["mailing", "contact.mail", "webmail"], Completion.At(ValueOrigin.Path, "mail", 4, asked: false, values).Options.Select(option => option.Text));
    }

    [Fact]
    public void A_dollar_sign_offers_functions_with_what_they_do()
    {
        var options = Completion.At(ValueOrigin.Expression, "$mask", 5, asked: false, Values).Options;

        var mask = Assert.Single(options);
        Assert.Equal("$mask(value, [keep])", mask.Detail);
        Assert.Contains("Puts stars", mask.Does);
        Assert.Equal("\"************0532\"", mask.Gives);
    }
}
