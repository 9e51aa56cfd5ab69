namespace IntegrationConsole.Connectors.Circuits;

/// <summary>What one node's calls over a connection came to in the minute before its circuit opened.</summary>
/// <param name="LastFailure">In words; empty where none failed.</param>
public sealed record CircuitNode(TenantId TenantId, Guid ConnectionId, string Node, DateTimeOffset At, int Calls, int Failures, string LastFailure);

/// <summary>Reads and writes what nodes saw, in a caller's transaction.</summary>
internal static class CircuitNodes
{
    public static Task<IReadOnlyList<CircuitNode>> ListAsync(DatabaseSession session, TenantId tenant, CancellationToken cancellationToken) => session.ListAsync<CircuitNode>("""
        select n.tenant_id, n.connection_id, n.node, n.at, n.calls, n.failures, n.last_failure
        from circuit_node n join circuit c on c.tenant_id = n.tenant_id and c.connection_id = n.connection_id
        where n.tenant_id = @tenant and c.state in ('Open', 'HalfOpen') and n.at >= c.since - interval '1 minute' order by n.connection_id, n.failures desc, n.node
        """, new { tenant }, cancellationToken);

    public static Task<int> SaveAsync(DatabaseSession session, CircuitNode seen, CancellationToken cancellationToken) => session.RunAsync("""
        insert into circuit_node (tenant_id, connection_id, node, at, calls, failures, last_failure)
        select @tenant, @connection, @node, @at, @calls, @failures, @lastFailure
        where exists (select from connection where tenant_id = @tenant and id = @connection)
        on conflict (tenant_id, connection_id, node) do update set at = excluded.at, calls = excluded.calls, failures = excluded.failures, last_failure = excluded.last_failure
        """,
        new { tenant = seen.TenantId, connection = seen.ConnectionId, node = seen.Node, at = seen.At, calls = seen.Calls, failures = seen.Failures, lastFailure = seen.LastFailure },
        cancellationToken);

    /// <summary>Who meets failures where others do not: that points to a node's network, not to the system. Null where nodes agree.</summary>
    public static string? Disagreement(IReadOnlyCollection<CircuitNode> nodes)
    {
        var bad = nodes.Where(node => node.Failures > 0 && node.Failures * 2 >= node.Calls).ToList();
        var good = nodes.Where(node => node.Calls > 0 && node.Failures * 10 <= node.Calls).ToList();
        return bad.Count == 0 || good.Count == 0 ? null
            : $"Nodes disagree: {string.Join(", ", bad.Select(node => node.Node))} {(bad.Count == 1 ? "meets" : "meet")} failures, {string.Join(", ", good.Select(node => node.Node))} {(good.Count == 1 ? "does" : "do")} not. Look at the network of {(bad.Count == 1 ? "that node" : "those nodes")} first.";
    }
}
