using IntegrationConsole.Sync.Approvals;
using IntegrationConsole.Sync.Arrivals;
using IntegrationConsole.Sync.Changes;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.DryRuns;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Nodes;
using IntegrationConsole.Sync.Order;
using IntegrationConsole.Sync.Reconciliations;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Replays.Preparation;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Sync.Sends;
using Quartz;

namespace IntegrationConsole.Sync;

public static class SyncFeature
{
    /// <summary>Schedules of one tenant that are looked at together when many fall due at the same moment.</summary>
    private const int SchedulesAtOnce = 2;

    /// <param name="services">Takes the room.</param>
    /// <param name="configuration">For the scheduler, which wants its numbers before the options are built.</param>
    /// <param name="isWorker">Whether this node moves records, or only asks others to.</param>
    public static IServiceCollection AddSync(this IServiceCollection services, IConfiguration configuration, bool isWorker)
    {
        services.AddOptions<WorkerOptions>().BindConfiguration(WorkerOptions.Section).ValidateDataAnnotations().ValidateOnStart();
        services.AddSingleton<SyncStore>();
        services.AddSingleton<RunStore>();
        services.AddSingleton<RunQueue>();
        services.AddSingleton<ClaimedRuns>();
        services.AddSingleton<RunLine>();
        services.AddSingleton<RunWaits>();
        services.AddSingleton<RunTimes>();
        services.AddSingleton<RunRanking>();
        services.AddSingleton<RunHistogram>();
        services.AddSingleton<StoppedSyncs>();
        services.AddSingleton<QuotaUses>();
        services.AddSingleton<Bulkheads>();
        services.AddSingleton<PacedRelease>();
        services.AddSingleton<KeptRuns>();
        services.AddSingleton<ScheduleTriggers>();
        services.AddSingleton<Backfills>();
        services.AddSingleton<DeletionStore>();
        services.AddSingleton<WorkerNodes>();
        services.AddSingleton<ThisNode>();
        services.AddSingleton<RunPlans>();
        services.AddSingleton<SendLedger>();
        services.AddSingleton<OrderedLetters>();
        services.AddSingleton<RecordPace>();
        services.AddSingleton<LineEnds>();
        services.AddSingleton<OutcomeRecorders>();
        services.AddSingleton<RunJournal>();
        services.AddSingleton<SyncRunner>();
        services.AddSingleton<ChangeStreamStore>();
        services.AddSingleton<ArrivalReaders>();
        services.AddSingleton<ReplayFreeze>();
        services.AddSingleton<ReplayLane>();
        services.AddSingleton<ReplayClaims>();
        services.AddSingleton<ReplayStore>();
        services.AddSingleton<ReplayControls>();
        services.AddSingleton<ReplayProgress>();
        services.AddSingleton<ReplayPolicies>();
        services.AddSingleton<LetterRequests>();
        services.AddSingleton<RequestDecisions>();
        services.AddSingleton<SecondPerson>();
        services.AddSingleton<SelectedLetters>();
        services.AddSingleton<Rehearsal>();
        services.AddSingleton<DestinationChecks>();
        services.AddSingleton<ReplayChecks>();
        services.AddSingleton<ReplayForesight>();
        services.AddSingleton<ProvenReplay>();
        services.AddSingleton<RecentRecordReader>();
        services.AddSingleton<DryRun>();
        services.AddSingleton<GoodRecords>();
        services.AddSingleton<SentRecords>();
        services.AddSingleton<MappingDocuments>();
        services.AddSingleton<ReconciliationStore>();
        services.AddSingleton<ReconciliationQueue>();
        services.AddSingleton<Reconciler>();
        AddScheduler(services, configuration, isWorker);
        if (isWorker)
        {
            services.AddSingleton<RunRecovery>();
            services.AddHostedService(provider => provider.GetRequiredService<RunRecovery>());

            // Behind the recovery, which takes back what this node had.
            services.AddHostedService<NodeRuns>();
            services.AddHostedService<ArrivalCalls>();
            AddRounds(services);
        }

        return services;
    }

