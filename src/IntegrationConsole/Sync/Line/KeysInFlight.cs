namespace IntegrationConsole.Sync.Line;

/// <summary>
/// The keys of the rows that are on their way: of two rows with one key, in different batches, the later one is not sent
/// before it is known what became of the earlier one. Where nothing has a key, nothing waits.
/// </summary>
internal sealed class KeysInFlight(RunPlan plan)
{
    private readonly HashSet<string> _keys = [];
    private int _batches;

    /// <summary>Of which no key is noted: while no other batch begins, none has to be.</summary>
    private FeedBatch? _alone;

    /// <param name="batch">About to be written.</param>
    /// <returns>False when the batch has to wait.</returns>
    public bool TryBegin(FeedBatch batch)
    {
        if (plan.Sync.KeyFields.Length == 0)
        {
            return true;
        }

        if (_batches > 0)
        {
            NoteAlone();
            if (IsMet(batch))
            {
                return false;
            }

            Note(batch);
        }
        else
        {
            _alone = batch;
        }

        _batches++;
        return true;
    }

    public void End(FeedBatch batch)
    {
        if (plan.Sync.KeyFields.Length == 0)
        {
            return;
        }

        _batches--;
        if (ReferenceEquals(_alone, batch))
        {
            _alone = null;
            return;
        }

        var rows = batch.Mapped.Rows;
        for (var row = 0; row < rows.Count; row++)
        {
            _keys.Remove(rows.KeyOf(row));
        }
    }

    private void NoteAlone()
    {
        if (_alone is { } batch)
        {
            Note(batch);
            _alone = null;
        }
    }

    private void Note(FeedBatch batch)
    {
        var rows = batch.Mapped.Rows;
        for (var row = 0; row < rows.Count; row++)
        {
            _keys.Add(rows.KeyOf(row));
        }
    }

    private bool IsMet(FeedBatch batch)
    {
        var rows = batch.Mapped.Rows;
        for (var row = 0; row < rows.Count; row++)
        {
            if (_keys.Contains(rows.KeyOf(row)))
            {
                return true;
            }
        }

        return false;
    }
}
