using IntegrationConsole.Expressions.Values;

namespace IntegrationConsole.Mappings.Plan;

/// <summary>A record in hand: its bytes, where its values are, and how expressions see it.</summary>
/// <param name="Number">Its number in the batch.</param>
/// <param name="Whole">Nothing where no expression reads it.</param>
internal readonly record struct RecordView(int Number, ReadOnlyMemory<byte> Bytes, JsonSlot[] Slots, Value Whole);
