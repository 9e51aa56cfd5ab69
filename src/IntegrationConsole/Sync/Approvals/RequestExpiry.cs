namespace IntegrationConsole.Sync.Approvals;

/// <summary>Ends requests that nobody answered in time. Whether one may still be approved does not depend on it: the approval looks at the clock itself.</summary>
public sealed class RequestExpiry(RequestDecisions decisions, TimeProvider clock, ILogger<RequestExpiry> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await decisions.ExpireAsync(stoppingToken);
            }
            catch (Exception problem) when (!stoppingToken.IsCancellationRequested)
            {
                logger.LogError(problem, "Ending requests that nobody answered failed; trying again in {Interval}", Interval);
            }
        }
    }
}
