using IntegrationConsole.DeadLetters;

namespace IntegrationConsole.Sync.Runs;

/// <summary>What a tenant takes of its quotas.</summary>
/// <param name="Going">Runs that have a place.</param>
/// <param name="Waiting">Runs in its line.</param>
/// <param name="Records">Recorded in the last full minute.</param>
/// <param name="CallsUntil">Until when all calls that it may make are given away; null where there are some.</param>
public sealed record QuotaUse(int Going, int Waiting, long Records, DateTimeOffset? CallsUntil, long LetterBytes)
{
    public static readonly QuotaUse None = new(0, 0, 0, null, 0);
}

/// <summary>Tells what tenants take of their quotas.</summary>
public sealed class QuotaUses(ConsoleDatabase database, TimeProvider clock)
{
    public async Task<QuotaUse> FindAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var row = await session.OneAsync<Row>($"""
            select (select count(*)::int from run o where o.tenant_id = @tenant and o.state = 'Running' and {RunLine.TakesAPlace}) as going,
                   (select count(*)::int from run where tenant_id = @tenant and state = 'Queued' and called_at is null and start_after <= @now) as waiting,
                   (select coalesce(sum(records_read), 0)::bigint from sync_minute where tenant_id = @tenant and minute > @now - interval '2 minutes' and minute <= @now - interval '1 minute') as records,
                   (select free_at from call_budget where tenant_id = @tenant and id = @tenant and per_minute is not null and free_at > @soon) as calls_until
            """, new { tenant, now, soon = now + TimeSpan.FromSeconds(2) }, cancellationToken);
        return new QuotaUse(row.Going, row.Waiting, row.Records, row.CallsUntil, await LetterStorage.MeasureAsync(session, tenant, cancellationToken));
    }

    private sealed record Row(int Going, int Waiting, long Records, DateTimeOffset? CallsUntil);
}
