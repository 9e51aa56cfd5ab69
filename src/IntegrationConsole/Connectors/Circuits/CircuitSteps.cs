using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Circuits;

/// <summary>How a circuit goes from state to state. Pure; null where a step does not apply to the state it meets.</summary>
internal static class CircuitSteps
{
    /// <summary>How long a probe may take before another node tries.</summary>
    public static readonly TimeSpan ProbeLease = TimeSpan.FromMinutes(2);

    /// <summary>A circuit that closed less than this ago goes on with longer breaks.</summary>
    private static readonly TimeSpan Relapse = TimeSpan.FromMinutes(10);

    /// <summary>Some systems name the end of time.</summary>
    private static readonly TimeSpan LongestAway = TimeSpan.FromDays(1);

    public static Circuit Never(TenantId tenant, Guid connection, DateTimeOffset now) =>
        new(tenant, connection, CircuitState.Closed, now, "", null, Circuit.Automatic, "", 0, null, null, null);

    public static Circuit? Trip(Circuit circuit, CircuitTrip trip, string node, CircuitOptions options, DateTimeOffset now)
    {
        if (circuit.State is not CircuitState.Closed)
        {
            return null;
        }

        var breaks = circuit.Breaks > 0 && now - circuit.Since < Relapse ? circuit.Breaks + 1 : 1;
        return circuit with
        {
            State = CircuitState.Open, Since = now, Reason = trip.Reason, Cause = trip.Cause, Actor = Circuit.Automatic, Node = node, Breaks = breaks,
            ProbeAt = ProbeAt(options, breaks, trip.Until, now), ProbeId = null, ProbeUntil = null,
        };
    }

    /// <summary>One call takes it upon itself to try.</summary>
    /// <param name="circuit">As it is.</param>
    /// <param name="probe">Names the try.</param>
    /// <param name="byHand">Somebody does not want to wait for its time.</param>
    /// <param name="now">The moment.</param>
    public static Circuit? Claim(Circuit circuit, Guid probe, bool byHand, DateTimeOffset now) =>
        circuit.State is CircuitState.Closed || (circuit.Holds(now) && !(byHand && circuit.State is CircuitState.Open)) ? null
            : circuit with { State = CircuitState.HalfOpen, ProbeId = probe, ProbeUntil = now + ProbeLease };

    public static Circuit? Succeed(Circuit circuit, Guid probe, string actor, string node, DateTimeOffset now) =>
        !IsHeldBy(circuit, probe) ? null
            : circuit with { State = CircuitState.Closed, Since = now, Reason = "The probe succeeded.", Cause = null, Actor = actor, Node = node, ProbeAt = null, ProbeId = null, ProbeUntil = null };

    public static Circuit? Fail(Circuit circuit, Guid probe, Failure failure, string node, CircuitOptions options, DateTimeOffset now)
    {
        if (!IsHeldBy(circuit, probe))
        {
            return null;
        }

        // What says nothing about the system makes the next break no longer.
        var breaks = circuit.Breaks + (failure.Sign is CallSign.None ? 0 : 1);
        return circuit with
        {
            State = CircuitState.Open, Reason = $"The probe failed: {failure.Sentence}", Cause = failure.Cause, Actor = Circuit.Automatic, Node = node, Breaks = breaks,
            ProbeAt = ProbeAt(options, breaks, now + failure.RetryAfter, now), ProbeId = null, ProbeUntil = null,
        };
    }

    /// <summary>The probe was not made after all: another one may be, at once.</summary>
    public static Circuit? GiveBack(Circuit circuit, Guid probe, DateTimeOffset now) =>
        IsHeldBy(circuit, probe) ? circuit with { State = CircuitState.Open, ProbeAt = now, ProbeId = null, ProbeUntil = null } : null;

    public static Circuit? Isolate(Circuit circuit, string actor, string reason, DateTimeOffset? until, DateTimeOffset now) =>
        circuit with { State = CircuitState.Isolated, Since = now, Reason = reason, Cause = null, Actor = actor, Node = "", ProbeAt = until, ProbeId = null, ProbeUntil = null };

    public static Circuit? Close(Circuit circuit, string actor, string reason, DateTimeOffset now) =>
        circuit.State is CircuitState.Closed ? null
            : circuit with { State = CircuitState.Closed, Since = now, Reason = reason, Cause = null, Actor = actor, Node = "", Breaks = 0, ProbeAt = null, ProbeId = null, ProbeUntil = null };

    private static bool IsHeldBy(Circuit circuit, Guid probe) => circuit.State is CircuitState.HalfOpen && circuit.ProbeId == probe;

    private static DateTimeOffset ProbeAt(CircuitOptions options, int breaks, DateTimeOffset? asked, DateTimeOffset now)
    {
        var usual = now + options.BreakAfter(Math.Max(breaks, 1));
        var latest = now + LongestAway;
        return asked > latest ? latest : asked > usual ? asked.Value : usual;
    }
}
