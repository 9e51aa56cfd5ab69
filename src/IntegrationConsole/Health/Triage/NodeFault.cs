using System.Globalization;

namespace IntegrationConsole.Health.Triage;

/// <summary>A connection over which one node gets no answer and others do.</summary>
/// <param name="Times">How often it opened the circuit, and another node closed it again.</param>
/// <param name="Since">When it opened it first.</param>
public sealed record LostReach(TenantName Tenant, Guid ConnectionId, string ConnectionName, int Times, DateTimeOffset Since);

/// <summary>A node that does not get through where others do: its network, most likely.</summary>
/// <param name="Where">Where that was seen, the most often first.</param>
public sealed record NodeFault(string Node, IReadOnlyList<LostReach> Where)
{
    /// <summary>How far back is looked: the network of a node that was mended is no news.</summary>
    public static readonly TimeSpan Within = TimeSpan.FromMinutes(15);

    public DateTimeOffset Since => Where.Min(reach => reach.Since);

    public string Evidence
    {
        get
        {
            var more = Where.Count - 1;
            var others = more == 0 ? "" : $" So it was with {more} more {(more == 1 ? "connection" : "connections")}.";
            return string.Create(
                CultureInfo.InvariantCulture, $"{Node} opened the circuit of {Where[0].ConnectionName} {Where[0].Times} times in {Within.TotalMinutes:0} minutes, and other nodes got through each time.{others}");
        }
    }

    public bool Concerns(Ailing connection) => Where.Any(reach => reach.Tenant == connection.Tenant && reach.ConnectionId == connection.Id);
}
