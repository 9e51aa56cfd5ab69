using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Records;

/// <summary>
/// Gathers records, of several small pages if need be, until they make a batch worth writing: enough records, enough
/// bytes, or old enough that somebody watching would wonder.
/// </summary>
/// <param name="records">How many are enough; asked again and again.</param>
/// <param name="isSteady">Batches end by what is in them alone, and never by age.</param>
/// <param name="clock">Tells the age.</param>
public sealed class BatchBuilder(Func<int> records, bool isSteady, TimeProvider clock) : IDisposable
{
    public const int MostBytes = 8 * 1024 * 1024;
    private static readonly TimeSpan LongEnough = TimeSpan.FromSeconds(2);

    private RecordBatch? _batch;
    private long _since;

    public BatchBuilder(int records, bool isSteady, TimeProvider clock)
        : this(() => records, isSteady, clock)
    {
    }

    public bool IsFull => _batch is { } batch && (batch.Count >= records() || batch.Bytes >= MostBytes);

    /// <summary>At the end of a page: whether what there is should go on its way.</summary>
    public bool IsDue => IsFull || (!isSteady && _batch is not null && clock.GetElapsedTime(_since) >= LongEnough);

    public int Count => _batch?.Count ?? 0;

    public void Add(ReadOnlySpan<byte> record, Failure? problem = null)
    {
        if (_batch is null)
        {
            _batch = new RecordBatch();
            _since = clock.GetTimestamp();
        }

        _batch.Add(record, problem);
    }

    /// <summary>Hands over what was gathered, possibly nothing but the new place.</summary>
    public RecordBatch Take(string? checkpoint, string? watermark = null, long? expected = null)
    {
        var batch = _batch ?? new RecordBatch(16);
        _batch = null;
        batch.Checkpoint = checkpoint;
        batch.Watermark = watermark;
        batch.Expected = expected;
        return batch;
    }

    public void Dispose() => _batch?.Dispose();
}
