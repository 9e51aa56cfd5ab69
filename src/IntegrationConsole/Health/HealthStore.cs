using System.Text.Json;
using IntegrationConsole.Health.Evaluation;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Health;

/// <summary>How one object is, as it is shown: reasons in the words of this moment, in the tenant's zone.</summary>
/// <param name="Id">The sync's or connection's; for a tenant its own.</param>
/// <param name="Since">When the state began.</param>
/// <param name="EvaluatedAt">When it was last looked at; null when it never was.</param>
public sealed record ObjectHealth(
    ObjectKind Kind, Guid Id, HealthState State, string Reason, bool HealsItself, Evidence Evidence, DateTimeOffset? Since, DateTimeOffset? EvaluatedAt,
    IReadOnlyList<Finding> Findings)
{
    /// <summary>It was looked at once, and then too long not.</summary>
    public bool IsStale => EvaluatedAt is not null && Findings is [{ Dimension: HealthDimension.Evaluation }];

    public bool NeedsPerson => State.IsTrouble && !HealsItself;
}

/// <summary>One change of state. The first one of an object has no state before it.</summary>
public sealed record HealthTransition(ObjectKind ObjectKind, Guid ObjectId, DateTimeOffset At, HealthState? FromState, HealthState ToState, string Reason);

/// <summary>
/// What health was found to be. An answer that is too old is not given: what was not looked at for two minutes is
/// unknown, whatever it was last.
/// </summary>
public sealed class HealthStore(ConsoleDatabase database, TimeProvider clock)
{
    /// <summary>Said, with the tenant, whenever something here changed.</summary>
    public const string Topic = HealthEvaluation.Topic;

    private const string Columns = """
        t.id as tenant_id, t.time_zone, o.kind as object_kind, o.id as object_id, h.state, h.reason, h.heals_itself, h.evidence_kind, h.evidence_id,
        h.findings::text as findings, h.since, e.evaluated_at
        """;

    private const string States = """
        left join health_state h on h.tenant_id = t.id and h.object_kind = o.kind and h.object_id = o.id
        left join health_evaluation e on e.tenant_id = t.id
        """;

    /// <summary>A tenant's syncs, or its connections. Each has an entry, also one that was made a moment ago.</summary>
    public async Task<IReadOnlyDictionary<Guid, ObjectHealth>> ListAsync(TenantId tenant, ObjectKind kind, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var rows = await session.ListAsync<StoredHealth>($"select {Columns} from tenant t join ({ObjectsOf(kind)}) o on true {States} where t.id = @tenant", new { tenant, id = (Guid?)null }, cancellationToken);
        return rows.Select(Shown).ToDictionary(health => health.Id);
    }

    /// <returns>Null when there is no such sync, connection or tenant.</returns>
    public async Task<ObjectHealth?> FindAsync(TenantId tenant, ObjectKind kind, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var row = await session.FindAsync<StoredHealth>($"select {Columns} from tenant t join ({ObjectsOf(kind)}) o on true {States} where t.id = @tenant", new { tenant, id = (Guid?)id }, cancellationToken);
        return row is null ? null : Shown(row);
    }

    /// <summary>The tenants themselves, for whoever may see them.</summary>
    public async Task<IReadOnlyDictionary<TenantId, ObjectHealth>> ListTenantsAsync(IReadOnlyList<TenantId> tenants, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var rows = await session.ListAsync<StoredHealth>($"""
            select {Columns} from tenant t join lateral (select 'Tenant' as kind, t.id as id) o on true {States} where t.id = any(@tenants)
            """, new { tenants = tenants.Select(tenant => tenant.Value).ToArray() }, cancellationToken);
        return rows.ToDictionary(row => row.TenantId, Shown);
    }

