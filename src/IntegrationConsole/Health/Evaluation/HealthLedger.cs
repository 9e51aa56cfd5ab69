using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using IntegrationConsole.Health.Verdicts;
using Npgsql;
using NpgsqlTypes;

namespace IntegrationConsole.Health.Evaluation;

/// <summary>One object's verdict on its way to the database.</summary>
/// <param name="Promise">What a sync promises now; empty for everything else.</param>
internal sealed record Judged(TenantId Tenant, ObjectKind Kind, Guid Id, Verdict Verdict, TimeZoneInfo? Zone, string Promise = "", DateTimeOffset? PromisedSince = null)
{
    public string Findings { get; } = JsonSerializer.Serialize(Verdict.Findings, HealthLedger.Json);

    public string Memory { get; } = Verdict.Memory.ToString();

    /// <summary>Something was seen that has to be seen again before it counts: alerts count for themselves.</summary>
    public bool SeesWorse => Verdict.Findings.Any(finding => finding.SeenState < finding.State);

    public string Marks => Kind is ObjectKind.Sync ? SideMarks.Of(Verdict.Findings) : "";

    public string Print => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(
        $"{Verdict.State}|{Verdict.HealsItself}|{Verdict.Evidence.Kind}|{Verdict.Evidence.Id}|{Promise}|{Verdict.Reason}|{Findings}|{Memory}")))[..32];
}

/// <summary>What the last evaluation wrote of an object.</summary>
internal sealed record Recorded(
    TenantId TenantId, ObjectKind ObjectKind, Guid ObjectId, HealthState State, string Print, DateTimeOffset Since, string Promise, DateTimeOffset? PromisedSince, string Memory);

