namespace IntegrationConsole.Tests.Expressions;

/// <summary>What the language's documentation leaves open and its reference decides.</summary>
public sealed class As_the_reference_has_it
{
    [Theory]
    [InlineData("$round(2.345, 1.5)", "null")]
    [InlineData("$string(5e-324)", "\"5e-324\"")]
    [InlineData("$formatBase(12345678901234567890)", "\"12345678901234567000\"")]
    [InlineData("$formatNumber(12345.678, '#e0')", "\"0.e5\"")]
    [InlineData("$formatNumber(0, '##,##,##0')", "\",0,\"")]
    [InlineData("$formatNumber(1234567, '#,##,##0.00')", "\"12,34,567.00\"")]
    [InlineData("$formatNumber(1234567.891, '#,##0.0#')", "\"1,234,567.89\"")]
    public void Numbers_are_written(string expression, string expected) => Assert.Equal(expected, Jsonata.Of(expression));

    [Theory]
    [InlineData("$parseInteger('12abc', '0')", "12")]
    [InlineData("$parseInteger(' -7 items', '0')", "-7")]
    [InlineData("$parseInteger('abc', '0')", "undefined")]
    [InlineData("$parseInteger('twelve apples', 'w')", "undefined")]
    [InlineData("$parseInteger('one hundred and one', 'w')", "101")]
    [InlineData("$parseInteger('IIX', 'I')", "8")]
    [InlineData("$parseInteger('Q', 'I')", "undefined")]
    [InlineData("$toMillis('1970-01-01 10:30:20.5', '[Y]-[M]-[D] [H]:[m]:[s].[f]')", "37820500")]
    [InlineData("$fromMillis(-1.5)", "\"1969-12-31T23:59:59.999Z\"")]
    public void Numbers_and_times_are_read(string expression, string expected) => Assert.Equal(expected, Jsonata.Of(expression));

    [Theory]
    [InlineData("$contains('abc', /x*/)", "true")]
    [InlineData("$match('abc', /$/).index", "3")]
    [InlineData("$split('ab', /$/)", """["ab",""]""")]
    [InlineData("$split('a1b2c', /[0-9]/, 1.5)", """["a","b"]""")]
    [InlineData("$split('a1b1c', '1', 1.5)", """["a"]""")]
    [InlineData("$split('abc', nope, 0)", "[]")]
    [InlineData("$substring('abc', nope, 2)", "\"\"")]
    public void A_pattern_may_find_nothing_once(string expression, string expected) => Assert.Equal(expected, Jsonata.Of(expression));

    [Fact]
    public void A_pattern_that_finds_nothing_again_is_refused() => Assert.Equal("D1004", Jsonata.ErrorOf("$match('abc', /x*/)").Code);

    [Theory]
    [InlineData("$map([1, 'a'], $keys)", "[[],[]]")]
    [InlineData("$filter([1, 2], function($x) { $keys($x) })", "undefined")]
    [InlineData("$sort([1, 2], function($a, $b) { 'no' })", "[2,1]")]
    [InlineData("$sort([1, 2], function($a, $b) { [] })", "[2,1]")]
    public void A_function_gets_what_another_one_gives_as_it_is(string expression, string expected) => Assert.Equal(expected, Jsonata.Of(expression));

    [Theory]
    [InlineData("[1,2]@$v.$v", "undefined")]
    [InlineData("[1,2]@$v.l@$w.$w.id", "[1,2,2]")]
    [InlineData("[1,2]#$i.{'i': $i, 'v': $}", """[{"v":1},{"v":2}]""")]
    [InlineData("l#$i.{'i': $i, 'v': id}", """[{"i":0,"v":1},{"i":1,"v":2},{"i":2,"v":2}]""")]
    [InlineData("m.n@$v#$i[]", """{"n":[1]}""")]
    public void A_binding_on_an_array_that_begins_a_path_binds_nothing(string expression, string expected)
    {
        Assert.Equal(expected, Jsonata.Of(expression, """{"l":[{"id":1},{"id":2},{"id":2}],"m":{"n":[1]}}"""));
    }

    [Theory]
    [InlineData("$power(1, nope)", "D3061")]
    [InlineData("1 / 0 ? 1 : 2", "D1001")]
    [InlineData("nope($error('first'))", "D3137")]
    [InlineData("($f := function() { 1 }; f())", "T1005")]
    [InlineData("1 ~> function($x) { $length() }", "T0411")]
    [InlineData("$formatNumber(1, 'e')", "D3093")]
    [InlineData("$formatNumber(1, '0#.0')", "D3090")]
    public void Errors_come_in_this_order(string expression, string code) => Assert.Equal(code, Jsonata.ErrorOf(expression).Code);
}
