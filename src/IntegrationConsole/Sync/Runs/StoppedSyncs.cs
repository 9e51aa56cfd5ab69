using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Sync.Runs;

/// <summary>An integration that an outside system stopped, or that has letters because of it.</summary>
/// <param name="IsStopped">Its last run failed because of it.</param>
/// <param name="Letters">Its open dead letters with this cause.</param>
public sealed record StoppedSync(Guid SyncId, string Name, string Slug, bool IsStopped, int Letters);

/// <summary>Finds what waits until something outside is put right.</summary>
public sealed class StoppedSyncs(ConsoleDatabase database)
{
    /// <summary>The integrations that read from these connections or write to them and suffer from a cause, by name.</summary>
    public async Task<IReadOnlyList<StoppedSync>> ListAsync(
        TenantId tenant, IReadOnlyCollection<Guid> connections, FailureCause cause, CancellationToken cancellationToken)
    {
        if (connections.Count == 0)
        {
            return [];
        }

        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<StoppedSync>("""
            select s.id as sync_id, s.name, s.slug, coalesce(r.is_stopped, false) as is_stopped, d.letters
            from sync_definition s
            left join lateral (
                select r.state = 'Failed' and r.cause = @cause as is_stopped from run r
                where r.tenant_id = s.tenant_id and r.sync_id = s.id and r.parent_id is null and r.state <> 'Skipped' and r.trigger not in ('Replay', 'Backfill', 'Approval')
                order by r.number desc limit 1) r on true
            cross join lateral (
                select count(*)::int as letters from dead_letter d
                where d.tenant_id = s.tenant_id and d.sync_id = s.id and d.cause = @cause and d.state in ('Waiting', 'Queued', 'Replaying')) d
            where s.tenant_id = @tenant and s.deleted_at is null and (s.source_connection_id = any(@connections) or s.destination_connection_id = any(@connections))
              and (coalesce(r.is_stopped, false) or d.letters > 0)
            order by lower(s.name)
            """, new { tenant, connections = connections.ToArray(), cause = cause.ToString() }, cancellationToken);
    }
}
