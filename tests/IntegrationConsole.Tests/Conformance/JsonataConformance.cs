using System.Text;
using System.Text.Json;
using IntegrationConsole.Expressions;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Tests.Conformance;

/// <summary>The JSONata project's own cases.</summary>
public sealed class JsonataConformance
{
    private const string Cases = "jsonata.jsonl";

    [ConformanceFact(Cases)]
    public void Every_case_gives_what_the_reference_gives()
    {
        var datasets = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(Suites.Directory, "jsonata-datasets.json"))).RootElement
            .EnumerateObject().ToDictionary(each => each.Name, each => Value.FromJson(Encoding.UTF8.GetBytes(each.Value.GetRawText())));
        var failures = new List<string>();
        var count = 0;
        foreach (var line in File.ReadLines(Path.Combine(Suites.Directory, Cases)).Where(line => line.Length > 0))
        {
            count++;
            var each = Value.FromJson(Encoding.UTF8.GetBytes(line));
            if (Problem(each, datasets) is { } problem)
            {
                failures.Add($"{each.Field("name").AsString()}: {problem}");
            }
        }

        Assert.True(count > 0, "The suite has no cases.");
        Assert.True(failures.Count == 0, $"{failures.Count} of {count} cases fail:\n{string.Join('\n', failures)}");
    }

    private static string? Problem(Value each, Dictionary<string, Value> datasets)
    {
        var (result, error) = Run(each, datasets);
        var expected = each.Field("error").Kind == ValueKind.Object ? each.Field("error") : each;
        if (expected.Field("code") is { Kind: ValueKind.String } code)
        {
            return error is null ? $"expected {code.AsString()}, got {result}" : ErrorProblem(error, code.AsString(), expected, each);
        }

        if (error is not null)
        {
            return $"expected {each.Field("result")}, got {error}";
        }

        if (each.Field("undefinedResult").Kind == ValueKind.Boolean)
        {
            return result.IsUndefined ? null : $"expected nothing, got {result}";
        }

        var isUnordered = each.Field("unordered").Kind == ValueKind.Boolean;
        return !result.IsUndefined && Canonical(result, isUnordered) == Canonical(each.Field("result"), isUnordered)
            ? null
            : $"expected {each.Field("result")}, got {result}";
    }

    private static string? ErrorProblem(ExpressionError error, string code, Value expected, Value each)
    {
        if (error.Code != code)
        {
            return $"expected {code}, got {error}";
        }

        var message = expected.Field("message");
        if (message.Kind == ValueKind.String && message.AsString() != error.Message)
        {
            return $"expected the message {message.AsString()}, got {error.Message}";
        }

        var token = each.Field("token");
        return token.Kind == ValueKind.String && token.AsString() != error.Token ? $"expected the token {token.AsString()}, got {error.Token}" : null;
    }

    private static (Value Result, ExpressionError? Error) Run(Value each, Dictionary<string, Value> datasets)
    {
        var parsing = Expression.Parse(each.Field("expr").AsString());
        if (!parsing.IsParsed)
        {
            return (default, parsing.Error);
        }

        var input = each.Field("dataset") is { Kind: ValueKind.String } name ? datasets[name.AsString()] : each.Field("data");
        var surroundings = new Surroundings(TimeProvider.System, new Random(1))
        {
            Variables = each.Field("bindings").Fields().ToDictionary(field => field.Key, field => field.Value),
        };
        var limits = ExpressionLimits.Default;
        if (each.Field("timelimit") is { Kind: ValueKind.Number } time)
        {
            limits = limits with { Time = TimeSpan.FromMilliseconds(time.AsDouble()) };
        }

        if (each.Field("depth") is { Kind: ValueKind.Number } depth)
        {
            limits = limits with { Depth = (int)depth.AsDouble() };
        }

        var outcome = parsing.Expression.Evaluate(input, surroundings, limits, CancellationToken.None);
        Assert.True(!outcome.Succeeded || parsing.Expression.PossibleKinds.HasFlag(KindOf(outcome.Value)), $"{parsing.Expression.Text} gave {outcome.Value}, which was held to be impossible.");
        Assert.True(!parsing.Expression.IsConstant || IsTheSameForNothing(parsing.Expression, outcome, limits), $"{parsing.Expression.Text} was held to give the same for every input.");
        return (outcome.Value, outcome.Error);
    }

    private static ValueKinds KindOf(Value value) => value.Kind switch
    {
        ValueKind.Undefined or ValueKind.Null => ValueKinds.Nothing,
        ValueKind.Boolean => ValueKinds.Boolean,
        ValueKind.Number => ValueKinds.Number,
        ValueKind.String => ValueKinds.Text,
        ValueKind.Array => ValueKinds.List,
        ValueKind.Object => ValueKinds.Object,
        ValueKind.Function => ValueKinds.Function,
    };

    private static bool IsTheSameForNothing(Expression expression, ExpressionOutcome outcome, ExpressionLimits limits)
    {
        var again = expression.Evaluate(default, new Surroundings(TimeProvider.System, new Random(2)), limits, CancellationToken.None);
        return again.Succeeded == outcome.Succeeded && (!again.Succeeded || again.Value.Kind is ValueKind.Function || again.Value.ToString() == outcome.Value.ToString());
    }

    /// <summary>A value with its fields in the order of their names, and numbers in one form, so that equal values have equal texts.</summary>
    private static string Canonical(Value value, bool isUnordered) => value.Kind switch
    {
        ValueKind.Array when isUnordered => $"[{string.Join(',', value.Items().Select(item => Canonical(item, false)).Order(StringComparer.Ordinal))}]",
        ValueKind.Array => $"[{string.Join(',', value.Items().Select(item => Canonical(item, false)))}]",
        ValueKind.Object => $"{{{string.Join(',', value.Fields().OrderBy(field => field.Key, StringComparer.Ordinal).Select(field => $"{Quoted(field.Key)}:{Canonical(field.Value, false)}"))}}}",
        ValueKind.Number => value.AsDouble().ToString("R"),
        ValueKind.String => Quoted(value.AsString()),
        _ => value.ToJson(),
    };

    private static string Quoted(string text) => Value.Of(text).ToJson();
}
