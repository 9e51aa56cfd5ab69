using System.Diagnostics.Metrics;
using IntegrationConsole.Connectors;

namespace IntegrationConsole.Health.Figures;

/// <summary>
/// Listens to the calls that connectors measure and adds them up by minute in the database. A call never waits for
/// this: it is counted in memory, saved every few seconds, and kept while the database cannot be reached. Should the
/// connection break at the very moment of a commit, calls are counted twice rather than not at all.
/// </summary>
public sealed class CallRecorder(ConsoleDatabase database, TimeProvider clock, ILogger<CallRecorder> logger) : BackgroundService
{
    private const int MostWaiting = 50_000;
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LastChance = TimeSpan.FromSeconds(5);

    private readonly CallTally _tally = new(MostWaiting);
    private readonly MeterListener _listener = new();

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == CallMeter.MeterName && instrument.Name is CallMeter.Instrument or CallMeter.ReplayInstrument)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<double>((_, seconds, tags, _) => Count(seconds, tags));
        _listener.SetMeasurementEventCallback<long>((_, calls, tags, _) => CountReplays(calls, tags));
        _listener.Start();
        return base.StartAsync(cancellationToken);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        _listener.Dispose();
        using var limit = new CancellationTokenSource(LastChance, clock);
        await TrySaveAsync(limit.Token);
    }

    public override void Dispose()
    {
        _listener.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await TrySaveAsync(stoppingToken);
        }
    }

    /// <returns>Whether nothing waits any more.</returns>
    internal async Task<bool> TrySaveAsync(CancellationToken cancellationToken)
    {
        var counts = _tally.Take();
        if (counts.Count == 0)
        {
            return true;
        }

        try
        {
            await SaveAsync(counts, cancellationToken);
            return true;
        }
        catch (Exception problem)
        {
            // The border of a job: what was counted is not lost for anything that goes wrong here, a stop included.
            _tally.PutBack(counts);
            if (!cancellationToken.IsCancellationRequested)
            {
                logger.LogWarning(problem, "Saving the figures of {Count} connection minutes failed; they are kept and saved later", counts.Count);
            }

            return false;
        }
    }

    private void Count(double seconds, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (WhoseIn(tags, out var succeeded) is var (tenant, connection))
        {
            _tally.Count(tenant, connection, clock.GetUtcNow(), seconds, succeeded);
        }
    }

    private void CountReplays(long calls, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (WhoseIn(tags, out _) is var (tenant, connection))
        {
            _tally.CountReplays(tenant, connection, clock.GetUtcNow(), calls);
        }
    }

    private static (TenantId Tenant, Guid Connection)? WhoseIn(ReadOnlySpan<KeyValuePair<string, object?>> tags, out bool succeeded)
    {
        Guid? tenant = null;
        Guid? connection = null;
        succeeded = false;
        foreach (var (name, value) in tags)
        {
            switch (name, value)
            {
                case ("tenant", Guid id):
                    tenant = id;
                    break;
                case ("connection", Guid id):
                    connection = id;
                    break;
                case ("succeeded", bool outcome):
                    succeeded = outcome;
                    break;
            }
        }

        return tenant is { } whose && connection is { } which ? (new TenantId(whose), which) : null;
    }

    /// <summary>Calls of connections that were deleted meanwhile, or tested and never saved, have no place and are left out.</summary>
    private async Task SaveAsync(IReadOnlyDictionary<CallKey, CallCount> counts, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);

        // In one order on all nodes, so that two of them never wait for each other.
        await session.RunAsync("""
            insert into connection_minute as m (tenant_id, connection_id, minute, calls, failures, replay_calls, durations)
            select n.tenant_id, n.connection_id, n.minute, n.calls, n.failures, n.replay_calls, n.durations::int[]
            from unnest(@tenants, @connections, @minutes, @calls, @failures, @replayCalls, @durations) as n (tenant_id, connection_id, minute, calls, failures, replay_calls, durations)
            join connection c on c.tenant_id = n.tenant_id and c.id = n.connection_id
            order by n.tenant_id, n.connection_id, n.minute
            on conflict (tenant_id, connection_id, minute) do update
            set calls = m.calls + excluded.calls, failures = m.failures + excluded.failures, replay_calls = m.replay_calls + excluded.replay_calls,
                durations = (select array_agg(coalesce(b.held, 0) + coalesce(b.more, 0) order by b.place)
                             from unnest(m.durations, excluded.durations) with ordinality as b (held, more, place))
            """,
            new
            {
                tenants = counts.Keys.Select(key => key.Tenant.Value).ToArray(), connections = counts.Keys.Select(key => key.Connection).ToArray(),
                minutes = counts.Keys.Select(key => key.Minute.UtcDateTime).ToArray(), calls = counts.Values.Select(count => count.Calls).ToArray(),
                failures = counts.Values.Select(count => count.Failures).ToArray(), replayCalls = counts.Values.Select(count => count.Replays).ToArray(),
                durations = counts.Values.Select(count => $"{{{string.Join(',', count.Durations)}}}").ToArray(),
            },
            cancellationToken);
        await session.CommitAsync(cancellationToken);
    }
}
