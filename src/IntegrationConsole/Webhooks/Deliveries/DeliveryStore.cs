using IntegrationConsole.Tenants;

namespace IntegrationConsole.Webhooks.Deliveries;

/// <summary>The deliveries that were kept, for those who read them.</summary>
public sealed class DeliveryStore(ConsoleDatabase database, TenantSeals seals, TimeProvider clock)
{
    /// <summary>Rows that one statement removes.</summary>
    private const int Chunk = 5_000;

    private const string Columns = "seq, group_seq, id, delivery_id, received_at, size, content_type, trial";

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<Delivery>> ListAsync(TenantId tenant, Guid endpoint, long? before, int most, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<Delivery>($"""
            select {Columns} from webhook_delivery where tenant_id = @tenant and endpoint_id = @endpoint and seq < @before order by seq desc limit @most
            """, new { tenant, endpoint, before = before ?? long.MaxValue, most }, cancellationToken);
    }

    /// <summary>Those from a number on, the oldest first.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="endpoint">Of which endpoint.</param>
    /// <param name="from">The first number.</param>
    /// <param name="until">The number that is not included any more.</param>
    /// <param name="most">How many.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<IReadOnlyList<Delivery>> ListFromAsync(TenantId tenant, Guid endpoint, long from, long until, int most, CancellationToken cancellationToken)
    {
        await using var session = await database.PreparedAsync(tenant, cancellationToken);
        return await session.ListAsync<Delivery>($"""
            select {Columns} from webhook_delivery where tenant_id = @tenant and endpoint_id = @endpoint and seq >= @from and seq < @until order by seq limit @most
            """, new { tenant, endpoint, from, until, most }, cancellationToken);
    }

    /// <summary>What some deliveries that follow each other hold, by their ids.</summary>
    public async Task<IReadOnlyDictionary<Guid, DeliveryContent>> OpenAsync(TenantId tenant, Guid endpoint, long first, long last, CancellationToken cancellationToken)
    {
        var seal = await seals.ForAsync(tenant, cancellationToken);
        await using var session = await database.PreparedAsync(tenant, cancellationToken);
        var rows = await session.ListAsync<SealedRow>(
            "select id, sealed from webhook_delivery where tenant_id = @tenant and endpoint_id = @endpoint and seq >= @first and seq <= @last", new { tenant, endpoint, first, last }, cancellationToken);
        return rows.ToDictionary(row => row.Id, row => DeliveryContent.Open(seal, row.Id, row.Sealed));
    }

    /// <summary>Nobody needs to know more exactly how many are to be read.</summary>
    public const int MostCounted = 10_000;

    /// <summary>How many deliveries lie behind a number, trials left out.</summary>
    /// <returns>No more than <paramref name="most"/>.</returns>
    public async Task<int> CountBehindAsync(TenantId tenant, Guid endpoint, long seq, int most, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.OneAsync<int>("""
            select count(*)::int from (
                select from webhook_delivery where tenant_id = @tenant and endpoint_id = @endpoint and seq > @seq and not trial limit @most) behind
            """, new { tenant, endpoint, seq, most }, cancellationToken);
    }

    /// <summary>Notes up to which delivery an endpoint has been read by everybody who reads it.</summary>
    public async Task MarkReadAsync(TenantId tenant, Guid endpoint, long seq, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        await session.RunAsync("""
            insert into webhook_read (tenant_id, endpoint_id, seq, at)
            select e.tenant_id, e.id, @seq, @now from webhook_endpoint e
            where e.tenant_id = @tenant and e.id = @endpoint
              and not exists (select from webhook_read r where r.tenant_id = e.tenant_id and r.endpoint_id = e.id and r.seq >= @seq)
            on conflict do nothing
            """, new { tenant, endpoint, seq, now = clock.GetUtcNow() }, cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    /// <summary>Removes what had been read by everybody at a moment, with the notes before it.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="endpoint">Of which endpoint.</param>
    /// <param name="readTo">The last that everybody has read by now: who came later has read less than those who were there.</param>
    /// <param name="before">The moment.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>How many.</returns>
    public async Task<int> RemoveReadAsync(TenantId tenant, Guid endpoint, long readTo, DateTimeOffset before, CancellationToken cancellationToken)
    {
        for (var total = 0; ;)
        {
            await using var session = await database.InTenantAsync(tenant, cancellationToken);
            var removed = await session.RunAsync("""
                delete from webhook_delivery where tenant_id = @tenant and endpoint_id = @endpoint and seq in (
                    select d.seq from webhook_delivery d
                    where d.tenant_id = @tenant and d.endpoint_id = @endpoint
                      and d.seq <= @readTo
                      and d.seq <= (select max(r.seq) from webhook_read r where r.tenant_id = @tenant and r.endpoint_id = @endpoint and r.at < @before)
                    order by d.seq limit @chunk)
                """, new { tenant, endpoint, readTo, before, chunk = Chunk }, cancellationToken);
            await session.RunAsync("""
                delete from webhook_read o using webhook_read n
                where o.tenant_id = @tenant and o.endpoint_id = @endpoint and n.tenant_id = o.tenant_id and n.endpoint_id = o.endpoint_id and n.seq > o.seq and n.at < @before
                """, new { tenant, endpoint, before }, cancellationToken);
            await session.CommitAsync(cancellationToken);
            total += removed;
            if (removed < Chunk)
            {
                return total;
            }
        }
    }

    private sealed record SealedRow(Guid Id, byte[] Sealed);
}
