namespace IntegrationConsole.Sync.Runs;

/// <summary>
/// Lists runs otherwise than the newest first. The oldest first an index gives; by a figure the newest that match are
/// sorted, so many as a page can wait for, however many runs there are.
/// </summary>
public sealed class RunRanking(ConsoleDatabase database, TimeProvider clock)
{
    private const int SortedAtMost = 10_000;

    /// <summary>Of each tenant so many at least, even among many.</summary>
    private const int SortedAtLeast = 50;

    /// <summary>How many of each tenant are sorted: the newest.</summary>
    public static int SortedOfEach(int tenants) => Math.Max(SortedAtLeast, SortedAtMost / Math.Max(1, tenants));

    /// <param name="tenants">Those that the reader may see.</param>
    /// <param name="filter">Which of their runs.</param>
    /// <param name="order">Not the newest first: that is <see cref="RunStore"/>'s.</param>
    /// <param name="after">The place behind which the page begins.</param>
    /// <param name="size">How many.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<Page<Run>> ListAsync(
        IReadOnlyCollection<TenantId> tenants, RunFilter filter, RunOrder order, RankedKeyset? after, int size, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var parameters = filter.Parameters(tenants);
        parameters.Add("now", now);
        parameters.Add("rank", after?.Rank);
        parameters.Add("at", after?.At);
        parameters.Add("id", after?.Id);
        parameters.Add("among", SortedOfEach(tenants.Count));
        parameters.Add("size", size + 1);
        await using var session = tenants.Count == 1 ? await database.InTenantAsync(tenants.First(), cancellationToken) : await database.AcrossTenantsAsync(cancellationToken);
        var runs = await session.ListAsync<Run>(Sql(order), parameters, cancellationToken);
        return runs.Count > size ? new([.. runs.Take(size)], order.PlaceOf(runs[size - 1], now).ToString()) : new(runs, null);
    }

    internal static string Sql(RunOrder order) => order.Rank is { } rank ? ByFigure(rank, order.IsDescending) : OldestFirst;

    private const string OldestFirst = $"""
        select {RunStore.Columns}
        from (
            select n.tenant_id, n.id from unnest(@tenants) t(id)
            cross join lateral (
                select x.tenant_id, x.id, x.queued_at from run x
                where x.tenant_id = t.id and {RunFilter.Where}
                  and (@at::timestamptz is null or (x.queued_at, x.id) > (@at, @id))
                order by x.queued_at, x.id limit @size) n
            order by n.queued_at, n.id limit @size) k
        join run r on r.tenant_id = k.tenant_id and r.id = k.id
        join sync_definition s on s.tenant_id = r.tenant_id and s.id = r.sync_id
        order by r.queued_at, r.id
        """;

    private static string ByFigure(string rank, bool isDescending) => $"""
        select {RunStore.Columns}
        from (
            select n.tenant_id, n.id, n.rank from unnest(@tenants) t(id)
            cross join lateral (
                select x.tenant_id, x.id, x.queued_at, {rank} as rank from run x
                where x.tenant_id = t.id and {RunFilter.Where}
                order by x.queued_at desc, x.id desc limit @among) n
            where @rank::bigint is null or n.rank {(isDescending ? "<" : ">")} @rank or (n.rank = @rank and (n.queued_at, n.id) < (@at, @id))
            order by n.rank {(isDescending ? "desc" : "asc")}, n.queued_at desc, n.id desc limit @size) k
        join run r on r.tenant_id = k.tenant_id and r.id = k.id
        join sync_definition s on s.tenant_id = r.tenant_id and s.id = r.sync_id
        order by k.rank {(isDescending ? "desc" : "asc")}, r.queued_at desc, r.id desc
        """;
}
