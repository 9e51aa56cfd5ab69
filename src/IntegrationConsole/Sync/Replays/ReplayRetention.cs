using IntegrationConsole.DeadLetters;
using IntegrationConsole.Tenants.Keeping;

namespace IntegrationConsole.Sync.Replays;

/// <summary>
/// Removes replays that are over, and requests that somebody decided, when they have been kept long enough. A replay's
/// letters go before it, some thousand in a transaction: stopped in between, it goes on with what is left.
/// </summary>
public sealed class ReplayRetention(ConsoleDatabase database, KeepingStore keeping, TimeProvider clock, ILogger<ReplayRetention> logger)
{
    private const int Chunk = 5_000;

    /// <returns>How many replays were removed.</returns>
    internal async Task<int> DeleteExpiredAsync(CancellationToken cancellationToken)
    {
        var total = 0;
        foreach (var tenant in await TenantsAsync(cancellationToken))
        {
            while (await StepAsync(tenant, cancellationToken) is { } removed)
            {
                total += removed;
            }
        }

        if (total > 0)
        {
            logger.LogInformation("Kept long enough: {Replays} replays were removed", total);
        }

        return total;
    }

    private async Task<IReadOnlyList<TenantId>> TenantsAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.ListAsync<TenantId>("select id from tenant order by id", null, cancellationToken);
    }

    /// <returns>How many replays went with this step; null where none is left.</returns>
    private async Task<int?> StepAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        if (await keeping.BeginStepAsync(session, tenant, cancellationToken) is not { } kept)
        {
            return null;
        }

        var before = clock.GetUtcNow() - kept.Replays;
        var replay = await session.FindAsync<Guid?>("""
            select id from replay where tenant_id = @tenant and state in ('Done', 'Cancelled') and given_back and state_at < @before
            order by state_at limit 1 for update skip locked
            """, new { tenant, before }, cancellationToken);
        var removed = 0;
        if (replay is { } id)
        {
            var letters = await session.RunAsync(
                "delete from replay_item where ctid = any(array(select ctid from replay_item where tenant_id = @tenant and replay_id = @id limit @chunk))",
                new { tenant, id, chunk = Chunk }, cancellationToken);
            removed = letters < Chunk ? await session.RunAsync("delete from replay where tenant_id = @tenant and id = @id", new { tenant, id }, cancellationToken) : 0;
        }
        else
        {
            // Each takes its list of letters with it, where one is left.
            await session.RunAsync(
                "delete from letter_request where tenant_id = @tenant and state <> 'Open' and coalesce(decided_at, expires_at) < @before", new { tenant, before }, cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
        LetterMeter.Removed(tenant, "replay", removed);
        return replay is null ? null : removed;
    }
}
