namespace IntegrationConsole.Tests.Expressions;

public sealed class Functions_and_operators
{
    [Theory]
    [InlineData("1 + 2 * 3 - 4 / 2 % 3", "5")]
    [InlineData("-(5) - -2", "-3")]
    [InlineData("'a' & 1 & true & null & nope & [1,2] & {'b': 1}", "\"a1truenull[1,2]{\\\"b\\\":1}\"")]
    [InlineData("nope + 1", "undefined")]
    [InlineData("1 = 1.0 and '1' != 1", "true")]
    [InlineData("{'a': [1, {'b': 2}]} = {'a': [1, {'b': 2}]}", "true")]
    [InlineData("nope = nope or nope != 1", "false")]
    [InlineData("2 in [1,2] and 'b' in 'b'", "true")]
    [InlineData("[1] in [[1]]", "false")]
    [InlineData("nope ?? null ?? 1", "null")]
    [InlineData("0 ?: '' ?: 'last'", "\"last\"")]
    [InlineData("true ? 1 : 2", "1")]
    [InlineData("false ? 1", "undefined")]
    [InlineData("[3..1, 1..3, nope]", "[1,2,3]")]
    [InlineData("and + or * in", "7")]
    [InlineData("`and`.'b'", "undefined")]
    public void Operators(string expression, string expected)
    {
        Assert.Equal(expected, Jsonata.Of(expression, """{"and":1,"or":2,"in":3}"""));
    }

    [Theory]
    [InlineData("($x := 1; ($x := 2); $x)", "1")]
    [InlineData("($x := 1; $f := function() { $x }; $x := 2; $f())", "2")]
    [InlineData("($even := function($n) { $n = 0 ? true : $odd($n - 1) }; $odd := function($n) { $n = 0 ? false : $even($n - 1) }; $even(100001))", "false")]
    [InlineData("function($a, $b) { $a & $b }(1)", "\"1\"")]
    [InlineData("($add := function($a, $b) { $a + $b }; $add(?, 2)(3))", "5")]
    [InlineData("($f := $trim ~> $uppercase; $f('  a  b '))", "\"A B\"")]
    [InlineData("[1..5] ~> $map(function($v, $i) { $v * $i }) ~> $sum()", "40")]
    [InlineData("$reduce([1..4], function($a, $b) { $a * $b }, 2)", "48")]
    [InlineData("$reduce([], function($a, $b) { $a * $b })", "undefined")]
    [InlineData("$sift({'a': 1, 'b': 0}, function($v, $k) { $v or $k = 'b' })", """{"a":1,"b":0}""")]
    [InlineData("$each({'a': 1}, function($v, $k) { $k & $v })", "\"a1\"")]
    [InlineData("$filter([1..9], function($v, $i, $all) { $v > $average($all) })", "[6,7,8,9]")]
    [InlineData("λ($x)<n-:n>{ $x + 1 }(1)", "2")]
    [InlineData("[1,2].function($x)<n-:n>{ $x + 1 }()", "[2,3]")]
    [InlineData("$eval('$x + 1') ", "undefined")]
    [InlineData("($x := 1; $eval('$x + 1'))", "2")]
    [InlineData("$eval('a.b', {'a': {'b': 3}})", "3")]
    public void Functions_are_values(string expression, string expected)
    {
        Assert.Equal(expected, Jsonata.Of(expression));
    }

    [Theory]
    [InlineData("$substring('a😀b', 1, 1)", "\"😀\"")]
    [InlineData("$length('a😀b')", "3")]
    [InlineData("$pad('7', -3, '0')", "\"007\"")]
    [InlineData("$split('a1b22c', /[0-9]+/)", """["a","b","c"]""")]
    [InlineData("$replace('2024-03-01', /(\\d+)-(\\d+)-(\\d+)/, '$3.$2.$1')", "\"01.03.2024\"")]
    [InlineData("$match('a1b2', /[a-z](\\d)/).groups", """["1","2"]""")]
    [InlineData("$contains('naïve', /\\bve/)", "true")]
    [InlineData("$contains('١', /\\d/)", "false")]
    [InlineData("$match('line\\nend', /^end$/m).index", "5")]
    [InlineData("$replace('aXbxc', /x/i, function($m) { '<' & $m.match & '>' })", "\"a<X>b<x>c\"")]
    [InlineData("$match('abcabc', /(?<first>a)(b)\\k<first>?/).groups", """["a","b","a","b"]""")]
    [InlineData("$split('a.b', '.')", """["a","b"]""")]
    [InlineData("$uppercase('straße')", "\"STRASSE\"")]
    [InlineData("$base64decode($base64encode('€uro'))", "\"€uro\"")]
    [InlineData("$encodeUrlComponent('ü /?') & $decodeUrl('%C3%BC%2F')", "\"%C3%BC%20%2F%3Fü%2F\"")]
    [InlineData("$string({'a': [1, {}]}, true)", "\"{\\n  \\\"a\\\": [\\n    1,\\n    {}\\n  ]\\n}\"")]
    public void Strings(string expression, string expected)
    {
        Assert.Equal(expected, Jsonata.Of(expression));
    }

