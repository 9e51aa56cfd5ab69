using IntegrationConsole.Connectors;
using IntegrationConsole.Credentials;
using IntegrationConsole.Sync.Nodes;

namespace IntegrationConsole.Sync.Changes;

/// <summary>
/// Asks the sources once a minute what they keep for change streams, also while no run is there to notice, and tells them
/// what they need not keep any more. Every worker looks; a stream is looked at by whoever comes first.
/// </summary>
public sealed class SlotWatch(
    ConsoleDatabase database, ConnectionOpener connections, ConnectorCatalog catalog, ThisNode me, TimeProvider clock, ILogger<SlotWatch> logger)
{
    private const int MostAtOnce = 100;
    private static readonly TimeSpan Between = TimeSpan.FromMinutes(1);

    internal async Task RoundAsync(CancellationToken cancellationToken)
    {
        if (!await me.IsOnStandbyAsync(cancellationToken))
        {
            await LookAsync(cancellationToken);
        }
    }

    /// <returns>How many were looked at.</returns>
    internal async Task<int> LookAsync(CancellationToken cancellationToken)
    {
        var due = await TakeAsync(cancellationToken);
        foreach (var slot in due)
        {
            try
            {
                await LookAsync(slot, cancellationToken);
            }
            catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
            {
                // The border of one of many: the next time comes in a minute, and the others are looked at meanwhile.
                logger.LogWarning(problem, "Connection {ConnectionId} could not be asked about the replication slot {Slot}", slot.ConnectionId, slot.Slot);
            }
        }

        return due.Count;
    }

    private async Task LookAsync(Due due, CancellationToken cancellationToken)
    {
        var opened = await connections.OpenForTrialAsync(due.TenantId, due.ConnectionId, cancellationToken);
        var source = opened is null ? null : catalog.Find(opened.Kind) as ISource;
        if (opened is not null && source is not null && due.ReleasedAt is not null)
        {
            await source.ReleaseAsync(opened, due.Slot, cancellationToken);
        }

        var report = opened is null || source is null || due.ReleasedAt is not null ? SlotReport.Gone : await source.LookAsync(opened, due.Slot, cancellationToken);
        await using var session = await database.InTenantAsync(due.TenantId, cancellationToken);
        await session.RunAsync(
            due.ReleasedAt is null
                ? "update change_stream set state = @state, kept_bytes = @kept where tenant_id = @tenant and sync_id = @sync and connection_id = @connection"
                : "delete from change_stream where tenant_id = @tenant and sync_id = @sync and connection_id = @connection and released_at is not null",
            new { tenant = due.TenantId, sync = due.SyncId, connection = due.ConnectionId, state = report.State.ToString(), kept = report.KeptBytes }, cancellationToken);
        await session.NotifyAsync(new Change(SyncStore.Topic, due.TenantId, due.SyncId), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private async Task<IReadOnlyList<Due>> TakeAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var due = await session.ListAsync<Due>("""
            update change_stream c set looked_at = @now
            where (tenant_id, sync_id, connection_id) in (
                select d.tenant_id, d.sync_id, d.connection_id from change_stream d
                where d.looked_at < @before order by d.looked_at limit @most for update skip locked)
            returning tenant_id, sync_id, connection_id, slot, released_at
            """, new { now, before = now - Between, most = MostAtOnce }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return due;
    }

    private sealed record Due(TenantId TenantId, Guid SyncId, Guid ConnectionId, string Slot, DateTimeOffset? ReleasedAt);
}
