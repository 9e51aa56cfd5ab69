using System.Globalization;
using IntegrationConsole.Sync.Changes;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Runs;
using Quartz;

namespace IntegrationConsole.Sync.Schedules;

/// <summary>The scheduler's door into the line: a schedule fell due, or a queued run's time has come. All judgement lives behind it.</summary>
public sealed class SyncJob(RunQueue queue, SyncRunner runner, ChangeStreamRuns streams, RunDrain drain) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default) =>
        await drain.DoAsync(stopping => ExecuteAsync(context, stopping), cancellationToken);

    private async Task ExecuteAsync(IJobExecutionContext context, CancellationToken cancellationToken)
    {
        var tenant = new TenantId(Guid.Parse((string)context.MergedJobDataMap[RunTriggers.TenantKey]!, CultureInfo.InvariantCulture));
        var syncId = Guid.Parse((string)context.MergedJobDataMap[RunTriggers.SyncKey]!, CultureInfo.InvariantCulture);
        if (!context.MergedJobDataMap.TryGetValue(RunTriggers.RunKey, out var runId))
        {
            await queue.FallDueAsync(tenant, syncId, cancellationToken);
            return;
        }

        var run = await queue.ClaimAsync(tenant, syncId, Guid.Parse((string)runId!, CultureInfo.InvariantCulture), cancellationToken);
        if (run is { IsStream: true })
        {
            streams.Take(run);
        }
        else if (run is not null)
        {
            await runner.RunAsync(run, cancellationToken);
        }
    }
}
