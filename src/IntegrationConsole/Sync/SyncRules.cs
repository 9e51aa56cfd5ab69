using IntegrationConsole.Connectors;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Partitions;
using IntegrationConsole.Sync.Schedules;

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

        if (draft.WriteMode is WriteMode.Overwrite)
        {
            Need(draft.ReadMode is ReadMode.Full, nameof(draft.ReadMode), "What replaces everything must be everything: read all records, or write by key.");
        }

        Need(!draft.OnArrival || draft.ReadMode is ReadMode.Incremental, nameof(draft.OnArrival), "A run that is called by what arrives reads what arrived: choose to read what changed.");
        if (draft.ReadMode is ReadMode.ChangeStream)
        {
            Need(draft.WriteMode is WriteMode.Upsert, nameof(draft.ReadMode), "A change stream brings the same record again and again: change or make records by key.");
            Need(draft.Schedule.Kind is ScheduleKind.Manual, nameof(draft.Schedule), "A change stream needs no schedule: started once, it goes on until it is stopped.");
        }

        if (draft.LookBack.Trim().Length > 0)
        {
            Need(LookBack.TryParse(draft.LookBack, out _), nameof(draft.LookBack), "Write a time such as 30 minutes, 2 hours or 3 days, or a number such as 1000.");
            Need(draft.ReadMode is ReadMode.Incremental, nameof(draft.LookBack), "Only a run that reads what changed can look back: leave this empty.");
            Need(draft.WriteMode is not WriteMode.Append, nameof(draft.LookBack), "What is read again would be appended again: write by key, or leave this empty.");
        }

        foreach (var sentence in PartitionRules.Check(draft))
        {
            Need(false, nameof(draft.Partitions), sentence);
        }

        foreach (var (field, sentence) in DeleteChecks.Of(draft, fields))
        {
            Need(false, field, sentence);
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
