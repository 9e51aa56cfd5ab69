using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Health.Probing;

/// <summary>A connection whose turn it is, with what its last probe came to.</summary>
/// <param name="AskedBy">What kind of credential it has; null for none.</param>
/// <param name="Circuit">The state of its circuit; null where it was never open.</param>
/// <param name="CircuitProbeAt">When the circuit's own probe is due.</param>
internal sealed record DueProbe(
    TenantId TenantId, Guid ConnectionId, AuthenticationKind? AskedBy, CircuitState? Circuit, DateTimeOffset? CircuitProbeAt, bool? Reachable, int Misses, bool? Accepted, int Refusals)
{
    /// <summary>While the circuit is not closed the system is left alone.</summary>
    public bool IsLeftAlone => Circuit is { } state && state is not CircuitState.Closed;

    /// <summary>A user and a password may be locked after some attempts in vain; keys and tokens are not.</summary>
    public bool MayAsk => AskedBy is AuthenticationKind.ApiKey or AuthenticationKind.Bearer or AuthenticationKind.OAuth2ClientCredentials;
}

/// <summary>What a probe came to.</summary>
/// <param name="Reachable">Null where it could not be made.</param>
internal sealed record ProbeOutcome(
    bool? Reachable, string Sentence, FailureCause? Cause, double Milliseconds, int Misses, DateTimeOffset? CertificateExpires, bool? Accepted, string SignInSentence, int Refusals, TimeSpan Pause)
{
    /// <summary>Rows in the database and reasons in health are short.</summary>
    public bool Says(DueProbe before) => before.Reachable != Reachable || before.Accepted != Accepted || (Misses is > 0 and <= 4) || (Refusals is > 0 and <= 4);
}

/// <summary>What follows from a probe. Pure.</summary>
internal static class ProbeSteps
{
    private static readonly TimeSpan LongestPause = TimeSpan.FromMinutes(15);

    public static ProbeOutcome Next(DueProbe due, ProbeReport? report, TimeSpan took, TimeSpan interval)
    {
        if (report is null)
        {
            // There is nothing that could be away; another connector may say so later.
            return new ProbeOutcome(true, "There is nothing to probe.", null, 0, 0, null, null, "", 0, TimeSpan.FromHours(1));
        }

        var misses = report.Missed is null ? 0 : due.Misses + 1;
        var refusals = report.IsAccepted is false ? due.Refusals + 1 : report.IsAccepted is true ? 0 : due.Refusals;
        var accepted = report.IsAccepted ?? (report.Missed is null ? null : due.Accepted);
        return new ProbeOutcome(
            report.Missed is null, report.Sentence, report.Missed?.Cause, took.TotalMilliseconds, misses, report.CertificateExpires, accepted, report.SignIn, refusals,
            PauseAfter(Math.Max(misses, refusals), interval));
    }

    /// <summary>The probe itself could not be made: that says nothing about the system.</summary>
    public static ProbeOutcome Broken(DueProbe due, string sentence, TimeSpan interval) => new(null, sentence, null, 0, due.Misses, null, null, "", due.Refusals, PauseAfter(4, interval));

    /// <summary>The first three come at the usual pace, so that three in a row are told soon; then each pause is twice the one before.</summary>
    public static TimeSpan PauseAfter(int misses, TimeSpan interval)
    {
        var pause = misses <= 3 ? interval : interval * Math.Pow(2, Math.Min(misses - 3, 10));
        return pause < LongestPause ? pause : interval > LongestPause ? interval : LongestPause;
    }
}
