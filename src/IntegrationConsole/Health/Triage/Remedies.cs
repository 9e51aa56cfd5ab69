using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Health.Triage;

/// <summary>Which one thing to do first about a cause, and where.</summary>
internal static class Remedies
{
    public static Remedy For(
        FailureCause? cause, Finding? worst, IReadOnlyList<Ailing> connections, IReadOnlyList<LetterGroup> groups, IReadOnlyList<Affected> syncs)
    {
        if (connections.Count > 0)
        {
            return OfConnection(cause, worst, connections);
        }

        return groups.Count > 0 ? OfLetters(groups[0], groups.Count == 1) : OfSync(cause, worst, syncs);
    }

    /// <summary>Others get through: they do its work, and nobody waits for its network.</summary>
    public static Remedy OfNode(NodeFault fault) =>
        new(RemedyKind.Standby, $"Standby node {fault.Node}…", $"/fleet/nodes?standby={Uri.EscapeDataString(fault.Node)}", []);

    private static Remedy OfConnection(FailureCause? cause, Finding? worst, IReadOnlyList<Ailing> connections)
    {
        var first = connections[0];
        var at = $"/t/{first.Tenant.Slug}";
        return cause switch
        {
            FailureCause.Auth when first.CredentialId is { } credential => Remedy.Open("Replace the credential", $"{at}/credentials/{credential}"),
            null when worst?.Dimension is HealthDimension.Budget => Remedy.Open("Slow down…", $"{at}/circuits?tab=budgets&slow={first.Id}"),
            FailureCause.RateLimit => Remedy.Open("Slow down…", $"{at}/circuits?tab=budgets&slow={first.Id}"),
            _ when worst is { Dimension: HealthDimension.Resilience, Next: not null } => new Remedy(
                RemedyKind.Probe, connections.Count == 1 ? "Probe now" : $"Probe all {connections.Count}", $"{at}/circuits", [.. connections.Select(connection => (connection.Tenant, connection.Id))]),
            _ when worst?.Dimension is HealthDimension.Resilience => Remedy.Open("Open the circuit", $"{at}/circuits"),
            _ => Remedy.Open("Open the connection", $"{at}/connections/{first.Id}"),
        };
    }

    private static Remedy OfLetters(LetterGroup group, bool isOnly)
    {
        var at = $"/t/{group.Tenant.Slug}/integrations/{group.SyncSlug}";
        return group.Cause switch
        {
            FailureCause.Mapping or FailureCause.SchemaChange => Remedy.Open(group.Field.Length > 0 ? $"Open mapping at {group.Field}" : "Open the mapping", $"{at}/mapping?group={group.GroupId}"),
            FailureCause.Configuration => Remedy.Open("Open the settings", $"{at}/edit"),
            FailureCause.Auth or FailureCause.TargetDown or FailureCause.Timeout or FailureCause.RateLimit when group.Open > 0 =>
                Remedy.Open("Replay…", group.ReplayHref),
            _ => Remedy.Open(isOnly ? "Open the group" : "Open the largest group", group.Href),
        };
    }

    private static Remedy OfSync(FailureCause? cause, Finding? worst, IReadOnlyList<Affected> syncs)
    {
        var first = syncs[0];
        var at = $"/t/{first.Tenant.Slug}/integrations/{first.Slug}";
        return (worst?.Dimension, cause) switch
        {
            (_, FailureCause.Configuration) => Remedy.Open("Open the settings", $"{at}/edit"),
            (_, FailureCause.Mapping or FailureCause.SchemaChange) => Remedy.Open("Open the mapping", $"{at}/mapping"),
            (HealthDimension.Volume, _) when worst!.Evidence.Id is { } run => Remedy.Open("Open the run", $"/t/{first.Tenant.Slug}/runs/{run}"),
            (HealthDimension.Completeness, _) => Remedy.Open("Open the reconciliation", $"{at}/reconciliations"),
            (HealthDimension.Freshness, _) when worst!.State is HealthState.Unknown => Remedy.Open("Open the settings", $"{at}/edit"),
            // A run reads what has arrived, and nothing has.
            (HealthDimension.Freshness, _) when worst!.Evidence.Kind is EvidenceKind.Figures => Remedy.Open("Open the integration", at),
            (HealthDimension.Freshness or HealthDimension.Runs, _) => new Remedy(
                RemedyKind.RunNow, syncs.Count == 1 ? "Run now" : $"Run all {syncs.Count} now", at, [.. syncs.Select(sync => (sync.Tenant, sync.SyncId))]),
            _ => Remedy.Open("Open the integration", at),
        };
    }
}
