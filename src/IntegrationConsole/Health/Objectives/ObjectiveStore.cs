using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using IntegrationConsole.Access;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Health.Objectives;

/// <summary>An integration's objective as it is kept.</summary>
/// <param name="Version">0 where nothing was ever set.</param>
public sealed record KeptObjective(Objective Objective, string ChangedBy, DateTimeOffset? ChangedAt, int Version)
{
    public static readonly KeptObjective None = new(Objective.None, "", null, 0);
}

/// <summary>What integrations promise. Until somebody sets it there is no promise but the schedule's.</summary>
public sealed class ObjectiveStore(ConsoleDatabase database, AuditTrail audit, TimeProvider clock)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public async Task<KeptObjective> FindAsync(TenantId tenant, Guid sync, CancellationToken cancellationToken) =>
        (await ListAsync(tenant, sync, cancellationToken)).GetValueOrDefault(sync, KeptObjective.None);

    /// <summary>By sync; those that never set anything are absent.</summary>
    public Task<IReadOnlyDictionary<Guid, KeptObjective>> ListAsync(TenantId tenant, CancellationToken cancellationToken) => ListAsync(tenant, null, cancellationToken);

    public async Task<Saved> SaveAsync(TenantId tenant, Guid sync, Objective objective, int version, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var saved = await session.RunAsync("""
            insert into sync_objective (tenant_id, sync_id, delivery, freshness, latency_seconds, impacts, is_critical, changed_by, changed_at, version)
            select @tenant, @sync, @delivery, @freshness, @latency, @impacts::jsonb, @critical, @actor, @now, 1 where @version = 0 or exists (
                select from sync_objective where tenant_id = @tenant and sync_id = @sync)
            on conflict (tenant_id, sync_id) do update
            set delivery = excluded.delivery, freshness = excluded.freshness, latency_seconds = excluded.latency_seconds, impacts = excluded.impacts, is_critical = excluded.is_critical,
                changed_by = excluded.changed_by, changed_at = excluded.changed_at, version = sync_objective.version + 1
            where sync_objective.version = @version
            """,
            new
            {
                tenant, sync, delivery = objective.Delivery, freshness = objective.Freshness, latency = (int?)objective.Latency?.TotalSeconds,
                impacts = JsonSerializer.Serialize(objective.Impacts, Json), critical = objective.IsCritical, actor = actor.Name, now = clock.GetUtcNow(), version,
            },
            cancellationToken);
        if (saved == 0)
        {
            return Saved.Outdated;
        }

        var name = await session.FindAsync<string>("select name from sync_definition where tenant_id = @tenant and id = @sync", new { tenant, sync }, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("change", "integration", sync.ToString(), name ?? "", $"objectives: {Words(objective)}"), cancellationToken);
        await session.NotifyAsync(new Change(SyncStore.Topic, tenant, sync), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return Saved.Done;
    }

    /// <summary>The whole of it in a few words.</summary>
    public static string Words(Objective objective)
    {
        var parts = new List<string>();
        if (objective.Delivery is { } delivery)
        {
            parts.Add($"{BudgetWords.Percent(delivery)} arrive");
        }

        if (objective.Freshness is { } freshness)
        {
            parts.Add($"{BudgetWords.Percent(freshness)} of the minutes in time");
        }

        if (objective.Latency is { } latency)
        {
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"95 of 100 records within {latency.TotalSeconds:0} s"));
        }

        parts.AddRange(objective.Impacts.OrderBy(pair => pair.Key).Select(pair => $"{pair.Key.Words.ToLowerInvariant()} {pair.Value.ToString().ToLowerInvariant()}"));
        if (!objective.IsCritical)
        {
            parts.Add("not critical");
        }

        return parts.Count == 0 ? "none" : string.Join(", ", parts);
    }

    /// <summary>As its columns say; nulls throughout where there is no row.</summary>
    internal static Objective Of(double? delivery, double? freshness, int? latencySeconds, string? impacts, bool isCritical) => impacts is null ? Objective.None : new Objective(
        delivery, freshness, latencySeconds is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        JsonSerializer.Deserialize<Dictionary<HealthSide, Impact>>(impacts, Json) ?? [], isCritical);

    private async Task<IReadOnlyDictionary<Guid, KeptObjective>> ListAsync(TenantId tenant, Guid? sync, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var rows = await session.ListAsync<Row>("""
            select sync_id, delivery, freshness, latency_seconds, impacts::text as impacts, is_critical, changed_by, changed_at, version
            from sync_objective where tenant_id = @tenant and (@sync::uuid is null or sync_id = @sync)
            """, new { tenant, sync }, cancellationToken);
        return rows.ToDictionary(row => row.SyncId, row => row.Kept);
    }

    private sealed record Row(
        Guid SyncId, double? Delivery, double? Freshness, int? LatencySeconds, string Impacts, bool IsCritical, string ChangedBy, DateTimeOffset ChangedAt, int Version)
    {
        public KeptObjective Kept => new(Of(Delivery, Freshness, LatencySeconds, Impacts, IsCritical), ChangedBy, ChangedAt, Version);
    }
}
