using IntegrationConsole.Alerts.Rules;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Alerts.Silences;

/// <summary>What a silence concerns; a null matches everything.</summary>
public sealed record AlertMatcher(ObjectKind? ObjectKind, Guid? ObjectId, string? Rule, string? Cause)
{
    public bool Matches(ObjectKind kind, Guid id, string rule, string cause) =>
        (ObjectKind is null || ObjectKind == kind) && (ObjectId is null || ObjectId == id) && (Rule is null || Rule == rule) && (Cause is null || Cause == cause);
}

/// <summary>For a while nobody is told of what matches. It is looked at all the same.</summary>
/// <param name="ObjectName">Empty where it concerns no single object.</param>
/// <param name="EndedBy">Who ended it before its time; null for nobody.</param>
public sealed record Silence(
    Guid Id, AlertMatcher Matcher, string ObjectName, string Owner, string Reason, DateTimeOffset StartsAt, DateTimeOffset EndsAt, string? EndedBy)
{
    public bool Holds(DateTimeOffset now) => StartsAt <= now && now < EndsAt;

    public string Words
    {
        get
        {
            var what = ObjectName.Length > 0 ? ObjectName : Matcher.ObjectKind switch { ObjectKind.Sync => "All integrations", ObjectKind.Connection => "All connections", _ => "Everything" };
            return $"{what}{(Matcher.Rule is { } rule ? $": {(RuleTemplate.Find(rule)?.Title ?? rule).ToLowerInvariant()}" : "")}{(Matcher.Cause is { } cause ? $", with the cause {FailureCauses.FromCode(cause)?.Words ?? cause}" : "")}";
        }
    }
}

/// <summary>What a person asks for.</summary>
public sealed record SilenceDraft(AlertMatcher Matcher, string Reason, TimeSpan For)
{
    public static readonly TimeSpan Usual = TimeSpan.FromHours(2);
    public static readonly TimeSpan Longest = TimeSpan.FromDays(7);

    /// <returns>A sentence for each wrong field, under the field's name; empty when all is well.</returns>
    public IReadOnlyDictionary<string, string> Check()
    {
        var problems = new Dictionary<string, string>();
        if (Reason.Trim().Length is 0 or > 200 || Reason.Any(char.IsControl))
        {
            problems[nameof(Reason)] = "Say why, in at most 200 characters: others wonder why nobody was called.";
        }

        if (For <= TimeSpan.Zero || For > Longest)
        {
            problems[nameof(For)] = "It lasts at most 7 days.";
        }

        return problems;
    }
}
