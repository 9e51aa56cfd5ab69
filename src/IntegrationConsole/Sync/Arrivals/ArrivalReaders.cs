using IntegrationConsole.Webhooks.Reading;

namespace IntegrationConsole.Sync.Arrivals;

/// <summary>An integration that reads a webhook endpoint.</summary>
/// <param name="ReadTo">The last delivery that it has read; null where it reads everything each time, or has read nothing.</param>
/// <param name="OnArrival">It runs when something arrives.</param>
public sealed record ArrivalReader(TenantId TenantId, Guid EndpointId, Guid SyncId, string Slug, string Name, long? ReadTo, bool OnArrival);

/// <summary>Who reads which webhook endpoint, and how far they are.</summary>
public sealed class ArrivalReaders(ConsoleDatabase database)
{
    /// <summary>Syncs with the endpoint that they read. A cursor is always a number there; whoever set another one has read nothing.</summary>
    internal const string From = """
        sync_definition s
        join connection c on c.tenant_id = s.tenant_id and c.id = s.source_connection_id and c.kind = @kind
        join webhook_endpoint e on e.tenant_id = s.tenant_id and e.slug = s.source_stream
        """;

    internal const string ReadTo = "case when s.read_mode = 'Incremental' and s.cursor ~ '^[0-9]{1,18}$' then s.cursor::bigint end";

    public async Task<IReadOnlyList<ArrivalReader>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<ArrivalReader>($"""
            select s.tenant_id, e.id as endpoint_id, s.id as sync_id, s.slug, s.name, {ReadTo} as read_to, s.on_arrival
            from {From} where s.tenant_id = @tenant and s.deleted_at is null order by lower(s.name)
            """, new { tenant, kind = WebhookConnector.Kind }, cancellationToken);
    }

    /// <summary>Of all tenants: up to which delivery everybody has read who reads the endpoint. Those that somebody has not begun to read are left out.</summary>
    internal async Task<IReadOnlyList<ReadTogether>> ListReadAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.ListAsync<ReadTogether>($"""
            select s.tenant_id, e.id as endpoint_id, min({ReadTo}) as read_to from {From} where s.deleted_at is null
            group by s.tenant_id, e.id having bool_and(({ReadTo}) is not null)
            """, new { kind = WebhookConnector.Kind }, cancellationToken);
    }
}

/// <summary>Up to which delivery all readers of an endpoint have read.</summary>
internal sealed record ReadTogether(TenantId TenantId, Guid EndpointId, long ReadTo);
