using IntegrationConsole.Journeys.AccessWalk;
using IntegrationConsole.Journeys.Support;

namespace IntegrationConsole.Journeys.EveryPage;

/// <summary>Every page with something to show, and those that look different when they are full or empty.</summary>
internal static class Places
{
    private static readonly string[] FullOnes =
    [
        "/t/{tenant}", "/t/{tenant}/integrations", "/t/{tenant}/integrations/{slug}", "/t/{tenant}/health", "/t/{tenant}/runs", "/t/{tenant}/runs/{runId}",
        "/t/{tenant}/dead-letters", "/t/{tenant}/dead-letters/{letterId}", "/t/{tenant}/connections/{connectionId}",
    ];

    private static readonly string[] Views =
    [
        "/t/{tenant}/alerts?tab=history", "/t/{tenant}/alerts?tab=rules", "/t/{tenant}/alerts?tab=silences", "/t/{tenant}/alerts?tab=maintenance", "/t/{tenant}/alerts?tab=channels",
        "/t/{tenant}/circuits?tab=budgets", "/t/{tenant}/circuits?tab=bulkheads", "/t/{tenant}/failures/{groupId}?tab=items", "/t/{tenant}/failures/{groupId}?tab=values",
        "/t/{tenant}/failures/{groupId}?tab=activity", "/t/{tenant}/runbooks?edit=new", "/t/{tenant}/metrics?mode=table", "/t/{tenant}/replays/new?group={groupId}", "/fleet/runbooks?edit=new",
        "/fleet/circuits?tab=budgets",
    ];

    private static readonly string[] EmptyOnes =
    [
        "", "/integrations", "/integrations/new", "/health", "/runs", "/dead-letters", "/replays", "/connections", "/circuits", "/credentials", "/lookups", "/people", "/alerts",
        "/triage", "/failures", "/timeline", "/metrics", "/runbooks", "/webhooks", "/quotas",
    ];

    /// <summary>Each page once, where the sample workspace or, better, a made-up tenant has something for it.</summary>
    public static IEnumerable<string> Each(FurnishedConsole console) =>
        ApprovedRoutes.Pages.Where(route => route.Path is not "/" and not "/not-found").Select(route => console.TheirAddresses.Fill(route.Path));

    public static IEnumerable<string> Full(FurnishedConsole console) => FullOnes.Select(route => console.ForeignAddresses.Fill(route));

    /// <summary>What pages show besides what they open with.</summary>
    public static IEnumerable<string> Besides(FurnishedConsole console) => Views.Select(route => console.TheirAddresses.Fill(route));

    public static IEnumerable<string> Empty => EmptyOnes.Select(page => $"/t/{FurnishedConsole.Empty}{page}");

    /// <summary>What was there and is gone, and what never was.</summary>
    public static IEnumerable<string> Gone(FurnishedConsole console) =>
        ApprovedRoutes.Pages.Where(route => route.Path.Contains(":guid", StringComparison.Ordinal) || route.Path.EndsWith("{slug}", StringComparison.Ordinal))
            .Select(route => console.TheirAddresses.Fill(route.Path, under: FurnishedConsole.Empty)).Append("/t/nobody/runs").Append("/nothing/here");
}
