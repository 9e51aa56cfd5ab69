using System.Buffers;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Sync.Sends;

/// <summary>Makes the sends of a batch's rows: by what the ledger and the letters know each, and what a person decided about it.</summary>
internal static class SendList
{
    public static IReadOnlyList<Send> Of(FeedBatch batch, Guid run, RowBatch rows, int start, int count, TenantSeal seal)
    {
        var recordKeys = batch.Mapped.Taken?.ToDictionary(record => record.Record, record => record.Key);
        var buffer = new ArrayBufferWriter<byte>(1024);
        var sends = new List<Send>(count);
        var (last, ofRecord) = (-1, 0);
        for (var row = start; row < start + count; row++)
        {
            var record = rows.RecordOf(row);
            (last, ofRecord) = (record, record == last ? ofRecord + 1 : 0);
            var recordKey = recordKeys?.GetValueOrDefault(record) ?? rows.KeyOf(row);
            sends.Add(new Send(
                row, KeyOf(batch, run, rows.KeyOf(row), record, ofRecord), batch.LetterKeyOf(recordKey, record), SendNames.ContentOf(seal, rows, row, buffer),
                batch.IsReplay && batch.Claimed[record].Outcome is LetterOutcome.Unknown));
        }

        return sends;
    }

    /// <summary>A row without a key of its own is known by the run that brought it, and its place there: the same when it is replayed.</summary>
    private static string KeyOf(FeedBatch batch, Guid run, string key, int record, int ofRecord)
    {
        if (!RecordKey.IsOfContent(key))
        {
            return key;
        }

        var place = batch.IsReplay ? $"{batch.Claimed[record].FirstRunId:n}:{PlaceIn(batch.Claimed[record])}" : $"{run:n}:{batch.First + record}";
        return ofRecord == 0 ? $"@{place}" : $"@{place}.{ofRecord}";
    }

    /// <summary>Letters of records without a key have it behind their key.</summary>
    private static string PlaceIn(Replays.ClaimedLetter letter) => letter.RecordKey[(letter.RecordKey.LastIndexOf('@') + 1)..];
}
