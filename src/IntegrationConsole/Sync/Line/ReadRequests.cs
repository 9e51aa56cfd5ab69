using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.Changes;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Line;

/// <summary>What a run asks of its source.</summary>
internal static class ReadRequests
{
    /// <param name="run">Goes on from its checkpoint.</param>
    /// <param name="plan">Its sync says how to read.</param>
    /// <param name="size">Records in a batch.</param>
    /// <exception cref="FailureException">The look-back does not fit the cursor.</exception>
    public static ReadRequest Of(ClaimedRun run, RunPlan plan, int size)
    {
        var sync = plan.Sync;
        if (run.Partition is { } part && run.Range is null)
        {
            return new ReadRequest(sync.SourceStream, ReadMode.Full, null, run.Checkpoint, size) { SameBatches = plan.IsKeyless, Keys = part.Keys };
        }

        if (run.Range is { } range)
        {
            return new ReadRequest(sync.SourceStream, ReadMode.Incremental, null, run.Checkpoint, size) { SameBatches = plan.IsKeyless, Since = range.From, Until = range.To };
        }

        if (sync.ReadMode is ReadMode.ChangeStream)
        {
            return new ReadRequest(sync.SourceStream, sync.ReadMode, null, run.Checkpoint, size) { Slot = ChangeStreamStatus.SlotOf(sync.Id), KeyFields = KeyFields(plan) };
        }

        var cursor = sync is { AgainAt: not null, AgainFrom: null } ? null : sync.Cursor;
        return new ReadRequest(sync.SourceStream, sync.ReadMode, cursor, run.Checkpoint, size) { SameBatches = plan.IsKeyless, Since = cursor is null ? null : Since(sync) };
    }

    /// <summary>The source's fields that the key is made of, where they stand in the record by themselves.</summary>
    private static IReadOnlyList<string> KeyFields(RunPlan plan) => plan.Deletes is null ? [] :
    [
        .. plan.Version.Parsed.Fields.Where(rule => plan.Sync.KeyFields.Contains(rule.Name) && rule.Origin is ValueOrigin.Path).Select(rule => rule.Source.Trim())
            .Where(path => path.Length > 0 && path.All(letter => char.IsLetterOrDigit(letter) || letter == '_')),
    ];

    private static string? Since(SyncDefinition sync)
    {
        if (sync.ReadMode is not ReadMode.Incremental || (sync.AgainFrom ?? sync.Cursor) is not { } cursor || !LookBack.TryParse(sync.LookBack, out var lookBack))
        {
            return sync.AgainFrom;
        }

        return lookBack.Before(cursor) ?? throw new FailureException(new Failure(
            FailureCause.Configuration,
            lookBack.Time is null
                ? $"The integration looks back by a number, and the cursor of {sync.SourceStream} is not one: write the look-back as a time, or empty it."
                : $"The integration looks back by a time, and the cursor of {sync.SourceStream} is not one: write the look-back as a number where the cursor is one, or empty it.",
            "look-back"));
    }
}