    [Theory]
    [InlineData("$round(2.5) & $round(3.5) & $round(-1.5)", "\"24-2\"")]
    [InlineData("$round(1.005, 2)", "1")]
    [InlineData("$round(125, -1)", "120")]
    [InlineData("$string(0.1 + 0.2)", "\"0.3\"")]
    [InlineData("$string(1e21) & ' ' & $string(1e-7) & ' ' & $string(1234567890123456)", "\"1e+21 1e-7 1234567890123456\"")]
    [InlineData("$number('0x1F') + $number('0b11') + $number('0o7')", "41")]
    [InlineData("$formatNumber(-1234.5, '#,##0.00;(#,##0.00)')", "\"(1,234.50)\"")]
    [InlineData("$formatNumber(1234567.891, '#,##,##0.0#')", "\"12,34,567.89\"")]
    [InlineData("$formatNumber(0.000123, '0.00e0')", "\"1.23e-4\"")]
    [InlineData("$formatNumber(1234.5, '#.##0,00', {'decimal-separator': ',', 'grouping-separator': '.'})", "\"1.234,50\"")]
    [InlineData("$formatInteger(1999, 'I') & ' ' & $formatInteger(28, 'a')", "\"MCMXCIX ab\"")]
    [InlineData("$formatInteger(2121, 'w;o')", "\"two thousand, one hundred and twenty-first\"")]
    [InlineData("$formatInteger(113, '#,##0;o')", "\"113th\"")]
    [InlineData("$parseInteger('two thousand, one hundred and twenty-first', 'w;o')", "2121")]
    [InlineData("$parseInteger('MCMXCIX', 'I') + $parseInteger('1,234', '#,##0')", "3233")]
    [InlineData("$formatBase(-255, 16)", "\"-ff\"")]
    [InlineData("$distinct([1, '1', 1, [1], [1], {'a': 1}, {'a': 1}])", """[1,"1",[1],{"a":1}]""")]
    public void Numbers(string expression, string expected)
    {
        Assert.Equal(expected, Jsonata.Of(expression));
    }

    [Theory]
    [InlineData("$fromMillis(1710000000000)", "\"2024-03-09T16:00:00.000Z\"")]
    [InlineData("$fromMillis(1710000000000, '[FNn,3-3], [D1o] [MNn] [Y] [h]:[m] [PN] [z]', '+0530')", "\"Sat, 9th March 2024 9:30 PM GMT+05:30\"")]
    [InlineData("$fromMillis(1710000000000, '[X]-W[W01]-[F1], day [d], [Yw]')", "\"2024-W10-6, day 69, two thousand and twenty-four\"")]
    [InlineData("$toMillis('2024-03-09T16:00:00+01:00')", "1709996400000")]
    [InlineData("$toMillis('9 Mar 2024 4:05 pm', '[D] [MNn,3-3] [Y] [h]:[m] [P]')", "1710000300000")]
    [InlineData("$toMillis('20240309', '[Y0001][M01][D01]')", "1709942400000")]
    [InlineData("$toMillis('2024/069', '[Y]/[d]')", "1709942400000")]
    [InlineData("$toMillis('soon', '[Y]')", "undefined")]
    [InlineData("$fromMillis(-8.64e15, '[Y]')", "\"-271821\"")]
    public void Instants(string expression, string expected)
    {
        Assert.Equal(expected, Jsonata.Of(expression));
    }

    [Theory]
    [InlineData("$sort($shuffle([1..30000])) = [1..30000]")]
    [InlineData("$sort($map([1..30000], function($i) { $string(60001 - $i) })) = $map([1..30000], function($i) { $string(30000 + $i) })")]
    public void Long_lists_are_sorted_like_short_ones(string expression) => Assert.Equal("true", Jsonata.Of(expression));

    [Theory]
    [InlineData("function($x)<u:u>{ $x }(1)", "1")]
    [InlineData("function($x)<u:u>{ $x }(null)", "null")]
    public void A_signature_may_ask_for_any_single_value(string expression, string expected) => Assert.Equal(expected, Jsonata.Of(expression));

    [Fact]
    public void A_signature_that_asks_for_a_single_value_refuses_a_list() => Assert.Equal("T0410", Jsonata.ErrorOf("function($x)<u:u>{ $x }([1])").Code);
}
