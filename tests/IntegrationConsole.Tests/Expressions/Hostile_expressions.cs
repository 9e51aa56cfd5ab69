using System.Text.Json;
using FsCheck.Fluent;
using IntegrationConsole.Expressions;
using IntegrationConsole.Expressions.Values;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Expressions;

/// <summary>Expressions that nobody would write: none may do more than fail with an error of the language, within its limits.</summary>
public sealed class Hostile_expressions
{
    private const string Input = """
        {"a":{"b":[{"c":1,"d":"x","e":[1,2]},{"c":2,"d":"y"}],"f":5,"g":"text","h":null},"l":[3,1,2],"m":[[1,2],[3,[4]]],"s":"Hello World","n":-2.5,"z":{},"y":[]}
        """;

    private static readonly string[] Pieces =
    [
        "a", "b", "c", "l", "m", "s", "*", "**", "%", "$", "$$", "$x", "$y", "1", "-1", "1.5", "1e9", "'t'", "\"q\"", "`n`", "true", "null", "/a(b)?/i", "[", "]", "(", ")", "{", "}",
        ".", ",", ";", ":", "?", "?:", "??", ":=", "=", "!=", "<", ">", "<=", "+", "-", "*", "/", "&", "~>", "..", "^(", "@$v", "#$i", "|", " and ", " or ", " in ", "function($x){",
        "λ($x,$y)<n-:n>{", "$map(", "$sum(", "$string(", "$eval(", "$replace(", "$sort(", "$formatNumber(", "$fromMillis(", "$toMillis(", "$zip(", "$reduce(", "$split(", "$merge(",
        "$formatInteger(", "$single(", "$sift(", "$spread(", "$lookup(", "$date(", "$number(", "$hash(", "$each(", "$keys(", "$distinct(", "$match(", "$pad(", "$substring(", "$power(",
        "$decodeUrl(", "$base64decode(", "$parseInteger(", "$formatBase(", "$round(", "$join(", "$error(", "$type(", "/*", "*/", "\\", "'", "\"", "\u0000", "😀", "\ud800", "!", "~", "€",
    ];

    private static readonly string[] Right =
    [
        "a.b[c > 1 and d = 'y']^(>c).{'k': $string(c), 'p': %.f}", "($f := function($n)<n:n>{ $n < 2 ? 1 : $n * $f($n - 1) }; $map([1..5], $f) ~> $sum())",
        "a.b@$v.l#$i[$i > 0].($v.c & '-' & $)", "$ ~> |a.b|{'c': c * 2}, ['e']|", "$replace(s, /(\\w+) (\\w+)/, '$2 $1') & $formatNumber(n, '#,##0.00;(0)')",
        "$toMillis('3 Mar 2024', '[D] [MNn,3-3] [Y]') ~> $fromMillis('[FNn] [D1o] [W]', '+0100')", "a.b{d: $sum(e)} ?? m.$.$ ?: [l[[0..1]], {'z': **.c}]",
        "$sift(a, function($v, $k) { $k in ['b', 'f'] }) ~> $spread() ~> $merge()", "$each(a, λ($v, $k) { $k & $type($v) }) ~> $join(', ')", "$eval('[1..3].($ * n)', $)",
    ];

    private static readonly ExpressionLimits Tight = new()
    {
        Time = TimeSpan.FromMilliseconds(200), RegexTime = TimeSpan.FromMilliseconds(20), Size = 4 * 1024 * 1024, Steps = 200_000,
    };

    [Fact]
    public void Any_text_ends_in_a_value_or_an_error() =>
        Chance.Holds(ArbMap.Default.GeneratorFor<string>(), 3_000, text => Survives(text ?? "", Input));

    [Fact]
    public void Any_pieces_end_in_a_value_or_an_error()
    {
        var values = 0;

        Chance.HoldsForText(Gen.Elements(Pieces).ArrayOf(), 8_000, text => values += Survives(text, Input) ? 1 : 0);

        Assert.InRange(values, 50, 7_900);
    }

    [Fact]
    public void What_was_right_once_ends_in_a_value_or_an_error()
    {
        var values = 0;
        var changes = Gen.Choose(0, 1_000).Zip(Gen.OneOf(Gen.Elements(Pieces), Gen.Constant(""), Gen.Choose(32, 126).Select(letter => $"{(char)letter}"))).ListOf();

        Chance.Holds(Gen.Elements(Right).Zip(changes), 8_000, made => values += Survives(made.Item2.Take(2).Aggregate(made.Item1, Changed), Input) ? 1 : 0);

        Assert.InRange(values, 500, 7_900);
    }

