using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Health.Verdicts;

/// <summary>How a connection's circuit is.</summary>
/// <param name="Actor">Who brought it there.</param>
public sealed record CircuitFact(CircuitState State, DateTimeOffset Since, string Reason, string Actor, FailureCause? Cause, DateTimeOffset? ProbeAt);

/// <summary>Judges a connection by its circuit: while it is open, nothing moves over it; half-open it is tried, and that is no recovery yet.</summary>
internal static class CircuitVerdicts
{
    public static Finding? Judge(ConnectionFacts connection, DateTimeOffset now) => connection.Circuit switch
    {
        null or { State: CircuitState.Closed } => null,
        { State: CircuitState.Isolated } isolated => About(
            connection, HealthState.Failing, $"Isolated by {isolated.Actor} since {Moment.Time(isolated.Since)}: {isolated.Reason.TrimEnd('.')}. {End(isolated, now)}", isolated.ProbeAt is not null)
            with { Next = isolated.ProbeAt is { } end ? new NextStep("the isolation ends", end) : null },
        { State: CircuitState.HalfOpen } trying => About(connection, HealthState.Degraded, $"The circuit is half-open since {Moment.Time(trying.Since)}: a probe is under way.", healsItself: true)
            with { Cause = trying.Cause, Next = new NextStep("a probe is under way", null) },
        { } open => About(
            connection, HealthState.Failing, $"The circuit is open since {Moment.Time(open.Since)}. {open.Reason} {Probe(open, now)}", healsItself: open.Cause is not FailureCause.Auth)
            with { Cause = open.Cause, Next = new NextStep("next probe", open.ProbeAt) },
    };

    private static string End(CircuitFact circuit, DateTimeOffset now) =>
        circuit.ProbeAt is not { } end ? "No call is made until somebody closes it." : end > now ? $"It ends at {Moment.Time(end)}." : "The next call tries it.";

    private static string Probe(CircuitFact circuit, DateTimeOffset now) => circuit.ProbeAt > now ? $"Next probe at {Moment.Time(circuit.ProbeAt.Value)}." : "The next call is the probe.";

    private static Finding About(ConnectionFacts connection, HealthState state, string reason, bool healsItself) =>
        new(HealthDimension.Resilience, state, reason, healsItself, new Evidence(EvidenceKind.Connection, connection.Id)) { IsSure = true };
}
