using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.DeadLetters.Runbooks;
using IntegrationConsole.Sync.Approvals;
using IntegrationConsole.Sync.Replays;

namespace IntegrationConsole.Configuration.Sample;

/// <summary>A run of a new sample workspace that sets records aside.</summary>
public sealed record SampleRun(TenantId Tenant, Guid RunId);

/// <summary>
/// What somebody else left in the sample workspace: a runbook for what fails there, and a replay that waits for a second
/// person. No limit is set with it: whoever tries things alone must not have to wait for anybody.
/// </summary>
internal sealed class SampleColleague(RunWatch watch, RunbookStore runbooks, FailureGroupStore groups, LetterRequests requests, ILogger<SampleColleague> logger)
{
    private static readonly Actor Sam = new(null, "Sam (made up)");
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private static readonly RunbookDraft Runbook = new(
        "An area that Area names does not know",
        """
        The source sends an area for which the lookup table **Area names** has no row, and the mapping sets such a record aside.

        1. Open the lookup table `Area names` and add a row for the area: its key as it came, and its name.
        2. Go back to the group and replay its letters, or approve the replay that waits.
        3. Look at the group again: it is over when none is left.
        """,
        "", "Sam (made up)", FailureCause.ReferenceMissing, "", "", "lookup table Area names", IsOn: true);

    /// <summary>Waits for the run's end. A workspace that lacks these is still one, so nothing of this stops the console.</summary>
    public async Task VisitAsync(SampleRun run, CancellationToken stopping)
    {
        try
        {
            await runbooks.SaveAsync(run.Tenant, Runbook, null, Sam, stopping);
            if (await watch.WaitAsync(run.Tenant, run.RunId, Patience, stopping, CancellationToken.None) is { End: WatchEnd.RunEnded })
            {
                await AskAsync(run.Tenant, stopping);
            }
        }
        catch (Exception problem) when (!stopping.IsCancellationRequested)
        {
            logger.LogWarning(problem, "The sample workspace has no runbook, or no replay that waits for a second person");
        }
        catch (OperationCanceledException)
        {
            // The console is stopped before it was done.
        }
    }

    private async Task AskAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (await groups.ListAsync(tenant, new GroupFilter(Cause: FailureCause.ReferenceMissing), 1, cancellationToken) is [{ } group])
        {
            await requests.AskReplayAsync(
                tenant, new ReplaySelection(null, new DeadLetterFilter(Group: group.Id), IncludeUnknown: false, group.Title), ReplayOptions.Standard,
                "An example of what a second person approves: add the missing area to Area names, then approve", Sam, cancellationToken);
        }
    }
}
