using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Health.Evaluation;

/// <summary>Which maintenance is open, and over what.</summary>
internal sealed class MaintenanceFacts
{
    private readonly ILookup<TenantId, Row> _open;

    private MaintenanceFacts(IEnumerable<Row> open) => _open = open.ToLookup(row => row.TenantId);

    public static async Task<MaintenanceFacts> ReadAsync(DatabaseSession session, Guid[]? tenants, DateTimeOffset now, CancellationToken cancellationToken) =>
        new(await session.ListAsync<Row>("""
            select m.tenant_id, w.scope, w.scope_id, coalesce(c.name, '') as connection_name, w.reason, w.created_by, m.ends_at, m.grace_until, w.holds_runs
            from maintenance_time m
            join maintenance_window w on w.tenant_id = m.tenant_id and w.id = m.window_id
            left join connection c on w.scope = 'Connection' and c.tenant_id = w.tenant_id and c.id = w.scope_id
            where m.starts_at <= @now and m.grace_until > @now and (@tenants::uuid[] is null or m.tenant_id = any(@tenants))
            order by m.ends_at desc
            """, new { tenants, now }, cancellationToken));

    /// <summary>For a sync: its own, those of its connections and those of the whole tenant; the one that ends last speaks.</summary>
    public MaintenanceFact? OfSync(TenantId tenant, Guid sync, Guid source, Guid destination) =>
        Last(tenant, row => row.Scope switch { "Integration" => row.ScopeId == sync, "Connection" => row.ScopeId == source || row.ScopeId == destination, _ => true });

    public MaintenanceFact? OfConnection(TenantId tenant, Guid connection) =>
        Last(tenant, row => row.Scope switch { "Connection" => row.ScopeId == connection, "Integration" => false, _ => true }) is { } fact ? fact with { Of = "" } : null;

    private MaintenanceFact? Last(TenantId tenant, Func<Row, bool> concerns) => _open[tenant].FirstOrDefault(concerns)?.Fact;

    private sealed record Row(
        TenantId TenantId, string Scope, Guid? ScopeId, string ConnectionName, string Reason, string CreatedBy, DateTimeOffset EndsAt, DateTimeOffset GraceUntil, bool HoldsRuns)
    {
        public MaintenanceFact Fact => new(ConnectionName, Reason, CreatedBy, EndsAt, GraceUntil, HoldsRuns);
    }
}
