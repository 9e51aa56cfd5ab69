using System.Text.Json;

namespace OutsideWorld;

/// <summary>The records of one list, each as UTF-8 JSON, in their order.</summary>
public sealed class Dataset(IReadOnlyList<byte[]> records, IReadOnlyDictionary<int, byte[]>? spoilt = null)
{
    private volatile bool _isSpoilt = spoilt is not null;

    public int Count => records.Count;

    public byte[] this[int index] => _isSpoilt && spoilt!.TryGetValue(index, out var bad) ? bad : records[index];

    /// <summary>Whether the bad rows are served as bad rows; otherwise as they were before they were spoilt.</summary>
    public void Spoil(bool on) => _isSpoilt = on && spoilt is not null;

    /// <summary>The numbers of the records that changed at that moment or later.</summary>
    /// <param name="field">The field that says when; records without it always count.</param>
    /// <param name="since">As the records write it: compared as numbers or, between texts, letter by letter.</param>
    public IReadOnlyList<int> Since(string field, string since)
    {
        var found = new List<int>();
        for (var index = 0; index < records.Count; index++)
        {
            using var record = JsonDocument.Parse(records[index]);
            if (!record.RootElement.TryGetProperty(field, out var changed) || IsSince(changed, since))
            {
                found.Add(index);
            }
        }

        return found;
    }

    private static bool IsSince(JsonElement changed, string since) => changed.ValueKind is JsonValueKind.Number
        ? changed.GetDecimal() >= decimal.Parse(since)
        : string.CompareOrdinal(changed.GetString(), since) >= 0;
}
