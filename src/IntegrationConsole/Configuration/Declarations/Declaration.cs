using IntegrationConsole.Connectors;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;
using IntegrationConsole.Webhooks;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>What a file says a tenant should have.</summary>
/// <param name="File">The file's name, for the notes of what is published from it.</param>
internal sealed record Declaration(
    string File, DeclaredTenant Tenant, IReadOnlyList<DeclaredCredential> Credentials, IReadOnlyList<DeclaredConnection> Connections, IReadOnlyList<DeclaredLookup> Lookups,
    IReadOnlyList<DeclaredIntegration> Integrations, IReadOnlyList<DeclaredWebhook> Webhooks)
{
    /// <summary>Knows the lines of the file, for what is found wrong beside the database.</summary>
    public required DeclarationProblems Problems { get; init; }
}

/// <summary>The tenant itself; what is null stays as it is.</summary>
internal sealed record DeclaredTenant(string Slug, string? Name, string? TimeZone, string? Contacts, int? SecondPersonAbove, string? WorkingHours, QuotaSettings? Quotas);

/// <summary>A credential with the place of its secret.</summary>
/// <param name="Key">Where in the file it stands.</param>
/// <param name="Settings">Shaped when its kind is known.</param>
/// <param name="Variable">The environment variable that holds the secret; null where the file names none.</param>
internal sealed record DeclaredCredential(
    string Key, string Name, AuthenticationKind Kind, IReadOnlyDictionary<string, string> Settings, string? Variable, DateTimeOffset? ExpiresAt);

internal sealed record DeclaredConnection(string Key, string Name, string Kind, string? Credential, string Settings);

/// <param name="Key">Where in the file it stands.</param>
/// <param name="Draft">With the name of its stream, by which it is found again.</param>
/// <param name="Credential">The name of its secret.</param>
internal sealed record DeclaredWebhook(string Key, WebhookDraft Draft, string Credential, string? OldCredential);

/// <param name="Key">Where in the file it stands.</param>
/// <param name="Rows">Null leaves those that there are.</param>
internal sealed record DeclaredLookup(string Key, string Name, string Description, IReadOnlyDictionary<string, string>? Rows);

/// <summary>One end of an integration.</summary>
internal sealed record DeclaredEnd(string Connection, string Stream);

/// <param name="Key">Where in the file it stands.</param>
/// <param name="Paused">Null leaves it as it is.</param>
/// <param name="PauseReason">Null where the file gives none.</param>
/// <param name="Mapping">Null leaves the one that there is.</param>
internal sealed record DeclaredIntegration(
    string Key, string Slug, string Name, DeclaredEnd Source, ReadMode ReadMode, DeclaredEnd Destination, WriteMode WriteMode, IReadOnlyList<string> KeyFields,
    bool CreateDestination, Schedule Schedule, OverlapRule Overlap, bool? Paused, string? PauseReason, DeclaredMapping? Mapping)
{
    /// <summary>Empty: order is not kept.</summary>
    public string OrderKey { get; init; } = "";

    public string LookBack { get; init; } = "";

    public int Partitions { get; init; } = 1;

    public DeleteRules Deletes { get; init; } = DeleteRules.None;

    public bool OnArrival { get; init; }

    public bool BatchBreaker { get; init; } = true;

    /// <summary>When both sides are compared by themselves; manual for never.</summary>
    public Schedule Reconcile { get; init; } = Schedule.Manual;

    public Objective Objective { get; init; } = Objective.None;
}

/// <summary>A mapping, and where each of its keys stands.</summary>
/// <param name="File">The file that holds it.</param>
/// <param name="Key">Where in that file; empty where it is the whole file.</param>
internal sealed record DeclaredMapping(string File, string Key, MappingDocument Document, IReadOnlyDictionary<string, int> Lines)
{
    /// <summary>The line of a key, or of the nearest one around it.</summary>
    public int LineOf(string key)
    {
        while (!Lines.ContainsKey(key) && key.LastIndexOfAny(['.', '[']) is > 0 and var end)
        {
            key = key[..end];
        }

        return Lines.TryGetValue(key, out var line) ? line : Lines.GetValueOrDefault("", 1);
    }
}