    public static WebApplication MapSync(this WebApplication app)
    {
        MappingDocuments.Map(app);
        return app;
    }

    /// <summary>Quick ones each look at few rows; the hourly ones remove what was kept long enough.</summary>
    private static void AddRounds(IServiceCollection services)
    {
        var hour = TimeSpan.FromHours(1);
        services.AddRounds<ReplayKeeper>("Looking after replays", TimeSpan.FromSeconds(1), (keeper, stopping) => keeper.KeepAsync(stopping));
        services.AddRounds<ReconciliationWorker>("Looking for comparisons to make", TimeSpan.FromSeconds(2), (worker, stopping) => worker.RoundAsync(stopping));
        services.AddRounds<HeldRelease>("Releasing letters that waited behind others", TimeSpan.FromSeconds(3), (release, stopping) => release.ReleaseAsync(stopping));
        services.AddRounds<ChangeStreamKeeper>("Looking after change streams", TimeSpan.FromSeconds(3), (keeper, stopping) => keeper.KeepAsync(stopping));
        services.AddRounds<AutoReplay>("Replaying by rule", TimeSpan.FromSeconds(10), (rule, stopping) => rule.LookAsync(stopping));
        services.AddRounds<SlotWatch>("Looking at replication slots", TimeSpan.FromSeconds(10), (watch, stopping) => watch.RoundAsync(stopping));

        // Whether a request may still be approved does not depend on it: the approval looks at the clock itself.
        services.AddRounds<RequestDecisions>("Ending requests that nobody answered", TimeSpan.FromMinutes(1), (decisions, stopping) => decisions.ExpireAsync(stopping));
        services.AddRounds<RunRetention>("Removing old runs", hour, (retention, stopping) => retention.DeleteExpiredAsync(stopping));
        services.AddRounds<ReplayRetention>("Removing old replays", hour, (retention, stopping) => retention.DeleteExpiredAsync(stopping));
        services.AddRounds<SendRetention>("Removing old entries of the ledger of sends", hour, (retention, stopping) => retention.DeleteExpiredAsync(stopping));
        services.AddRounds<DeliveryRetention>("Removing old webhook deliveries", hour, (retention, stopping) => retention.RemoveAsync(stopping));
    }

    private static void AddScheduler(IServiceCollection services, IConfiguration configuration, bool isWorker)
    {
        var node = configuration.GetSection(DatabaseOptions.Section).Get<DatabaseOptions>() ?? new DatabaseOptions();
        services.AddQuartz(quartz =>
        {
            quartz.ConfigureScheduler(scheduler =>
            {
                scheduler.InstanceName = "console";

                // The same after a restart: a node that comes back is not taken for a dead one's neighbour.
                scheduler.InstanceId = node.NodeName;
                scheduler.IdleWaitTime = TimeSpan.FromSeconds(2);
                scheduler.ShutdownJobInterruption = ShutdownJobInterruption.Always;
            });
            quartz.UseDefaultThreadPool(SchedulesAtOnce * 2);
            quartz.UsePersistentStore(store =>
            {
                store.UsePostgres(postgres => postgres.UseRegisteredDataSource = true);
                store.UseSystemTextJsonSerializer();
                store.ConfigureStore(options =>
                {
                    options.TablePrefix = "quartz.qrtz_";
                    options.StoreJobDataAsStrings = true;
                    options.AcceptEnlistedTransactions = true;
                });
                store.UseClustering(cluster =>
                {
                    cluster.CheckinInterval = TimeSpan.FromSeconds(2);
                    cluster.CheckinMisfireThreshold = TimeSpan.FromSeconds(3);
                });
                store.ProvisionSchema();
            });
            quartz.UseExecutionLimits(limits => limits.ForGroupsWithPrefix(ScheduleTriggers.DueGroup, SchedulesAtOnce, ExecutionLimitScope.Cluster));
        });
        if (isWorker)
        {
            services.AddQuartzHostedService(hosting => hosting.WaitForJobsToComplete = true);
        }
    }
}
