using System.Text.Json;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>Makes of a record the one text by which it is known, or by which it is put into its group. A plain path reads no more of the record than its value.</summary>
internal sealed class KeyProgram
{
    private readonly string _what;
    private readonly int _slot = -1;
    private readonly ExpressionProgram? _expression;

    /// <param name="what">Whose text it is, for sentences.</param>
    /// <param name="text">A path or an expression, checked by <see cref="MappingRules"/>.</param>
    /// <param name="paths">Takes the path.</param>
    /// <param name="scope">What an expression sees besides the record.</param>
    public KeyProgram(string what, string text, IPathSlots paths, ExpressionScope scope)
    {
        _what = what;
        if (SourcePath.Parse(text.Trim()).Path is { } path)
        {
            _slot = paths.Add(path);
        }
        else
        {
            _expression = new ExpressionProgram("", text, scope);
        }
    }

    public bool ReadsWholeRecord => _expression is not null;

    /// <param name="record">The record.</param>
    /// <param name="key">Its text.</param>
    /// <param name="isBare">The text is a number, true or false as JSON writes it.</param>
    /// <param name="cancellationToken">Ends an expression that takes long.</param>
    /// <returns>Why there is none; null where there is one.</returns>
    public FieldProblem? Read(RecordView record, out string key, out bool isBare, CancellationToken cancellationToken)
    {
        key = "";
        string? made;
        if (_expression is { } expression)
        {
            if (expression.Make(record.Whole, asJson: false, out made, out isBare, out _, cancellationToken) is { } problem)
            {
                return problem with { Sentence = $"{_what}: {problem.Sentence}" };
            }
        }
        else if (ReadSlot(record.Bytes.Span, record.Slots[_slot], out made, out isBare) is { } problem)
        {
            return problem;
        }

        if (string.IsNullOrEmpty(made))
        {
            return new FieldProblem("", FailureCause.Validation, $"{_what} needs a value, and the record gives none");
        }

        key = RecordKey.Bounded(made);

        // The hash that stands for a number of many digits is none.
        isBare &= key == made;
        return null;
    }

    private FieldProblem? ReadSlot(ReadOnlySpan<byte> record, JsonSlot slot, out string? made, out bool isBare)
    {
        (made, isBare) = (null, slot.Kind is JsonTokenType.Number or JsonTokenType.True or JsonTokenType.False);
        if (slot.IsMissing || slot.Kind is JsonTokenType.Null)
        {
            return null;
        }

        if (slot.IsInList || slot.Kind is JsonTokenType.StartArray or JsonTokenType.StartObject)
        {
            return new FieldProblem("", FailureCause.Mapping, $"{_what} is {(slot.Kind is JsonTokenType.StartObject ? "an object" : "a list")}, not a single value");
        }

        try
        {
            made = ValueReader.Text(record, slot);
            return null;
        }
        catch (JsonException broken)
        {
            return new FieldProblem("", FailureCause.Malformed, $"{_what} cannot be read: {broken.Message}");
        }
    }
}
