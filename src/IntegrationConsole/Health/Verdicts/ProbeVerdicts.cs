using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Health.Verdicts;

/// <summary>How a connection's last probes went.</summary>
/// <param name="At">When it was probed last.</param>
/// <param name="NextAt">When it is probed again.</param>
/// <param name="IsReachable">Null where the probe itself could not be made.</param>
/// <param name="Misses">Probes in a row that did not reach it.</param>
/// <param name="CertificateExpires">Null where it shows none.</param>
/// <param name="IsAccepted">Whether the system took us for who we are; null where it was not asked.</param>
/// <param name="Refusals">Probes in a row that were refused.</param>
public sealed record ProbeFact(
    DateTimeOffset At, DateTimeOffset NextAt, bool? IsReachable, string Sentence, FailureCause? Cause, int Misses, DateTimeOffset? CertificateExpires, bool? IsAccepted,
    string SignInSentence, int Refusals);

/// <summary>Judges a connection by its probes: three misses in a row fail it, one puts it at risk.</summary>
internal static class ProbeVerdicts
{
    private const int Most = 3;
    private static readonly TimeSpan EarlyWarning = TimeSpan.FromDays(14);

    /// <summary>A probe that is later than this was forgotten by somebody.</summary>
    private static readonly TimeSpan Overdue = TimeSpan.FromMinutes(5);

    public static IEnumerable<Finding> Judge(ConnectionFacts connection, DateTimeOffset now)
    {
        if (connection.Probe is not { } probe)
        {
            yield break;
        }

        yield return Reach(connection, probe, now);
        if (Certificate(connection, probe, now) is { } certificate)
        {
            yield return certificate;
        }

        if (probe.IsAccepted is { } accepted)
        {
            var state = accepted ? HealthState.Healthy : probe.Refusals >= Most ? HealthState.Failing : HealthState.Degraded;
            yield return Of(connection, HealthDimension.Authentication, state, accepted ? probe.SignInSentence : $"{probe.SignInSentence} Asked {Times(probe.Refusals)}.", healsItself: accepted) with
            {
                Cause = accepted ? null : FailureCause.Auth, Value = accepted ? null : Times(probe.Refusals), Threshold = $"{Most} in a row",
            };
        }
    }

    private static Finding Reach(ConnectionFacts connection, ProbeFact probe, DateTimeOffset now)
    {
        // While its circuit is open the system is left alone; that is told by the circuit.
        var isLeftAlone = connection.Circuit is { State: not CircuitState.Closed };
        if (!isLeftAlone && now - probe.NextAt > Overdue)
        {
            return Of(connection, HealthDimension.Connectivity, HealthState.Unknown, $"It was not probed since {Moment.Time(probe.At)}.", healsItself: false);
        }

        return probe switch
        {
            { IsReachable: null } => Of(connection, HealthDimension.Connectivity, HealthState.Unknown, probe.Sentence, healsItself: false),
            { IsReachable: true } => Of(connection, HealthDimension.Connectivity, HealthState.Healthy, "It answers when it is probed.", healsItself: true),
            _ => Of(connection, HealthDimension.Connectivity, probe.Misses >= Most ? HealthState.Failing : HealthState.Degraded, $"{probe.Sentence} Probed {Times(probe.Misses)}.", healsItself: true) with
            {
                Cause = probe.Cause, Value = Times(probe.Misses), Threshold = $"{Most} in a row", Next = new NextStep("next probe", probe.NextAt),
            },
        };
    }

    /// <summary>Its own finding would be a second one of its dimension: the worse of both is told.</summary>
    private static Finding? Certificate(ConnectionFacts connection, ProbeFact probe, DateTimeOffset now) => probe.CertificateExpires is not { } expires || expires - now > EarlyWarning ? null
        : Of(connection, HealthDimension.Connectivity, HealthState.Degraded, $"Its certificate expires {Moment.Time(expires)}: have it renewed.", healsItself: false) with { Threshold = "14 days" };

    /// <summary>More than three are not counted: the sentence would be another one with every probe.</summary>
    private static string Times(int count) => count switch { <= 1 => "once", 2 => "twice in a row", 3 => "three times in a row", _ => "more than three times in a row" };

    private static Finding Of(ConnectionFacts connection, HealthDimension dimension, HealthState state, string reason, bool healsItself) =>
        new(dimension, state, reason, healsItself, new Evidence(EvidenceKind.Connection, connection.Id));
}
