using System.Buffers;
using System.Globalization;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Sync.Sends;

/// <summary>Makes the sends of a batch's rows: by what the ledger and the letters know each, and what a person decided about it.</summary>
internal static class SendList
{
    public static IReadOnlyList<Send> Of(FeedBatch batch, SendScope scope, RowBatch rows, int start, int count, TenantSeal seal)
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
            var key = rows.KeyOf(row);
            var (run, place) = RecordKey.IsOfContent(key) ? PlaceOf(batch, scope.Run, record) : default;
            var isNew = place is not null && !batch.IsReplay && scope.Attempt == 1;
            sends.Add(new Send(
                row, place is null ? key : KeyOf(run, place, ofRecord), isNew && !scope.IsInSteps ? "" : batch.LetterKeyOf(recordKey, record), SendNames.ContentOf(seal, rows, row, buffer),
                batch.IsReplay && batch.Claimed[record].Outcome is LetterOutcome.Unknown)
            {
                Place = long.TryParse(place, CultureInfo.InvariantCulture, out var number) ? new SendPlace(run, number) : null,
                IsNew = isNew,
            });
        }

        return sends;
    }

    /// <summary>A row without a key of its own is known by the run that brought it, and its place there: the same when it is replayed.</summary>
    private static (Guid Run, string? Place) PlaceOf(FeedBatch batch, Guid run, int record) => batch.IsReplay
        ? (batch.Claimed[record].FirstRunId, PlaceIn(batch.Claimed[record]))
        : (run, (batch.First + record).ToString(CultureInfo.InvariantCulture));

    private static string KeyOf(Guid run, string place, int ofRecord) => ofRecord == 0 ? $"@{run:n}:{place}" : $"@{run:n}:{place}.{ofRecord}";

    /// <summary>Letters of records without a key have it behind their key.</summary>
    private static string PlaceIn(Replays.ClaimedLetter letter) => letter.RecordKey[(letter.RecordKey.LastIndexOf('@') + 1)..];
}
