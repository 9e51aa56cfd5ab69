using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;

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
        foreach (var (row, failure) in result.Failures)
        {
            Fail(row, failure);

            // One row met a failure of the whole system after others had been accepted: go no further.
            Stopped ??= failure.IsSystemic ? failure : null;
        }
    }

    public void Fail(int row, Failure failure)
    {
        Failures[row] = failure;
        _fates[row] = Fate.Failed;
        HasSettled = true;
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
