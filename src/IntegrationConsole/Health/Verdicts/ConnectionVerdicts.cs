using System.Globalization;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Health.Verdicts;

/// <summary>How a connection's last test went.</summary>
/// <param name="Sentence">What came back.</param>
public sealed record TestFact(DateTimeOffset At, bool Passed, string Sentence);

/// <summary>What is recorded of one connection.</summary>
/// <param name="CredentialName">Empty where it needs none.</param>
/// <param name="RecentCalls">In the last five minutes.</param>
/// <param name="LastCall">The last minute in which it was used.</param>
/// <param name="LastSuccess">The last minute in which a call succeeded.</param>
public sealed record ConnectionFacts(
    Guid Id, string Name, TestFact? Test, string CredentialName, DateTimeOffset? CredentialExpires, long RecentCalls, long RecentFailures,
    DateTimeOffset? LastCall, DateTimeOffset? LastSuccess)
{
    /// <summary>Whether an integration relies on it.</summary>
    public bool IsUsed { get; init; } = true;

    /// <summary>A planned time that concerns it; null outside of one.</summary>
    public MaintenanceFact? Maintenance { get; init; }

    /// <summary>Null where it was never open.</summary>
    public CircuitFact? Circuit { get; init; }

    /// <summary>Null where it is not probed, or was not yet.</summary>
    public ProbeFact? Probe { get; init; }

    /// <summary>Null where nothing limits its calls.</summary>
    public BudgetFact? Budget { get; init; }

    /// <summary>What the look before remembered.</summary>
    public SideMemory Memory { get; init; } = SideMemory.Empty;
}

/// <summary>A connection as it was judged.</summary>
public sealed record ConnectionHealth(ConnectionFacts Facts, Verdict Verdict);

/// <summary>Judges a connection by its circuit, its budget, its credential, its probes, its last test and its recent calls.</summary>
public static class ConnectionVerdicts
{
    /// <summary>How far back "recent" reaches.</summary>
    public static readonly TimeSpan Recently = TimeSpan.FromMinutes(5);

    private static readonly TimeSpan EarlyWarning = TimeSpan.FromDays(14);
    private const double FailingShare = 0.10;
    private const double DegradedShare = 0.01;
    private const int FewestCalls = 5;

    public static Verdict Judge(ConnectionFacts connection, DateTimeOffset now)
    {
        Finding?[] seen = [Use(connection, now), CircuitVerdicts.Judge(connection, now), BudgetVerdicts.Judge(connection, now), Credential(connection, now), Test(connection), Calls(connection)];
        var (findings, memory) = Steadiness.Hold([.. seen.OfType<Finding>(), .. ProbeVerdicts.Judge(connection, now)], connection.Memory, now);
        var verdict = Verdict.Worst(findings);
        verdict = connection.Maintenance is { } maintenance ? MaintenanceVerdicts.Over(maintenance, verdict, now) : verdict;
        verdict = connection.IsUsed || !verdict.State.IsTrouble ? verdict : Unused(connection, verdict);
        return verdict with { Memory = memory };
    }

    /// <summary>Nothing is promised over a connection that no integration uses: what is wrong with it is told, and alarms nobody.</summary>
    private static Verdict Unused(ConnectionFacts connection, Verdict verdict)
    {
        var finding = About(connection, HealthDimension.Connections, HealthState.Pending, $"No integration uses it yet. {verdict.Reason}", healsItself: true);
        return new Verdict(finding.State, finding.Reason, finding.HealsItself, finding.Evidence, [finding, .. verdict.Findings]);
    }

    private static Finding? Credential(ConnectionFacts connection, DateTimeOffset now)
    {
        if (connection.CredentialExpires is not { } expires)
        {
            return null;
        }

        var left = expires - now;
        var (state, sentence) = left <= TimeSpan.Zero ? (HealthState.Failing, $"The credential {connection.CredentialName} expired {Moment.Ago(expires)}: replace it.")
            : left <= EarlyWarning ? (HealthState.Degraded, $"The credential {connection.CredentialName} expires {Moment.Time(expires)}: replace it before.")
            : (HealthState.Healthy, $"The credential {connection.CredentialName} is good until {Moment.Time(expires)}.");
        return About(connection, HealthDimension.Credential, state, sentence, healsItself: state is HealthState.Healthy) with { Cause = state is HealthState.Healthy ? null : FailureCause.Auth };
    }

    private static Finding? Test(ConnectionFacts connection)
    {
        if (connection.Test is not { } test)
        {
            return null;
        }

        if (test.Passed)
        {
            return About(connection, HealthDimension.Test, HealthState.Healthy, $"The last test passed {Moment.Ago(test.At)}.", healsItself: true);
        }

        // A failed test makes calls too, and its first steps may succeed: only a later minute counts as use.
        return connection.LastSuccess > test.At
            ? About(connection, HealthDimension.Test, HealthState.Healthy, $"The last test failed {Moment.Ago(test.At)}; calls have succeeded since.", healsItself: true)
            : About(connection, HealthDimension.Test, HealthState.Failing, $"The last test failed {Moment.Ago(test.At)}: {test.Sentence}", healsItself: false);
    }

    private static Finding? Calls(ConnectionFacts connection)
    {
        if (connection.RecentCalls == 0)
        {
            return null;
        }

        var share = (double)connection.RecentFailures / connection.RecentCalls;
        var state = share > FailingShare && connection.RecentCalls >= FewestCalls ? HealthState.Failing
            : share >= DegradedShare ? HealthState.Degraded
            : HealthState.Healthy;
        var sentence = connection.RecentFailures == 0 ? "The calls of the last 5 minutes succeeded."
            : string.Create(CultureInfo.InvariantCulture, $"{connection.RecentFailures:N0} of {connection.RecentCalls:N0} calls failed in the last 5 minutes.");
        return About(connection, HealthDimension.Calls, state, sentence, healsItself: true);
    }

    /// <summary>While it is in use this says so without a moment, which would be another one each minute.</summary>
    private static Finding Use(ConnectionFacts connection, DateTimeOffset now) => connection switch
    {
        { LastCall: { } last } when now - last <= Recently => About(connection, HealthDimension.Connections, HealthState.Healthy, "In use.", healsItself: true),
        { LastCall: { } last } when !(connection.Test?.At > last) => About(connection, HealthDimension.Connections, HealthState.Healthy, $"Last used {Moment.Ago(last)}.", healsItself: true),
        { Test: { } test } => About(connection, HealthDimension.Connections, HealthState.Healthy, $"Last tested {Moment.Ago(test.At)}.", healsItself: true),
        _ => About(connection, HealthDimension.Connections, HealthState.Pending, "Not tested and not used yet.", healsItself: false),
    };

    private static Finding About(ConnectionFacts connection, HealthDimension dimension, HealthState state, string reason, bool healsItself) =>
        new(dimension, state, reason, healsItself, new Evidence(EvidenceKind.Connection, connection.Id));
}
