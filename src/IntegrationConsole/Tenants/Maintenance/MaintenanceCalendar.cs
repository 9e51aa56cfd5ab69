namespace IntegrationConsole.Tenants.Maintenance;

/// <summary>Works the times of windows that come round out, long before they begin. Every node does this; known times stay.</summary>
public sealed class MaintenanceCalendar(MaintenanceStore store, TimeProvider clock, ILogger<MaintenanceCalendar> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(6);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        do
        {
            try
            {
                await store.WorkOutAsync(stoppingToken);
            }
            catch (Exception problem) when (!stoppingToken.IsCancellationRequested)
            {
                // The border of a job. Times are known for weeks ahead.
                logger.LogError(problem, "Working out the times of maintenance failed; trying again in {Interval}", Interval);
            }
        }
        while (await timer.WaitForNextTickAsync(stoppingToken));
    }
}
