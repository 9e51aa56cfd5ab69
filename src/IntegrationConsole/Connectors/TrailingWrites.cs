namespace IntegrationConsole.Connectors;

/// <summary>
/// Of the writes that are on their way to a destination at the same time, those that have begun all their calls and wait
/// for answers only: while there are such, more can be written.
/// </summary>
public sealed class TrailingWrites
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _another = Fresh();
    private int _count;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _count;
            }
        }
    }

    /// <summary>Completes when there is one more. Asked for before the count is looked at, it misses none.</summary>
    public Task AnotherAsync()
    {
        lock (_gate)
        {
            return _another.Task;
        }
    }

    public void Add()
    {
        TaskCompletionSource waiting;
        lock (_gate)
        {
            _count++;
            (waiting, _another) = (_another, Fresh());
        }

        waiting.TrySetResult();
    }

    public void Remove()
    {
        lock (_gate)
        {
            _count--;
        }
    }

    private static TaskCompletionSource Fresh() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
