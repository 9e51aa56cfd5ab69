using System.Text.Json;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>What is wrong with one field of one record.</summary>
/// <param name="Code">The expression language's code; empty for everything else.</param>
/// <param name="IsExcused">The rule lets the record go on with another value.</param>
public sealed record FieldProblem(string Field, FailureCause Cause, string Sentence, string Code = "", bool IsExcused = false);

/// <summary>One field's rule, ready to be applied to millions of records.</summary>
internal sealed class FieldProgram
{
    private readonly FieldRule _rule;
    private readonly Conversion _conversion;
    private readonly Template? _template;
    private readonly ExpressionProgram? _expression;
    private readonly int _slot;
    private readonly FieldValue _constant;
    private readonly FieldValue _default;
    private readonly IReadOnlyDictionary<string, string>? _lookup;
    private readonly bool _takesPlain;

    /// <param name="rule">Checked by <see cref="MappingRules"/> before.</param>
    /// <param name="paths">Takes the paths this field needs.</param>
    /// <param name="lookup">The rule's lookup table; null where it names none.</param>
    /// <param name="scope">What expressions see besides the record.</param>
    public FieldProgram(FieldRule rule, PathSet paths, IReadOnlyDictionary<string, string>? lookup, ExpressionScope scope)
    {
        _rule = rule;
        _conversion = new Conversion(rule);
        _lookup = rule.Values ?? lookup;
        _slot = rule.Origin is ValueOrigin.Path ? paths.Add(SourcePath.Parse(rule.Source).Path!) : -1;
        _template = rule.Origin is ValueOrigin.Template ? Template.Parse(rule.Source, paths).Template! : null;
        _expression = rule.Origin is ValueOrigin.Expression ? new ExpressionProgram(rule.Name, rule.Source, scope) : null;
        _default = rule.Default.Length > 0 ? Fixed(rule.Default) : FieldValue.Null;
        _constant = rule.Origin is ValueOrigin.Constant ? Fixed(rule.Source) : FieldValue.Null;
        _takesPlain = _lookup is null && rule.Type is not (FieldType.String or FieldType.Json);
    }

    public string Name => _rule.Name;

    public bool ReadsWholeRecord => _expression is not null;

    /// <param name="record">The record.</param>
    /// <param name="slots">Where its values are.</param>
    /// <param name="whole">The record as expressions see it; nothing where no rule has one.</param>
    /// <param name="value">What becomes of it.</param>
    /// <param name="cancellationToken">Ends an expression that takes long.</param>
    /// <returns>What is wrong, or null. An excused problem leaves the value that the rule takes in place of the one that could not be made.</returns>
    public FieldProblem? Evaluate(ReadOnlySpan<byte> record, ReadOnlySpan<JsonSlot> slots, Value whole, out FieldValue value, CancellationToken cancellationToken)
    {
        var problem = Make(record, slots, whole, out value, cancellationToken);
        if (problem is null || _rule.OnError is FieldErrorRule.Reject)
        {
            return problem;
        }

        value = _rule.OnError is FieldErrorRule.Default ? _default : FieldValue.Null;
        return problem with { IsExcused = true };
    }

    private FieldProblem? Make(ReadOnlySpan<byte> record, ReadOnlySpan<JsonSlot> slots, Value whole, out FieldValue value, CancellationToken cancellationToken)
    {
        value = _constant;
        if (_rule.Origin is ValueOrigin.Constant)
        {
            return null;
        }

        string? text;
        var isNumber = false;
        if (_template is { } template)
        {
            var problem = template.Fill(record, slots, out text);
            if (problem.Length > 0)
            {
                return Problem(FailureCause.Mapping, problem);
            }
        }
        else if (_expression is { } expression)
        {
            var problem = expression.Make(whole, _rule.Type is FieldType.Json && _lookup is null, out text, out isNumber, out value, cancellationToken);
            if (problem is not null || !value.IsNull)
            {
                return problem;
            }

            isNumber &= _lookup is null;
        }
        else
        {
            var slot = slots[_slot];
            if (_takesPlain && slot.Kind is JsonTokenType.String or JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False
                && ValueReader.TryPlain(record, slot, out var plain) && _conversion.TryPlain(plain, slot.Kind, out value))
            {
                return null;
            }

            if (ReadSlot(record, slot, out text, ref value) is { } problem)
            {
                return problem;
            }

            if (!value.IsNull)
            {
                return null;
            }

            isNumber = slot.Kind is JsonTokenType.Number && _lookup is null;
        }

        return Finish(text, isNumber, out value);
    }

