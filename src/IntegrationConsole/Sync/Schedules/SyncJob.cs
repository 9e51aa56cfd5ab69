using System.Globalization;
using IntegrationConsole.Sync.Runs;
using Quartz;

namespace IntegrationConsole.Sync.Schedules;

/// <summary>The scheduler's door into the line: a schedule fell due. All judgement lives behind it.</summary>
public sealed class SyncJob(RunQueue queue, ScheduleTriggers triggers) : IJob
{
    public async ValueTask Execute(IJobExecutionContext context, CancellationToken cancellationToken = default)
    {
        var tenant = new TenantId(Guid.Parse((string)context.MergedJobDataMap[ScheduleTriggers.TenantKey]!, CultureInfo.InvariantCulture));
        var syncId = Guid.Parse((string)context.MergedJobDataMap[ScheduleTriggers.SyncKey]!, CultureInfo.InvariantCulture);
        await FallDueAsync(tenant, syncId, cancellationToken);
    }

    internal async Task FallDueAsync(TenantId tenant, Guid syncId, CancellationToken cancellationToken)
    {
        if (!await queue.FallDueAsync(tenant, syncId, cancellationToken))
        {
            // The sync was deleted, or its tenant erased: its schedule would come round for ever.
            await triggers.ForgetAsync(tenant, syncId, cancellationToken);
        }
    }
}
