namespace IntegrationConsole.Tests.Expressions;

public sealed class Errors_say_where
{
    [Theory]
    [InlineData("a.b[", "S0203", 4)]
    [InlineData("1 +", "S0207", 3)]
    [InlineData("a b", "S0201", 3)]
    [InlineData("'open", "S0101", 5)]
    [InlineData("[1, 2", "S0203", 5)]
    [InlineData("{'a' 1}", "S0202", 6)]
    [InlineData("a ! b", "S0204", 3)]
    [InlineData("1 := 2", "S0212", 1)]
    [InlineData("a.1", "S0213", 3)]
    [InlineData("function(x) { x }", "S0208", 10)]
    [InlineData("%.a", "S0217", 2)]
    [InlineData("a ~> /[/", "S0302", 8)]
    [InlineData("/(/", "S0302", 3)]
    [InlineData("/a{2}{3}/", "S0303", 9)]
    [InlineData("function($x)<q>{$x}", "S0500", 13)]
    [InlineData("'a' + 1", "T2001", 5)]
    [InlineData("1 + 'a'", "T2002", 3)]
    [InlineData("1 < 'a'", "T2009", 3)]
    [InlineData("1 < true", "T2010", 3)]
    [InlineData("a.$uppercase(5)", "T0410", 13)]
    [InlineData("$sum(['a'])", "T0412", 5)]
    [InlineData("nope(1)", "T1006", 5)]
    [InlineData("count(1)", "T1005", 6)]
    [InlineData("$number('x')", "D3030", 8)]
    [InlineData("{'a': 1, 'a': 2}", "D1009", 1)]
    [InlineData("{1: 2}", "T1003", 1)]
    [InlineData("$eval('1 +')", "D3120", 6)]
    [InlineData("$eval('1 + null')", "D3121", 6)]
    [InlineData("[1..1e8]", "D2014", 4)]
    public void By_code_and_position(string expression, string code, int position)
    {
        var error = Jsonata.ErrorOf(expression, """{"a":1}""");

        Assert.Equal((code, position), (error.Code, error.Position));
    }

    [Theory]
    [InlineData("($f := function($x) { 0 + ($x + 'a') }; $f(1))", 43, "+")]
    [InlineData("$map([1], function($x) { $x + 'a' })", 5, "+")]
    [InlineData("($f := function($x) { [$x + 'a'] }; $g := function($y) { [$f($y)] }; $g(1))", 72, "+")]
    [InlineData("($f := function($x) { $x > 0 ? [$f($x - 1)] : $x + 'a' }; $f(2))", 35, "+")]
    [InlineData("(function($x) { $sqrt($x) })(-1)", 21, "sqrt")]
    [InlineData("(function($x) { $sqrt(-$x + 'a') })(1)", 27, "+")]
    [InlineData("1 and (1 + 'a')", 5, "and")]
    [InlineData("0 or $sqrt(-1)", 4, "or")]
    [InlineData("$string(1 and $sqrt(-1))", 13, "and")]
    [InlineData("'a' & 'b' & 1 / 0", 11, "&")]
    [InlineData("1 / 0 + 1", 7, "+")]
    [InlineData("[1..'a']", 4, "..")]
    [InlineData("(function($x) { 'a' ~> $x })(1)", 29, null)]
    [InlineData("($f := function($x)<n:n> { $x }; $f('a'))", 36, "f")]
    [InlineData("function($x)<(n<s>):n> { $x }", 14, null)]
    [InlineData("function($x)<s<s>:n> { $x }", 15, null)]
    public void At_the_outermost_call_with_the_word_that_failed(string expression, int position, string? token)
    {
        var error = Jsonata.ErrorOf(expression);

        Assert.Equal((position, token), (error.Position, error.Token));
    }

    [Fact]
    public void In_a_sentence_with_the_value()
    {
        Assert.Equal("The value 33 1/2 cannot become a number.", Jsonata.ErrorOf("$number('33 1/2')").Message);
        Assert.Equal("The left side of + must be a number.", Jsonata.ErrorOf("'a' + 1").Message);
        Assert.Equal("\"a\"", Jsonata.ErrorOf("'a' + 1").Value);
        Assert.Equal("Expected ], found ,.", Jsonata.ErrorOf("a[1,2]").Message);
        Assert.Equal("Too dear", Jsonata.ErrorOf("$error('Too dear')").Message);
    }

    [Fact]
    public void And_show_no_more_of_a_value_than_its_beginning()
    {
        var error = Jsonata.ErrorOf("[1..100000] + 1");

        Assert.Equal("T2001", error.Code);
        Assert.InRange(error.Value!.Length, 1, 210);
    }
}
