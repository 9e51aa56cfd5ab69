using Microsoft.Extensions.Options;

namespace IntegrationConsole.Sync.Runs;

/// <summary>Removes ended runs with their logs when they have been kept long enough. Runs that open letters point at are kept, and the place where a change stream stands.</summary>
public sealed class RunRetention(ConsoleDatabase database, IOptions<WorkerOptions> options, TimeProvider clock)
{
    private const int Chunk = 5_000;

    internal async Task<int> DeleteExpiredAsync(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - options.Value.KeepRunsFor;
        var total = 0;
        while (true)
        {
            await using var session = await database.AcrossTenantsAsync(cancellationToken);
            var deleted = await session.RunAsync("""
                delete from run where (tenant_id, id) in (
                    select r.tenant_id, r.id from run r
                    where r.state in ('Succeeded', 'Partial', 'Failed', 'Cancelled', 'Skipped', 'Held') and r.finished_at < @before
                      and not exists (select from dead_letter d where d.tenant_id = r.tenant_id and d.sync_id = r.sync_id
                                        and (d.last_run_id = r.id or d.first_run_id = r.id) and d.state in ('Waiting', 'Queued', 'Replaying'))
                      and not (r.checkpoint is not null and exists (
                          select from sync_definition s where s.tenant_id = r.tenant_id and s.id = r.sync_id and s.read_mode = 'ChangeStream' and s.deleted_at is null
                            and not exists (select from run o where o.tenant_id = r.tenant_id and o.sync_id = r.sync_id and not o.beside and o.number > r.number)))
                    limit @chunk)
                """, new { before, chunk = Chunk }, cancellationToken);
            await session.CommitAsync(cancellationToken);
            total += deleted;
            if (deleted < Chunk)
            {
                return total;
            }
        }
    }
}
