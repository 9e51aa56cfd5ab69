using System.Text;
using System.Text.Json;
using IntegrationConsole.Bench.Measuring;
using IntegrationConsole.Expressions;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Bench.Expressions;

/// <summary>
/// Ours beside the reference implementation, twice. From bytes is what a record costs: both sides begin with the same
/// UTF-8 bytes, the reference by JSON.parse. From a value is the evaluation alone: both begin with an input that was
/// read before. The last column is as strict as can be: ours from bytes beside the reference from a parsed value.
/// </summary>
internal static class ExpressionBench
{
    private const double MedianGoal = 10;
    private const double LeastGoal = 1;
    private const int OursFromBytes = 0, OursFromValue = 1, ReferenceFromBytes = 2, ReferenceFromValue = 3;
    private static readonly Surroundings Surroundings = new(TimeProvider.System, new Random(1));

    private static readonly (string Head, int Ours, int Reference)[] Comparisons =
    [
        ("from bytes", OursFromBytes, ReferenceFromBytes),
        ("from a value", OursFromValue, ReferenceFromValue),
        ("bytes beside value", OursFromBytes, ReferenceFromValue),
    ];

    public static bool Run(Pace pace, Results results)
    {
        using var reference = ReferenceProcess.Start();
        Console.WriteLine(reference is null ? "expressions: evaluations/s, without the reference" : $"expressions: evaluations/s beside {reference.Name}");
        Console.WriteLine("  from bytes: both begin with the UTF-8 of one input, the reference by JSON.parse; what comes out is read to its last value");
        Console.WriteLine("  from a value: both begin with an input that was read before");
        Console.WriteLine();
        var (same, contests) = (true, new List<(string Name, Contest Contest)>());
        var table = new Table(["expression", "ours, bytes", "ours, value", .. reference is null ? [] : ReferenceHeads()]);
        foreach (var each in ExpressionCases.All())
        {
            var compiled = Compile(each.Expression);
            var bytes = Encoding.UTF8.GetBytes(each.Input);
            if (reference is not null && !IsSame(each, compiled, bytes, reference))
            {
                same = false;
                continue;
            }

            var contest = Hold(pace, compiled, bytes, reference);
            contests.Add((each.Name, contest));
            table.Add([each.Name, Table.Number(contest.PerCpuSecond(OursFromBytes)), Table.Number(contest.PerCpuSecond(OursFromValue)), .. reference is null ? [] : Beside(contest)]);
        }

        table.Print();
        if (reference is not null && contests.Count > 0)
        {
            TellGoals([.. contests.Select(each => each.Contest)], results);
        }

        results.Add("expressions", JsonSerializer.SerializeToElement(new { reference = reference?.Name, expressions = contests.Select(each => Entry(each.Name, each.Contest, reference is not null)) }));

        return same;
    }

    private static IEnumerable<string> ReferenceHeads() =>
        ["reference, bytes", "reference, value", .. Comparisons.Select(comparison => comparison.Head), "from bytes, wall"];

    private static IEnumerable<string> Beside(Contest contest) =>
    [
        Table.Number(contest.PerCpuSecond(ReferenceFromBytes)),
        Table.Number(contest.PerCpuSecond(ReferenceFromValue)),
        .. Comparisons.Select(comparison => Table.Ratio(contest.CpuRatio(comparison.Ours, comparison.Reference))),
        Table.Ratio(contest.WallRatio(OursFromBytes, ReferenceFromBytes)),
    ];

    private static object Entry(string name, Contest contest, bool hasReference) => new
    {
        name, perCpuSecondFromBytes = contest.PerCpuSecond(OursFromBytes), perCpuSecondFromValue = contest.PerCpuSecond(OursFromValue),
        ratios = hasReference ? Comparisons.ToDictionary(comparison => comparison.Head, comparison => contest.CpuRatio(comparison.Ours, comparison.Reference)) : null,
    };

    private static void TellGoals(List<Contest> contests, Results results)
    {
        foreach (var (head, ours, theirs) in Comparisons)
        {
            var ratios = contests.Select(contest => contest.CpuRatio(ours, theirs)).ToList();
            var isFair = (ours == OursFromBytes) == (theirs == ReferenceFromBytes);
            if (isFair)
            {
                results.AtLeast("expressions", $"{head}, median of the ratios", Contest.Median(ratios), MedianGoal);
                results.AtLeast("expressions", $"{head}, least ratio", ratios.Min(), LeastGoal);
            }

            Console.WriteLine(isFair
                ? $"{head}: median {Table.Ratio(Contest.Median(ratios))} (goal {MedianGoal}x), least {Table.Ratio(ratios.Min())} (goal {LeastGoal}x)"
                : $"{head}: median {Table.Ratio(Contest.Median(ratios))}, least {Table.Ratio(ratios.Min())} (ours reads the record, the reference does not: no goal)");
        }

        Console.WriteLine();
    }

    private static Contest Hold(Pace pace, Expression compiled, byte[] bytes, ReferenceProcess? reference)
    {
        var read = Value.FromJson(bytes);
        Side fromBytes = length => Stopwatches.Measure(() => ReadAll(Evaluate(compiled, Value.FromJson(bytes))), 1, length);
        Side fromValue = length => Stopwatches.Measure(() => ReadAll(Evaluate(compiled, read)), 1, length);
        return reference is null
            ? Contest.Hold(pace, fromBytes, fromValue)
            : Contest.Hold(pace, fromBytes, fromValue, length => reference.Measure(fromBytes: true, length), length => reference.Measure(fromBytes: false, length));
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

    /// <summary>Ours puts off decoding what is only passed on; the reference has done it by now, so it counts.</summary>
    private static void ReadAll(Value result)
    {
        switch (result.Kind)
        {
            case ValueKind.String:
                result.AsString();
                break;
            case ValueKind.Number:
                result.AsDouble();
                break;
            case ValueKind.Array:
                foreach (var item in result.Items())
                {
                    ReadAll(item);
                }

                break;
            case ValueKind.Object:
                foreach (var field in result.Fields())
                {
                    ReadAll(field.Value);
                }

                break;
            default:
                break;
        }
    }
}
