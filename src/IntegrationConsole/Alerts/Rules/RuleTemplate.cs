using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Alerts.Rules;

/// <summary>A kind of alert that the console knows: which side of which kind of object it watches, and how it behaves unless a tenant says otherwise.</summary>
/// <param name="Key">In addresses and rows; never changes.</param>
/// <param name="Title">What is wrong, in a few words.</param>
/// <param name="Sentence">When it fires, in words, without the state.</param>
/// <param name="Dimension">Null where it looks at all of them.</param>
/// <param name="State">From which state on it fires.</param>
/// <param name="AfterMinutes">How long that has to hold, beside the looks in a row.</param>
/// <param name="Looks">How many looks in a row have to find it.</param>
public sealed record RuleTemplate(
    string Key, string Title, string Sentence, ObjectKind ObjectKind, HealthDimension? Dimension, HealthState State, Severity Severity, int AfterMinutes = 0, int Looks = 2)
{
    public const string NotComputed = "health-unknown";
    public const string OneNode = "one-node";

    /// <summary>The default set: every tenant has them from the start.</summary>
    public static readonly IReadOnlyList<RuleTemplate> All =
    [
        new("runs", "Runs fail", "An integration’s runs fail", ObjectKind.Sync, HealthDimension.Runs, HealthState.Failing, Severity.Urgent),
        new("late", "Late", "An integration is late against its schedule, its change stream falls behind, or what sends to it by itself is silent", ObjectKind.Sync, HealthDimension.Freshness, HealthState.Failing, Severity.Urgent),
        new("volume", "Unusual volume", "An integration brings far more or fewer records than usual, or none", ObjectKind.Sync, HealthDimension.Volume, HealthState.Degraded, Severity.Normal, Looks: 3),
        new("sides-differ", "Both sides differ", "A reconciliation finds that both sides differ, or fails", ObjectKind.Sync, HealthDimension.Completeness, HealthState.Degraded, Severity.Normal),
        new("dead-letters", "Dead letters", "Records of an integration wait as dead letters", ObjectKind.Sync, HealthDimension.DeadLetters, HealthState.Degraded, Severity.Normal, AfterMinutes: 5),
        new("error-budget", "Error budget burns", "More records of an integration fail than its delivery objective allows: 14.4 times as many over an hour, 6 times over six, or for days more than lasts", ObjectKind.Sync, HealthDimension.Errors, HealthState.Degraded, Severity.Urgent),
        new("late-budget", "Freshness budget burns", "An integration is late more often than its freshness objective allows: 14.4 times as often over an hour, 6 times over six, or for days more than lasts", ObjectKind.Sync, HealthDimension.FreshnessBudget, HealthState.Degraded, Severity.Urgent),
        new("latency", "Slow", "95 of 100 records of an integration take longer than its target, twice as long or more for ten minutes", ObjectKind.Sync, HealthDimension.Latency, HealthState.Failing, Severity.Normal, AfterMinutes: 10, Looks: 3),
        new("backlog", "Backlog grows", "More waits for an integration than it works off", ObjectKind.Sync, HealthDimension.Backlog, HealthState.Failing, Severity.Normal),
        new("configuration", "Somebody has to change something", "An integration’s mapping, schema or settings have to be changed", ObjectKind.Sync, HealthDimension.Configuration, HealthState.Failing, Severity.Normal),
        new("cannot-tell", "Cannot be told", "How an integration is cannot be told", ObjectKind.Sync, null, HealthState.Unknown, Severity.Low, AfterMinutes: 5),
        new("circuit", "No calls are made", "A connection’s circuit is open, or somebody isolated it", ObjectKind.Connection, HealthDimension.Resilience, HealthState.Failing, Severity.Urgent),
        new("calls", "Calls fail", "Many calls of a connection fail", ObjectKind.Connection, HealthDimension.Calls, HealthState.Failing, Severity.Urgent),
        new("unreachable", "Does not answer", "A connection does not answer three probes in a row, or its certificate is not accepted", ObjectKind.Connection, HealthDimension.Connectivity, HealthState.Failing, Severity.Urgent),
        new("sign-in", "Sign-in refused", "A connection’s system refuses the credential at three probes in a row", ObjectKind.Connection, HealthDimension.Authentication, HealthState.Failing, Severity.Urgent),
        new("budget", "Calls wait for their budget", "A connection’s calls wait for their budget for more than five minutes", ObjectKind.Connection, HealthDimension.Budget, HealthState.Failing, Severity.Normal),
        new("credential", "Credential ends", "A connection’s credential has expired, or expires within 14 days", ObjectKind.Connection, HealthDimension.Credential, HealthState.Degraded, Severity.Urgent),
        new("test", "Test failed", "A connection’s last test failed, and no call has succeeded since", ObjectKind.Connection, HealthDimension.Test, HealthState.Failing, Severity.Normal),
        new("cannot-tell-connection", "Connection cannot be told", "How a connection is cannot be told", ObjectKind.Connection, null, HealthState.Unknown, Severity.Low, AfterMinutes: 5),
        new(OneNode, "One node gets no answer", "A node of the console opens circuits for want of an answer where other nodes get through", ObjectKind.Tenant, HealthDimension.Evaluation, HealthState.Failing, Severity.Urgent),
        new(NotComputed, "Health is not computed", "Health has not been computed for two minutes", ObjectKind.Tenant, HealthDimension.Evaluation, HealthState.Unknown, Severity.Normal),
    ];

    public static RuleTemplate? Find(string key) => All.FirstOrDefault(template => template.Key == key);

    /// <summary>Whether it can be told to fire earlier or later than it does.</summary>
    public bool HasLevels => State is not HealthState.Unknown;

    /// <summary>Whether a state of its dimension is bad enough.</summary>
    public static bool Meets(HealthState found, HealthState from) => from switch
    {
        HealthState.Unknown => found is HealthState.Unknown,
        HealthState.Failing => found is HealthState.Failing,
        _ => found is HealthState.Failing or HealthState.Degraded,
    };
}

/// <summary>A template as one tenant has it.</summary>
/// <param name="Version">0 where nothing was changed.</param>
public sealed record AlertRule(RuleTemplate Template, bool IsOn, HealthState State, int AfterMinutes, Severity Severity, string ChangedBy, DateTimeOffset? ChangedAt, int Version)
{
    public static AlertRule Of(RuleTemplate template) => new(template, true, template.State, template.AfterMinutes, template.Severity, "", null, 0);

    public bool IsChanged => Version > 0;

    /// <summary>What is degraded presses less than what fails: nobody is woken by it.</summary>
    public Severity SeverityAt(HealthState found) => found is HealthState.Failing or HealthState.Unknown || Severity > Severity.Normal ? Severity : Severity.Normal;

    /// <summary>The whole rule in plain words.</summary>
    public string Words
    {
        get
        {
            var level = !Template.HasLevels ? "" : State is HealthState.Failing ? " Fires when that makes it failing." : " Fires when that makes it degraded or failing.";
            return $"{Template.Sentence}{(AfterMinutes > 0 ? $" for {AfterMinutes} min" : "")}.{level}";
        }
    }
}
