using System.Diagnostics;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Order;

namespace IntegrationConsole.Sync.Line;

/// <summary>
/// Writes a run's batches, and hands them on in their order. Where a destination takes rows by calls that may be sent
/// again, batches begin while those before them wait for answers only: a call that waits to be tried again holds up what
/// is recorded, not what is sent. Everywhere else one batch begins when the one before it was taken over.
/// </summary>
/// <remarks>
/// If the process stops, all that is on its way is read again, and the ledger of sends knows what was taken. A batch with
/// a key that is on its way waits until that is answered.
/// </remarks>
internal sealed class BatchesInFlight(BatchWriter writer, BatchBreaker breaker, RunPlan plan) : IDisposable
{
    /// <summary>
    /// Batches with calls that have not begun: one is sent while the next is entered in the ledger. Those that are done and
    /// wait for one before them hold up nothing.
    /// </summary>
    private const int MostBeginning = 2;

    /// <summary>For memory's sake, and because all of them are done again after a stop.</summary>
    private const int Most = 16;

    private const long MostBytes = 32 * 1024 * 1024;

    private readonly Queue<Flight> _flights = new();
    private readonly KeysInFlight _keys = new(plan);
    private readonly CancellationTokenSource _stop = new();
    private CancellationTokenSource? _stopWriting;
    private Task<bool>? _reading;
    private Task? _readingProblem;
    private FeedBatch? _held;
    private long _bytes;
    private long _freeSince;
    private bool _isOver;
    private bool _hasGap;
    private bool _isRefused;

    /// <summary>Where something that is thrown comes from.</summary>
    public LetterStage Stage { get; private set; } = LetterStage.Read;

    /// <summary>Why no further batch is written; known when all before it were handed on.</summary>
    public BatchBreak? Broken { get; private set; }

    public async IAsyncEnumerable<(FeedBatch Batch, BatchOutcome Written)> WriteAsync(IRecordFeed feed, RunHold hold)
    {
        using var stopReading = CancellationTokenSource.CreateLinkedTokenSource(hold.Token, _stop.Token);

        // Somebody who cancels waits for what is on its way: what was written is also recorded.
        _stopWriting = CancellationTokenSource.CreateLinkedTokenSource(hold.WriteToken, _stop.Token);
        await using var batches = feed.ReadAsync(stopReading.Token).GetAsyncEnumerator(stopReading.Token);
        try
        {
            while (await BeginAsync(batches, _stopWriting.Token))
            {
                yield return await HandOnAsync();
            }
        }
        finally
        {
            await _stop.CancelAsync();
            await LandAsync(batches);
        }

        if (_readingProblem is not null)
        {
            Stage = LetterStage.Read;
            await _readingProblem;
        }
    }

    public void Dispose()
    {
        _stopWriting?.Dispose();
        _stop.Dispose();
    }

    /// <summary>Reads, and begins to write, until the oldest batch is written.</summary>
    /// <returns>False when there is none.</returns>
    private async Task<bool> BeginAsync(IAsyncEnumerator<FeedBatch> batches, CancellationToken cancellationToken)
    {
        while (true)
        {
            // Asked for before there is a look at what they tell of: nothing is missed.
            var opening = writer.Opened.IsCompleted ? null : writer.Opened;
            var another = writer.Trailing?.AnotherAsync();
            Write(cancellationToken);
            var open = _flights.Select(Task (flight) => flight.Writing).Where(writing => !writing.IsCompleted).ToList();
            if (_reading is null && _held is null && HasRoom)
            {
                _reading = batches.MoveNextAsync().AsTask();
            }

            var oldest = _flights.TryPeek(out var flight) ? flight.Writing : null;
            if (oldest is { IsCompleted: true } || (oldest is null && (_isOver || (_reading is null && _held is null))))
            {
                return oldest is not null;
            }

            Stage = oldest is null ? LetterStage.Read : LetterStage.Write;
            await Task.WhenAny(open.Concat(new[] { _reading, opening, another }.OfType<Task>()));
            if (_reading is { IsCompleted: true })
            {
                Arrive(batches);
            }
        }
    }

