using System.Collections.Immutable;
using Npgsql;

namespace IntegrationConsole.Database;

/// <summary>
/// The one listener of this node: hears what any node committed (LISTEN/NOTIFY) and passes it to whoever asked in
/// this process. Notices lost while the connection was down are made up for by one that says everything may have changed.
/// </summary>
public sealed class ChangeBroadcaster(ConsoleDatabase database, TimeProvider clock, ILogger<ChangeBroadcaster> logger) : BackgroundService
{
    internal const string Channel = "console_change";
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private ImmutableList<Action<Change>> _subscribers = [];

    /// <summary>Whether changes are heard at this moment; pages say so when they are not.</summary>
    public bool IsListening
    {
        get;
        private set
        {
            field = value;
            ListeningChanged?.Invoke();
        }
    }

    /// <summary>On the listener's thread: do little and return.</summary>
    public event Action? ListeningChanged;

    /// <summary>Calls back for every change, on the listener's thread: do little and return. Dispose to stop.</summary>
    public IDisposable Subscribe(Action<Change> subscriber)
    {
        ImmutableInterlocked.Update(ref _subscribers, list => list.Add(subscriber));
        return new Subscription(() => ImmutableInterlocked.Update(ref _subscribers, list => list.Remove(subscriber)));
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            try
            {
                await ListenAsync(stoppingToken);
            }
            catch (Exception lost) when (lost is NpgsqlException or IOException or InvalidOperationException && !stoppingToken.IsCancellationRequested)
            {
                IsListening = false;
                logger.LogWarning("Live changes are not heard ({Reason}); listening again in {Pause}", lost.GetType().Name, Pause);
                await Task.Delay(Pause, clock, stoppingToken);
            }
        }
    }

    private async Task ListenAsync(CancellationToken cancellationToken)
    {
        await using var connection = await database.Source.OpenConnectionAsync(cancellationToken);
        connection.Notification += (_, notification) =>
        {
            if (Change.Parse(notification.Payload) is { } change)
            {
                Pass(change);
            }
        };
        await using (var listen = new NpgsqlCommand($"listen {Channel}", connection))
        {
            await listen.ExecuteNonQueryAsync(cancellationToken);
        }

        IsListening = true;
        Pass(new Change(Change.Everything));
        while (true)
        {
            await connection.WaitAsync(cancellationToken);
        }
    }

    private void Pass(Change change)
    {
        foreach (var subscriber in _subscribers)
        {
            subscriber(change);
        }
    }

    private sealed class Subscription(Action end) : IDisposable
    {
        private Action? _end = end;

        public void Dispose() => Interlocked.Exchange(ref _end, null)?.Invoke();
    }
}
