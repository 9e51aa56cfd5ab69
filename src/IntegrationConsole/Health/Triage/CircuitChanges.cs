using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Health.Triage;

/// <summary>Reads what circuits did lately, by which nodes are told from systems.</summary>
internal static class CircuitChanges
{
    /// <param name="session">Sees all tenants.</param>
    /// <param name="ids">The tenants.</param>
    /// <param name="now">The present.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<IReadOnlyList<CircuitChange>> ReadAsync(DatabaseSession session, Guid[] ids, DateTimeOffset now, CancellationToken cancellationToken) =>
        [.. (await session.ListAsync<Row>(TriageQueries.Circuits, new { ids, since = now - NodeFault.Within }, cancellationToken)).Select(row => row.Change)];

    private sealed record Row(
        TenantId TenantId, string TenantSlug, string TenantName, Guid ConnectionId, string ConnectionName, CircuitState FromState, CircuitState ToState, FailureCause? Cause, string Node,
        DateTimeOffset At, bool IsExcused)
    {
        public CircuitChange Change => new(new TenantName(TenantId, TenantSlug, TenantName), ConnectionId, ConnectionName, FromState, ToState, Cause, Node, At, IsExcused);
    }
}
