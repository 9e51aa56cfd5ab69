using System.Collections.Concurrent;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Sync.Line;

/// <summary>
/// Keeps a tenant's runs within its records per minute. A batch goes at once, and takes up the time that its records
/// would take at that pace: the next one waits for it, on whatever node it is. Nothing fails; the line is slower.
/// </summary>
public sealed class RecordPace(ConsoleDatabase database, QuotaStore quotas, TimeProvider clock)
{
    /// <summary>How soon a quota that was changed is noticed.</summary>
    private static readonly TimeSpan LooksAgain = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<TenantId, DateTimeOffset> _free = new();

    /// <summary>Returns when so many records may go on.</summary>
    public async ValueTask WaitAsync(TenantId tenant, int records, CancellationToken cancellationToken)
    {
        if (_free.TryGetValue(tenant, out var until) && clock.GetUtcNow() < until)
        {
            return;
        }

        for (var start = await TakeAsync(tenant, records, cancellationToken); start is { } moment && moment > clock.GetUtcNow();)
        {
            var wait = moment - clock.GetUtcNow();
            await Task.Delay(wait < LooksAgain ? wait : LooksAgain, clock, cancellationToken);
            start = wait <= LooksAgain || await FreeAtAsync(tenant, cancellationToken) is not null ? start : await TakeAsync(tenant, records, cancellationToken);
        }
    }

    /// <summary>Until when the records that were let through take up the pace; null where nothing waits for it.</summary>
    public async Task<DateTimeOffset?> FindWaitAsync(TenantId tenant, CancellationToken cancellationToken) =>
        await FreeAtAsync(tenant, cancellationToken) is { } free && free > clock.GetUtcNow() ? free : null;

    /// <returns>When the records may go; null where nothing limits them.</returns>
    private async Task<DateTimeOffset?> TakeAsync(TenantId tenant, int records, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.PreparedAsync(tenant, cancellationToken);
        var perMinute = (await quotas.FindAsync(session, tenant, cancellationToken)).RecordsPerMinute;
        if (perMinute == 0)
        {
            _free[tenant] = now + LooksAgain;
            return null;
        }

        var takes = TimeSpan.FromMinutes((double)records / perMinute);
        var free = await session.OneAsync<DateTimeOffset>("""
            insert into record_pace as p (tenant_id, free_at) values (@tenant, @now::timestamptz + @takes)
            on conflict (tenant_id) do update set free_at = greatest(p.free_at, @now) + @takes
            returning free_at
            """, new { tenant, now, takes }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return free - takes;
    }

    private async Task<DateTimeOffset?> FreeAtAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.FindAsync<DateTimeOffset?>("select free_at from record_pace where tenant_id = @tenant", new { tenant }, cancellationToken);
    }
}
