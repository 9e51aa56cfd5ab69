using System.Text.Json;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>One condition, ready to be asked of millions of records.</summary>
internal sealed class ConditionProgram
{
    private readonly RecordCondition _condition;
    private readonly int _slot;

    public ConditionProgram(RecordCondition condition, IPathSlots paths)
    {
        _condition = condition;
        _slot = paths.Add(SourcePath.Parse(condition.Path).Path!);
    }

    /// <summary>An unreadable or many-valued text is not equal to anything; the fields say what is wrong with it.</summary>
    public bool Holds(ReadOnlySpan<byte> record, ReadOnlySpan<JsonSlot> slots)
    {
        var slot = slots[_slot];
        var present = !slot.IsMissing && !slot.IsInList && slot.Kind is not JsonTokenType.Null;
        return _condition.Operator switch
        {
            ConditionOperator.Present => present,
            ConditionOperator.Missing => !present,
            ConditionOperator.Equals => present && IsEqual(record, slot),
            ConditionOperator.NotEquals => !present || !IsEqual(record, slot),
        };
    }

    private bool IsEqual(ReadOnlySpan<byte> record, JsonSlot slot)
    {
        try
        {
            return slot.Kind is not (JsonTokenType.StartObject or JsonTokenType.StartArray) && ValueReader.Text(record, slot) == _condition.Value;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
