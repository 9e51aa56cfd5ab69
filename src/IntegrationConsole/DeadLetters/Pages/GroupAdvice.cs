using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Sync;

namespace IntegrationConsole.DeadLetters.Pages;

/// <summary>What somebody does first about a group, and where.</summary>
/// <param name="Path">Below the tenant's pages.</param>
public sealed record GroupAdvice(string Text, string Path)
{
    /// <param name="group">What happened.</param>
    /// <param name="sync">Where; null where the integration was deleted.</param>
    public static GroupAdvice For(FailureGroup group, SyncDefinition? sync)
    {
        var letters = $"dead-letters?group={group.Id}";
        var mapping = new GroupAdvice(group.Field.Length > 0 ? $"Open the mapping at {Last(group.Field)}" : "Open the mapping", $"integrations/{group.SyncSlug}/mapping?group={group.Id}");
        var connection = sync is null ? null : $"connections/{(group.Stage is LetterStage.Read ? sync.SourceConnectionId : sync.DestinationConnectionId)}";
        return group.Cause switch
        {
            FailureCause.Auth => new("Replace the credential", connection ?? "credentials"),
            FailureCause.TargetDown or FailureCause.Timeout or FailureCause.RateLimit => new("Look at the circuit", "circuits"),
            FailureCause.Mapping or FailureCause.Validation => mapping,
            FailureCause.SchemaChange => mapping with { Text = "Compare with the mapping" },
            FailureCause.Configuration => connection is null || group.Stage is LetterStage.Map ? new("Open the settings", $"integrations/{group.SyncSlug}/edit") : new("Open the settings", connection),
            FailureCause.ReferenceMissing when group.Stage is LetterStage.Map => new("Open the lookup tables", "lookups"),
            FailureCause.ReferenceMissing => new("Look at what is missing", letters),
            FailureCause.Conflict => new("Compare with the destination", letters),
            FailureCause.TooLarge or FailureCause.Malformed => new("Correct or discard", letters),
            FailureCause.Bug or FailureCause.Unknown => new("Look at a letter", letters),
            FailureCause.Held => new("See what they wait for", letters),
            FailureCause.Quota => new("Make room", letters),
        };
    }

    private static string Last(string field) => field.TrimEnd('/').Split('/')[^1] is "*" ? field : field.TrimEnd('/').Split('/')[^1];
}
