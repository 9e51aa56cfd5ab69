using System.Collections.Concurrent;
using IntegrationConsole.Webhooks.Verification;

namespace IntegrationConsole.Webhooks.Receiving;

/// <summary>
/// Counts what endpoints refused, and saves it every few seconds: who sends rubbish by the thousand causes a row a minute.
/// What was counted and not saved when a node dies is lost; what was refused is with its sender.
/// </summary>
internal sealed class RefusalCounts(WebhookFigures figures, TimeProvider clock, ILogger<RefusalCounts> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    private readonly ConcurrentDictionary<RefusedAt, int> _counts = new();

    public void Add(OpenEndpoint endpoint, Refusal refusal)
    {
        var now = clock.GetUtcNow();
        var minute = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
        _counts.AddOrUpdate(new RefusedAt(endpoint.Tenant, endpoint.Id, minute, refusal), 1, (_, count) => count + 1);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await TrySaveAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            await TrySaveAsync(stoppingToken);
        }
    }

    internal async Task SaveAsync(CancellationToken cancellationToken)
    {
        foreach (var (at, count) in _counts.ToArray())
        {
            await figures.AddRefusedAsync(at, count, cancellationToken);

            // What was refused meanwhile stays for the next time.
            _counts.AddOrUpdate(at, 0, (_, more) => more - count);
            _counts.TryRemove(KeyValuePair.Create(at, 0));
        }
    }

    private async Task TrySaveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await SaveAsync(cancellationToken);
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            logger.LogWarning(problem, "What webhook endpoints refused could not be counted; trying again in {Interval}", Interval);
        }
    }
}

/// <summary>What was refused, where and in which minute.</summary>
internal sealed record RefusedAt(TenantId Tenant, Guid Endpoint, DateTimeOffset Minute, Refusal Refusal);
