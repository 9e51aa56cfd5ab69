namespace IntegrationConsole.Health.Pages;

/// <summary>Counts down to what happens next, while something does.</summary>
internal static class TriageTicks
{
    public static async Task RunAsync(TimeProvider clock, Func<bool> isCounting, Func<Task> tick, CancellationToken leaving)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds(1), clock);
        try
        {
            while (await timer.WaitForNextTickAsync(leaving))
            {
                if (isCounting())
                {
                    await tick();
                }
            }
        }
        catch (OperationCanceledException) when (leaving.IsCancellationRequested)
        {
            // The page was left.
        }
    }
}
