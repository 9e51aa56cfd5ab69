namespace IntegrationConsole.Connectors.Records;

/// <summary>
/// How many records make a batch: fewer where the destination takes long over one, so that little has to be done again
/// after a stop and people see the run move; more where it answers at once, so that calls are not what takes the time.
/// The line tells how long writing took, sources ask from batch to batch.
/// </summary>
public sealed class BatchPace(int usual)
{
    /// <summary>How far from the usual size a batch may be, either way.</summary>
    private const int MostTimesFewer = 50;
    private const int MostTimesMore = 2;

    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(3);

    private readonly int _fewest = Math.Max(1, usual / MostTimesFewer);
    private readonly int _most = usual * MostTimesMore;

    private volatile int _records = usual;

    public int Records => _records;

    /// <param name="records">Of the batch that was written. What a batch with less than half of the present size took says nothing of a larger one.</param>
    /// <param name="time">Until the destination had it.</param>
    public void Tell(int records, TimeSpan time)
    {
        var now = _records;
        if (time > Long)
        {
            // In the same proportion, for a destination that takes minutes is not to be asked minutes several times over.
            _records = Math.Clamp((int)(Math.Min(now, records) * (Long / time)), _fewest, now);
        }
        else if (time < Short && records >= now / 2)
        {
            _records = Math.Min(now * 2, _most);
        }
    }
}
