namespace IntegrationConsole.Tests.Expressions;

public sealed class Paths_and_sequences
{
    private const string Orders = """
        {"orders":[
          {"id":"o1","customer":"c1","lines":[{"sku":"a","price":10,"n":2},{"sku":"b","price":5,"n":1}]},
          {"id":"o2","customer":"c2","lines":[{"sku":"a","price":11,"n":1}]}],
         "customers":[{"id":"c1","name":"Ada"},{"id":"c2","name":"Grace"}],
         "one":[{"x":1}],"nested":[[1,2],[3]],"empty":[]}
        """;

    [Theory]
    [InlineData("orders.lines.sku", """["a","b","a"]""")]
    [InlineData("orders[1].lines.sku", "\"a\"")]
    [InlineData("orders[1].lines.sku[]", """["a"]""")]
    [InlineData("orders[1].(lines.sku[])", "\"a\"")]
    [InlineData("orders[1].(lines.sku[])[]", """["a"]""")]
    [InlineData("orders[-1].id", "\"o2\"")]
    [InlineData("orders.lines[0].sku", """["a","a"]""")]
    [InlineData("(orders.lines)[0].sku", "\"a\"")]
    [InlineData("orders.lines[price > 5].(price * n)", "[20,11]")]
    [InlineData("orders.lines[price > 100]", "undefined")]
    [InlineData("one.x", "1")]
    [InlineData("one.x[]", "[1]")]
    [InlineData("one", """[{"x":1}]""")]
    [InlineData("nested.$", "[1,2,3]")]
    [InlineData("nested[0]", "[1,2]")]
    [InlineData("empty", "[]")]
    [InlineData("empty.x", "undefined")]
    [InlineData("orders.[id, customer]", """[["o1","c1"],["o2","c2"]]""")]
    [InlineData("$count(**)", "30")]
    [InlineData("orders.*[0]", """["o1","o2"]""")]
    [InlineData("orders.lines.sku[[0..1]]", """["a","b","a"]""")]
    [InlineData("(orders.lines.sku)[[0,2]]", """["a","a"]""")]
    [InlineData("(orders.lines.sku)[[0,0]]", """["a","a"]""")]
    [InlineData("missing.deeply.so", "undefined")]
    public void A_path_gives_one_flat_sequence(string expression, string expected)
    {
        Assert.Equal(expected, Jsonata.Of(expression, Orders));
    }

    [Theory]
    [InlineData("orders.lines^(price).price", "[5,10,11]")]
    [InlineData("orders.lines^(>price).price", "[11,10,5]")]
    [InlineData("orders.lines^(sku, >price).price", "[11,10,5]")]
    [InlineData("orders.lines^(>sku, n).(sku & n)", """["b1","a1","a2"]""")]
    [InlineData("orders.lines{sku: $sum(price)}", """{"a":21,"b":5}""")]
    [InlineData("orders{customer: $count(lines)}", """{"c1":2,"c2":1}""")]
    [InlineData("orders.lines{sku: n}", """{"a":[2,1],"b":1}""")]
    public void Orders_and_groups(string expression, string expected)
    {
        Assert.Equal(expected, Jsonata.Of(expression, Orders));
    }

    [Theory]
    [InlineData("orders@$o.customers@$c[$o.customer = $c.id].($c.name & $o.id)", """["Adao1","Graceo2"]""")]
    [InlineData("orders#$i.lines#$j.($i & '/' & $j)", """["0/0","0/1","1/0"]""")]
    [InlineData("orders.lines[sku = 'a'].%.id", """["o1","o2"]""")]
    [InlineData("orders.lines.{'o': %.id, 's': sku}[s = 'b'].o", "\"o1\"")]
    [InlineData("orders.lines[%.id = 'o2'].price", "11")]
    [InlineData("orders.lines^(>%.id, price).price", "[11,5,10]")]
    [InlineData("orders@$o.$o.lines{ $o.id: $sum(price) }", """{"o1":15,"o2":11}""")]
    [InlineData("orders.lines[n = 1]#$k.($k & sku)", """["0b","1a"]""")]
    [InlineData("(orders.(lines)).%.id", """["o1","o1","o2"]""")]
    public void Variables_bound_on_the_way_travel_along(string expression, string expected)
    {
        Assert.Equal(expected, Jsonata.Of(expression, Orders));
    }

    [Theory]
    [InlineData("($ ~> |orders.lines|{'price': price * 2}, 'n'|).orders.lines.price", "[20,10,22]")]
    [InlineData("($ ~> |orders.lines|{'price': price * 2}, 'n'|).orders.lines.n", "undefined")]
    [InlineData("($ ~> |orders.lines|{'price': 0}|; orders.lines.price)", "[10,5,11]")]
    [InlineData("($c := $ ~> |customers|{'self': $}|; $c.customers[0].self.name)", "\"Ada\"")]
    public void A_transform_changes_a_copy(string expression, string expected)
    {
        Assert.Equal(expected, Jsonata.Of(expression, Orders));
    }

    [Theory]
    [InlineData("$", "[1,2,3]")]
    [InlineData("$[0]", "1")]
    [InlineData("$count($)", "3")]
    [InlineData("$string()", "\"[1,2,3]\"")]
    [InlineData("$.($ * 2)", "[2,4,6]")]
    [InlineData("$#$i[$i > 0]", "[2,3]")]
    [InlineData("{'all': $}", """{"all":[1,2,3]}""")]
    public void An_input_that_is_an_array_is_one_value(string expression, string expected)
    {
        Assert.Equal(expected, Jsonata.Of(expression, "[1,2,3]"));
    }
}
