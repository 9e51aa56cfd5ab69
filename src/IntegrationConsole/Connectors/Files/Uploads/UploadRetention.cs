namespace IntegrationConsole.Connectors.Files.Uploads;

/// <summary>
/// Removes uploads that were begun and never finished. On every node: uploads begin on those with pages, and two that
/// look at the same moment do no harm.
/// </summary>
public sealed class UploadRetention(UploadedFiles files, TimeProvider clock, ILogger<UploadRetention> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var hourly = new PeriodicTimer(TimeSpan.FromHours(1), clock);
        do
        {
            try
            {
                if (await files.RemoveAbandonedAsync(stoppingToken) is > 0 and var removed)
                {
                    logger.LogInformation("Removed {Count} uploads that were begun and never finished", removed);
                }
            }
            catch (Exception problem) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogError(problem, "Removing abandoned uploads failed; trying again in an hour");
            }
        }
        while (await hourly.WaitForNextTickAsync(stoppingToken));
    }
}
