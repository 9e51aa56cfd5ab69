using IntegrationConsole.Expressions;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Expressions;

public sealed class Limits
{
    private static readonly ExpressionLimits Tight = new() { Time = TimeSpan.FromMilliseconds(300), RegexTime = TimeSpan.FromMilliseconds(50) };

    [Theory]
    [InlineData("($f := function($x) { $f($x) }; $f(1))", "U1001")]
    [InlineData("($f := function($x) { $f($x) & 'a' }; $f(1))", "U1001")]
    [InlineData("($f := function($n) { $map([1], function($x) { $f($n) }) }; $f(1))", "U1001")]
    [InlineData("($f := '$eval($f)'; $eval($f))", "U1001")]
    [InlineData("$contains($pad('', 40, 'a') & '!', /^(?=(a+)+$)/)", "U1004")]
    [InlineData("$pad('x', 1e12)", "U1003")]
    [InlineData("$reduce([1..60], function($p, $i) { $p & $p }, 'aaaaaaaa')", "U1003")]
    [InlineData("[1..10000].([1..10000])", "D2015,U1001")]
    [InlineData("($a := $reduce([1..60], function($p, $i) { {'a': $p, 'b': $p} }, 1); $string($a))", "U1003,U1001")]
    [InlineData("($a := $reduce([1..60], function($p, $i) { {'a': $p, 'b': $p} }, 1); $a)", "U1003,U1001")]
    [InlineData("($a := $reduce([1..60], function($p, $i) { [[$p, $p]] }, 0); $boolean($a))", "U1001,U1002")]
    [InlineData("$reduce([1..100000], function($p, $i) { [[$p]] }, 1)", "U1005,U1001")]
    [InlineData("[1..10000000][[0..9999999]]", "U1001,U1002")]
    [InlineData("[1..10000000]^($)", "U1003,U1001")]
    public void A_hostile_expression_ends_in_a_named_error(string expression, string codes)
    {
        var watch = ThreadWatch.StartNew();

        var error = Jsonata.ErrorOf(expression, limits: Tight);

        Assert.Contains(error.Code, codes.Split(','));
        Assert.True(error.IsLimit || error.Code == "U1005", error.ToString());
        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(10), $"It took {watch.Elapsed}.");
    }

    [Theory]
    [InlineData("(", ")", "1")]
    [InlineData("-", "", "1")]
    [InlineData("[", "]", "")]
    [InlineData("{'a':", "}", "1")]
    [InlineData("function($x){", "}", "1")]
    [InlineData("a[", "]", "a")]
    [InlineData("1+", "", "1")]
    [InlineData("$f:=", "", "1")]
    [InlineData("a?", "", "a")]
    [InlineData("'a'&", "", "'a'")]
    [InlineData("a.", "", "a")]
    [InlineData("$sum(", ")", "1")]
    [InlineData("$map(a, ", ")", "$f")]
    [InlineData("a{'x':", "}", "1")]
    [InlineData("a^(", ")", "1")]
    [InlineData("$ ~> |a|", "|", "{}")]
    [InlineData("a ~> ", "", "$f")]
    [InlineData("a[b=", "]", "1")]
    [InlineData("λ($x)<f:f>{", "}", "1")]
    [InlineData("a ?? ", "", "a")]
    [InlineData("not in ", "", "a")]
    [InlineData("[1..", "]", "1")]
    public void Deep_nesting_is_refused_and_does_not_overflow_the_stack(string open, string close, string inner)
    {
        var deep = string.Concat(Enumerable.Repeat(open, 100_000)) + inner + string.Concat(Enumerable.Repeat(close, 100_000));

        Assert.Equal("U1005", Jsonata.ErrorOf(deep).Code);
    }

    [Theory]
    [InlineData("($f := function($n) { $n = 0 ? 0 : 1 + $f($n - 1) }; $f(100000))", "U1001")]
    [InlineData("($f := function($n) { $sort([1, 2], function($x, $y) { $f($n) }) }; $f(1))", "U1001")]
    [InlineData("($f := function($n) { $replace('a', /a/, function($m) { $eval('$f(1)') }) }; $f(1))", "U1001")]
    [InlineData("$string($reduce([1..100000], function($p, $i) { [[$p]] }, 1))", "U1001")]
    public void Recursion_ends_before_a_small_stack_does(string expression, string code)
    {
        var limits = ExpressionLimits.Default with { Depth = int.MaxValue };
        string? ended = null;
        var thread = new Thread(() => ended = Jsonata.ErrorOf(expression, limits: limits).Code, maxStackSize: 512 * 1024);

        thread.Start();
        thread.Join();

        Assert.Equal(code, ended);
    }

    [Fact]
    public void Arguments_are_fitted_to_a_hostile_signature_in_no_time()
    {
        var repeated = $"function($a)<{string.Concat(Enumerable.Repeat("n+", 30))}:n>{{1}}({string.Join(',', Enumerable.Repeat("1", 60))},'a')";
        var watch = ThreadWatch.StartNew();

        Assert.Equal("T0410", Jsonata.ErrorOf(repeated).Code);
        Assert.Equal("S0500", Jsonata.ErrorOf($"function($a)<{string.Concat(Enumerable.Repeat("n?", 20_000))}:n>{{1}}('a')").Code);

        Assert.True(watch.Elapsed < TimeSpan.FromSeconds(5), $"It took {watch.Elapsed}.");
    }

    [Fact]
    public void A_tower_of_repetitions_is_refused_before_it_takes_all_memory()
    {
        Assert.Equal("S0303", Jsonata.ErrorOf("$contains('a', /((((a?){100}){100}){100}){100}x/)").Code);
    }

    [Fact]
    public void Calls_in_tail_position_do_not_count_as_depth()
    {
        var limits = ExpressionLimits.Default with { Depth = 30 };
        var parsing = Expression.Parse("($f := function($n, $sum) { $n = 0 ? $sum : $f($n - 1, $sum + $n) }; $f(100000, 0))");

        var outcome = parsing.Expression!.Evaluate(default, Jsonata.Nothing, limits, CancellationToken.None);

        Assert.Equal("5000050000", outcome.Value.ToString());
    }

    [Theory]
    [InlineData(99, null)]
    [InlineData(100, "U1001")]
    public void Depth_is_counted_as_the_reference_counts_it(int number, string? code)
    {
        var limits = ExpressionLimits.Default with { Depth = 302 };
        var parsing = Expression.Parse($"($factorial := function($n) {{ $n = 0 ? 1 : $n * $factorial($n - 1) }}; $factorial({number}))");

        Assert.Equal(code, parsing.Expression!.Evaluate(default, Jsonata.Nothing, limits, CancellationToken.None).Error?.Code);
    }

    [Fact]
    public void A_cancelled_evaluation_stops()
    {
        using var cancellation = new CancellationTokenSource();
        cancellation.CancelAfter(TimeSpan.FromMilliseconds(50));
        var parsing = Expression.Parse("($f := function($x) { $f($x) }; $f(1))");
        var limits = ExpressionLimits.Default with { Time = TimeSpan.FromMinutes(5), Steps = long.MaxValue };

        Assert.ThrowsAny<OperationCanceledException>(() => parsing.Expression!.Evaluate(default, Jsonata.Nothing, limits, cancellation.Token));
    }

    [Fact]
    public async Task One_expression_serves_many_threads()
    {
        var parsing = Expression.Parse("($f := function($n) { $n < 2 ? $n : $f($n - 1) + $f($n - 2) }; $f(a) & $match('a1', /[0-9]/).match)");

        var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(each => Task.Run(() =>
            parsing.Expression!.Evaluate(Jsonata.Input($"{{\"a\":{10 + each}}}"), Jsonata.Nothing, ExpressionLimits.Default, CancellationToken.None).Value.AsString())));

        Assert.Equal(["551", "891", "1441", "2331", "3771", "6101", "9871", "15971"], results);
    }
}
