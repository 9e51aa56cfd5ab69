using System.Collections.Concurrent;
using System.Collections.Immutable;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Circuits;

/// <summary>
/// Stands before every call of a run. Counts in memory; knows of circuits that are not closed from the database, which
/// is asked after a notice, or every few seconds, and never for each call.
/// </summary>
public sealed class CircuitBreaker : IDisposable
{
    private static readonly TimeSpan KnownFor = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(TenantId Tenant, Guid Connection), CircuitCounter> _counters = new();
    private readonly SemaphoreSlim _asking = new(1, 1);
    private readonly CircuitStore _store;
    private readonly TimeProvider _clock;
    private readonly ILogger<CircuitBreaker> _logger;
    private readonly IDisposable _subscription;
    private ImmutableDictionary<(TenantId Tenant, Guid Connection), Circuit> _notClosed = ImmutableDictionary<(TenantId, Guid), Circuit>.Empty;
    private Dictionary<(TenantId Tenant, Guid Connection), CircuitOptions> _thresholds = [];
    private long _askedAt;
    private volatile bool _isOutdated = true;

    public CircuitBreaker(CircuitStore store, ChangeBroadcaster changes, TimeProvider clock, ILogger<CircuitBreaker> logger)
    {
        _store = store;
        _clock = clock;
        _logger = logger;
        _subscription = changes.Subscribe(change => _isOutdated |= change.Topic is CircuitStore.Topic or Change.Everything);
    }

    public void Dispose()
    {
        _subscription.Dispose();
        _asking.Dispose();
    }

    /// <summary>Whether there is any point in getting ready for a call.</summary>
    /// <exception cref="FailureException">The circuit does not let the call through; the failure says until when.</exception>
    public async ValueTask LookAsync(OpenConnection connection, CancellationToken cancellationToken)
    {
        if (await KnownAsync(connection, cancellationToken) is { } circuit && circuit.Holds(_clock.GetUtcNow()))
        {
            throw Held(connection, circuit);
        }
    }

    /// <returns>Names the probe that this call is; null for an ordinary call.</returns>
    /// <exception cref="FailureException">The circuit does not let the call through; the failure says until when.</exception>
    public async ValueTask<Guid?> EnterAsync(OpenConnection connection, CancellationToken cancellationToken)
    {
        if (await KnownAsync(connection, cancellationToken) is not { } circuit)
        {
            return null;
        }

        if (circuit.Holds(_clock.GetUtcNow()))
        {
            throw Held(connection, circuit);
        }

        if (await _store.ClaimAsync(connection.Tenant, connection.Id, byHand: false, null, cancellationToken) is { } probe)
        {
            return probe;
        }

        // Somebody was faster: either it is tried at this moment, or it is closed by now.
        _isOutdated = true;
        await AskAsync(cancellationToken);
        return _notClosed.TryGetValue((connection.Tenant, connection.Id), out var now) ? throw Held(connection, now) : null;
    }

    /// <summary>Says what a call came to. Never fails the call: what cannot be saved is counted again with the next one.</summary>
    /// <param name="connection">Whose call.</param>
    /// <param name="probe">What <see cref="EnterAsync"/> gave.</param>
    /// <param name="failure">Null when it was answered well.</param>
    public async ValueTask ReportAsync(OpenConnection connection, Guid? probe, Failure? failure)
    {
        var sign = failure?.Sign ?? CallSign.Well;
        try
        {
            if (probe is { } claimed)
            {
                await EndProbeAsync(connection, claimed, sign, failure);
            }
            else if (CounterOf((connection.Tenant, connection.Id)).Count(sign, failure, _clock.GetUtcNow()) is { } trip && !_notClosed.ContainsKey((connection.Tenant, connection.Id)))
            {
                await TripAsync(connection, trip);
            }
        }
        catch (Exception problem) when (problem.IsDatabaseOutage)
        {
            _logger.LogWarning("The circuit of connection {ConnectionId} could not be kept: the database does not answer", connection.Id);
        }
    }

    /// <summary>The call was not made, or nobody waited for its end.</summary>
    public async ValueTask AbandonAsync(OpenConnection connection, Guid? probe)
    {
        try
        {
            if (probe is { } claimed)
            {
                await _store.GiveBackAsync(connection.Tenant, connection.Id, claimed, CancellationToken.None);
                _isOutdated = true;
            }
        }
        catch (Exception problem) when (problem.IsDatabaseOutage)
        {
            _logger.LogWarning("The probe of connection {ConnectionId} could not be given back: the database does not answer", connection.Id);
        }
    }

