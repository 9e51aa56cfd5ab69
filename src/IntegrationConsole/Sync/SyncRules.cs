using IntegrationConsole.Connectors;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Sync;

/// <summary>What is wrong with a sync as it is entered.</summary>
public static class SyncRules
{
    /// <param name="draft">What was entered.</param>
    /// <param name="zone">The tenant's time zone.</param>
    /// <param name="now">For schedules that never come.</param>
    /// <param name="fields">The fields that the mapping makes; null while there is no mapping yet.</param>
    /// <returns>A sentence for each wrong field, under the field's name.</returns>
    public static IReadOnlyDictionary<string, string> Check(SyncDraft draft, TimeZoneInfo zone, DateTimeOffset now, IReadOnlyCollection<string>? fields)
    {
        var problems = new Dictionary<string, string>();
        void Need(bool holds, string field, string sentence)
        {
            if (!holds)
            {
                problems.TryAdd(field, sentence);
            }
        }

        Need(draft.Name.Trim().Length is > 0 and <= 100, nameof(draft.Name), "Give the integration a name of at most 100 characters.");
        Need(draft.SourceConnectionId != Guid.Empty, nameof(draft.SourceConnectionId), "Choose where the records come from.");
        Need(draft.SourceStream.Length > 0, nameof(draft.SourceStream), "Choose which list of records to read.");
        Need(draft.DestinationConnectionId != Guid.Empty, nameof(draft.DestinationConnectionId), "Choose where the records go.");
        Need(draft.DestinationStream.Trim().Length > 0, nameof(draft.DestinationStream), "Choose or name where in the destination the records go.");
        if (draft.WriteMode is WriteMode.Upsert or WriteMode.Update)
        {
            Need(draft.KeyFields.Count > 0, nameof(draft.KeyFields), "Choose the destination fields that identify a record: without them it cannot be found again.");
        }

        if (OrderKey.ProblemWith(draft.OrderKey) is { } order)
        {
            Need(false, nameof(draft.OrderKey), order);
        }

        if (fields is not null && draft.KeyFields.FirstOrDefault(key => !fields.Contains(key)) is { } unmapped)
        {
            Need(false, nameof(draft.KeyFields), $"{unmapped} is part of the key, and the mapping does not make it.");
        }

        if (draft.Schedule.Check(zone, now) is { Length: > 0 } schedule)
        {
            Need(false, nameof(draft.Schedule), schedule);
        }

        return problems;
    }
}
