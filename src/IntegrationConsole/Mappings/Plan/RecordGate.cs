using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>What must hold for a record, or an item of one, to be taken: the conditions, then the filter.</summary>
internal sealed class RecordGate
{
    private readonly ConditionProgram[] _conditions;
    private readonly ExpressionProgram? _filter;

    public RecordGate(MappingDocument document, IPathSlots paths, ExpressionScope scope)
    {
        _conditions = [.. document.Conditions.Select(condition => new ConditionProgram(condition, paths))];
        _filter = document.Filter.Length > 0 ? new ExpressionProgram("", document.Filter, scope) : null;
    }

    /// <summary>Takes everything.</summary>
    public RecordGate() => _conditions = [];

    public bool ReadsWholeRecord => _filter is not null;

    /// <returns>Why it cannot be said whether the record is taken; null when it can.</returns>
    public FieldProblem? Ask(ReadOnlySpan<byte> record, ReadOnlySpan<JsonSlot> slots, Value whole, out bool taken, CancellationToken cancellationToken)
    {
        taken = MeetsConditions(record, slots);
        return taken && _filter is { } filter ? filter.Ask(whole, out taken, cancellationToken) : null;
    }

    private bool MeetsConditions(ReadOnlySpan<byte> record, ReadOnlySpan<JsonSlot> slots)
    {
        foreach (var condition in _conditions)
        {
            if (!condition.Holds(record, slots))
            {
                return false;
            }
        }

        return true;
    }
}
