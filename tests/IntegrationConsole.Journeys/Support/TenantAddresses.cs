using System.Text.RegularExpressions;

namespace IntegrationConsole.Journeys.Support;

/// <summary>Fills the gaps of a route with what a tenant really has, so that its page has something to show.</summary>
internal sealed partial class TenantAddresses
{
    private readonly Dictionary<string, string> _values;

    private TenantAddresses(Dictionary<string, string> values) => _values = values;

    public static async Task<TenantAddresses> OfAsync(Site site, string tenant)
    {
        Task<string> FirstAsync(string column, string table) => site.Server.AskAsync<string>("console", $"""
            select coalesce(min(x.{column}::text), '{Guid.Empty}') from {table} x join tenant t on t.id = x.tenant_id where t.slug = '{tenant}'
            """);

        return new TenantAddresses(new Dictionary<string, string>
        {
            ["tenant"] = tenant,
            ["slug"] = await FirstAsync("slug", "sync_definition"),
            ["runId"] = await FirstAsync("id", "run"),
            ["letterId"] = await FirstAsync("id", "dead_letter"),
            ["groupId"] = await FirstAsync("id", "failure_group"),
            ["replayId"] = await FirstAsync("id", "replay"),
            ["reconciliationId"] = await FirstAsync("id", "reconciliation"),
            ["connectionId"] = await FirstAsync("id", "connection"),
            ["credentialId"] = await FirstAsync("id", "credential"),
            ["webhookId"] = await FirstAsync("id", "webhook_endpoint"),
            ["tableId"] = await FirstAsync("id", "lookup_table"),
        });
    }

    /// <summary>The page of this route, in this tenant or under another one's name.</summary>
    public string Fill(string route, string? under = null) =>
        Gaps().Replace(route, gap => gap.Groups[1].Value == "tenant" && under is not null ? under : _values.GetValueOrDefault(gap.Groups[1].Value, "404"));

    [GeneratedRegex(@"\{\**(\w+)(:\w+)?\}")]
    private static partial Regex Gaps();
}
