using IntegrationConsole.Webhooks.Receiving;
using IntegrationConsole.Webhooks.Verification;

namespace IntegrationConsole.Webhooks;

/// <summary>How often an endpoint refused something, and for which reason.</summary>
public sealed record RefusedOften(Refusal Refusal, long Count, DateTimeOffset LastAt);

/// <summary>What an endpoint did in the last 24 hours.</summary>
/// <param name="LastAt">When it last kept a delivery; null for never.</param>
/// <param name="Refused">The latest reason first.</param>
public sealed record WebhookActivity(Guid EndpointId, DateTimeOffset? LastAt, long Kept, long Duplicates, IReadOnlyList<RefusedOften> Refused)
{
    public long RefusedCount => Refused.Sum(reason => reason.Count);
}

/// <summary>What endpoints kept, met twice and refused: by minute for two days, by day for good.</summary>
public sealed class WebhookFigures(ConsoleDatabase database, TimeProvider clock)
{
    public const string Topic = "webhook-refused";

    private static readonly TimeSpan Shown = TimeSpan.FromHours(24);
    private static readonly TimeSpan MinutesKept = TimeSpan.FromDays(2);

    public async Task<IReadOnlyDictionary<Guid, WebhookActivity>> OfDayAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var counts = await session.ListAsync<CountRow>("""
            select endpoint_id, what, sum(count)::bigint as count, max(last_at) as last_at from webhook_minute
            where tenant_id = @tenant and minute > @since group by endpoint_id, what
            """, new { tenant, since = clock.GetUtcNow() - Shown }, cancellationToken);
        var last = await session.ListAsync<LastRow>("""
            select e.id, greatest(
                (select d.received_at from webhook_delivery d where d.tenant_id = e.tenant_id and d.endpoint_id = e.id order by d.seq desc limit 1),
                (select max(y.last_at) from webhook_day y where y.tenant_id = e.tenant_id and y.endpoint_id = e.id and y.what = @kept)) as last_at
            from webhook_endpoint e where e.tenant_id = @tenant
            """, new { tenant, kept = DeliveryInsert.Kept }, cancellationToken);
        return last.ToDictionary(endpoint => endpoint.Id, endpoint => Of(endpoint, [.. counts.Where(count => count.EndpointId == endpoint.Id)]));
    }

    /// <summary>Minutes that are old enough become days.</summary>
    public async Task SumUpAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        await session.RunAsync("""
            with old as (delete from webhook_minute where minute < @before returning tenant_id, endpoint_id, (minute at time zone 'UTC')::date as day, what, count, last_at)
            insert into webhook_day as d (tenant_id, endpoint_id, day, what, count, last_at)
            select tenant_id, endpoint_id, day, what, sum(count), max(last_at) from old group by tenant_id, endpoint_id, day, what
            on conflict (tenant_id, endpoint_id, day, what) do update set count = d.count + excluded.count, last_at = greatest(d.last_at, excluded.last_at)
            """, new { before = clock.GetUtcNow() - MinutesKept }, cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    internal async Task AddRefusedAsync(RefusedAt at, int count, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(at.Tenant, cancellationToken);

        // An endpoint that was deleted meanwhile counts nothing any more.
        await session.RunAsync("""
            insert into webhook_minute as m (tenant_id, endpoint_id, minute, what, count, last_at)
            select e.tenant_id, e.id, @minute, @what, @count, @now from webhook_endpoint e where e.tenant_id = @tenant and e.id = @endpoint
            on conflict (tenant_id, endpoint_id, minute, what) do update set count = m.count + excluded.count, last_at = excluded.last_at
            """, new { tenant = at.Tenant, endpoint = at.Endpoint, minute = at.Minute, what = at.Refusal.ToString(), count, now = clock.GetUtcNow() }, cancellationToken);
        await session.NotifyAsync(new Change(Topic, at.Tenant, at.Endpoint), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private static WebhookActivity Of(LastRow endpoint, IReadOnlyList<CountRow> counts)
    {
        long CountOf(string what) => counts.FirstOrDefault(count => count.What == what)?.Count ?? 0;
        var refused = counts.Where(count => Enum.TryParse<Refusal>(count.What, out _)).OrderByDescending(count => count.LastAt)
            .Select(count => new RefusedOften(Enum.Parse<Refusal>(count.What), count.Count, count.LastAt));
        return new WebhookActivity(endpoint.Id, endpoint.LastAt, CountOf(DeliveryInsert.Kept), CountOf(DeliveryInsert.Duplicate), [.. refused]);
    }

    private sealed record CountRow(Guid EndpointId, string What, long Count, DateTimeOffset LastAt);

    private sealed record LastRow(Guid Id, DateTimeOffset? LastAt);
}
