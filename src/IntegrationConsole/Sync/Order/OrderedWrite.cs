using System.Security.Cryptography;
using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Sync.Line;

namespace IntegrationConsole.Sync.Order;

/// <summary>What became of the rows of a batch, and of those of its child tables.</summary>
internal sealed record WrittenRows(RowTally Rows, IReadOnlyList<RowTally> Children)
{
    /// <summary>The order key of each record; null where order is not kept.</summary>
    public IReadOnlyList<string?>? OrderKeys { get; init; }

    public Failure? Stopped => Rows.Stopped ?? Children.Select(child => child.Stopped).FirstOrDefault(failure => failure is not null);
}

/// <summary>Writes a batch so that no record overtakes one of its order key that was set aside.</summary>
/// <param name="write">Writes a part of the batch, child tables included.</param>
internal sealed class OrderedWrite(FeedBatch batch, RecordOrder order, Func<FeedBatch, CancellationToken, Task<WrittenRows>> write)
{
    private static readonly Failure Held = new(
        FailureCause.Held, "An earlier record of the same order key was set aside. This one waits until that is replayed or discarded, and follows by itself.")
    {
        IsRetryable = false,
    };

    public async Task<WrittenRows> WriteAsync(CancellationToken cancellationToken)
    {
        var mapped = batch.Mapped;
        var whole = new WrittenRows(new RowTally(mapped.Rows.Count), [.. mapped.Children.Select(child => new RowTally(child.Rows.Count))]);
        foreach (var wave in order.Waves)
        {
            if (whole.Stopped is null && order.Going(wave) is { Count: > 0 } going)
            {
                await WriteAsync(going, whole, cancellationToken);
            }
        }

        // Where the run stops the batch is read again, or all that was not sent is set aside for the same reason.
        foreach (var row in whole.Stopped is null ? NumbersOf(mapped.Rows, order.Held) : [])
        {
            whole.Rows.Fail(row, Held);
        }

        return whole;
    }

    private async Task WriteAsync(IReadOnlySet<int> going, WrittenRows whole, CancellationToken cancellationToken)
    {
        var mapped = batch.Mapped;
        var rows = NumbersOf(mapped.Rows, going);
        var children = mapped.Children.Select(child => NumbersOf(child.Rows, going)).ToList();
        var part = rows.Count == mapped.Rows.Count ? batch : batch with
        {
            Token = TokenOf(rows),
            Mapped = mapped with { Rows = mapped.Rows.Pick(rows), Children = [.. mapped.Children.Select((child, index) => child with { Rows = child.Rows.Pick(children[index]) })] },
        };
        var written = await write(part, cancellationToken);
        Take(whole.Rows, written.Rows, rows, mapped.Rows);
        for (var index = 0; index < written.Children.Count; index++)
        {
            Take(whole.Children[index], written.Children[index], children[index], mapped.Children[index].Rows);
        }
    }

    private void Take(RowTally whole, RowTally part, List<int> numbers, RowBatch rows)
    {
        whole.Take(part, numbers);
        foreach (var failed in part.Failures.Keys)
        {
            order.Fail(rows.RecordOf(numbers[failed]));
        }
    }

    /// <summary>Another part of the batch is another write: a destination that knows writes by their token must not take it for this one.</summary>
    private string TokenOf(List<int> rows) => batch.Token.Length == 0 ? ""
        : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{batch.Token}:{string.Join(',', rows)}")));

    private static List<int> NumbersOf(RowBatch rows, IReadOnlySet<int> records) => [.. Enumerable.Range(0, rows.Count).Where(row => records.Contains(rows.RecordOf(row)))];
}
