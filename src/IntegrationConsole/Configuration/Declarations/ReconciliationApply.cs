using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Reconciliations;
using IntegrationConsole.Sync.Schedules;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>Brings the times at which integrations are compared by themselves to what a file says.</summary>
internal sealed class ReconciliationApply(ReconciliationStore reconciliations)
{
    public void Check(ApplyWork work, DeclaredIntegration declared, DateTimeOffset now)
    {
        if (declared.Reconcile.Kind is ScheduleKind.Manual)
        {
            return;
        }

        var problem = declared.Reconcile.Check(work.Zone, now) is { Length: > 0 } schedule ? schedule : ReconciliationRules.Refusal(declared.WriteMode, [.. declared.KeyFields]);
        if (problem.Length > 0)
        {
            work.Problems.Add($"{declared.Key}.reconcile", problem);
        }
    }

    public async Task ApplyAsync(ApplyWork work, DeclaredIntegration declared, SyncDefinition sync, CancellationToken cancellationToken)
    {
        var known = await reconciliations.ScheduleOfAsync(work.Id, sync.Id, cancellationToken);
        var words = ApplyWork.Words(("reconciliation", known.ToString(), declared.Reconcile.ToString()));
        if (words.Length > 0)
        {
            await reconciliations.ScheduleAsync(work.Id, sync.Id, declared.Reconcile, work.Zone, ApplyWork.Actor, cancellationToken);
            work.Changed("integration", sync.Slug, words);
        }
    }
}
