namespace IntegrationConsole.Shell;

/// <summary>Where a page stands, made of its address.</summary>
internal static class Breadcrumbs
{
    private static readonly Dictionary<string, string> Names = new()
    {
        ["fleet"] = "All tenants",
        ["tenants"] = "Tenants",
        ["users"] = "Users",
        ["nodes"] = "Nodes",
        ["audit"] = "Audit",
        ["integrations"] = "Integrations",
        ["connections"] = "Connections",
        ["circuits"] = "Circuits and limits",
        ["credentials"] = "Credentials",
        ["lookups"] = "Lookup tables",
        ["webhooks"] = "Webhooks",
        ["runs"] = "Runs",
        ["dead-letters"] = "Dead letters",
        ["records"] = "Where is a record?",
        ["failures"] = "Failures",
        ["rules"] = "Rules",
        ["runbooks"] = "Runbooks",
        ["replays"] = "Replays",
        ["reconciliations"] = "Reconciliations",
        ["health"] = "Health",
        ["alerts"] = "Alerts",
        ["metrics"] = "Metrics",
        ["timeline"] = "Timeline",
        ["triage"] = "Triage",
        ["people"] = "People",
        ["settings"] = "Settings",
        ["quotas"] = "Quotas",
        ["mapping"] = "Mapping",
        ["new"] = "New",
        ["edit"] = "Settings",
        ["me"] = "Your account",
        ["schedules"] = "Schedules",
    };

    /// <summary>The last one, which is the page itself, is no link.</summary>
    public static IReadOnlyList<(string Text, string? Href)> Of(string path, string? tenantName)
    {
        var parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        var crumbs = new List<(string, string?)>();
        var start = 0;
        if (parts is ["t", var slug, ..])
        {
            crumbs.Add((tenantName ?? slug, $"/t/{slug}"));
            start = 2;
        }

        for (var index = start; index < parts.Length; index++)
        {
            var text = Names.GetValueOrDefault(parts[index]) ?? (Guid.TryParse(parts[index], out _) ? "Details" : Uri.UnescapeDataString(parts[index]));
            crumbs.Add((text, "/" + string.Join('/', parts.Take(index + 1))));
        }

        if (crumbs.Count > 0)
        {
            crumbs[^1] = (crumbs[^1].Item1, null);
        }

        return crumbs;
    }
}
