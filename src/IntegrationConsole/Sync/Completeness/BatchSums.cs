using System.Buffers;
using System.Globalization;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Sync.Line;

namespace IntegrationConsole.Sync.Completeness;

/// <summary>What a batch adds to its run's two sums.</summary>
/// <param name="Source">Of the records as they were read.</param>
/// <param name="Destination">Of the rows that the destination took: written, or there already.</param>
internal readonly record struct BatchSums(UInt128 Source, UInt128 Destination)
{
    public string SourceText => Source.ToString(CultureInfo.InvariantCulture);

    public string DestinationText => Destination.ToString(CultureInfo.InvariantCulture);

    public static BatchSums Of(FeedBatch batch, BatchOutcome written)
    {
        var source = new ContentSum();
        for (var record = 0; record < batch.Records.Count; record++)
        {
            source.Add(batch.Records[record].Span);
        }

        var failed = written.Failures.Select(failure => failure.Record).ToHashSet();
        var destination = new ContentSum();
        var row = new ArrayBufferWriter<byte>(1024);
        AddRows(ref destination, batch.Mapped.Rows, failed, row);
        foreach (var child in batch.Mapped.Children)
        {
            AddRows(ref destination, child.Rows, failed, row);
        }

        return new BatchSums(source.Value, destination.Value);
    }

    private static void AddRows(ref ContentSum sum, RowBatch rows, HashSet<int> failed, ArrayBufferWriter<byte> content)
    {
        for (var row = 0; row < rows.Count; row++)
        {
            if (failed.Count > 0 && failed.Contains(rows.RecordOf(row)))
            {
                continue;
            }

            content.ResetWrittenCount();
            foreach (ref readonly var value in rows[row])
            {
                value.AppendTo(content);
            }

            sum.Add(content.WrittenSpan);
        }
    }
}
