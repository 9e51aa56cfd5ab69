using IntegrationConsole.Connectors.Budgets;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Health.Evaluation;

/// <summary>A connection with its test, credential, calls, circuit, probe and budget, as the query gives it.</summary>
internal sealed record ConnectionRow(
    TenantId TenantId, Guid Id, string Name, DateTimeOffset? CheckedAt, bool? CheckPassed, string CheckAnswer, string CredentialName, DateTimeOffset? ExpiresAt,
    long Calls, long Failures, DateTimeOffset? LastCall, DateTimeOffset? LastSuccess, CircuitState? CircuitState, DateTimeOffset? CircuitSince, string CircuitReason,
    string CircuitActor, FailureCause? CircuitCause, DateTimeOffset? ProbeAt, DateTimeOffset? ProbedAt, DateTimeOffset? ProbedNext, bool? Reachable, string ProbeSentence, FailureCause? ProbeCause,
    int Misses, DateTimeOffset? CertificateExpires, bool? Accepted, string SignInSentence, int Refusals, int? PerDay, DateTimeOffset? Day, int? DayUsed, double? ToldLimit, double? ToldRemaining,
    DateTimeOffset? ToldResetAt, DateTimeOffset? FreeAt, long BudgetCalls)
{
    public ConnectionFacts Facts(DateTimeOffset now) => new(
        Id, Name, CheckedAt is { } at && CheckPassed is { } passed ? new TestFact(at, passed, CheckAnswer) : null, CredentialName, ExpiresAt, Calls, Failures,
        LastCall, LastSuccess)
    {
        Circuit = CircuitState is { } state ? new CircuitFact(state, CircuitSince!.Value, CircuitReason, CircuitActor, CircuitCause, ProbeAt) : null,
        Probe = ProbedAt is { } probed ? new ProbeFact(probed, ProbedNext!.Value, Reachable, ProbeSentence, ProbeCause, Misses, CertificateExpires, Accepted, SignInSentence, Refusals) : null,
        Budget = FreeAt is { } free ? Budget(free, now) : null,
    };

    /// <summary>Of the day's calls and those that the system itself allows, the window of which more is used.</summary>
    private BudgetFact Budget(DateTimeOffset free, DateTimeOffset now)
    {
        var day = PerDay is > 0 && Day is { } begin && now - begin < TimeSpan.FromDays(1) ? (double)(DayUsed ?? 0) / PerDay.Value : 0;
        var told = ToldLimit is > 0 && ToldRemaining is { } left && ToldResetAt > now ? 1 - (Math.Max(0, left) / ToldLimit.Value) : 0;
        var budget = CallBudget.Fresh(TenantId, Id, now) with { PerDay = PerDay, Day = Day ?? CallBudget.DayOf(now), DayUsed = DayUsed ?? 0 };
        var forecast = PerDay is > 0 ? BudgetForecast.Of(budget, BudgetCalls / 15.0, now) : null;
        return day >= told ? new BudgetFact(day, "the day's calls", free) { Day = forecast } : new BudgetFact(told, "the calls that the system allows", free);
    }
}
