using IntegrationConsole.Expressions.Parsing;

namespace IntegrationConsole.Tests.Expressions;

public sealed class Telling_what_is_read
{
    [Theory]
    [InlineData("customer.email", "customer.email")]
    [InlineData("firstName & ' ' & customer.lastName", "firstName", "customer.lastName")]
    [InlineData("$lowercase($trim(email))", "email")]
    [InlineData("nickname ?? firstName", "nickname", "firstName")]
    [InlineData("vip ? total : other.total", "vip", "total", "other.total")]
    [InlineData("orders[status = 'paid'].total", "orders.status", "orders.total")]
    [InlineData("$sum(orders[status = 'paid'].(price * quantity))", "orders.status", "orders.price", "orders.quantity")]
    [InlineData("lines[0].sku", "lines[0].sku")]
    [InlineData("tags[0]", "tags[0]")]
    [InlineData("$$.customer.email", "customer.email")]
    [InlineData("customer.(first & $.last)", "customer.first", "customer.last")]
    [InlineData("($c := customer.address; $c.city)", "customer.address", "customer.address.city")]
    [InlineData("$map(orders, function($o) { $o.total })", "orders", "orders.total")]
    [InlineData("orders ~> $map(function($o) { $o.total })", "orders", "orders.total")]
    [InlineData("orders^(>date).id", "orders.date", "orders.id")]
    [InlineData("orders{status: $sum(total)}", "orders.status", "orders.total")]
    [InlineData("{'a': id, 'b': [name]}", "id", "name")]
    [InlineData("customer.*", "customer.*")]
    [InlineData("**.email", "*.email")]
    [InlineData("`first name`.`x-y`", "`first name`.`x-y`")]
    [InlineData("$tenant & $run")]
    [InlineData("customer.email &")]
    [InlineData("")]
    public void The_paths_of_an_expression_are_found(string text, params string[] paths) => Assert.Equal(paths, PathsRead.Of(text));
}
