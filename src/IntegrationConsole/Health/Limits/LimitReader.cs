using IntegrationConsole.Connectors.Rest;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Health.Limits;

/// <summary>Reads how much tenants take of what limits them, and tells which limits come near.</summary>
public sealed class LimitReader(ConsoleDatabase database, QuotaStore quotas, TimeProvider clock)
{
    /// <summary>Of a single tenant, its room for dead letters too: that reads all its open letters.</summary>
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
        var room = tenants is [var single] ? await RoomAsync(session, single, now, cancellationToken) : null;
        return [.. tenants.SelectMany(tenant => LimitWarnings.Of(tenant, paces[tenant], room))];
    }

    private async Task<RoomFact?> RoomAsync(DatabaseSession session, TenantId tenant, DateTimeOffset now, CancellationToken cancellationToken) =>
        (await quotas.FindAsync(session, tenant, cancellationToken)).LetterBytes is { } most
            ? new RoomFact(
                await LetterStorage.MeasureAsync(session, tenant, cancellationToken),
                await LetterStorage.MeasureNewAsync(session, tenant, now - TimeSpan.FromDays(1), now, cancellationToken), most)
            : null;

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
