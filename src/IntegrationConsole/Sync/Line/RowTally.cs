using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Sync.Sends;

namespace IntegrationConsole.Sync.Line;

/// <summary>What has become of the rows of one stream of a batch so far.</summary>
internal sealed class RowTally(int rows)
{
    private readonly Fate[] _fates = new Fate[rows];

    private enum Fate : byte
    {
        Waiting,
        Written,
        Unchanged,
        Failed,
    }

    public int Written { get; private set; }

    public int Unchanged { get; private set; }

    public Dictionary<int, Failure> Failures { get; } = [];

    public bool HasSettled { get; private set; }

    /// <summary>Why nothing more is sent.</summary>
    public Failure? Stopped { get; set; }

    /// <summary>What came back for rows that were taken, where a ledger is kept.</summary>
    public Dictionary<int, Receipt> Receipts { get; } = [];

    /// <summary>Rows that this write made, or an attempt of it that did not come to its end: what may be taken back.</summary>
    public Dictionary<int, Send> Steps { get; } = [];

    /// <summary>Nothing has become of the row yet.</summary>
    public bool IsOpen(int row) => _fates[row] is Fate.Waiting;

    /// <summary>The row changed something, as far as the destination can tell: where it cannot, every row counts as one that did.</summary>
    public bool Wrote(int row) => _fates[row] is Fate.Written;

    public void Take(WriteResult result, int start, int count)
    {
        Written += result.Written;
        Unchanged += result.Unchanged;
        if (result.Written + result.Unchanged + result.Failures.Count != count)
        {
            throw new InvalidOperationException($"The destination was given {count} rows and accounts for {result.Written + result.Unchanged + result.Failures.Count}.");
        }

        for (var row = start; row < start + count; row++)
        {
            _fates[row] = result.Written == 0 || result.Changed?.Contains(row) == false ? Fate.Unchanged : Fate.Written;
        }

        HasSettled |= count > 0;
        foreach (var (row, receipt) in result.Receipts)
        {
            Receipts[row] = receipt;
        }

        foreach (var (row, failure) in result.Failures)
        {
            Fail(row, failure);

            // One row met a failure of the whole system after others had been accepted: go no further.
            Stopped ??= failure.IsSystemic ? failure : null;
        }
    }

    /// <summary>Takes over what became of rows that were written together with those of other streams. Those that stayed behind stay open.</summary>
    public void Take(StreamOutcome part, RowRange rows)
    {
        for (var row = rows.Start; row < rows.Start + rows.Count; row++)
        {
            if (part.Failures.TryGetValue(row, out var failure))
            {
                Fail(row, failure);
            }
            else if (!part.StayedBehind.Contains(row))
            {
                Settle(row, part.Written == 0 || part.Changed?.Contains(row) == false ? Fate.Unchanged : Fate.Written);
                HasSettled = true;
            }
        }
    }

    /// <summary>Takes over what became of some of the rows, which were written apart.</summary>
    public void Take(RowTally part, IReadOnlyList<int> rows)
    {
        for (var index = 0; index < rows.Count; index++)
        {
            if (part.Failures.TryGetValue(index, out var failure))
            {
                Fail(rows[index], failure);
            }
            else if (!part.IsOpen(index))
            {
                Settle(rows[index], part._fates[index]);
                Receipts[rows[index]] = part.Receipts.GetValueOrDefault(index);
                HasSettled = true;
            }
        }

        Stopped ??= part.Stopped;
    }

    /// <summary>The destination has the row already, and it was not sent.</summary>
    public void Know(int row, Receipt receipt)
    {
        Settle(row, Fate.Unchanged);
        Receipts[row] = receipt;
    }

    /// <summary>The destination took the row back: it is there no more, and nothing was written.</summary>
    public void TakeBack(int row)
    {
        Written -= _fates[row] is Fate.Written ? 1 : 0;
        Unchanged -= _fates[row] is Fate.Unchanged ? 1 : 0;
        _fates[row] = Fate.Waiting;
        Receipts.Remove(row);
        Steps.Remove(row);
    }

    /// <summary>The answer was lost, and the row is there.</summary>
    public void Find(int row, Receipt receipt)
    {
        Settle(row, Fate.Written);
        Receipts[row] = receipt;
        HasSettled = true;
    }

    public void Fail(int row, Failure failure)
    {
        Failures[row] = failure;
        _fates[row] = Fate.Failed;
        HasSettled = true;
    }

    private void Settle(int row, Fate fate)
    {
        Failures.Remove(row);
        _fates[row] = fate;
        Written += fate is Fate.Written ? 1 : 0;
        Unchanged += fate is Fate.Unchanged ? 1 : 0;
    }

    /// <summary>What was not sent has this failure.</summary>
    public void FailRest(Failure failure)
    {
        for (var row = 0; row < _fates.Length; row++)
        {
            if (_fates[row] is Fate.Waiting)
            {
                Fail(row, failure);
            }
        }
    }
}
