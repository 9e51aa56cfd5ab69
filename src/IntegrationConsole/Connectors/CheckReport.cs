using System.Text.Json.Serialization;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors;

/// <summary>What a test of a connection tried, one after the other, up to the first step that failed.</summary>
public sealed record CheckReport(IReadOnlyList<CheckStep> Steps)
{
    public bool Passed => Steps.Count > 0 && Steps.All(step => step.Passed);

    /// <summary>Why the last step failed, where the system itself said so; not kept with the report.</summary>
    [JsonIgnore]
    public Failure? Failure { get; init; }

    /// <summary>The outcome in one sentence.</summary>
    public string Summary => Steps.Count > 0 ? Steps[^1].Answer : "Nothing was tried.";
}

/// <param name="Tried">What was tried, such as <c>GET /v1/customers?page=1</c>.</param>
/// <param name="Answer">What came back, as a sentence.</param>
/// <param name="Suggestion">What to do about a failure; empty for a success.</param>
public sealed record CheckStep(string Tried, bool Passed, string Answer, double Milliseconds, string Suggestion = "");
