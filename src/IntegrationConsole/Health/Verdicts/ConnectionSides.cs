namespace IntegrationConsole.Health.Verdicts;

/// <summary>
/// What the connections of a sync say of the sides that are theirs, so that it shows all ten. Shown and not counted: that
/// a connection fails is counted once, by the connection, and told by the sync as what puts it at risk.
/// </summary>
internal static class ConnectionSides
{
    private static readonly HealthSide[] Theirs = [HealthSide.Connectivity, HealthSide.Authentication, HealthSide.Resilience];

    public static IEnumerable<Finding> Of(IReadOnlyList<ConnectionHealth> connections) =>
        from side in Theirs
        let worst = (
            from connection in connections
            from finding in connection.Verdict.Findings
            where finding.Side == side && finding.Dimension is not HealthDimension.Connections
            orderby finding.State, finding.Dimension
            select finding with { Reason = $"{connection.Facts.Name}: {finding.Reason}", Evidence = finding.Evidence with { Id = connection.Facts.Id }, Impact = Impact.Suppressed, Next = null }).FirstOrDefault()
        where worst is not null
        select worst;
}
