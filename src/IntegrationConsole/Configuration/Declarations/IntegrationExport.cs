using System.Text.Json.Nodes;
using IntegrationConsole.Connectors;
using IntegrationConsole.Health.Objectives;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Text;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Reconciliations;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>Writes integrations as the file has them, with their published mappings and what they promise.</summary>
internal sealed class IntegrationExport(SyncStore syncs, ReconciliationStore reconciliations, MappingStore mappings, ObjectiveStore objectives)
{
    public async Task<IReadOnlyList<JsonObject>> ListAsync(TenantId tenant, IReadOnlyList<Connection> connections, CancellationToken cancellationToken)
    {
        var promised = await objectives.ListAsync(tenant, cancellationToken);
        var integrations = new List<JsonObject>();
        foreach (var sync in await syncs.ListAsync(tenant, cancellationToken))
        {
            integrations.Add(await OfAsync(sync, connections, promised.GetValueOrDefault(sync.Id)?.Objective, cancellationToken));
        }

        return integrations;
    }

    private async Task<JsonObject> OfAsync(SyncDefinition sync, IReadOnlyList<Connection> connections, Objective? objective, CancellationToken cancellationToken)
    {
        string NameOf(Guid connection) => connections.First(candidate => candidate.Id == connection).Name;
        var published = await mappings.FindPublishedAsync(sync.TenantId, sync.MappingId, cancellationToken);
        var compared = await reconciliations.ScheduleOfAsync(sync.TenantId, sync.Id, cancellationToken);
        return TenantExport.Compact(
            ("name", sync.Name), ("slug", TenantRules.SlugOf(sync.Name) == sync.Slug ? null : sync.Slug),
            ("source", TenantExport.Compact(("connection", NameOf(sync.SourceConnectionId)), ("stream", sync.SourceStream), ("read", Section.WordOf(sync.ReadMode)),
                ("lookBack", sync.LookBack.Length > 0 ? sync.LookBack : null), ("partitions", sync.Partitions > 1 ? JsonValue.Create(sync.Partitions) : null))),
            ("destination", TenantExport.Compact(
                ("connection", NameOf(sync.DestinationConnectionId)), ("stream", sync.DestinationStream), ("write", Section.WordOf(sync.WriteMode)),
                ("keys", new JsonArray([.. sync.KeyFields.Select(key => (JsonNode?)JsonValue.Create(key))])), ("create", sync.CreateDestination ? JsonValue.Create(true) : null))),
            ("order", sync.OrderKey.Length == 0 ? null : sync.OrderKey), ("schedule", Of(sync.When)), ("onArrival", sync.OnArrival ? JsonValue.Create(true) : null),
            ("reconcile", compared.Kind is ScheduleKind.Manual ? null : Of(compared)), ("overlap", Section.WordOf(sync.Overlap)), ("batchBreaker", sync.BatchBreaker ? null : JsonValue.Create(false)),
            ("deletes", sync.DeleteRules.IsOn || sync.DeleteRules.Share != DeleteRules.UsualShare ? Of(sync.DeleteRules) : null),
            ("objectives", objective is null ? null : ObjectiveReading.Tree(objective)),
            ("paused", sync.PausedAt is null ? null : sync.PauseReason is { Length: > 0 } reason ? JsonValue.Create(reason) : JsonValue.Create(true)),
            ("mapping", published is null ? null : MappingText.Tree(published.Parsed)));
    }

    private static JsonObject Of(DeleteRules rules) => !rules.IsOn ? new JsonObject { ["share"] = rules.Share } : TenantExport.Compact(
        ("policy", Section.WordOf(rules.Policy)), ("signal", Section.WordOf(rules.Signal)), ("tombstone", rules.Signal is DeleteSignal.Tombstone ? rules.Tombstone : null),
        ("stream", rules.Signal is DeleteSignal.Stream ? rules.Stream : null), ("idPaths", rules.Signal is DeleteSignal.Stream && rules.IdPaths.Length > 0 ? rules.IdPaths : null),
        ("column", rules.Policy is DeletePolicy.Soft ? rules.Column : null), ("share", JsonValue.Create(rules.Share)));

    private static JsonNode Of(Schedule schedule) => schedule.Kind switch
    {
        ScheduleKind.Manual => JsonValue.Create("manual"),
        ScheduleKind.Interval => new JsonObject { ["everyMinutes"] = schedule.Minutes },
        ScheduleKind.Cron => new JsonObject { ["cron"] = schedule.Expression },
    };
}