    /// <summary>A JSON value is taken as it stands; of everything else the text is taken.</summary>
    private FieldProblem? ReadSlot(ReadOnlySpan<byte> record, JsonSlot slot, out string? text, ref FieldValue value)
    {
        text = null;
        value = default;
        if (slot.IsInList)
        {
            return Problem(FailureCause.Mapping, $"{_rule.Source} leads through a list: say which of its elements, such as [0]");
        }

        if (slot.IsMissing || slot.Kind is JsonTokenType.Null)
        {
            return null;
        }

        var asJson = _rule.Type is FieldType.Json && _lookup is null;
        if (!asJson && slot.Kind is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            return Problem(FailureCause.Mapping, $"the value at {_rule.Source} is {(slot.Kind is JsonTokenType.StartArray ? "a list" : "an object")}, not a single value");
        }

        try
        {
            if (asJson)
            {
                value = FieldValue.OfJson(ValueReader.Json(record, slot));
            }
            else
            {
                text = ValueReader.Text(record, slot);
            }

            return null;
        }
        catch (JsonException broken)
        {
            return Problem(FailureCause.Malformed, $"the value at {_rule.Source} cannot be read: {broken.Message}");
        }
    }

    private FieldProblem? Finish(string? text, bool isNumber, out FieldValue value)
    {
        value = _default;
        text = Dress(text);
        if (text is not null && _lookup is { } table && text.Length > 0)
        {
            if (table.TryGetValue(text, out var found))
            {
                text = found;
            }
            else if (_rule.LookupMiss is LookupMiss.Reject)
            {
                return Problem(FailureCause.ReferenceMissing, _rule.Values is null ? $"the lookup table {_rule.Lookup} has no entry for {Subject}" : $"{Subject} is none of the {_rule.Values.Count} known values");
            }
            else if (_rule.LookupMiss is LookupMiss.Empty)
            {
                text = null;
            }
        }

        // No text is no value; for everything but text an empty one is none either.
        if (text is null || (text.Length == 0 && (_rule.Type is not FieldType.String || _rule.Required || !_default.IsNull)))
        {
            return value.IsNull && _rule.Required
                ? Problem(FailureCause.Validation, _rule.Origin is ValueOrigin.Path ? $"a value is required, and the record has none at {_rule.Source}" : "a value is required, and the record gives none")
                : null;
        }

        var problem = _conversion.TryText(text, isNumber, out value);
        return problem.Length == 0 ? null : Problem(FailureCause.Mapping, $"{Subject} is {problem}");
    }

    private string Subject => _rule.Origin switch
    {
        ValueOrigin.Template => $"what the template {_rule.Source} makes",
        ValueOrigin.Expression => "what the expression makes",
        ValueOrigin.Path or ValueOrigin.Constant => $"the value at {_rule.Source}",
    };

    private string? Dress(string? text)
    {
        if (text is null)
        {
            return null;
        }

        if (_rule.Trim)
        {
            text = text.Trim();
        }

        return _rule.Case switch
        {
            LetterCase.AsItIs => text,
            LetterCase.Upper => text.ToUpperInvariant(),
            LetterCase.Lower => text.ToLowerInvariant(),
        };
    }

    private FieldValue Fixed(string text)
    {
        if (_rule.Type is FieldType.Json)
        {
            return FieldValue.OfJson(text);
        }

        return _conversion.TryText(text, isNumber: false, out var value).Length == 0 ? value : throw new InvalidOperationException($"{_rule.Name} has a fixed value that is not {_rule.Type}.");
    }

    private FieldProblem Problem(FailureCause cause, string sentence) => new(_rule.Name, cause, sentence);
}
