using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Line;

/// <summary>What a run tells: lines in its own log for operators, one line in the process's log for everybody else.</summary>
public sealed class RunJournal(RunStore runs, TimeProvider clock, ILogger<RunJournal> logger)
{
    public TimeProvider Clock => clock;

    /// <summary>Everything that is logged until the end of the scope carries the run.</summary>
    public IDisposable? Begin(ClaimedRun run) => logger.BeginScope(new Dictionary<string, object>
    {
        ["TenantId"] = run.Tenant.Value,
        ["SyncId"] = run.SyncId,
        ["RunId"] = run.Id,
    });

    public Task WriteAsync(ClaimedRun run, RunLogLevel level, string message) =>
        runs.LogAsync(run.Tenant, run.Whole, level, run.InLog(message), CancellationToken.None);

    public void Report(ClaimedRun run, Exception problem) => logger.LogError(problem, "Run {RunId} met a defect of the console", run.Id);

    public void Summarise(ClaimedRun run, RunEnding ending) => logger.LogInformation(
        "Run {RunNumber} of sync {SyncId} for tenant {TenantId}: {State} on attempt {Attempt}, cause {Cause}",
        run.Number, run.SyncId, run.Tenant.Value, ending.State, run.Attempt, ending.Failure?.Cause.ToString() ?? "none");
}
