namespace IntegrationConsole.Database;

/// <summary>Keeps the node's clock with that of the database's server, and says when the machine's own is far from it.</summary>
internal sealed class ClockAdjustment(DatabaseClock clock, ILogger<ClockAdjustment> logger) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Notable = TimeSpan.FromSeconds(5);

    private bool _isFar;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        Compare();
        using var timer = new PeriodicTimer(Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await clock.AdjustAsync(stoppingToken);
                Compare();
            }
            catch (Exception problem) when (!stoppingToken.IsCancellationRequested)
            {
                // The clock goes on by itself for as long as nobody can be asked.
                logger.LogWarning("The database could not be asked for the time ({Problem}); asking again in {Interval}", problem.GetType().Name, Interval);
            }
        }
    }

    private void Compare()
    {
        var apart = TimeProvider.System.GetUtcNow() - clock.GetUtcNow();
        var isFar = apart.Duration() > Notable;
        if (isFar && !_isFar)
        {
            logger.LogWarning("This machine's clock is {Seconds:0} s from that of the database's server, by which the console goes: set it right, so that logs agree", apart.TotalSeconds);
        }

        _isFar = isFar;
    }
}
