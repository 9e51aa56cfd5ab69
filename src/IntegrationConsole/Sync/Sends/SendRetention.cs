using Microsoft.Extensions.Options;

namespace IntegrationConsole.Sync.Sends;

/// <summary>Removes entries of the ledger that nothing has used for long. A record that is sent after that is sent as a new one.</summary>
public sealed class SendRetention(ConsoleDatabase database, IOptions<WorkerOptions> options, TimeProvider clock)
{
    private const int Chunk = 20_000;

    internal async Task<int> DeleteExpiredAsync(CancellationToken cancellationToken) =>
        await DeleteExpiredAsync("send_ledger", "l.state = 'Sent'", cancellationToken)
        + await DeleteExpiredAsync("send_parcel", "(l.states is null or l.states like '%S%')", cancellationToken)
        + await DeleteStepsAsync(cancellationToken);

    /// <summary>The story of steps goes with the letter that it is shown with.</summary>
    private async Task<int> DeleteStepsAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var deleted = await session.RunAsync("""
            delete from write_step w where w.at < @before
              and not exists (select from dead_letter d where d.tenant_id = w.tenant_id and d.sync_id = w.sync_id and d.record_key = w.record_key)
            """, new { before = (clock.GetUtcNow() - options.Value.KeepSendsFor).UtcDateTime }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return deleted;
    }

    /// <param name="table">Of the ledger.</param>
    /// <param name="isUnanswered">What was not answered is kept while a letter says so.</param>
    /// <param name="cancellationToken">Stops between two chunks.</param>
    private async Task<int> DeleteExpiredAsync(string table, string isUnanswered, CancellationToken cancellationToken)
    {
        var before = DateOnly.FromDateTime((clock.GetUtcNow() - options.Value.KeepSendsFor).UtcDateTime);
        var total = 0;
        while (true)
        {
            await using var session = await database.AcrossTenantsAsync(cancellationToken);
            var deleted = await session.RunAsync($"""
                delete from {table} where ctid = any(array(
                    select l.ctid from {table} l
                    where l.used_on < @before
                      and not ({isUnanswered} and exists (select from dead_letter d where d.tenant_id = l.tenant_id and d.sync_id = l.sync_id and d.outcome = 'Unknown'
                                                              and d.state in ('Waiting', 'Queued', 'Replaying')))
                    limit @chunk))
                """, new { before = before.ToDateTime(TimeOnly.MinValue), chunk = Chunk }, cancellationToken);
            await session.CommitAsync(cancellationToken);
            total += deleted;
            if (deleted < Chunk)
            {
                return total;
            }
        }
    }
}