    private bool HasRoom => !_isOver
        && (_flights.Count == 0 || (writer.Trailing is { } trailing && _flights.Count < Most && _bytes < MostBytes && _flights.Count(flight => !flight.Writing.IsCompleted) - trailing.Count < MostBeginning));

    private void Arrive(IAsyncEnumerator<FeedBatch> batches)
    {
        var reading = _reading!;
        _reading = null;
        if (!reading.IsCompletedSuccessfully)
        {
            (_isOver, _readingProblem) = (true, reading);
        }
        else if (!reading.Result)
        {
            _isOver = true;
        }
        else if (_isOver)
        {
            batches.Current.Dispose();
        }
        else if (breaker.Look(batches.Current) is { } broken)
        {
            (_isOver, Broken) = (true, broken);
            batches.Current.Dispose();
        }
        else
        {
            _held = batches.Current;
        }
    }

    private void Write(CancellationToken cancellationToken)
    {
        if (_held is { } batch && _keys.TryBegin(batch))
        {
            _held = null;
            _bytes += batch.Records.Bytes;
            _flights.Enqueue(new Flight(batch, writer.WriteAsync(batch, cancellationToken), Stopwatch.GetTimestamp()));
        }
    }

    /// <summary>The oldest batch, which is written.</summary>
    private async Task<(FeedBatch Batch, BatchOutcome Written)> HandOnAsync()
    {
        Stage = LetterStage.Write;
        var (batch, writing, began) = _flights.Peek();
        var rows = await writing;
        var isFollowed = rows.Stopped is not null && await EndAsync();

        // What is taken together with others is told apart by when the one before it was done.
        var time = Stopwatch.GetElapsedTime(Math.Max(began, _freeSince));
        _freeSince = Stopwatch.GetTimestamp();
        var written = writer.OutcomeOf(batch, rows, time, isFollowed);
        if (!_isRefused && !_hasGap && breaker.Judge(batch, written) is { } alike)
        {
            written = await BreakAsync(batch, written, alike);
        }

        _flights.Dequeue();
        _bytes -= batch.Records.Bytes;
        _keys.End(batch);
        _hasGap |= !written.IsComplete;
        return (batch, _hasGap ? written with { IsComplete = false } : written);
    }

    /// <summary>
    /// Too much of the batch was refused. It is left unrecorded and read again, unless something of it, or of one behind it,
    /// may be at the destination that would not be known again.
    /// </summary>
    private async Task<BatchOutcome> BreakAsync(FeedBatch batch, BatchOutcome written, Alike alike)
    {
        _isRefused = true;
        var isFollowed = await EndAsync();
        var isThere = isFollowed || written.Written + written.Unchanged > 0 || written.Failures.Any(failure => failure.Failure.MayHaveHappened);
        var isReadAgain = !plan.IsKeyless || written.KnowsKeys || !isThere;
        Broken?.Sample?.Dispose();
        Broken = breaker.BreakAt(batch, written, alike, isReadAgain);
        return written with { IsComplete = !isReadAgain };
    }

    /// <summary>The run stops. Where the outside failed, the destination's writer sends nothing more; where it refused too much, what has begun comes to its end.</summary>
    /// <returns>Whether rows of batches behind the oldest are at the destination.</returns>
    private async Task<bool> EndAsync()
    {
        _isOver = true;
        _held?.Dispose();
        _held = null;
        foreach (var flight in _flights)
        {
            await ((Task)flight.Writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        return _flights.Skip(1).Any(flight => flight.Writing is { IsCompletedSuccessfully: true, Result.Rows.HasSettled: true });
    }

    /// <summary>Nothing is left behind, whatever ended the run: neither a call nor a buffer.</summary>
    private async Task LandAsync(IAsyncEnumerator<FeedBatch> batches)
    {
        foreach (var (batch, writing, _) in _flights)
        {
            // Whoever was first has said why.
            await ((Task)writing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            batch.Dispose();
        }

        _flights.Clear();
        _held?.Dispose();
        if (_reading is { } reading)
        {
            await ((Task)reading).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            (reading is { IsCompletedSuccessfully: true, Result: true } ? batches.Current : null)?.Dispose();
        }
    }

    private sealed record Flight(FeedBatch Batch, Task<WrittenRows> Writing, long Began);
}
