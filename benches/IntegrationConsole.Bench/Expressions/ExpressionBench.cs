using System.Text;
using System.Text.Json;
using IntegrationConsole.Bench.Measuring;
using IntegrationConsole.Expressions;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Bench.Expressions;

/// <summary>
/// Ours beside the reference implementation. Ours begins with UTF-8 bytes, as it does on the line, and reads what it
/// needs of them; the reference is given values that were parsed before, which is the strict way to compare. Ours on a
/// value that was read before stands beside it.
/// </summary>
internal static class ExpressionBench
{
    private const double MedianGoal = 10;
    private const double LeastGoal = 1;
    private static readonly Surroundings Surroundings = new(TimeProvider.System, new Random(1));

    public static bool Run()
    {
        using var reference = ReferenceProcess.Start();
        Console.WriteLine(reference is null ? "expressions: evaluations/s, without the reference" : $"expressions: evaluations/s beside {reference.Name}");
        Console.WriteLine();
        var (same, ratios) = (true, new List<double>());
        var table = new Table(reference is null ? ["expression", "from bytes", "from value"] : ["expression", "from bytes", "from value", "reference", "ratio", "ratio wall", "ratio from value"]);
        foreach (var each in ExpressionCases.All())
        {
            var compiled = Compile(each.Expression);
            var bytes = Encoding.UTF8.GetBytes(each.Input);
            if (reference is not null && !IsSame(each, compiled, bytes, reference))
            {
                same = false;
                continue;
            }

            var contest = Hold(compiled, bytes, reference);
            table.Add([each.Name, Table.Number(contest.PerCpuSecond(0)), Table.Number(contest.PerCpuSecond(1)), .. reference is null ? [] : Beside(contest)]);
            if (reference is not null)
            {
                ratios.Add(contest.CpuRatio(0, 2));
            }
        }

        table.Print();
        if (ratios.Count > 0)
        {
            Console.WriteLine($"median ratio {Table.Ratio(Contest.Median(ratios))} (goal {MedianGoal}x), least {Table.Ratio(ratios.Min())} (goal {LeastGoal}x)");
            Console.WriteLine();
        }

        return same;
    }

    private static IEnumerable<string> Beside(Contest contest) =>
    [
        Table.Number(contest.PerCpuSecond(2)),
        Table.Ratio(contest.CpuRatio(0, 2)),
        Table.Ratio(contest.WallRatio(0, 2)),
        Table.Ratio(contest.CpuRatio(1, 2)),
    ];

    private static Contest Hold(Expression compiled, byte[] bytes, ReferenceProcess? reference)
    {
        var read = Value.FromJson(bytes);
        Side fromBytes = length => Stopwatches.Measure(() => Evaluate(compiled, Value.FromJson(bytes)), 1, length);
        Side fromValue = length => Stopwatches.Measure(() => Evaluate(compiled, read), 1, length);
        return reference is null ? Contest.Hold(fromBytes, fromValue) : Contest.Hold(fromBytes, fromValue, reference.Measure);
    }

    private static bool IsSame(ExpressionCase each, Expression compiled, byte[] bytes, ReferenceProcess reference)
    {
        var ours = Evaluate(compiled, Value.FromJson(bytes)).ToJson();
        var theirs = reference.Load(each.Expression, each.Input);
        var same = SameJson.Equal(JsonElement.Parse(ours), theirs);
        if (!same)
        {
            Console.WriteLine($"{each.Name}: the results differ, so it is not measured.");
            Console.WriteLine($"  ours       {ours}");
            Console.WriteLine($"  reference  {theirs}");
        }

        return same;
    }

    private static Expression Compile(string text) =>
        Expression.Parse(text) is { IsParsed: true } parsing ? parsing.Expression : throw new InvalidOperationException($"{text} does not parse.");

    private static Value Evaluate(Expression compiled, Value input)
    {
        var outcome = compiled.Evaluate(input, Surroundings, ExpressionLimits.Default, CancellationToken.None);
        return outcome.Succeeded ? outcome.Value : throw new InvalidOperationException(outcome.Error.ToString());
    }
}
