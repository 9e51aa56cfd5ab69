using IntegrationConsole.Access;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Health.Records;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Shell;

/// <summary>A place to go to.</summary>
public sealed record PaletteEntry(string Text, string Where, string Href, string Icon);

/// <summary>Finds places by what somebody types: pages, tenants, integrations, runs by number, dead letters by business key.</summary>
public sealed class PaletteSearch(Gatekeeper gatekeeper, SyncStore syncs, RunStore runs, RecordStories records)
{
    private const int Most = 12;
    private const int MostRecords = 5;

    public async Task<IReadOnlyList<PaletteEntry>> FindAsync(string text, TenantAccess? tenant, CancellationToken cancellationToken)
    {
        var found = new List<PaletteEntry>();
        if (tenant is not null)
        {
            found.AddRange(Pages(tenant).Where(entry => Matches(entry.Text, text)));
            var list = await syncs.ListAsync(tenant.Id, cancellationToken);
            found.AddRange(list.Where(sync => Matches(sync.Name, text)).Select(sync => new PaletteEntry(sync.Name, "Integration", $"/t/{tenant.Slug}/integrations/{sync.Slug}", "integrations")));
            found.AddRange(await RunsAsync(text, tenant, cancellationToken));
        }

        var tenants = await gatekeeper.TenantsAsync(cancellationToken);
        found.AddRange(await RecordsAsync(text, tenant is null ? tenants : [tenant], cancellationToken));
        found.AddRange(tenants.Where(other => Matches(other.Name, text) || Matches(other.Slug, text)).Select(other => new PaletteEntry(other.Name, "Tenant", $"/t/{other.Slug}", "tenants")));
        found.AddRange(Fleet.Where(entry => Matches(entry.Text, text)));
        return [.. found.Take(Most)];
    }

    private static readonly PaletteEntry[] Fleet =
    [
        new("Triage of all tenants", "Fleet", "/fleet/triage", "triage"), new("All tenants", "Fleet", "/fleet", "overview"), new("Health of all tenants", "Fleet", "/fleet/health", "health"), new("Failures of all tenants", "Fleet", "/fleet/failures", "warn"), new("Runbooks for all tenants", "Fleet", "/fleet/runbooks", "file"), new("Circuits and limits of all tenants", "Fleet", "/fleet/circuits", "circuits"), new("Metrics of all tenants", "Fleet", "/fleet/metrics", "chart"), new("Tenants", "Fleet", "/fleet/tenants", "tenants"), new("Users", "Fleet", "/fleet/users", "people"),
        new("Nodes", "Fleet", "/fleet/nodes", "runs"), new("Platform audit", "Fleet", "/fleet/audit", "audit"), new("Your account", "You", "/me", "people"),
    ];

    private static IEnumerable<PaletteEntry> Pages(TenantAccess tenant)
    {
        (string Text, string Path, string Icon)[] pages =
        [
            ("Triage", "/triage", "triage"), ("Overview", "", "overview"), ("Integrations", "/integrations", "integrations"), ("New integration", "/integrations/new", "plus"), ("Health", "/health", "health"),
            ("Alerts", "/alerts", "bell"), ("Silences", "/alerts?tab=silences", "bell"), ("Maintenance", "/alerts?tab=maintenance", "maintenance"), ("Alert channels", "/alerts?tab=channels", "bell"),
            ("Runs", "/runs", "runs"), ("Failures", "/failures", "warn"), ("Rules for failure groups", "/failures/rules", "warn"), ("Runbooks", "/runbooks", "file"), ("New runbook", "/runbooks?edit=new", "plus"), ("Dead letters", "/dead-letters", "letters"), ("Where is a record?", "/records", "search"), ("Replays", "/replays", "replay"), ("New replay", "/replays/new", "replay"), ("Connections", "/connections", "connections"),
            ("New connection", "/connections/new", "plus"), ("Webhooks", "/webhooks", "download"), ("New webhook endpoint", "/webhooks/new", "plus"), ("Circuits and limits", "/circuits", "circuits"), ("Call budgets", "/circuits?tab=budgets", "circuits"), ("Places for runs", "/circuits?tab=bulkheads", "circuits"), ("Metrics", "/metrics", "chart"), ("Timeline", "/timeline", "clock"), ("Credentials", "/credentials", "credentials"), ("New credential", "/credentials/new", "plus"),
            ("Lookup tables", "/lookups", "lookups"), ("Quotas", "/quotas", "settings"), ("People", "/people", "people"), ("Audit", "/audit", "audit"), ("Settings", "/settings", "settings"),
        ];
        return pages.Select(page => new PaletteEntry(page.Text, tenant.Name, $"/t/{tenant.Slug}{page.Path}", page.Icon));
    }

    private async Task<IEnumerable<PaletteEntry>> RunsAsync(string text, TenantAccess tenant, CancellationToken cancellationToken) =>
        Guid.TryParse(text, out var id) && await runs.FindAsync(tenant.Id, id, cancellationToken) is { } run
            ? [new PaletteEntry($"{run.SyncName} run {run.Number}", "Run", $"/t/{tenant.Slug}/runs/{run.Id}", "runs")] : [];

    /// <summary>Letters by the beginning of their business key, and the page that tells all about one record.</summary>
    private async Task<IEnumerable<PaletteEntry>> RecordsAsync(string text, IReadOnlyList<TenantAccess> tenants, CancellationToken cancellationToken)
    {
        if (text.Length < 2)
        {
            return [];
        }

        var slugs = tenants.ToDictionary(tenant => tenant.Id, tenant => tenant);
        var letters = await records.FindAsync([.. slugs.Keys], text, MostRecords, cancellationToken);
        var found = letters.Select(letter => new PaletteEntry(
            letter.KeyText, $"Dead letter, {letter.State.Words.ToLowerInvariant()}, {letter.SyncName}{(tenants.Count > 1 ? $", {slugs[letter.TenantId].Name}" : "")}",
            $"/t/{slugs[letter.TenantId].Slug}/dead-letters/{letter.Id}", "letters"));
        return tenants.Count == 1 && text.Any(char.IsDigit)
            ? found.Append(new PaletteEntry($"Where is {text}?", "All that is known of the record", $"/t/{tenants[0].Slug}/records?key={Uri.EscapeDataString(text)}", "search"))
            : found;
    }

    private static bool Matches(string candidate, string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries).All(word => candidate.Contains(word, StringComparison.OrdinalIgnoreCase));
}
