using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Expressions;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>One expression of a mapping, compiled once and asked of every record.</summary>
/// <param name="field">The destination field that it makes; empty for the filter.</param>
/// <param name="text">Checked by <see cref="MappingRules"/>.</param>
/// <param name="scope">What it sees besides the record.</param>
internal sealed class ExpressionProgram(string field, string text, ExpressionScope scope)
{
    private readonly Expression _expression = ExpressionText.Parse(text).Expression ?? throw new InvalidOperationException($"The expression of {field} was not checked.");

    /// <summary>What the expression makes is taken like a value of the record: numbers keep their digits, and nothing is no value.</summary>
    /// <param name="record">The record.</param>
    /// <param name="asJson">Whatever it makes is taken as JSON.</param>
    /// <param name="made">The text, still to be converted; null where there is no value, or the value is there already.</param>
    /// <param name="isBare">The text is a number, true or false as JSON writes it.</param>
    /// <param name="value">The value where it is JSON.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public FieldProblem? Make(Value record, bool asJson, out string? made, out bool isBare, out FieldValue value, CancellationToken cancellationToken)
    {
        (made, isBare, value) = (null, false, FieldValue.Null);
        var outcome = _expression.Evaluate(record, scope.Surroundings, scope.Limits, cancellationToken);
        if (!outcome.Succeeded)
        {
            return Failed("the expression", outcome.Error);
        }

        var result = outcome.Value;
        var kind = result.Kind;
        if (kind is ValueKind.Undefined or ValueKind.Null)
        {
            return null;
        }

        if (kind is ValueKind.Function)
        {
            return new FieldProblem(field, FailureCause.Mapping, "the expression gives a function, not a value: call it");
        }

        if (!asJson && kind is ValueKind.Array or ValueKind.Object)
        {
            return new FieldProblem(field, FailureCause.Mapping, $"the expression gives {(kind is ValueKind.Array ? "a list" : "an object")}, not a single value");
        }

        var written = kind is ValueKind.String && !asJson ? result.AsString() : result.ToJson();
        if (HoldsHalfACharacter(written))
        {
            return new FieldProblem(field, FailureCause.Malformed, "what the expression makes cannot be read: it holds half a character");
        }

        (made, isBare, value) = asJson ? (null, false, FieldValue.OfJson(written)) : (written, kind is ValueKind.Number or ValueKind.Boolean, FieldValue.Null);
        return null;
    }

    /// <summary>What the expression makes, whatever it is but a function.</summary>
    /// <param name="record">The record.</param>
    /// <param name="what">What it makes, for sentences.</param>
    /// <param name="found">The value; nothing where there is none.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public FieldProblem? Find(Value record, string what, out Value found, CancellationToken cancellationToken)
    {
        var outcome = _expression.Evaluate(record, scope.Surroundings, scope.Limits, cancellationToken);
        found = outcome.Succeeded ? outcome.Value : default;
        return !outcome.Succeeded ? Failed(what, outcome.Error)
            : found.Kind is ValueKind.Function ? new FieldProblem(field, FailureCause.Mapping, $"{what} gives a function, not a list: call it")
            : null;
    }

    /// <summary>Whether the record meets the expression, as the language's <c>$boolean</c> sees what it makes.</summary>
    public FieldProblem? Ask(Value record, out bool holds, CancellationToken cancellationToken)
    {
        var outcome = _expression.EvaluateTruth(record, scope.Surroundings, scope.Limits, cancellationToken);
        holds = outcome.Succeeded && outcome.Value.AsBoolean();
        return outcome.Succeeded ? null : Failed("the filter", outcome.Error);
    }

    private FieldProblem Failed(string what, ExpressionError error) => new(field, FailureCause.Mapping, $"{what} {ExpressionText.Failed(text, error)}", error.Code);

    private static bool HoldsHalfACharacter(string text)
    {
        for (var index = 0; index < text.Length; index++)
        {
            if (char.IsSurrogate(text[index]) && (index + 1 == text.Length || !char.IsSurrogatePair(text[index], text[++index])))
            {
                return true;
            }
        }

        return false;
    }
}
