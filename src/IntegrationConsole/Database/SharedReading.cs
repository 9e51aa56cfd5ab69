namespace IntegrationConsole.Database;

/// <summary>
/// One reading for everybody who asks for the same at about the same time. Whoever asks while one is on its way is given
/// the next one: nobody is told what was read before they asked. Between two readings the database is left alone for a
/// while, the longer, the longer the one before took and the more were waiting for it, for they draw it now.
/// </summary>
/// <param name="read">Reads for all who ask; it is not given up when one of them leaves.</param>
/// <param name="clock">Measures.</param>
public sealed class SharedReading<TKey, TResult>(Func<TKey, Task<TResult>> read, TimeProvider clock)
    where TKey : notnull
{
    private static readonly TimeSpan ShortestPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    /// <summary>About what it takes to draw a page.</summary>
    private static readonly TimeSpan PauseForEach = TimeSpan.FromMilliseconds(2);

    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, Turn> _next = [];

    public Task<TResult> AskAsync(TKey key, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            if (_next.TryGetValue(key, out var turn))
            {
                return turn.JoinAsync(cancellationToken);
            }

            _next[key] = turn = new Turn();
            var answer = turn.JoinAsync(cancellationToken);

            // Not in the context of who happens to be the first: the others must not depend on their window.
            _ = Task.Run(() => ServeAsync(key), CancellationToken.None);
            return answer;
        }
    }

    private async Task ServeAsync(TKey key)
    {
        while (Take(key) is { } turn)
        {
            var started = clock.GetTimestamp();
            try
            {
                turn.Answer.SetResult(await read(key));
            }
            catch (Exception problem)
            {
                // Belongs to those who asked, and is theirs to explain.
                turn.Answer.SetException(problem);
            }

            var pause = (2 * clock.GetElapsedTime(started)) + (turn.Asked * PauseForEach);
            await Task.Delay(pause < ShortestPause ? ShortestPause : pause > LongestPause ? LongestPause : pause, clock);
        }
    }

    /// <returns>Those who have asked until now; null where nobody has, and whoever comes next begins anew.</returns>
    private Turn? Take(TKey key)
    {
        lock (_gate)
        {
            if (_next[key] is { Asked: > 0 } turn)
            {
                _next[key] = new Turn();
                return turn;
            }

            _next.Remove(key);
            return null;
        }
    }

    private sealed class Turn
    {
        public TaskCompletionSource<TResult> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public int Asked { get; private set; }

        public Task<TResult> JoinAsync(CancellationToken cancellationToken)
        {
            Asked++;
            return Answer.Task.WaitAsync(cancellationToken);
        }
    }
}
