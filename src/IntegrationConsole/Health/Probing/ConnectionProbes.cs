using IntegrationConsole.Connectors;
using IntegrationConsole.Credentials;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Health.Probing;

/// <summary>
/// Probes connections once a minute each, so that what is away is known before a run needs it. Each worker takes those
/// whose turn it is, a few at a time; one that does not answer is asked less and less often.
/// </summary>
public sealed class ConnectionProbes(
    ProbeStore probes, ConnectionOpener connections, ConnectorCatalog catalog, IOptions<ProbeOptions> options, TimeProvider clock, ILogger<ConnectionProbes> logger) : BackgroundService
{
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MeetEvery = TimeSpan.FromSeconds(15);

    private DateTimeOffset? _metAt;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (!options.Value.IsOn)
        {
            return;
        }

        using var places = new SemaphoreSlim(options.Value.AtOnce);
        using var timer = new PeriodicTimer(Look, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await TurnAsync(places, stoppingToken);
            }
            catch (Exception problem) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogWarning(problem, "Looking for connections to probe failed; trying again in {Pause}", Look);
            }
        }
    }

    /// <summary>Probes all whose turn it is, one after the other.</summary>
    /// <returns>How many.</returns>
    internal async Task<int> ProbeAsync(CancellationToken cancellationToken)
    {
        await probes.MeetAsync(cancellationToken);
        var due = await probes.TakeAsync(int.MaxValue, cancellationToken);
        foreach (var one in due)
        {
            await ProbeAsync(one, cancellationToken);
        }

        return due.Count;
    }

    private async Task TurnAsync(SemaphoreSlim places, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_metAt is null || now - _metAt >= MeetEvery)
        {
            await probes.MeetAsync(cancellationToken);
            _metAt = now;
        }

        var free = places.CurrentCount;
        foreach (var due in free == 0 ? [] : await probes.TakeAsync(free, cancellationToken))
        {
            await places.WaitAsync(cancellationToken);
            _ = InPlaceAsync(places, due, cancellationToken);
        }
    }

    /// <summary>Slow ones keep their place and nobody else's.</summary>
    private async Task InPlaceAsync(SemaphoreSlim places, DueProbe due, CancellationToken cancellationToken)
    {
        try
        {
            await ProbeAsync(due, cancellationToken);
        }
        catch (Exception problem)
        {
            // The border of one of many: its lease ends by itself. A stop is no problem.
            if (!cancellationToken.IsCancellationRequested)
            {
                logger.LogWarning(problem, "What the probe of connection {ConnectionId} came to could not be kept", due.ConnectionId);
            }
        }
        finally
        {
            if (!cancellationToken.IsCancellationRequested)
            {
                places.Release();
            }
        }
    }

    private async Task ProbeAsync(DueProbe due, CancellationToken cancellationToken)
    {
        if (due.IsLeftAlone)
        {
            await probes.PutOffAsync(due, cancellationToken);
            return;
        }

        var started = clock.GetTimestamp();
        ProbeOutcome outcome;
        try
        {
            if (await connections.OpenAsync(due.TenantId, due.ConnectionId, cancellationToken) is not { } connection)
            {
                return;
            }

            var report = catalog.Find(connection.Kind) is { } connector ? await connector.ProbeAsync(connection, due.MayAsk, cancellationToken) : null;
            outcome = ProbeSteps.Next(due, report, clock.GetElapsedTime(started), probes.Interval);
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            // The border of one of many: that it could not be probed is told, and says nothing about the system.
            logger.LogWarning(problem, "Connection {ConnectionId} of tenant {TenantId} could not be probed", due.ConnectionId, due.TenantId.Value);
            outcome = ProbeSteps.Broken(due, "The probe itself could not be made; the log of the node says why.", probes.Interval);
        }

        await probes.SaveAsync(due, outcome, cancellationToken);
    }
}
