using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Health.Pages;

/// <summary>Where what a finding says can be seen.</summary>
internal static class EvidenceLink
{
    /// <param name="tenant">In addresses.</param>
    /// <param name="slug">The integration in addresses.</param>
    /// <param name="sync">Its id.</param>
    /// <param name="evidence">What shows it.</param>
    public static string Of(string tenant, string slug, Guid sync, Evidence evidence)
    {
        var (at, here) = ($"/t/{tenant}", $"/t/{tenant}/integrations/{slug}");
        return evidence switch
        {
            { Kind: EvidenceKind.Run, Id: { } run } => $"{at}/runs/{run}",
            { Kind: EvidenceKind.Connection, Id: { } connection } => $"{at}/connections/{connection}",
            { Kind: EvidenceKind.DeadLetters } => $"{at}/dead-letters?sync={sync}",
            { Kind: EvidenceKind.Circuit } => $"{at}/circuits",
            { Kind: EvidenceKind.Mapping } => $"{here}/mapping",
            { Kind: EvidenceKind.Figures } => $"{here}?range=day#figures",
            { Kind: EvidenceKind.Objective } => $"{here}#objectives",
            { Kind: EvidenceKind.Schedule } => $"{here}#schedule",
            _ => here,
        };
    }
}