    [Fact]
    public void Any_input_ends_in_a_value_or_an_error()
    {
        string[] expressions =
        [
            .. Right, "**", "*.*", "$sort($)", "$distinct(**)", "$string($)", "$merge($)", "$spread(**)", "$zip(*, *)", "**^($string($))", "$keys(**)", "a.b.c", "$sum(**[$type($) = 'number'])",
            "**{$string($): $}", "$number(**)", "$reverse($append(*, **))", "$ ~> |**|{'new': 1}, 'a'|", "$.a = $.b or $ in **", "$join(**.$string())", "$formatNumber($, '0.0')", "**.%", "$boolean(**)",
        ];

        Chance.Holds(Gen.Elements(expressions).Zip(Chance.Json()), 4_000, made => Survives(made.Item1, made.Item2));
    }

    [Theory]
    [InlineData("($f := function($x) { $f($x) }; $f(1))")]
    [InlineData("($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $map([1..9999999], function($i) { $f(20) }))")]
    [InlineData("[1..999999]^(>$)")]
    [InlineData("$sort([1..999999], function($x, $y) { $x < $y })")]
    [InlineData("$sort([1..9999999])")]
    [InlineData("$sort($map([1..999999], function($i) { 'x' & $i }))")]
    [InlineData("$filter([1..9999999], function($i) { false })")]
    [InlineData("$distinct([1..9999999])")]
    [InlineData("$join([1..9999999].$string())")]
    [InlineData("$sum([1..9999999].[1..10].($ * 2))")]
    [InlineData("[1..9999999]{$string($): $}")]
    [InlineData("$zip([1..9999999], [1..9999999], [1..9999999])")]
    [InlineData("$shuffle([1..9999999])")]
    [InlineData("[1..9999999][$ in [1..9999999]]")]
    [InlineData("$reduce([1..9999999], function($p, $i) { $append($p, $i) })")]
    [InlineData("$string([1..9999999])")]
    [InlineData("[1..9999999] = [1..9999999] and [1..9999999] = [1..9999999]")]
    public void A_cancelled_evaluation_stops_wherever_it_is(string expression)
    {
        using var cancellation = new CancellationTokenSource();
        var boundless = ExpressionLimits.Default with { Time = TimeSpan.FromMinutes(5), Steps = long.MaxValue, Size = 1L << 30 };
        var parsing = Expression.Parse(expression);

        // Not by a timer: its callback waits until the pool has a thread to spare.
        var canceller = new Thread(() =>
        {
            cancellation.Token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(30));
            cancellation.Cancel();
        });
        canceller.Start();
        var watch = ThreadWatch.StartNew();

        var ended = Record.Exception(() => parsing.Expression!.Evaluate(default, Jsonata.Nothing, boundless, cancellation.Token));
        var took = watch.Elapsed;
        canceller.Join();

        Assert.IsAssignableFrom<OperationCanceledException>(ended);
        Assert.True(took < TimeSpan.FromSeconds(5), $"It took {took}.");
    }

    private static string Changed(string text, (int Place, string Piece) change)
    {
        var at = text.Length == 0 ? 0 : change.Place % text.Length;
        return change.Piece.Length == 0 ? text.Remove(at, Math.Min(2, text.Length - at)) : text.Insert(at, change.Piece);
    }

    /// <summary>Whether it gave a value; whatever is thrown fails the test.</summary>
    private static bool Survives(string text, string input)
    {
        var parsing = Expression.Parse(text);
        if (!parsing.IsParsed)
        {
            Assert.NotEmpty(parsing.Error.Message);
            return false;
        }

        var watch = ThreadWatch.StartNew();
        var outcome = parsing.Expression.Evaluate(Jsonata.Input(input), Jsonata.Nothing, Tight, CancellationToken.None);
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"{text} took {watch.Elapsed}.");
        if (!outcome.Succeeded)
        {
            Assert.NotEmpty(outcome.Error.Message);
            return false;
        }

        using var document = JsonDocument.Parse(outcome.Value.ToJson(), new JsonDocumentOptions { MaxDepth = 2_000 });
        return outcome.Value.Kind is not ValueKind.Undefined;
    }
}
