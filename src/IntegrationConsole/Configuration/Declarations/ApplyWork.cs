using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Credentials;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Tenants;
using IntegrationConsole.Webhooks;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>One thing that an apply made or changed.</summary>
/// <param name="IsNew">Made, and not changed.</param>
/// <param name="What">Such as <c>connection</c>.</param>
/// <param name="Detail">What is otherwise now, in words; empty where the name says it all. Never a secret.</param>
public sealed record AppliedChange(bool IsNew, string What, string Name, string Detail)
{
    public override string ToString() => $"{(IsNew ? '+' : '~')} {What} {Name}{(Detail.Length > 0 ? $": {Detail}" : "")}";
}

/// <summary>Where the sender of a webhook finds an endpoint of the file: behind the console's own address.</summary>
/// <param name="IsNew">Given out by this apply; a dry run takes it back.</param>
public sealed record AppliedEndpoint(bool IsNew, string Slug, string Path);

/// <summary>One apply on its way: what is wanted, what there is, and what was done.</summary>
/// <param name="declaration">What the file says.</param>
/// <param name="variables">Environment variables by name; null for one that is not set.</param>
internal sealed class ApplyWork(Declaration declaration, Func<string, string?> variables)
{
    public static readonly Actor Actor = new(null, "console apply");

    public Declaration Declaration { get; } = declaration;

    /// <summary>Null while the tenant is not there.</summary>
    public Tenant? Tenant { get; set; }

    public TenantId Id => Tenant!.Id;

    /// <summary>The time zone that schedules will be read in.</summary>
    public TimeZoneInfo Zone { get; set; } = TimeZoneInfo.Utc;

    public IReadOnlyList<Credential> Credentials { get; set; } = [];

    public IReadOnlyList<Connection> Connections { get; set; } = [];

    public IReadOnlyList<LookupTable> Lookups { get; set; } = [];

    public IReadOnlyList<WebhookEndpoint> Webhooks { get; set; } = [];

    public IReadOnlyList<SyncDefinition> Syncs { get; set; } = [];

    public required DeclarationProblems Problems { get; init; }

    public List<AppliedChange> Changes { get; } = [];

    /// <summary>Of the webhook endpoints that the file names.</summary>
    public IReadOnlyList<AppliedEndpoint> Endpoints { get; set; } = [];

    /// <summary>What somebody should know although it changes nothing.</summary>
    public List<string> Notes { get; } = [];

    /// <returns>Null where the variable is not set, or empty.</returns>
    public string? Variable(string name) => variables(name) is { Length: > 0 } value ? value : null;

    public void Made(string what, string name, string detail = "") => Changes.Add(new AppliedChange(true, what, name, detail));

    public void Changed(string what, string name, string detail) => Changes.Add(new AppliedChange(false, what, name, detail));

    /// <summary>What stops an apply that was good when it was checked.</summary>
    public static FailureException Conflict(string sentence) => new(new Failure(FailureCause.Conflict, sentence));

    public static FailureException Outdated(string what, string name) => Conflict($"Somebody else changed the {what} {name} at this moment: look again, then apply again.");

    public static bool Same(string one, string other) => one.Equals(other, StringComparison.OrdinalIgnoreCase);

    /// <summary>Old and new values in words, for those that differ.</summary>
    public static string Words(params IReadOnlyList<(string What, string Old, string New)> values) =>
        string.Join("; ", values.Where(value => value.Old != value.New).Select(value => $"{value.What} {Shown(value.Old)} → {Shown(value.New)}"));

    private static string Shown(string text) => text.Length == 0 ? "(none)" : text.Length > 80 ? $"{text[..80]}…" : text;
}
