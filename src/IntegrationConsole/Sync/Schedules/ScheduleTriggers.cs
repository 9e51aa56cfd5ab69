using Quartz;

namespace IntegrationConsole.Sync.Schedules;

/// <summary>
/// Puts schedules into the scheduler's store: one job and one trigger per sync, one execution group for each tenant; ids
/// only, never data. What is asked for inside a transaction happens when and only when it commits.
/// </summary>
public sealed class ScheduleTriggers(ISchedulerFactory schedulers)
{
    internal const string TenantKey = "tenant";
    internal const string SyncKey = "sync";

    /// <summary>Before the tenant, the execution group of its schedules: thousands that fall due at once do not stand before other tenants' runs.</summary>
    internal const string DueGroup = "due:";
    private const string ScheduleGroup = "schedule";

    /// <summary>Makes the scheduler follow a sync's schedule from now on; a manual or paused one has none.</summary>
    public async Task FollowAsync(
        DatabaseSession session, TenantId tenant, Guid syncId, Schedule schedule, TimeZoneInfo zone, bool paused, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        using var enlisted = scheduler.EnlistTransaction(session.Transaction);
        var key = new TriggerKey(syncId.ToString(), ScheduleGroup);
        if (paused || schedule.Kind is ScheduleKind.Manual)
        {
            await scheduler.UnscheduleJob(key, cancellationToken);
            return;
        }

        await EnsureJobAsync(scheduler, tenant, syncId, cancellationToken);
        var builder = TriggerBuilder.Create().WithIdentity(key).ForJob(JobOf(tenant, syncId)).WithExecutionGroup($"{DueGroup}{tenant}");

        // What fell due while nothing ran is made up for once, not once for every time missed; a short interval comes
        // round soon enough by itself. Calendar intervals, because simple ones count from the making up afterwards.
        var missed = schedule.Minutes < 60 ? CalendarIntervalTriggerMisfireInstruction.DoNothing : CalendarIntervalTriggerMisfireInstruction.FireAndProceed;
        var trigger = schedule.Kind is ScheduleKind.Interval
            ? builder.StartAt(schedule.Next(zone, now)!.Value)
                .WithSchedule(CalendarIntervalScheduleBuilder.Create().WithInterval(schedule.Minutes, IntervalUnit.Minute).WithMisfireInstruction(missed)).Build()
            : builder.WithSchedule(CronScheduleBuilder.Create(schedule.Parse(zone)!).InTimeZone(zone)
                .WithMisfireInstruction(CronTriggerMisfireInstruction.FireAndProceed)).Build();
        await scheduler.ScheduleTrigger(trigger, TriggerConflict.Replace, cancellationToken);
    }

    /// <summary>Forgets a sync: its job and its schedule.</summary>
    public async Task ForgetAsync(TenantId tenant, Guid syncId, CancellationToken cancellationToken)
    {
        var scheduler = await schedulers.GetScheduler(cancellationToken);
        await scheduler.DeleteJob(JobOf(tenant, syncId), cancellationToken);
    }

    private static async Task EnsureJobAsync(IScheduler scheduler, TenantId tenant, Guid syncId, CancellationToken cancellationToken)
    {
        if (!await scheduler.Exists(JobOf(tenant, syncId), cancellationToken))
        {
            var job = JobBuilder.Create<SyncJob>()
                .WithIdentity(JobOf(tenant, syncId))
                .UsingJobData(TenantKey, tenant.ToString())
                .UsingJobData(SyncKey, syncId.ToString())
                .StoreDurably()
                .Build();
            await scheduler.AddJob(job, AddJobOptions.Replacing, cancellationToken);
        }
    }

    private static JobKey JobOf(TenantId tenant, Guid syncId) => new(syncId.ToString(), tenant.ToString());
}
