using Microsoft.Extensions.DependencyInjection.Extensions;

namespace IntegrationConsole.Database;

/// <summary>Does some work again and again for as long as the node runs. Every node makes its rounds; where only one may act, the rows decide.</summary>
internal sealed class Rounds(string work, TimeSpan interval, bool atOnce, Func<CancellationToken, Task> round, TimeProvider clock, ILogger logger) : BackgroundService
{
    /// <summary>What a round does, as the log calls it: "Removing old runs".</summary>
    public string Work => work;

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(interval, clock);
        while (atOnce || await timer.WaitForNextTickAsync(stoppingToken))
        {
            atOnce = false;
            try
            {
                await round(stoppingToken);
            }
            catch (Exception problem) when (!stoppingToken.IsCancellationRequested)
            {
                // The border of a job: whatever comes, it is told, and the next round is made.
                logger.LogError(problem, "{Work} failed; trying again in {Interval}", work, interval);
            }
        }
    }
}

internal static class RoundsFeature
{
    /// <summary>Makes the rounds of some work on this node.</summary>
    /// <param name="services">Takes them.</param>
    /// <param name="work">What a round does, as the log calls it.</param>
    /// <param name="interval">From one round to the next.</param>
    /// <param name="round">Makes one.</param>
    /// <param name="atOnce">Whether the first is made when the node starts, and not an interval later.</param>
    public static IServiceCollection AddRounds<TWork>(
        this IServiceCollection services, string work, TimeSpan interval, Func<TWork, CancellationToken, Task> round, bool atOnce = false)
        where TWork : class => services.AddRounds(work, _ => interval, round, atOnce);

    public static IServiceCollection AddRounds<TWork>(
        this IServiceCollection services, string work, Func<IServiceProvider, TimeSpan> interval, Func<TWork, CancellationToken, Task> round, bool atOnce = false)
        where TWork : class
    {
        services.TryAddSingleton<TWork>();
        return services.AddSingleton<IHostedService>(provider => new Rounds(
            work, interval(provider), atOnce, stopping => round(provider.GetRequiredService<TWork>(), stopping), provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<TWork>>()));
    }
}
