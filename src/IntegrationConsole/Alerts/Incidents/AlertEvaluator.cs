using Microsoft.Extensions.Options;

namespace IntegrationConsole.Alerts.Incidents;

/// <summary>Says when to look at alerts. Every worker does; one of them looks.</summary>
internal sealed class AlertEvaluator(AlertEvaluation evaluation, IOptions<AlertOptions> options, TimeProvider clock, ILogger<AlertEvaluator> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.Interval, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await evaluation.EvaluateAsync(stoppingToken);
            }
            catch (Exception problem) when (!stoppingToken.IsCancellationRequested)
            {
                // The border of a job. Nothing was decided; the next look decides the same.
                logger.LogError(problem, "Looking at alerts failed; looking again in {Interval}", options.Value.Interval);
            }
        }
    }
}
