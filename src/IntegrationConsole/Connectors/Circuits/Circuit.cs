using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Circuits;

/// <summary>Whether calls over a connection are made.</summary>
public enum CircuitState
{
    Closed,

    /// <summary>None is made until a probe is due.</summary>
    Open,

    /// <summary>One call in the whole cluster tries.</summary>
    HalfOpen,

    /// <summary>Somebody holds it open.</summary>
    Isolated,
}

/// <summary>A connection's circuit, as all nodes see it.</summary>
/// <param name="Since">Since when it is closed, open or isolated; a probe does not change it.</param>
/// <param name="Actor">Who brought it there; <see cref="Automatic"/> for the console itself.</param>
/// <param name="Node">The node that reported it.</param>
/// <param name="Breaks">How many breaks followed each other.</param>
/// <param name="ProbeAt">When one call may try again; null while it is closed, or isolated without an end.</param>
/// <param name="ProbeUntil">Until when a probe may take its time.</param>
public sealed record Circuit(
    TenantId TenantId, Guid ConnectionId, CircuitState State, DateTimeOffset Since, string Reason, FailureCause? Cause, string Actor, string Node, int Breaks,
    DateTimeOffset? ProbeAt, Guid? ProbeId, DateTimeOffset? ProbeUntil)
{
    public const string Automatic = "automatic";

    /// <summary>How long a node that got no answer leaves the next try to others: where it is the node's own network, they get through.</summary>
    public static readonly TimeSpan OthersFirst = TimeSpan.FromSeconds(10);

    public bool IsAutomatic => Actor == Automatic;

    /// <summary>Whether calls have to wait; otherwise it is closed, or the next call is the probe.</summary>
    public bool Holds(DateTimeOffset now) => State switch
    {
        CircuitState.Closed => false,
        CircuitState.HalfOpen => ProbeUntil > now,
        CircuitState.Open or CircuitState.Isolated => ProbeAt is null || ProbeAt > now,
    };

    /// <summary>Until when a node leaves the next try to others; null where it does not.</summary>
    public DateTimeOffset? OthersUntil(string? node) =>
        State is CircuitState.Open && Node == node && Cause is FailureCause.TargetDown or FailureCause.Timeout ? ProbeAt + OthersFirst : null;

    /// <summary>When it is worth asking again; null for when somebody says so.</summary>
    public DateTimeOffset? NextTry => State is CircuitState.HalfOpen ? ProbeUntil : ProbeAt;
}

/// <summary>One change of a circuit.</summary>
public sealed record CircuitEvent(
    TenantId TenantId, Guid ConnectionId, long Seq, DateTimeOffset At, CircuitState FromState, CircuitState ToState, string Reason, string Actor, string Node);

public static class CircuitWords
{
    extension(CircuitState state)
    {
        public string Words => state switch
        {
            CircuitState.Closed => "Closed",
            CircuitState.Open => "Open",
            CircuitState.HalfOpen => "Half-open",
            CircuitState.Isolated => "Isolated",
        };

        /// <summary>The state in metrics.</summary>
        public string Code => state switch
        {
            CircuitState.Closed => "closed",
            CircuitState.Open => "open",
            CircuitState.HalfOpen => "half_open",
            CircuitState.Isolated => "isolated",
        };
    }

    extension(Circuit circuit)
    {
        /// <summary>Why something waits, with the times of day in a zone.</summary>
        /// <param name="connection">The connection's name.</param>
        /// <param name="zone">In which times are told.</param>
        public string WaitingWords(string connection, TimeZoneInfo zone)
        {
            string Clock(DateTimeOffset at, string format) => TimeZoneInfo.ConvertTime(at, zone).ToString(format, System.Globalization.CultureInfo.InvariantCulture);
            var since = Clock(circuit.Since, "HH:mm");
            return circuit.State switch
            {
                CircuitState.Isolated => $"Waits: {connection} is isolated by {circuit.Actor} since {since} ({circuit.Reason})"
                    + (circuit.ProbeAt is { } end ? $", until {Clock(end, "d MMM, HH:mm")}" : ""),
                CircuitState.HalfOpen => $"Waits: the circuit of {connection} is open since {since}, a probe is under way",
                _ => $"Waits: the circuit of {connection} is open since {since}" + (circuit.ProbeAt is { } probe ? $", next probe {Clock(probe, "HH:mm:ss")}" : ""),
            };
        }
    }
}
