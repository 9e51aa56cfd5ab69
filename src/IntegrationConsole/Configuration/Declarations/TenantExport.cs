using System.Text.Json;
using System.Text.Json.Nodes;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Text;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>Writes a tenant as the file that apply reads. Secrets do not come out; in their place stand names for environment variables.</summary>
internal sealed class TenantExport(QuotaStore quotas, ConnectionExport ends, WebhookExport webhooks, LookupStore lookups, IntegrationExport syncs)
{
    /// <summary>Larger tables are filled by an integration or from a file: their rows are data, and not configuration.</summary>
    private const int MostRows = 1_000;

    public async Task<string> WriteAsync(Tenant tenant, CancellationToken cancellationToken)
    {
        var own = (await quotas.FindAsync(tenant.Id, cancellationToken)).Own;
        var limits = Compact(("concurrentRuns", own.ConcurrentRuns), ("recordsPerMinute", own.RecordsPerMinute), ("callsPerMinute", own.CallsPerMinute), ("letterMegabytes", own.LetterMegabytes));
        var file = new JsonObject
        {
            ["tenant"] = Compact(
                ("slug", tenant.Slug), ("name", tenant.Name), ("timeZone", tenant.TimeZone), ("contacts", tenant.Contacts), ("secondPersonAbove", tenant.SecondPersonAbove),
                ("workingHours", tenant.WorkingHours == WorkingHours.Usual ? null : tenant.WorkingHours), ("quotas", limits)),
        };
        var links = await ends.AddAsync(file, tenant, cancellationToken);
        await webhooks.AddAsync(file, tenant, cancellationToken);
        var tables = new List<JsonObject>();
        foreach (var table in await lookups.ListAsync(tenant.Id, cancellationToken))
        {
            tables.Add(await OfAsync(tenant, table, cancellationToken));
        }

        Add(file, "lookups", tables);
        Add(file, "integrations", await syncs.ListAsync(tenant.Id, links, cancellationToken));
        return YamlText.Write(file);
    }

    private async Task<JsonObject> OfAsync(Tenant tenant, LookupTable table, CancellationToken cancellationToken)
    {
        var rows = table.RowCount > MostRows ? [] : await lookups.ListRowsAsync(tenant.Id, table.Id, "", MostRows, cancellationToken);
        return Compact(
            ("name", table.Name), ("description", table.Description),
            ("rows", new JsonObject(rows.Select(row => KeyValuePair.Create(row.Key, (JsonNode?)JsonValue.Create(row.Value))))));
    }

    internal static void Add(JsonObject file, string name, IEnumerable<JsonObject> items)
    {
        var list = new JsonArray([.. items]);
        if (list.Count > 0)
        {
            file[name] = list;
        }
    }

    /// <summary>Without what is empty: left out means the same.</summary>
    internal static JsonObject Compact(params IReadOnlyList<(string Name, JsonNode? Value)> members) => new(members
        .Where(member => member.Value is not (null or JsonObject { Count: 0 } or JsonArray { Count: 0 }) && !(member.Value is JsonValue value && value.GetValueKind() is JsonValueKind.String && value.GetValue<string>().Length == 0))
        .Select(member => KeyValuePair.Create(member.Name, member.Value)));
}
