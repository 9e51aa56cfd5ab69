using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace IntegrationConsole.Connectors.Circuits;

/// <summary>Counts the changes of circuits, for whoever listens to the instrument.</summary>
internal static class CircuitMeter
{
    private static readonly Meter Meter = new(CallMeter.MeterName);

    private static readonly Counter<long> Transitions = Meter.CreateCounter<long>("intconsole.circuit.transitions", "{transition}", "Changes of circuits, by state and by who made them");

    public static void Changed(Circuit before, Circuit after)
    {
        if (before.State != after.State)
        {
            Transitions.Add(1, new TagList
            {
                { "tenant", after.TenantId.Value },
                { "connection", after.ConnectionId },
                { "from", before.State.Code },
                { "to", after.State.Code },
                { "by", after.IsAutomatic ? "auto" : "operator" },
            });
        }
    }
}
