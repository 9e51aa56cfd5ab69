using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Line;

namespace IntegrationConsole.Sync.Reconciliations;

/// <summary>
/// Reads the source whole, maps it as a run would, and compares with what is at the destination. Where something differs
/// the source is read again, and only what differs the same way twice is reported: the rest was on its way.
/// </summary>
public sealed class Reconciler(RunPlans plans, ConsoleDatabase database)
{
    /// <summary>What still changes at the last one is counted, and not judged.</summary>
    private const int MostLooks = 4;

    /// <exception cref="FailureException">The two cannot be compared, or one of them cannot be reached.</exception>
    internal async Task<ReconciliationFindings> CompareAsync(ClaimedReconciliation claimed, Action<ReconciliationProgress> progress, CancellationToken cancellationToken)
    {
        var plan = await plans.PrepareAsync(claimed.TenantId, claimed.SyncId, RunFacts.Of(claimed.Id, claimed.StartedAt), cancellationToken);
        var refusal = ReconciliationRules.Refusal(plan.Sync.WriteMode, plan.Sync.KeyFields);
        if (refusal.Length > 0)
        {
            throw new FailureException(new Failure(FailureCause.Configuration, refusal));
        }

        var request = new CompareRequest(
            plan.Sync.DestinationStream, plan.Mapping.Fields, plan.Sync.KeyFields, plan.Deletes is { Rules: { Policy: DeletePolicy.Soft } rules } ? rules.Column : null);
        await using var comparison = await plan.Destination.OpenComparisonAsync(plan.DestinationConnection, request, cancellationToken)
            ?? await ListComparison.OpenAsync(plan, request, database, cancellationToken);
        var (state, result) = (new ReconciliationProgress("", 0, 0, null), new LookResult(0, new Dictionary<DifferenceKind, long>(), 0));
        do
        {
            state = await ReadAsync(plan, comparison, state, progress, cancellationToken);
            progress(state with { Step = $"Look {state.Look}: compares" });
            result = await comparison.LookAsync(cancellationToken);
        }
        while (result.InDoubt > 0 && state.Look < MostLooks);
        return new ReconciliationFindings(plan.Version.Number, [.. plan.Mapping.Fields.Select(field => field.Name)], state, result, await KeysAsync(comparison, cancellationToken));
    }

    private static async Task<ReconciliationProgress> ReadAsync(
        RunPlan plan, IRowComparison comparison, ReconciliationProgress before, Action<ReconciliationProgress> progress, CancellationToken cancellationToken)
    {
        var state = new ReconciliationProgress($"Look {before.Look + 1}: reads the source", before.Look + 1, 0, before.Expected);
        progress(state);

        // Records that make a row together do so within a batch, and must meet here as they do in a run.
        var size = plan.Mapping.IsOneToOne || plan.Mapping.IsGrouping ? SourceFeed.BatchSize : SourceFeed.BatchSizeOfMany;
        var request = new ReadRequest(plan.Sync.SourceStream, ReadMode.Full, null, null, size) { SameBatches = plan.Mapping.IsGrouping };
        await foreach (var records in plan.Source.ReadAsync(plan.SourceConnection, request, cancellationToken))
        {
            using (records)
            {
                var mapped = plan.Mapping.Apply(records, cancellationToken);
                var taken = mapped.Rows.Count == 0 ? 0 : await comparison.TakeAsync(mapped.Rows, cancellationToken);
                state = state with
                {
                    Read = state.Read + records.Count, Expected = records.Expected ?? state.Expected, Filtered = state.Filtered + mapped.Filtered,
                    Unmapped = state.Unmapped + mapped.Rejected.Count + mapped.Rows.Count - taken,
                };
            }

            progress(state);
            cancellationToken.ThrowIfCancellationRequested();
        }

        return state;
    }

    private static async Task<IReadOnlyList<Difference>> KeysAsync(IRowComparison comparison, CancellationToken cancellationToken)
    {
        var keys = new List<Difference>();
        foreach (var kind in Enum.GetValues<DifferenceKind>())
        {
            // Rows in excess are listed and nothing else; the others are what a repair goes by.
            var most = kind is DifferenceKind.Extra ? ReconciliationRules.ListedKeys : ReconciliationRules.MostKeys;
            await foreach (var difference in comparison.ListAsync(kind, most, cancellationToken))
            {
                keys.Add(difference);
            }
        }

        return keys;
    }
}
