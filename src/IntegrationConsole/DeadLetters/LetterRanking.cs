namespace IntegrationConsole.DeadLetters;

/// <summary>
/// Lists letters otherwise than the newest first. The oldest first an index gives; by a figure the newest that match are
/// sorted, so many as a page can wait for, however many letters there are.
/// </summary>
public sealed class LetterRanking(ConsoleDatabase database)
{
    public const int SortedAtMost = 10_000;

    /// <param name="tenant">Whose.</param>
    /// <param name="filter">Which.</param>
    /// <param name="order">Not the newest first: that is <see cref="DeadLetterStore"/>'s.</param>
    /// <param name="after">The place behind which the page begins.</param>
    /// <param name="size">How many.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<Page<DeadLetter>> ListAsync(TenantId tenant, DeadLetterFilter filter, LetterOrder order, RankedKeyset? after, int size, CancellationToken cancellationToken)
    {
        var parameters = filter.Parameters(tenant);
        parameters.Add("rank", after?.Rank);
        parameters.Add("at", after?.At);
        parameters.Add("id", after?.Id);
        parameters.Add("sorted", SortedAtMost);
        parameters.Add("size", size + 1);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var letters = await session.ListAsync<DeadLetter>(order.Rank is { } rank ? ByFigure(rank, order.IsDescending) : OldestFirst, parameters, cancellationToken);
        return letters.Count > size ? new([.. letters.Take(size)], order.PlaceOf(letters[size - 1]).ToString()) : new(letters, null);
    }

    /// <remarks>The newest first, read backwards.</remarks>
    internal const string OldestFirst = $"""
        select {DeadLetterStore.Columns}
        from (
            select d.* from dead_letter d
            where {DeadLetterFilter.Where}
              and (@at::timestamptz is null or (d.last_failed_at >= @at and (d.last_failed_at > @at or (d.record_key, d.id) <
                   (coalesce((select l.record_key from dead_letter l where l.tenant_id = @tenant and l.id = @id), ''), @id))))
            order by d.last_failed_at, d.record_key desc, d.id desc limit @size) d
        join sync_definition s on s.tenant_id = d.tenant_id and s.id = d.sync_id
        order by d.last_failed_at, d.record_key desc, d.id desc
        """;

    internal static string ByFigure(string rank, bool isDescending) => $"""
        select {DeadLetterStore.Columns}
        from (
            select n.id as ranked_id, n.rank from (
                select d.id, d.last_failed_at, {rank} as rank from dead_letter d
                where {DeadLetterFilter.Where}
                order by d.last_failed_at desc limit @sorted) n
            where @rank::bigint is null or n.rank {(isDescending ? "<" : ">")} @rank or (n.rank = @rank and (n.last_failed_at, n.id) < (@at, @id))
            order by n.rank {(isDescending ? "desc" : "asc")}, n.last_failed_at desc, n.id desc limit @size) k
        join dead_letter d on d.tenant_id = @tenant and d.id = k.ranked_id
        join sync_definition s on s.tenant_id = d.tenant_id and s.id = d.sync_id
        order by k.rank {(isDescending ? "desc" : "asc")}, d.last_failed_at desc, d.id desc
        """;
}
