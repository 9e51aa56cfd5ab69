using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Health.Triage;

/// <summary>
/// Finds what is behind what is wrong. A connection that fails stands for the integrations that fail because of it, and one
/// outside system for the connections of all tenants that lead to it, or one node where only that does not get through; letters that fail alike are one cause,
/// over tenants where it is mended once for all; what is left stands for itself. Pure: the same trouble gives the same causes.
/// </summary>
public static class RootCauses
{
    /// <summary>Those that need a person first, then what brings down most, then the oldest.</summary>
    public static IReadOnlyList<RootCause> Find(IReadOnlyList<Ailing> ailing, IReadOnlyList<LetterGroup> letters, IReadOnlyList<NodeFault>? faults = null)
    {
        var drafts = new CauseDrafts();
        var syncs = ailing.Where(one => one.Kind is ObjectKind.Sync).Select(sync => new OpenTrouble(sync)).ToList();
        var groups = letters.ToList();
        foreach (var fault in faults ?? [])
        {
            drafts.Of(KeyOf(fault)).Take(fault);
        }

        foreach (var connection in ailing.Where(one => one.Kind is ObjectKind.Connection && one.Trouble.Any()))
        {
            OfConnection(drafts, connection, syncs, groups, faults?.FirstOrDefault(fault => fault.Concerns(connection)));
        }

        foreach (var group in groups)
        {
            drafts.Of(IsOfTheWorld(group.Cause) ? $"letters:{group.Pattern}" : $"group:{group.GroupId}").Take(group, syncs.FirstOrDefault(sync => sync.Of.Tenant == group.Tenant && sync.Of.Id == group.SyncId));
        }

        foreach (var sync in syncs)
        {
            OfSync(drafts, sync);
        }

        return
        [
            .. drafts.All.Select(draft => draft.Finish()).OrderBy(cause => cause.HealsItself).ThenBy(cause => cause.State)
                .ThenByDescending(cause => cause.Integrations.Count).ThenByDescending(cause => cause.Tenants.Count).ThenByDescending(cause => cause.Letters)
                .ThenBy(cause => cause.Since).ThenBy(cause => cause.Key, StringComparer.Ordinal),
        ];
    }

    private static string KeyOf(NodeFault fault) => $"node:{fault.Node}";

    /// <param name="fault">The node that does not get through there; null where there is none.</param>
    private static void OfConnection(CauseDrafts drafts, Ailing connection, List<OpenTrouble> syncs, List<LetterGroup> groups, NodeFault? fault)
    {
        var worst = connection.Trouble.First();
        var isNodes = fault is not null && (worst.Cause is FailureCause.TargetDown or FailureCause.Timeout || worst.Dimension is HealthDimension.Calls);
        var isShared = !isNodes && connection.Host.Length > 0 && worst.Cause is FailureCause.TargetDown or FailureCause.Timeout or FailureCause.RateLimit;
        var draft = drafts.Of(isNodes ? KeyOf(fault!) : isShared ? $"host:{worst.Cause}:{connection.Host}" : $"connection:{connection.Id}");
        draft.Take(connection, worst, isShared);
        var isDown = connection.State is HealthState.Failing;
        foreach (var sync in syncs.Where(sync => sync.Of.Tenant == connection.Tenant && sync.Of.Uses(connection.Id)))
        {
            draft.Take(sync, sync.Left.Where(finding => IsSymptom(finding, connection.Id, isDown)).ToList());
        }

        foreach (var group in groups.Where(group => group.Tenant == connection.Tenant && group.ConnectionId == connection.Id && IsOfTheOutside(group.Cause)).ToList())
        {
            groups.Remove(group);
            draft.Take(group, syncs.FirstOrDefault(sync => sync.Of.Tenant == group.Tenant && sync.Of.Id == group.SyncId));
        }
    }

    /// <summary>Whether a sync would not say this if the connection were well.</summary>
    private static bool IsSymptom(Finding finding, Guid connection, bool isDown) => finding.Dimension switch
    {
        HealthDimension.Connections => finding.Evidence.Id == connection,
        HealthDimension.Runs => IsOfTheOutside(finding.Cause) || (isDown && finding.Cause is null or FailureCause.Unknown),
        HealthDimension.Freshness or HealthDimension.Volume => isDown,
        _ => false,
    };

    /// <summary>Whether it is mended once for all integrations that have it: a mapping or a record is mended for one.</summary>
    private static bool IsOfTheWorld(FailureCause cause) => cause is FailureCause.Bug or FailureCause.TargetDown or FailureCause.Timeout or FailureCause.RateLimit;

    private static bool IsOfTheOutside(FailureCause? cause) => cause is FailureCause.Auth or FailureCause.TargetDown or FailureCause.Timeout or FailureCause.RateLimit;

    private static void OfSync(CauseDrafts drafts, OpenTrouble sync)
    {
        // Letters have causes of their own above, and connections too; lateness follows from what stops the runs.
        var left = sync.Left.Where(finding => finding.Dimension is not (HealthDimension.DeadLetters or HealthDimension.Connections)).ToList();
        var run = left.FirstOrDefault(finding => finding.Dimension is HealthDimension.Runs);
        foreach (var finding in left)
        {
            if (finding.Dimension is HealthDimension.Freshness && (run is not null || sync.IsExplained))
            {
                sync.Draft?.Breaks(finding);
                continue;
            }

            var key = finding.Dimension switch
            {
                HealthDimension.Runs => $"run:{sync.Of.Tenant.Id}:{finding.Cause}:{finding.Reason}",
                HealthDimension.Freshness when finding.Evidence.Kind is EvidenceKind.Schedule => $"late:{finding.State is HealthState.Unknown}:{finding.HealsItself}",
                _ => $"{finding.Dimension}:{sync.Of.Id}",
            };
            drafts.Of(key).Take(sync, [finding]);
        }
    }
}

/// <summary>A sync in trouble, and what of its trouble has no cause yet.</summary>
internal sealed class OpenTrouble(Ailing of)
{
    public Ailing Of => of;

    public List<Finding> Left { get; } = [.. of.Trouble];

    /// <summary>The cause that it was first counted to.</summary>
    public CauseDraft? Draft { get; set; }

    /// <summary>Whether what stops its runs is found.</summary>
    public bool IsExplained { get; set; }
}
