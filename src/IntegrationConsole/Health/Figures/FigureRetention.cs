namespace IntegrationConsole.Health.Figures;

/// <summary>Removes minutes and transitions that have been kept long enough, tenant by tenant so that each step is small.</summary>
public sealed class FigureRetention(ConsoleDatabase database, TimeProvider clock, ILogger<FigureRetention> logger) : BackgroundService
{
    /// <summary>A few days more than the longest range that charts offer.</summary>
    private static readonly TimeSpan KeepMinutes = TimeSpan.FromDays(35);
    private static readonly TimeSpan KeepTransitions = TimeSpan.FromDays(365);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var hourly = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        while (await hourly.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await DeleteExpiredAsync(stoppingToken);
            }
            catch (Exception problem) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogError(problem, "Removing old figures failed; trying again in an hour");
            }
        }
    }

    /// <returns>How many rows went.</returns>
    internal async Task<int> DeleteExpiredAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var total = 0;
        foreach (var tenant in await TenantsAsync(cancellationToken))
        {
            await using var session = await database.InTenantAsync(tenant, cancellationToken);
            foreach (var (table, column, age) in new[]
            {
                ("sync_minute", "minute", KeepMinutes), ("connection_minute", "minute", KeepMinutes), ("health_transition", "at", KeepTransitions),
            })
            {
                total += await session.RunAsync($"delete from {table} where tenant_id = @tenant and {column} < @before", new { tenant, before = now - age }, cancellationToken);
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
