using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters.Runbooks;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>Puts in words how a known failure is recognised, and what came of its runbook.</summary>
internal static class RunbookWords
{
    public static string Of(RunbookPattern pattern, ConnectorCatalog catalog) => string.Join(", ", new[]
    {
        pattern.Cause is { } cause ? $"cause {cause.Words}" : "", pattern.Code.Length > 0 ? $"code {pattern.Code}" : "",
        pattern.Connector.Length > 0 ? $"at {catalog.Find(pattern.Connector)?.Descriptor.Title ?? pattern.Connector}" : "", pattern.Contains.Length > 0 ? $"“{pattern.Contains}” in what happened" : "",
    }.Where(part => part.Length > 0));

    public static string Of(RunbookUse use) => use.Groups == 0 ? "not met yet" : $"{use.Resolved} of {use.Groups} {(use.Groups == 1 ? "group" : "groups")} over";
}