    /// <summary>How many of an object kind are in each state, for each tenant: the fleet is counted, never given one colour.</summary>
    public async Task<IReadOnlyDictionary<TenantId, IReadOnlyDictionary<HealthState, int>>> CountAsync(
        IReadOnlyList<TenantId> tenants, ObjectKind kind, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var rows = await session.ListAsync<Counted>("""
            select h.tenant_id, case when e.evaluated_at < @oldest then 'Unknown' else h.state end as state, count(*)::int as count
            from health_state h join health_evaluation e on e.tenant_id = h.tenant_id
            where h.tenant_id = any(@tenants) and h.object_kind = @kind
            group by 1, 2
            """, new { tenants = tenants.Select(tenant => tenant.Value).ToArray(), kind = kind.ToString(), oldest = clock.GetUtcNow() - LatestHealth.GoodFor }, cancellationToken);
        return rows.GroupBy(row => row.TenantId).ToDictionary(
            group => group.Key, IReadOnlyDictionary<HealthState, int> (group) => group.ToDictionary(row => row.State, row => row.Count));
    }

    /// <summary>An object's changes of state in a range, the oldest first, begun by the last one before the range.</summary>
    public async Task<IReadOnlyList<HealthTransition>> ListTransitionsAsync(
        TenantId tenant, ObjectKind kind, Guid id, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<HealthTransition>("""
            select object_kind, object_id, at, from_state, to_state, reason from health_transition
            where tenant_id = @tenant and object_kind = @kind and object_id = @id and at < @to
              and at >= coalesce((select max(at) from health_transition where tenant_id = @tenant and object_kind = @kind and object_id = @id and at <= @from), @from)
            order by at
            """, new { tenant, kind = kind.ToString(), id, from, to }, cancellationToken);
    }

    /// <summary>All changes of a tenant, the newest first.</summary>
    public async Task<IReadOnlyList<HealthTransition>> ListTransitionsAsync(TenantId tenant, DateTimeOffset from, DateTimeOffset to, int most, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<HealthTransition>("""
            select object_kind, object_id, at, from_state, to_state, reason from health_transition
            where tenant_id = @tenant and at >= @from and at < @to order by at desc, object_kind, object_id limit @most
            """, new { tenant, from, to, most }, cancellationToken);
    }

    private static string ObjectsOf(ObjectKind kind) => kind switch
    {
        ObjectKind.Sync => "select 'Sync' as kind, id from sync_definition where tenant_id = @tenant and deleted_at is null and (@id::uuid is null or id = @id)",
        ObjectKind.Connection => "select 'Connection' as kind, id from connection where tenant_id = @tenant and (@id::uuid is null or id = @id)",
        ObjectKind.Tenant => "select 'Tenant' as kind, id from tenant where id = @tenant and (@id::uuid is null or id = @id)",
    };

    /// <summary>What was written, as somebody reads it now: what was not looked at for too long is unknown.</summary>
    internal ObjectHealth Shown(StoredHealth row)
    {
        var now = clock.GetUtcNow();
        var zone = TimeZoneInfo.TryFindSystemTimeZoneById(row.TimeZone, out var known) ? known : TimeZoneInfo.Utc;
        if (row.State is not { } state || row.EvaluatedAt is not { } evaluated)
        {
            return Unknown(row, "Health has not been computed yet.");
        }

        if (now - evaluated > LatestHealth.GoodFor)
        {
            return Unknown(row, Moment.InWords($"Health has not been computed since {Moment.Time(evaluated)}; last known: {state.Words.ToLowerInvariant()}.", zone, now, namesZone: true));
        }

        var findings = JsonSerializer.Deserialize<List<Finding>>(row.Findings!, HealthLedger.Json)!;
        return new ObjectHealth(
            row.ObjectKind, row.ObjectId, state, Moment.InWords(row.Reason!, zone, now, namesZone: true), row.HealsItself!.Value, new Evidence(row.EvidenceKind!.Value, row.EvidenceId),
            row.Since, evaluated, [.. findings.Select(finding => finding.InWords(zone, now))]);
    }

    private static ObjectHealth Unknown(StoredHealth row, string reason) => new(
        row.ObjectKind, row.ObjectId, HealthState.Unknown, reason, HealsItself: false, Evidence.None, null, row.EvaluatedAt,
        [new Finding(HealthDimension.Evaluation, HealthState.Unknown, reason, HealsItself: false, Evidence.None)]);

    private sealed record Counted(TenantId TenantId, HealthState State, int Count);
}
