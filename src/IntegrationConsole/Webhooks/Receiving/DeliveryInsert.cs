using Npgsql;

namespace IntegrationConsole.Webhooks.Receiving;

/// <summary>One transaction, one statement, one round trip: numbers, rows, figures, and word to whoever waits for deliveries.</summary>
internal sealed class DeliveryInsert(ConsoleDatabase database)
{
    public const string Kept = "kept";
    public const string Duplicate = "duplicate";

    /// <summary>
    /// Whoever has the endpoint's position numbers its deliveries, until the commit: so they become visible in the order of
    /// their numbers, whichever node keeps them. What came twice is left out before it is numbered; where another node kept
    /// it while this one waited for the position, the number is left free. Each is looked for by itself: a plan that was made
    /// while there were few would go on reading all that an endpoint has.
    /// </summary>
    private const string Sql = """
        with incoming as (
            select * from unnest($3::uuid[], $4::text[], $5::timestamptz[], $6::int[], $7::text[], $8::boolean[], $9::bytea[])
                with ordinality as i (id, delivery_id, received_at, size, content_type, trial, sealed, place)),
        fresh as (
            select distinct on (i.delivery_id) i.* from incoming i
            left join lateral (select true as there from webhook_delivery d where d.tenant_id = $1 and d.endpoint_id = $2 and d.delivery_id = i.delivery_id limit 1) known on true
            where known.there is null
            order by i.delivery_id, i.place),
        numbered as (select f.*, row_number() over (order by f.place) as turn, count(*) over () as many from fresh f),
        position as (
            update webhook_position p set last_seq = p.last_seq + (select count(*) from fresh),
                arrived_seq = coalesce(p.last_seq + (select max(n.turn) from numbered n where not n.trial), p.arrived_seq)
            where p.tenant_id = $1 and p.endpoint_id = $2
            returning p.last_seq),
        kept as (
            insert into webhook_delivery (tenant_id, endpoint_id, seq, group_seq, id, delivery_id, received_at, size, content_type, trial, sealed)
            select $1, $2, p.last_seq - n.many + n.turn, p.last_seq, n.id, n.delivery_id, n.received_at, n.size, n.content_type, n.trial, n.sealed from numbered n, position p
            on conflict (tenant_id, endpoint_id, delivery_id) do nothing
            returning id),
        figures as (
            insert into webhook_minute as m (tenant_id, endpoint_id, minute, what, count, last_at)
            select $1, $2, date_trunc('minute', l.at), w.what, w.count, l.at
            from position, (select max(i.received_at) as at from incoming i) l, (values ('kept', (select count(*) from kept)), ('duplicate', (select count(*) from incoming) - (select count(*) from kept))) w (what, count) where w.count > 0
            on conflict (tenant_id, endpoint_id, minute, what) do update set count = m.count + excluded.count, last_at = greatest(m.last_at, excluded.last_at))
        select k.id, pg_notify($10, $11) from kept k
        union all select null, null from position where not exists (select from kept)
        """;

    /// <returns>Those that had not been there before; null where the endpoint is gone.</returns>
    public async Task<IReadOnlySet<Guid>?> KeepAsync(TenantId tenant, Guid endpoint, IReadOnlyList<IncomingDelivery> deliveries, CancellationToken cancellationToken)
    {
        NpgsqlBatchCommand Statement()
        {
            var insert = new NpgsqlBatchCommand(Sql);
            object[] values =
            [
                tenant.Value, endpoint, deliveries.Select(delivery => delivery.Id).ToArray(), deliveries.Select(delivery => delivery.DeliveryId).ToArray(),
                deliveries.Select(delivery => delivery.ReceivedAt.UtcDateTime).ToArray(), deliveries.Select(delivery => delivery.Size).ToArray(),
                deliveries.Select(delivery => delivery.ContentType).ToArray(), deliveries.Select(delivery => delivery.IsTrial).ToArray(),
                deliveries.Select(delivery => delivery.Sealed).ToArray(), ChangeBroadcaster.Channel, new Change(WebhookStore.ArrivalTopic, tenant, endpoint).ToString(),
            ];
            foreach (var value in values)
            {
                insert.Parameters.AddWithValue(value);
            }

            return insert;
        }

        // Sent once more where it is not known whether it was heard: what it kept the first time has come twice then.
        var rows = await database.AtOnceAsync<Guid?>(tenant, Statement, cancellationToken);
        return rows.Count == 0 ? null : rows.OfType<Guid>().ToHashSet();
    }
}
