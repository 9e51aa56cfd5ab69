using System.Text;
using IntegrationConsole.Expressions;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Tests.Expressions;

/// <summary>Evaluates expressions for the tests of this room.</summary>
internal static class Jsonata
{
    public static readonly Surroundings Nothing = new(TimeProvider.System, new Random(1));

    /// <summary>What an expression gives, as JSON; "undefined" where it gives nothing.</summary>
    public static string Of(string expression, string? input = null, Surroundings? surroundings = null)
    {
        var outcome = Evaluate(expression, input, surroundings);
        Assert.True(outcome.Succeeded, $"{expression}: {outcome.Error}");
        return outcome.Value.ToString();
    }

    /// <summary>The error that an expression ends in, whether it is parsed or evaluated.</summary>
    public static ExpressionError ErrorOf(string expression, string? input = null, ExpressionLimits? limits = null)
    {
        var parsing = Expression.Parse(expression);
        if (!parsing.IsParsed)
        {
            return parsing.Error;
        }

        var outcome = parsing.Expression.Evaluate(Input(input), Nothing, limits ?? ExpressionLimits.Default, CancellationToken.None);
        return outcome.Error ?? throw new InvalidOperationException($"{expression} gave {outcome.Value}");
    }

    public static ExpressionOutcome Evaluate(string expression, string? input = null, Surroundings? surroundings = null)
    {
        var parsing = Expression.Parse(expression);
        return parsing.IsParsed
            ? parsing.Expression.Evaluate(Input(input), surroundings ?? Nothing, ExpressionLimits.Default, CancellationToken.None)
            : new ExpressionOutcome(default, parsing.Error);
    }

    public static Value Input(string? json) => json is null ? default : Value.FromJson(Encoding.UTF8.GetBytes(json));
}
