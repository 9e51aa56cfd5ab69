using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Health.Triage;

/// <summary>One change of a circuit, and which node brought it about.</summary>
/// <param name="Cause">Why it opened; null where it closed.</param>
/// <param name="Node">Empty where a person brought it about.</param>
/// <param name="IsExcused">The node has been on standby since, or still is: this tells nothing new of it.</param>
internal sealed record CircuitChange(
    TenantName Tenant, Guid ConnectionId, string ConnectionName, CircuitState From, CircuitState To, FailureCause? Cause, string Node, DateTimeOffset At, bool IsExcused);

/// <summary>
/// Tells a node that does not get through from a system that is down: the node opened the circuit at least twice for want of
/// an answer, another node's call closed it each time, and nobody else ever got no answer there. Pure.
/// </summary>
internal static class NodeFaults
{
    private const int FewestTimes = 2;

    /// <param name="changes">Of the last <see cref="NodeFault.Within"/>, in the order in which they came.</param>
    /// <returns>One for each node at fault, by name.</returns>
    public static IReadOnlyList<NodeFault> Find(IEnumerable<CircuitChange> changes) =>
    [
        .. changes.GroupBy(change => (change.Tenant, change.ConnectionId)).Select(one => Judge([.. one])).OfType<(string Node, LostReach Reach)>()
            .GroupBy(found => found.Node)
            .Select(node => new NodeFault(node.Key, [.. node.Select(found => found.Reach).OrderByDescending(reach => reach.Times).ThenBy(reach => reach.ConnectionName, StringComparer.OrdinalIgnoreCase)]))
            .OrderBy(fault => fault.Node, StringComparer.Ordinal),
    ];

    /// <returns>Which node is at fault for one connection; null where none is, or it is not clear.</returns>
    private static (string Node, LostReach Reach)? Judge(List<CircuitChange> changes)
    {
        var lost = changes.Where(change => GotNoAnswer(change) && !change.IsExcused).ToList();
        if (lost.Select(change => change.Node).Distinct().Count() != 1)
        {
            return null;
        }

        var node = lost[0].Node;
        CircuitChange? open = null;
        var times = 0;
        DateTimeOffset? since = null;
        foreach (var change in changes)
        {
            if (change.From is CircuitState.Closed)
            {
                open = GotNoAnswer(change) && !change.IsExcused ? change : null;
            }
            else if (open is not null && IsAnswered(change))
            {
                // Where it gets through itself after all, the system was away for a while.
                if (change.Node == node)
                {
                    return null;
                }

                times++;
                since ??= open.At;
                open = null;
            }
            else if (change.To is CircuitState.Closed or CircuitState.Isolated)
            {
                // Somebody decided; that shows nothing.
                open = null;
            }
        }

        return times < FewestTimes ? null : (node, new LostReach(changes[0].Tenant, changes[0].ConnectionId, changes[0].ConnectionName, times, since!.Value));
    }

    private static bool GotNoAnswer(CircuitChange change) =>
        change is { To: CircuitState.Open, Node.Length: > 0, Cause: FailureCause.TargetDown or FailureCause.Timeout };

    /// <summary>A probe, of a run or by hand; a person who closes it needs none.</summary>
    private static bool IsAnswered(CircuitChange change) => change is { From: CircuitState.HalfOpen, To: CircuitState.Closed, Node.Length: > 0 };
}
