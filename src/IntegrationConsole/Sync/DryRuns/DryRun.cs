using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Mappings.Trials;
using IntegrationConsole.Sync.Line;

namespace IntegrationConsole.Sync.DryRuns;

/// <summary>How far a dry run has come.</summary>
/// <param name="Step">What it does at the moment.</param>
/// <param name="Share">0 to 1; null while nobody knows.</param>
public sealed record DryRunProgress(string Step, double? Share);

/// <summary>What a draft would do with the source's last records and with the letters that wait.</summary>
/// <param name="Source">Which records were tried.</param>
/// <param name="ComparedWith">The published version that the draft was compared with; null where there is none that can be used.</param>
public sealed record DryRunReport(RecentRecords Source, TrialTally Records, TrialTally Letters, int? ComparedWith);

/// <summary>Tries a draft on real records. Nothing is written anywhere, and no more than some batches are held at once.</summary>
public sealed class DryRun(RecentRecordReader reader, MappingStore mappings, MappingPlans plans, DeadLetterStore letters)
{
    public const int UsualRecords = 1_000;
    public const int MostRecords = 10_000;

    private const int BatchSize = 500;

    /// <summary>Where records make a row together, as many at once as a run has, so that groups are as large.</summary>
    private const int GroupingBatchSize = SourceFeed.BatchSize;

    /// <exception cref="FailureException">The draft cannot be used at all.</exception>
    public async Task<DryRunReport> TryAsync(SyncDefinition sync, MappingDocument draft, int records, Action<DryRunProgress> progress, CancellationToken cancellationToken)
    {
        var plan = await plans.PreviewAsync(sync.TenantId, draft, sync.KeyFields, cancellationToken);
        var version = await mappings.FindPublishedAsync(sync.TenantId, sync.MappingId, cancellationToken);
        var published = version is null ? null : await CompileAsync(sync, version, cancellationToken);
        var count = Math.Clamp(records, 1, MostRecords);

        progress(new DryRunProgress("Reading the source", null));
        var source = await reader.ReadAsync(sync, count, read => progress(new DryRunProgress($"Reading the source: {read:N0} records so far", null)), cancellationToken);

        var onRecords = new MappingTrial(plan, published);
        foreach (var chunk in source.Records.Chunk(plan.IsGrouping || published is { IsGrouping: true } ? GroupingBatchSize : BatchSize))
        {
            progress(new DryRunProgress("Trying the records", (double)onRecords.Tally.Seen / source.Records.Count));
            Take(onRecords, chunk, cancellationToken);
        }

        var onLetters = new MappingTrial(plan, published);
        await TryLettersAsync(sync, onLetters, progress, cancellationToken);
        return new DryRunReport(source, onRecords.Tally, onLetters.Tally, published is null ? null : version?.Number);
    }

    /// <summary>A published version that cannot be used any more is no reason not to try the one that replaces it.</summary>
    private async Task<MappingPlan?> CompileAsync(SyncDefinition sync, MappingVersion version, CancellationToken cancellationToken)
    {
        try
        {
            return await plans.PreviewAsync(sync.TenantId, version.Parsed, sync.KeyFields, cancellationToken);
        }
        catch (FailureException)
        {
            return null;
        }
    }

    private static void Take(MappingTrial trial, IReadOnlyList<(byte[] Record, Failure? Problem)> records, CancellationToken cancellationToken)
    {
        using var batch = new RecordBatch();
        foreach (var (record, problem) in records)
        {
            batch.Add(record, problem);
        }

        trial.Take(batch, null, cancellationToken);
    }

    private async Task TryLettersAsync(SyncDefinition sync, MappingTrial trial, Action<DryRunProgress> progress, CancellationToken cancellationToken)
    {
        var open = await letters.CountAsync(sync.TenantId, new DeadLetterFilter(sync.Id), cancellationToken);
        Guid? last = null;
        while (true)
        {
            progress(new DryRunProgress($"Trying the open dead letters: {trial.Tally.Seen:N0} of {open}", open.Value == 0 ? null : Math.Min(1, (double)trial.Tally.Seen / open.Value)));
            var page = await letters.ListOpenRecordsAsync(sync.TenantId, sync.Id, last, cancellationToken);
            if (page.Count == 0)
            {
                return;
            }

            using var batch = new RecordBatch();
            foreach (var letter in page)
            {
                batch.Add(letter.Record);
            }

            trial.Take(batch, [.. page.Select(letter => letter.KeyText)], cancellationToken);
            last = page[^1].Id;
        }
    }
}
