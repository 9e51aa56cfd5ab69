using System.Text.Json;
using System.Text.Json.Nodes;
using IntegrationConsole.Connectors;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Text;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Reconciliations;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>Writes a tenant as the file that apply reads. Secrets do not come out; in their place stand names for environment variables.</summary>
internal sealed class TenantExport(
    ConnectionExport ends, WebhookExport webhooks, ConnectionStore connections, LookupStore lookups, SyncStore syncs, ReconciliationStore reconciliations, MappingStore mappings)
{
    /// <summary>Larger tables are filled by an integration or from a file: their rows are data, and not configuration.</summary>
    private const int MostRows = 1_000;

    public async Task<string> WriteAsync(Tenant tenant, CancellationToken cancellationToken)
    {
        var file = new JsonObject { ["tenant"] = Compact(("slug", tenant.Slug), ("name", tenant.Name), ("timeZone", tenant.TimeZone), ("contacts", tenant.Contacts)) };
        var links = await connections.ListAsync(tenant.Id, cancellationToken);
        await ends.AddAsync(file, tenant, links, cancellationToken);
        await webhooks.AddAsync(file, tenant, cancellationToken);
        var tables = new List<JsonObject>();
        foreach (var table in await lookups.ListAsync(tenant.Id, cancellationToken))
        {
            tables.Add(await OfAsync(tenant, table, cancellationToken));
        }

        Add(file, "lookups", tables);
        var integrations = new List<JsonObject>();
        foreach (var sync in await syncs.ListAsync(tenant.Id, cancellationToken))
        {
            integrations.Add(await OfAsync(sync, links, cancellationToken));
        }

        Add(file, "integrations", integrations);
        return YamlText.Write(file);
    }

    private async Task<JsonObject> OfAsync(Tenant tenant, LookupTable table, CancellationToken cancellationToken)
    {
        var rows = table.RowCount > MostRows ? [] : await lookups.ListRowsAsync(tenant.Id, table.Id, "", MostRows, cancellationToken);
        return Compact(
            ("name", table.Name), ("description", table.Description),
            ("rows", new JsonObject(rows.Select(row => KeyValuePair.Create(row.Key, (JsonNode?)JsonValue.Create(row.Value))))));
    }

    private async Task<JsonObject> OfAsync(SyncDefinition sync, IReadOnlyList<Connection> connections, CancellationToken cancellationToken)
    {
        string NameOf(Guid connection) => connections.First(candidate => candidate.Id == connection).Name;
        var published = await mappings.FindPublishedAsync(sync.TenantId, sync.MappingId, cancellationToken);
        var compared = await reconciliations.ScheduleOfAsync(sync.TenantId, sync.Id, cancellationToken);
        return Compact(
            ("name", sync.Name), ("slug", TenantRules.SlugOf(sync.Name) == sync.Slug ? null : sync.Slug),
            ("source", Compact(("connection", NameOf(sync.SourceConnectionId)), ("stream", sync.SourceStream), ("read", Section.WordOf(sync.ReadMode)),
                ("lookBack", sync.LookBack.Length > 0 ? sync.LookBack : null), ("partitions", sync.Partitions > 1 ? JsonValue.Create(sync.Partitions) : null))),
            ("destination", Compact(
                ("connection", NameOf(sync.DestinationConnectionId)), ("stream", sync.DestinationStream), ("write", Section.WordOf(sync.WriteMode)),
                ("keys", new JsonArray([.. sync.KeyFields.Select(key => (JsonNode?)JsonValue.Create(key))])), ("create", sync.CreateDestination ? JsonValue.Create(true) : null))),
            ("order", sync.OrderKey.Length == 0 ? null : sync.OrderKey), ("schedule", Of(sync.When)),
            ("onArrival", sync.OnArrival ? JsonValue.Create(true) : null), ("reconcile", compared.Kind is ScheduleKind.Manual ? null : Of(compared)), ("overlap", Section.WordOf(sync.Overlap)), ("deletes", sync.DeleteRules.IsOn ? Of(sync.DeleteRules) : null),
            ("paused", sync.PausedAt is null ? null : sync.PauseReason is { Length: > 0 } reason ? JsonValue.Create(reason) : JsonValue.Create(true)),
            ("mapping", published is null ? null : MappingText.Tree(published.Parsed)));
    }

    private static JsonObject Of(DeleteRules rules) => Compact(
        ("policy", Section.WordOf(rules.Policy)), ("signal", Section.WordOf(rules.Signal)), ("tombstone", rules.Signal is DeleteSignal.Tombstone ? rules.Tombstone : null),
        ("stream", rules.Signal is DeleteSignal.Stream ? rules.Stream : null), ("idPaths", rules.Signal is DeleteSignal.Stream && rules.IdPaths.Length > 0 ? rules.IdPaths : null),
        ("column", rules.Policy is DeletePolicy.Soft ? rules.Column : null), ("share", JsonValue.Create(rules.Share)));

    private static JsonNode Of(Schedule schedule) => schedule.Kind switch
    {
        ScheduleKind.Manual => JsonValue.Create("manual"),
        ScheduleKind.Interval => new JsonObject { ["everyMinutes"] = schedule.Minutes },
        ScheduleKind.Cron => new JsonObject { ["cron"] = schedule.Expression },
    };

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