/// <summary>
/// Keeps the verdicts: writes a row only where something changed, a transition where the state did, and forgets what is
/// gone. All in the evaluation's transaction, so a reader never sees half of one.
/// </summary>
internal static class HealthLedger
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter() } };

    public static async Task<Dictionary<(TenantId, ObjectKind, Guid), Recorded>> ReadAsync(DatabaseSession session, Guid[]? tenants, CancellationToken cancellationToken) =>
        (await session.ListAsync<Recorded>("""
            select tenant_id, object_kind, object_id, state, print, since, promise, promised_since, memory from health_state
            where (@tenants::uuid[] is null or tenant_id = any(@tenants))
            """, new { tenants }, cancellationToken)).ToDictionary(row => (row.TenantId, row.ObjectKind, row.ObjectId));

    /// <returns>The tenants of which something changed.</returns>
    public static async Task<IReadOnlyCollection<TenantId>> SaveAsync(
        DatabaseSession session, Dictionary<(TenantId, ObjectKind, Guid), Recorded> before, IReadOnlyList<Judged> judged, string node, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Recorded? Before(Judged one) => before.GetValueOrDefault((one.Tenant, one.Kind, one.Id));
        var changed = judged.Where(one => Before(one)?.Print != one.Print).ToList();
        var moved = changed.Where(one => Before(one)?.State != one.Verdict.State).ToList();
        var present = judged.Select(one => (one.Tenant, one.Kind, one.Id)).ToHashSet();
        var gone = before.Values.Where(row => !present.Contains((row.TenantId, row.ObjectKind, row.ObjectId))).ToList();
        await WriteAsync(session, changed, one => Before(one) is { } old && old.State == one.Verdict.State ? old.Since : now, cancellationToken);
        await TellMovesAsync(session, moved, one => Before(one)?.State, now, cancellationToken);
        await ForgetAsync(session, gone, cancellationToken);
        await session.RunAsync("""
            insert into health_evaluation (tenant_id, evaluated_at, node) select id, @now, @node from unnest(@ids) as looked (id)
            on conflict (tenant_id) do update set evaluated_at = excluded.evaluated_at, node = excluded.node
            """, new { node, ids = judged.Select(one => one.Tenant.Value).Distinct().Order().ToArray(), now }, cancellationToken);
        return [.. changed.Select(one => one.Tenant).Concat(gone.Select(row => row.TenantId)).Distinct()];
    }

    private static async Task WriteAsync(DatabaseSession session, List<Judged> changed, Func<Judged, DateTimeOffset> since, CancellationToken cancellationToken)
    {
        if (changed.Count == 0)
        {
            return;
        }

        await using var write = new NpgsqlCommand("""
            insert into health_state (tenant_id, object_kind, object_id, state, reason, heals_itself, evidence_kind, evidence_id, findings, print, since, promise, promised_since, memory, marks, sees_worse)
            select tenant_id, object_kind, object_id, state, reason, heals_itself, evidence_kind, evidence_id, findings::jsonb, print, since, promise, promised_since, memory, marks, sees_worse
            from unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
                as n (tenant_id, object_kind, object_id, state, reason, heals_itself, evidence_kind, evidence_id, findings, print, since, promise, promised_since, memory, marks, sees_worse)
            on conflict (tenant_id, object_kind, object_id) do update
            set state = excluded.state, reason = excluded.reason, heals_itself = excluded.heals_itself, evidence_kind = excluded.evidence_kind,
                evidence_id = excluded.evidence_id, findings = excluded.findings, print = excluded.print, since = excluded.since, promise = excluded.promise,
                promised_since = excluded.promised_since, memory = excluded.memory, marks = excluded.marks, sees_worse = excluded.sees_worse
            """, session.Connection);
        void Column<T>(NpgsqlDbType type, Func<Judged, T> value) => write.Parameters.Add(new NpgsqlParameter { Value = changed.Select(value).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | type });
        Column(NpgsqlDbType.Uuid, one => one.Tenant.Value);
        Column(NpgsqlDbType.Text, one => one.Kind.ToString());
        Column(NpgsqlDbType.Uuid, one => one.Id);
        Column(NpgsqlDbType.Text, one => one.Verdict.State.ToString());
        Column(NpgsqlDbType.Text, one => one.Verdict.Reason);
        Column(NpgsqlDbType.Boolean, one => one.Verdict.HealsItself);
        Column(NpgsqlDbType.Text, one => one.Verdict.Evidence.Kind.ToString());
        Column(NpgsqlDbType.Uuid, one => one.Verdict.Evidence.Id);
        Column(NpgsqlDbType.Text, one => one.Findings);
        Column(NpgsqlDbType.Text, one => one.Print);
        Column(NpgsqlDbType.TimestampTz, one => since(one).UtcDateTime);
        Column(NpgsqlDbType.Text, one => one.Promise);
        Column(NpgsqlDbType.TimestampTz, one => one.PromisedSince?.UtcDateTime);
        Column(NpgsqlDbType.Text, one => one.Memory);
        Column(NpgsqlDbType.Text, one => one.Marks);
        Column(NpgsqlDbType.Boolean, one => one.SeesWorse);
        await write.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>A transition is history: its reason is kept in the words of its moment.</summary>
    private static Task<int> TellMovesAsync(DatabaseSession session, List<Judged> moved, Func<Judged, HealthState?> from, DateTimeOffset now, CancellationToken cancellationToken) =>
        moved.Count == 0 ? Task.FromResult(0) : session.RunAsync("""
            insert into health_transition (tenant_id, object_kind, object_id, at, from_state, to_state, reason, dimension)
            select tenant_id, object_kind, object_id, @now, from_state, to_state, reason, dimension
            from unnest(@tenants, @kinds, @ids, @froms, @tos, @reasons, @dimensions) as n (tenant_id, object_kind, object_id, from_state, to_state, reason, dimension)
            on conflict (tenant_id, object_kind, object_id, at) do update set to_state = excluded.to_state, reason = excluded.reason, dimension = excluded.dimension
            """,
            new
            {
                now, tenants = moved.Select(one => one.Tenant.Value).ToArray(), kinds = moved.Select(one => one.Kind.ToString()).ToArray(),
                ids = moved.Select(one => one.Id).ToArray(), froms = moved.Select(one => from(one)?.ToString()).ToArray(),
                tos = moved.Select(one => one.Verdict.State.ToString()).ToArray(), dimensions = moved.Select(one => one.Verdict.Findings[0].Dimension.ToString()).ToArray(),
                reasons = moved.Select(one => Moment.InWords(one.Verdict.Reason, one.Zone ?? TimeZoneInfo.Utc, now, namesZone: true)).ToArray(),
            },
            cancellationToken);

    private static Task<int> ForgetAsync(DatabaseSession session, List<Recorded> gone, CancellationToken cancellationToken) =>
        gone.Count == 0 ? Task.FromResult(0) : session.RunAsync("""
            delete from health_state h using unnest(@tenants, @kinds, @ids) as g (tenant_id, object_kind, object_id)
            where h.tenant_id = g.tenant_id and h.object_kind = g.object_kind and h.object_id = g.object_id
            """,
            new
            {
                tenants = gone.Select(row => row.TenantId.Value).ToArray(), kinds = gone.Select(row => row.ObjectKind.ToString()).ToArray(),
                ids = gone.Select(row => row.ObjectId).ToArray(),
            },
            cancellationToken);
}
