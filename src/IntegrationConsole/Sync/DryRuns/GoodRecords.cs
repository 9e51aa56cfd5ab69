using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Plan;

namespace IntegrationConsole.Sync.DryRuns;

/// <summary>A record that is as it should be.</summary>
/// <param name="Words">Where it comes from.</param>
/// <param name="IsSameRecord">It is the very record, at another time; otherwise another one of the same kind.</param>
public sealed record GoodRecord(byte[] Record, string Words, bool IsSameRecord);

/// <summary>Finds something to hold a dead letter against: the same record as it was delivered before, else as its source gives it now, else another record that passes.</summary>
public sealed class GoodRecords(DeadLetterStore letters, StreamSamples samples)
{
    private const int MostSampled = 100;

    /// <param name="letter">What is looked at.</param>
    /// <param name="sync">Its integration.</param>
    /// <param name="plan">The published mapping, which says what passes.</param>
    /// <param name="content">The letter's record: it is not held against itself.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>The record, or why there is none.</returns>
    public async Task<(GoodRecord? Found, string Problem)> FindAsync(
        DeadLetter letter, SyncDefinition sync, MappingPlan plan, byte[] content, CancellationToken cancellationToken)
    {
        if (await letters.FindDeliveredAsync(letter, cancellationToken) is { } before && await letters.OpenAsync(letter.TenantId, before.Id, cancellationToken) is { } delivered)
        {
            return (new GoodRecord(delivered.Current, "This record as a replay delivered it before.", true), "");
        }

        var sample = await samples.ReadAsync(letter.TenantId, sync.SourceConnectionId, sync.SourceStream, MostSampled, cancellationToken);
        if (sample.Failure is { } failure)
        {
            return (null, $"The source could not be read. {failure.Sentence}");
        }

        GoodRecord? another = null;
        foreach (var record in sample.Records.Where(record => !record.AsSpan().SequenceEqual(content)))
        {
            var preview = plan.Preview(record, cancellationToken);
            if (preview.IsSetAside || preview.Problem.Length > 0)
            {
                continue;
            }

            if (KeyOf(preview, sync) == letter.RecordKey)
            {
                return (new GoodRecord(record, "This record as its source gives it now. It passes the mapping.", true), "");
            }

            another ??= new GoodRecord(record, "Another record that the source gives now and that passes the mapping.", false);
        }

        return another is null ? (null, "None of the first records that the source gives now passes the mapping.") : (another, "");
    }

    private static string KeyOf(RecordPreview preview, SyncDefinition sync) =>
        preview.Key ?? string.Join(MappingPlan.KeySeparator, sync.KeyFields.Select(key => preview.Fields.FirstOrDefault(field => field.Name == key)?.Value ?? ""));
}
