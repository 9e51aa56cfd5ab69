using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Connectors.Rest;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Sync.DryRuns;

/// <summary>What the last try of a letter sent.</summary>
/// <param name="Rows">As JSON, as many as are shown.</param>
/// <param name="Calls">The calls that they made; empty where the destination is no API.</param>
/// <param name="More">How many rows more there were.</param>
/// <param name="MappingVersion">That made them.</param>
/// <param name="IsKept">They are what was sent; otherwise put together again, and what lookup tables and clocks said may differ.</param>
public sealed record SentRecord(IReadOnlyList<byte[]> Rows, IReadOnlyList<RestCallText> Calls, int More, int MappingVersion, bool IsKept);

/// <summary>
/// What the last try of a letter sent: the rows that are kept with the letter. Where none are, it is put together again: the
/// record as it was then, through the mapping version of that try.
/// </summary>
public sealed class SentRecords(SyncStore syncs, MappingStore mappings, MappingPlans plans, ConnectionStore connections)
{
    private const int MostRows = 5;

    /// <returns>What was sent, or why that cannot be told.</returns>
    public async Task<(SentRecord? Sent, string Problem)> FindAsync(DeadLetter letter, LetterContent content, CancellationToken cancellationToken)
    {
        if (letter.Stage is not LetterStage.Write || letter.Cause is FailureCause.Held)
        {
            return (null, "Nothing was sent: it was set aside before.");
        }

        var sync = await syncs.FindAsync(letter.TenantId, letter.SyncId, cancellationToken);
        var version = sync is null || letter.MappingVersion is not { } number ? null : await mappings.FindVersionAsync(letter.TenantId, sync.MappingId, number, cancellationToken);
        if (sync is null || version is null)
        {
            return (null, "The mapping that made it is gone.");
        }

        if (content.Mapped is { } kept)
        {
            return (await DescribeAsync(sync, KeptRows.Show(kept), KeptRows.VersionOf(kept), isKept: true, cancellationToken), "");
        }

        try
        {
            var plan = await plans.PreviewAsync(letter.TenantId, version.Parsed, sync.KeyFields, cancellationToken);
            using var batch = new RecordBatch();

            // What was corrected after the last try was not in it.
            batch.Add(letter.EditedAt < letter.LastFailedAt ? content.Current : content.Payload);
            var rows = await Task.Run(() => plan.Apply(batch, cancellationToken).Rows, cancellationToken);
            return rows.Count == 0
                ? (null, $"Put through mapping v{version.Number} now, it makes no row: a lookup table has changed since.")
                : (await DescribeAsync(sync, rows, version.Number, isKept: false, cancellationToken), "");
        }
        catch (FailureException unusable)
        {
            return (null, unusable.Failure.Sentence);
        }
    }

    private async Task<SentRecord> DescribeAsync(SyncDefinition sync, RowBatch rows, int version, bool isKept, CancellationToken cancellationToken)
    {
        var shown = Enumerable.Range(0, Math.Min(rows.Count, MostRows)).ToList();
        var request = new WriteRequest(sync.DestinationStream, sync.WriteMode, rows.Fields, sync.KeyFields, CreateStream: false);
        var calls = await connections.FindAsync(sync.TenantId, sync.DestinationConnectionId, cancellationToken) is { Kind: RestDescriptor.Kind } rest
            ? shown.Select(row => RestCallText.Of(rest, request, rows, row)).ToList() : [];
        var body = new RowBody(rows.Fields);
        return new SentRecord([.. shown.Select(row => body.Of(rows[row]))], calls, rows.Count - shown.Count, version, isKept);
    }
}
