namespace IntegrationConsole.Health.Figures;

/// <summary>Removes figures and transitions that have been kept long enough, tenant by tenant so that each step is small.</summary>
public sealed class FigureRetention(ConsoleDatabase database, TimeProvider clock)
{
    /// <summary>A day more than what is charted by the minute.</summary>
    private static readonly TimeSpan KeepMinutes = TimeSpan.FromDays(3);
    private static readonly TimeSpan KeepHours = TimeSpan.FromDays(92);
    private static readonly TimeSpan KeepDays = TimeSpan.FromDays(731);
    private static readonly TimeSpan KeepFreshness = TimeSpan.FromDays(32);
    private static readonly TimeSpan KeepTransitions = TimeSpan.FromDays(365);

    /// <summary>Which table, by which column, for how long, and in which sums its rows must be before they go.</summary>
    private static readonly (string Table, string Column, TimeSpan Age, string Summed)[] Kept =
    [
        ("sync_minute", "minute", KeepMinutes, "hour"), ("connection_minute", "minute", KeepMinutes, "hour"), ("sync_hour", "hour", KeepHours, "day"),
        ("connection_hour", "hour", KeepHours, "day"), ("sync_day", "day", KeepDays, ""), ("connection_day", "day", KeepDays, ""), ("health_transition", "at", KeepTransitions, ""),
        ("sync_freshness", "hour", KeepFreshness, ""),
    ];

    /// <returns>How many rows went.</returns>
    internal async Task<int> DeleteExpiredAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var total = 0;
        foreach (var tenant in await TenantsAsync(cancellationToken))
        {
            await using var session = await database.InTenantAsync(tenant, cancellationToken);
            foreach (var (table, column, age, summed) in Kept)
            {
                // What is not in a sum yet stays, however old it is.
                var isSummed = summed.Length == 0 ? "" : $"and {column} < (select max(until) from figure_sum where step = '{summed}')";
                total += await session.RunAsync($"delete from {table} where tenant_id = @tenant and {column} < @before {isSummed}", new { tenant, before = now - age }, cancellationToken);
            }

            await session.CommitAsync(cancellationToken);
        }

        return total;
    }

    private async Task<IReadOnlyList<TenantId>> TenantsAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.ListAsync<TenantId>("select id from tenant", null, cancellationToken);
    }
}