    /// <returns>Null for one that is closed.</returns>
    private async ValueTask<Circuit?> KnownAsync(OpenConnection connection, CancellationToken cancellationToken)
    {
        if (_isOutdated || _clock.GetElapsedTime(_askedAt) > KnownFor)
        {
            await AskAsync(cancellationToken);
        }

        return _notClosed.GetValueOrDefault((connection.Tenant, connection.Id));
    }

    private async Task EndProbeAsync(OpenConnection connection, Guid probe, CallSign sign, Failure? failure)
    {
        // A system that stumbles over one call is there again; where it stumbles over all, the share of failures says so.
        if (sign is CallSign.Well or CallSign.Stumbled)
        {
            CounterOf((connection.Tenant, connection.Id)).Forget();
            await _store.SucceedAsync(connection.Tenant, connection.Id, probe, null, CancellationToken.None);
        }
        else
        {
            await _store.FailAsync(connection.Tenant, connection.Id, probe, failure!, CancellationToken.None);
        }

        _isOutdated = true;
    }

    private async Task TripAsync(OpenConnection connection, CircuitTrip trip)
    {
        // Known here at once, whatever the notice does: the next call must not go out.
        if (await _store.TripAsync(connection.Tenant, connection.Id, trip, CancellationToken.None) is { } opened)
        {
            ImmutableInterlocked.AddOrUpdate(ref _notClosed, (connection.Tenant, connection.Id), opened, (_, _) => opened);
            _logger.LogWarning("The circuit of connection {ConnectionId} of tenant {TenantId} is open: {Reason}", connection.Id, connection.Tenant.Value, trip.Reason);
            await _store.ReportAsync(connection.Tenant, connection.Id, CounterOf((connection.Tenant, connection.Id)).Sum(_clock.GetUtcNow()), CancellationToken.None);
        }

        CounterOf((connection.Tenant, connection.Id)).Forget();
        _isOutdated = true;
    }

    private async Task AskAsync(CancellationToken cancellationToken)
    {
        await _asking.WaitAsync(cancellationToken);
        try
        {
            if (!_isOutdated && _clock.GetElapsedTime(_askedAt) <= KnownFor)
            {
                return;
            }

            // Before the question: what changes while it is on its way is asked for again.
            _isOutdated = false;
            var (circuits, thresholds) = await _store.PictureAsync(cancellationToken);
            var known = circuits.ToImmutableDictionary(circuit => (circuit.TenantId, circuit.ConnectionId));
            _thresholds = thresholds.ToDictionary(own => (own.TenantId, own.ConnectionId), own => own.Options);
            await TellAsync(circuits, cancellationToken);
            foreach (var closed in _notClosed.Keys.Where(key => !known.ContainsKey(key)))
            {
                _counters.TryRemove(closed, out _);
            }

            _notClosed = known;
        }
        catch (Exception problem) when (problem.IsDatabaseOutage)
        {
            _logger.LogWarning("The circuits could not be read: the database does not answer; what was known of them still holds");
        }
        finally
        {
            _askedAt = _clock.GetTimestamp();
            _asking.Release();
        }
    }

    /// <summary>Of a circuit that another node opened, this one says what its own calls came to.</summary>
    private async Task TellAsync(IReadOnlyList<Circuit> circuits, CancellationToken cancellationToken)
    {
        foreach (var circuit in circuits.Where(circuit => circuit is { State: CircuitState.Open, IsAutomatic: true } && !_notClosed.ContainsKey((circuit.TenantId, circuit.ConnectionId))))
        {
            if (_counters.TryGetValue((circuit.TenantId, circuit.ConnectionId), out var counter) && counter.Sum(_clock.GetUtcNow()) is { Calls: > 0 } seen)
            {
                await _store.ReportAsync(circuit.TenantId, circuit.ConnectionId, seen, cancellationToken);
            }
        }
    }

    private CircuitCounter CounterOf((TenantId Tenant, Guid Connection) key) =>
        _counters.GetOrAdd(key, one => new CircuitCounter(() => _thresholds.GetValueOrDefault(one, _store.Thresholds)));

    private static FailureException Held(OpenConnection connection, Circuit circuit) => new(new Failure(FailureCause.TargetDown, $"The circuit of {connection.Name} is open. {circuit.Reason}", "circuit")
    {
        IsRetryable = false,
        Hold = new Hold(connection.Id, circuit.NextTry),
    });
}
