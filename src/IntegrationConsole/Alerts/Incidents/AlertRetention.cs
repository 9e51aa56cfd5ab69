using Microsoft.Extensions.Options;

namespace IntegrationConsole.Alerts.Incidents;

/// <summary>Removes alerts that are over, and the log of deliveries, when they have been kept long enough.</summary>
internal sealed class AlertRetention(ConsoleDatabase database, IOptions<AlertOptions> options, TimeProvider clock)
{
    internal async Task DeleteExpiredAsync(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - options.Value.KeepFor;
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        await session.RunAsync("delete from alert where state = 'Resolved' and resolved_at < @before", new { before }, cancellationToken);
        await session.RunAsync("delete from incident where closed_at < @before", new { before }, cancellationToken);
        await session.RunAsync("delete from alert_notice where state <> 'Due' and created_at < @before", new { before }, cancellationToken);
        await session.RunAsync("delete from alert_digest where at < @before", new { before }, cancellationToken);
        await session.RunAsync("delete from digest_subscription_day where at < @before", new { before }, cancellationToken);
        await session.RunAsync("delete from alert_silence where ends_at < @before", new { before }, cancellationToken);
        await session.RunAsync("delete from maintenance_time where grace_until < @before", new { before }, cancellationToken);
        await session.CommitAsync(cancellationToken);
    }
}
