using IntegrationConsole.Access;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Health.Records;

namespace IntegrationConsole.Shell;

/// <summary>A place to go to.</summary>
public sealed record PaletteEntry(string Text, string Where, string Href, string Icon)
{
    /// <summary>Which command of the page has the focus then, by the key that the page has for it, and the name in the page's heading; null for none.</summary>
    public (string Key, string Object)? Command { get; init; }
}

/// <summary>
/// Finds places by what somebody types: pages, tenants, integrations, connections, webhook endpoints, failures, runs by
/// number, anything by its id, dead letters by business key. A word such as "run" or "pause" before a name leads to the
/// command: it has the focus when the page stands, and Enter gives it.
/// </summary>
public sealed class PaletteSearch(Gatekeeper gatekeeper, NamedThings things, RecordStories records)
{
    private const int Most = 12;
    private const int MostOfAKind = 4;
    private const int MostRecords = 5;

    private static readonly PaletteCommand[] Commands =
    [
        new("run", ThingKind.Integration, "Run {0} now", "w", Permission.Run, "play") { IfPaused = false },
        new("pause", ThingKind.Integration, "Pause {0}…", "y", Permission.Run, "clock") { IfPaused = false },
        new("resume", ThingKind.Integration, "Resume {0}", "y", Permission.Run, "play") { IfPaused = true },
        new("replay", ThingKind.Failure, "Replay “{0}”…", "r", Permission.Replay, "replay"),
        new("discard", ThingKind.Failure, "Discard “{0}”…", "Backspace", Permission.Replay, "trash"),
        new("acknowledge", ThingKind.Failure, "Acknowledge “{0}”", "a", Permission.Replay, "check"),
    ];

    public async Task<IReadOnlyList<PaletteEntry>> FindAsync(string text, TenantAccess? tenant, CancellationToken cancellationToken)
    {
        var found = new List<PaletteEntry>();
        var tenants = await gatekeeper.TenantsAsync(cancellationToken);
        IReadOnlyList<TenantAccess> within = tenant is null ? tenants : [tenant];
        if (tenant is not null)
        {
            found.AddRange(Pages(tenant).Where(entry => Matches(entry.Text, text)));
        }

        if (text.Length > 0)
        {
            var slugs = within.ToDictionary(access => access.Id);
            found.AddRange(await CommandsAsync(text, slugs, cancellationToken));
            found.AddRange(Entries(await ThingsAsync(text, [.. slugs.Keys], cancellationToken), slugs));
        }

        found.AddRange(await RecordsAsync(text, within, cancellationToken));
        found.AddRange(tenants.Where(other => Matches(other.Name, text) || Matches(other.Slug, text)).Select(other => new PaletteEntry(other.Name, "Tenant", $"/t/{other.Slug}", "tenants")));
        found.AddRange(Fleet.Where(entry => Matches(entry.Text, text)));
        return [.. found.Take(Most)];
    }

    private static readonly PaletteEntry[] Fleet =
    [
        new("Triage of all tenants", "Fleet", "/fleet/triage", "triage"), new("All tenants", "Fleet", "/fleet", "overview"), new("Health of all tenants", "Fleet", "/fleet/health", "health"), new("Failures of all tenants", "Fleet", "/fleet/failures", "warn"), new("Runbooks for all tenants", "Fleet", "/fleet/runbooks", "file"), new("Runs of all tenants", "Fleet", "/fleet/runs", "runs"), new("Replays of all tenants", "Fleet", "/fleet/replays", "replay"), new("Circuits and limits of all tenants", "Fleet", "/fleet/circuits", "circuits"), new("Metrics of all tenants", "Fleet", "/fleet/metrics", "chart"), new("Tenants", "Fleet", "/fleet/tenants", "tenants"), new("Users", "Fleet", "/fleet/users", "people"),
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

    /// <summary>"pause orders": the first word says what, the others whose.</summary>
    private async Task<IEnumerable<PaletteEntry>> CommandsAsync(string text, Dictionary<TenantId, TenantAccess> within, CancellationToken cancellationToken)
    {
        var (word, rest) = text.Split(' ', 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [var first, var others] ? (first, others) : (text, "");
        var meant = Commands.Where(command => word.Length > 2 && command.Word.StartsWith(word, StringComparison.OrdinalIgnoreCase)).ToList();
        if (meant.Count == 0)
        {
            return [];
        }

        var objects = await things.FindAsync([.. within.Keys], rest, MostOfAKind, cancellationToken);
        return
            from command in meant
            from thing in objects
            let access = within[thing.TenantId]
            where thing.Kind == command.Of && access.May(command.Permission) && (command.IfPaused ?? thing.IsPaused) == thing.IsPaused
            select new PaletteEntry(string.Format(System.Globalization.CultureInfo.InvariantCulture, command.Words, thing.Name), Where("Command", access, within), $"/t/{access.Slug}/{thing.Path}", command.Icon) { Command = (command.Key, thing.Name) };
    }

    private async Task<IEnumerable<NamedThing>> ThingsAsync(string text, IReadOnlyList<TenantId> tenants, CancellationToken cancellationToken)
    {
        var found = await things.FindAsync(tenants, text, MostOfAKind, cancellationToken);
        var words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).ToList();
        var number = words.FindIndex(word => word.Equals("run", StringComparison.OrdinalIgnoreCase));
        if (number >= 0 && number + 1 < words.Count && long.TryParse(words[number + 1], System.Globalization.CultureInfo.InvariantCulture, out var run))
        {
            words.RemoveRange(number, 2);
            return [.. await things.FindRunsAsync(tenants, run, string.Join(' ', words), MostOfAKind, cancellationToken), .. found];
        }

        // Ids are long, and have no spaces.
        return text.Length >= 6 && words.Count == 1 ? [.. found, .. await things.FindByIdAsync(tenants, text, cancellationToken)] : found;
    }

    private static IEnumerable<PaletteEntry> Entries(IEnumerable<NamedThing> found, Dictionary<TenantId, TenantAccess> within) =>
        from thing in found
        let access = within[thing.TenantId]
        let look = Look(thing.Kind)
        select new PaletteEntry(thing.Name, Where(look.Word, access, within), $"/t/{access.Slug}/{thing.Path}", look.Icon);

    private static (string Word, string Icon) Look(ThingKind kind) => kind switch
    {
        ThingKind.Integration => ("Integration", "integrations"),
        ThingKind.Connection => ("Connection", "connections"),
        ThingKind.Webhook => ("Webhook endpoint", "download"),
        ThingKind.Failure => ("Failure", "warn"),
        ThingKind.Run => ("Run", "runs"),
        ThingKind.Letter => ("Dead letter", "letters"),
        ThingKind.Replay => ("Replay", "replay"),
        ThingKind.Delivery => ("Delivery", "download"),
    };

    private static string Where(string what, TenantAccess access, Dictionary<TenantId, TenantAccess> within) => within.Count > 1 ? $"{what}, {access.Name}" : what;

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

    /// <param name="Word">What somebody types before a name.</param>
    /// <param name="Words">With the name in it.</param>
    /// <param name="Key">The key that the page has for it.</param>
    private sealed record PaletteCommand(string Word, ThingKind Of, string Words, string Key, Permission Permission, string Icon)
    {
        /// <summary>Whether it is for what is paused, or for what is not; null for both.</summary>
        public bool? IfPaused { get; init; }
    }
}
