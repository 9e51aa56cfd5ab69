using System.Collections.Concurrent;
using IntegrationConsole.Connectors.Rest;
using IntegrationConsole.DeadLetters.Retention;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Health.Limits;

/// <summary>Reads how much tenants take of what limits them, and tells which limits come near.</summary>
public sealed class LimitReader(ConsoleDatabase database, QuotaStore quotas, ExpiringLetters expiring, TimeProvider clock)
{
    /// <summary>What open letters take up, and how many expire soon, is counted at most once in this time where several tenants are asked for: that reads all of them, and pages of the fleet ask again and again.</summary>
    private static readonly TimeSpan RoomGoodFor = TimeSpan.FromMinutes(1);

    private readonly ConcurrentDictionary<TenantId, (DateTimeOffset At, RoomFact? Room, Expiring? Expiring)> _rooms = new();

    public async Task<IReadOnlyList<LimitWarning>> ReadAsync(IReadOnlyList<TenantId> tenants, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var end = new DateTimeOffset(now.UtcTicks - (now.UtcTicks % TimeSpan.TicksPerMinute), TimeSpan.Zero);
        var usual = quotas.Defaults;
        var args = new
        {
            ids = tenants.Select(tenant => tenant.Value).ToArray(), from = end - TimeSpan.FromMinutes(LimitWarnings.Minutes), end, kind = RestDescriptor.Kind,
            records = usual.RecordsPerMinute, calls = usual.CallsPerMinute,
        };
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var paces = (await session.ListAsync<PaceRow>(Paces, args, cancellationToken)).ToLookup(row => row.TenantId, row => row.Fact);
        await MeasureAsync(session, tenants, now, cancellationToken);
        return [.. tenants.SelectMany(tenant => LimitWarnings.Of(tenant, paces[tenant], _rooms[tenant].Room, _rooms[tenant].Expiring))];
    }

    private async Task MeasureAsync(DatabaseSession session, IReadOnlyList<TenantId> tenants, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var old = tenants.Where(tenant => tenants.Count == 1 || !_rooms.TryGetValue(tenant, out var known) || now - known.At >= RoomGoodFor).ToList();
        if (old.Count == 0)
        {
            return;
        }

        var measured = (await session.ListAsync<RoomRow>(
            Rooms, new { ids = old.Select(tenant => tenant.Value).ToArray(), day = now - TimeSpan.FromDays(1), now, letters = quotas.Defaults.LetterMegabytes }, cancellationToken)).ToDictionary(row => row.TenantId);
        var ending = (await expiring.ReadAsync(session, old, cancellationToken)).ToDictionary(row => row.TenantId);
        foreach (var tenant in old)
        {
            _rooms[tenant] = (now, measured.GetValueOrDefault(tenant)?.Fact, ending.GetValueOrDefault(tenant));
        }
    }

    /// <summary>Of the tenants and credentials that have a limit by the minute, the last full minutes in which something was taken.</summary>
    private const string Paces = """
        with limits as (
            select t.id as tenant_id, coalesce(q.records_per_minute, @records) as records, coalesce(q.calls_per_minute, @calls) as calls
            from tenant t left join tenant_quota q on q.tenant_id = t.id where t.id = any(@ids)),
        called as (
            select n.tenant_id, coalesce(n.credential_id, n.id) as budget_id, m.minute, sum(m.calls)::bigint as calls
            from connection n join connection_minute m on m.tenant_id = n.tenant_id and m.connection_id = n.id and m.minute >= @from and m.minute < @end
            where n.tenant_id = any(@ids) and n.kind = @kind group by 1, 2, 3)
        select l.tenant_id, 'RecordsPerMinute' as kind, '' as owner, l.records::bigint as per_minute, array_agg(m.taken) as minutes, null::uuid as connection
        from limits l
        join (select tenant_id, minute, sum(records_read)::bigint as taken from sync_minute where tenant_id = any(@ids) and minute >= @from and minute < @end group by 1, 2) m on m.tenant_id = l.tenant_id
        where l.records > 0 group by l.tenant_id, l.records
        union all
        select l.tenant_id, 'CallsPerMinute', '', l.calls::bigint, array_agg(m.taken), null
        from limits l
        join (select tenant_id, minute, sum(calls)::bigint as taken from called group by 1, 2) m on m.tenant_id = l.tenant_id
        where l.calls > 0 group by l.tenant_id, l.calls
        union all
        select b.tenant_id, 'BudgetPerMinute', o.name, b.per_minute::bigint, array_agg(m.calls), o.connection
        from call_budget b
        join called m on m.tenant_id = b.tenant_id and m.budget_id = b.id
        cross join lateral (
            select coalesce(c.name, n.name) as name, n.id as connection from connection n left join credential c on c.tenant_id = n.tenant_id and c.id = n.credential_id
            where n.tenant_id = b.tenant_id and coalesce(n.credential_id, n.id) = b.id order by lower(n.name) limit 1) o
        where b.tenant_id = any(@ids) and b.per_minute > 0 group by b.tenant_id, b.id, b.per_minute, o.name, o.connection
        order by kind desc, owner
        """;

    /// <summary>Of the tenants whose room has an end. What came in the last day is found by its last failure, which is no earlier than its first.</summary>
    private const string Rooms = """
        with limits as (
            select t.id as tenant_id, coalesce(q.letter_megabytes, @letters) as megabytes from tenant t left join tenant_quota q on q.tenant_id = t.id where t.id = any(@ids))
        select l.tenant_id, l.megabytes, coalesce(a.bytes, 0)::bigint as bytes, coalesce(n.bytes, 0)::bigint as added
        from limits l
        left join (
            select d.tenant_id, sum(d.payload_size) as bytes from dead_letter d
            where d.tenant_id = any(@ids) and d.state in ('Waiting', 'Queued', 'Replaying') group by d.tenant_id) a on a.tenant_id = l.tenant_id
        left join (
            select d.tenant_id, sum(d.payload_size) as bytes from dead_letter d
            where d.tenant_id = any(@ids) and d.state in ('Waiting', 'Queued', 'Replaying') and d.last_failed_at >= @day and d.first_failed_at >= @day and d.first_failed_at < @now
            group by d.tenant_id) n on n.tenant_id = l.tenant_id
        where l.megabytes > 0
        """;

    private sealed record RoomRow(TenantId TenantId, int Megabytes, long Bytes, long Added)
    {
        public RoomFact Fact => new(Bytes, Added, Megabytes * TenantQuota.Megabyte);
    }

    private sealed class PaceRow
    {
        public TenantId TenantId { get; init; }

        public LimitKind Kind { get; init; }

        public string Owner { get; init; } = "";

        public long PerMinute { get; init; }

        public long[] Minutes { get; init; } = [];

        public Guid? Connection { get; init; }

        public PaceFact Fact => new(Kind, Owner, PerMinute, Minutes) { Connection = Connection };
    }
}
