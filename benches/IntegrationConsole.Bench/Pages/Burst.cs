using System.Diagnostics;
using System.Globalization;
using IntegrationConsole.Database;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Health.Evaluation;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Bench.Pages;

/// <summary>A thousand notifications a second, as consoles send them that are very busy, and once a second something that changes the page.</summary>
internal sealed class Burst(PagesBed bed, TenantId tenant, Guid group)
{
    private const int EachTime = 20;

    private static readonly TimeSpan Between = TimeSpan.FromMilliseconds(20);
    private static readonly string[] Topics = [RunStore.Topic, DeadLetterStore.Topic, HealthEvaluation.Topic, FailureGroupStore.Topic, ReplayStore.Topic];

    public int Sent { get; private set; }

    public int Changes { get; private set; }

    public double PerSecond { get; private set; }

    public async Task RunAsync(CancellationToken end)
    {
        var tenants = (await bed.ListTenantsAsync()).ToArray();
        var began = Stopwatch.GetTimestamp();
        while (!end.IsCancellationRequested)
        {
            // What is late is made up for.
            var due = (int)(Stopwatch.GetElapsedTime(began) / Between * EachTime) - Sent;
            if (due > 0)
            {
                await bed.NotifyAsync([.. Enumerable.Range(Sent, due).Select(number => new Change(Topics[number % Topics.Length], tenants[number % tenants.Length], Guid.NewGuid()))]);
                Sent += due;
            }

            if (Stopwatch.GetElapsedTime(began).TotalSeconds > Changes + 1)
            {
                Changes++;
                await bed.Get<GroupDecisions>().AssignAsync(tenant, group, $"owner-{Changes.ToString(CultureInfo.InvariantCulture)}@example.com", PagesBed.Measurer, default);
            }

            await Task.WhenAny(Task.Delay(Between, end));
        }

        PerSecond = Sent / Stopwatch.GetElapsedTime(began).TotalSeconds;
    }
}
