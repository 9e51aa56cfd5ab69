using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>What has become of the rows of one write so far. Used by several calls at once.</summary>
internal sealed class WriteTally(int start, int count, CallPlaces places)
{
    private readonly long _number = places.Next();
    private readonly Lock _gate = new();
    private readonly Fate[] _fates = new Fate[count];
    private readonly Dictionary<int, Failure> _failures = [];
    private readonly Dictionary<int, Receipt> _receipts = [];
    private int _written;
    private int _unchanged;
    private int _silences;
    private Failure? _end;

    private enum Fate : byte
    {
        Waiting,
        Written,
        Unchanged,
        Failed,
    }

    /// <summary>No further row should be sent.</summary>
    public bool IsOver
    {
        get
        {
            lock (_gate)
            {
                return _end is not null || places.End is not null;
            }
        }
    }

    /// <summary>Something was written, or may have been.</summary>
    public bool MustBeTold
    {
        get
        {
            lock (_gate)
            {
                return _written + _unchanged > 0 || _failures.Values.Any(failure => failure.MayHaveHappened);
            }
        }
    }

    /// <summary>For one call of the write.</summary>
    public CallPlace Place() => new(places, _number);

    public void Accept(int row, bool isUnchanged, Receipt receipt)
    {
        lock (_gate)
        {
            _receipts[row] = receipt;
            _fates[row - start] = isUnchanged ? Fate.Unchanged : Fate.Written;
            _written += isUnchanged ? 0 : 1;
            _unchanged += isUnchanged ? 1 : 0;
            _silences = 0;
        }
    }

    public void Fail(int row, Failure failure)
    {
        lock (_gate)
        {
            _fates[row - start] = Fate.Failed;
            _failures[row] = failure;
        }
    }

    /// <summary>
    /// A call of a single row failed. A system that is down ends everything at once. One that did not answer, or failed
    /// inside, may have stumbled over this very row: only a second time in a row counts as down.
    /// </summary>
    public void FailAlone(int row, Failure failure)
    {
        lock (_gate)
        {
            var isSilence = failure.MayHaveHappened || failure.Cause is FailureCause.Timeout;
            if (!failure.IsSystemic || isSilence)
            {
                Fail(row, failure);
                _silences = isSilence ? _silences + 1 : 0;
                if (_silences < 2)
                {
                    return;
                }

                failure = new Failure(failure.Cause is FailureCause.Timeout ? FailureCause.Timeout : FailureCause.TargetDown, failure.Sentence, failure.Code) { IsSystemic = true };
            }
        }

        End(failure);
    }

    /// <summary>Sends nothing more; what was not sent has this failure. Where the system is gone, other writes send nothing more either.</summary>
    public void End(Failure failure)
    {
        lock (_gate)
        {
            // What another call found first is why: this one may only have been waiting.
            _end ??= places.End ?? failure;
        }

        if (failure.IsSystemic)
        {
            places.EndWith(failure);
        }
    }

    public WriteResult Result()
    {
        _end ??= _fates.Contains(Fate.Waiting) ? places.End : null;

        // Rows that may have been made must be told one by one, although nothing was accepted for certain.
        if (_end is not null && !MustBeTold)
        {
            return WriteResult.Refuse(_end);
        }

        for (var index = 0; index < _fates.Length; index++)
        {
            if (_fates[index] is Fate.Waiting)
            {
                _failures[start + index] = _end ?? throw new InvalidOperationException("A row was not sent although nothing was in its way.");
            }
        }

        // Only where both are there does it matter which ones.
        var changed = _written > 0 && _unchanged > 0 ? Enumerable.Range(0, count).Where(index => _fates[index] is Fate.Written).Select(index => start + index).ToHashSet() : null;
        return WriteResult.Of(_written, _unchanged, _failures, changed, _receipts);
    }
}
