using Dapper;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Sync.Replays.Preparation;

/// <summary>How many letters of an integration are selected.</summary>
public sealed record SyncLetters(Guid SyncId, int Count);

/// <summary>Of how many selected letters the rows are kept that the mapping had made of them.</summary>
/// <param name="Kept">Of so many they are.</param>
/// <param name="Missing">Of so many they are not: they failed before, were corrected since, or made a row together.</param>
/// <param name="KeptOfDestination">Of the first those where the destination was at fault.</param>
/// <param name="MissingOfDestination">Of the second those where it was, and that nobody corrected.</param>
public sealed record LetterRows(int Kept, int Missing, int KeptOfDestination, int MissingOfDestination)
{
    /// <summary>How many go as they were mapped.</summary>
    public int AsMapped(ReplayOrigin origin) => origin switch { ReplayOrigin.Record => 0, ReplayOrigin.Mapped => Kept, ReplayOrigin.ByCause => KeptOfDestination };

    /// <summary>How many were to, and cannot.</summary>
    public int MissingFor(ReplayOrigin origin) => origin switch { ReplayOrigin.Record => 0, ReplayOrigin.Mapped => Missing, ReplayOrigin.ByCause => MissingOfDestination };
}

/// <summary>What a selection holds at this moment.</summary>
/// <param name="Count">Letters that would be sent; with <paramref name="IsExact"/> false at least so many.</param>
/// <param name="Unknown">Letters that were sent before and whose answer was lost.</param>
/// <param name="Behind">Letters that wait behind selected ones, and follow them.</param>
/// <param name="Newer">Letters that match and came after the moment of the selection.</param>
public sealed record SelectionCount(int Count, bool IsExact, int Unknown, int Behind, int Newer, IReadOnlyList<SyncLetters> Syncs)
{
    public LetterRows Rows { get; init; } = new(0, 0, 0, 0);
}

/// <summary>A selected letter with the record that would be sent.</summary>
/// <param name="MappingVersion">The version of its first try.</param>
/// <param name="AsMapped">It would go as it was mapped then.</param>
/// <param name="Mapped">The rows that are kept of it for that; null where there are none.</param>
public sealed record SelectedLetter(Guid Id, Guid SyncId, long Turn, int? MappingVersion, string KeyText, byte[] Record, bool AsMapped, byte[]? Mapped);

/// <summary>Looks at the letters of a selection before anything is done with them.</summary>
public sealed class SelectedLetters(ConsoleDatabase database, TenantSeals seals)
{
    /// <summary>More are not counted while somebody waits for a page.</summary>
    public const int CountedAtMost = 100_000;

    private const long MostBytes = 16 * 1024 * 1024;

    public async Task<SelectionCount> CountAsync(TenantId tenant, ReplaySelection selection, CancellationToken cancellationToken)
    {
        var (where, parameters) = Of(tenant, selection);
        parameters.Add("most", CountedAtMost + 1);
        parameters.Add("includeUnknown", selection.IncludeUnknown);
        parameters.Add("destinationCauses", ReplayOrigins.OfTheDestination);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var syncs = await session.ListAsync<SyncRow>($"""
            select sync_id, count(*)::int as letters, (count(*) filter (where is_unknown))::int as unknown, (count(*) filter (where has_order))::int as ordered,
                (count(*) filter (where goes and has_rows))::int as kept, (count(*) filter (where goes and not has_rows and not is_held))::int as missing,
                (count(*) filter (where goes and has_rows and is_theirs))::int as kept_theirs, (count(*) filter (where goes and not has_rows and is_theirs))::int as missing_theirs
            from (select d.sync_id, d.outcome = 'Unknown' as is_unknown, d.order_key is not null as has_order, @includeUnknown or d.outcome <> 'Unknown' as goes, d.mapped is not null as has_rows,
                         d.cause = 'Held' as is_held, {ReplayOrigins.IsOfTheDestination} as is_theirs from dead_letter d where {where} and d.first_failed_at <= @asOf limit @most) l
            group by sync_id order by letters desc
            """, parameters, cancellationToken);
        var newer = await session.OneAsync<int>($"select count(*)::int from (select from dead_letter d where {where} and d.first_failed_at > @asOf limit 1000) l", parameters, cancellationToken);
        var behind = syncs.Any(sync => sync.Ordered > 0) ? await session.OneAsync<int>($"""
            select count(*)::int from (
                select from dead_letter w
                where w.tenant_id = @tenant and w.cause = 'Held' and w.state = 'Waiting'
                  and exists (select from dead_letter d where {where} and d.first_failed_at <= @asOf and d.sync_id = w.sync_id and d.order_key = w.order_key and d.turn < w.turn)
                  and not exists (select from dead_letter d where {where} and d.id = w.id) limit 10000) l
            """, parameters, cancellationToken) : 0;
        var all = syncs.Sum(sync => sync.Letters);
        var unknown = syncs.Sum(sync => sync.Unknown);
        return new SelectionCount(
            selection.IncludeUnknown ? all : all - unknown, all <= CountedAtMost, unknown, behind, newer,
            [.. syncs.Select(sync => new SyncLetters(sync.SyncId, selection.IncludeUnknown ? sync.Letters : sync.Letters - sync.Unknown)).Where(sync => sync.Count > 0)])
        {
            Rows = new LetterRows(syncs.Sum(sync => sync.Kept), syncs.Sum(sync => sync.Missing), syncs.Sum(sync => sync.KeptTheirs), syncs.Sum(sync => sync.MissingTheirs)),
        };
    }

    /// <summary>The next letters in their order, as many as fit into a few megabytes, with their records opened.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="selection">Which.</param>
    /// <param name="options">Which of them go as they were mapped.</param>
    /// <param name="sync">Of one integration; null for all.</param>
    /// <param name="after">The turn of the last one of the page before; -1 for none.</param>
    /// <param name="most">How many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<SelectedLetter>> ReadAsync(
        TenantId tenant, ReplaySelection selection, ReplayOptions options, Guid? sync, long after, int most, CancellationToken cancellationToken)
    {
        var (where, parameters) = Of(tenant, selection);
        parameters.Add("onlySync", sync);
        parameters.Add("after", after);
        parameters.Add("most", most);
        parameters.Add("includeUnknown", selection.IncludeUnknown);
        parameters.Add("bytes", MostBytes);
        parameters.Add("origin", options.Origin.ToString());
        parameters.Add("mapsRest", options.MapsRest);
        parameters.Add("destinationCauses", ReplayOrigins.OfTheDestination);
        var seal = await seals.ForAsync(tenant, cancellationToken);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var rows = await session.ListAsync<Row>($"""
            with page as (
                select d.id, sum(d.payload_size::bigint) over (order by d.turn) - d.payload_size as before from dead_letter d
                where {where} and d.first_failed_at <= @asOf and (@includeUnknown or d.outcome <> 'Unknown') and (@onlySync::uuid is null or d.sync_id = @onlySync) and d.turn > @after
                order by d.turn limit @most)
            select d.id, d.sync_id, d.turn,
                coalesce((select a.mapping_version from dead_letter_attempt a where a.tenant_id = d.tenant_id and a.letter_id = d.id and a.number = 1), d.mapping_version) as mapping_version, d.record_key, d.place, coalesce(d.edited, d.payload) as content,
                m.as_mapped, case when m.as_mapped then d.mapped end as mapped
            from page join dead_letter d on d.tenant_id = @tenant and d.id = page.id cross join lateral (select {ReplayOrigins.IsAsMapped}) m (as_mapped) where page.before < @bytes order by d.turn
            """, parameters, cancellationToken);
        return
        [
            .. rows.Select(row => new SelectedLetter(
                row.Id, row.SyncId, row.Turn, row.MappingVersion, DeadLetter.KeyTextOf(row.RecordKey, row.Place), seal.Open(row.Content, LetterSeals.Payload),
                row.AsMapped, row.Mapped is null ? null : seal.Open(row.Mapped, LetterSeals.Mapped))),
        ];
    }

    private static (string Where, DynamicParameters Parameters) Of(TenantId tenant, ReplaySelection selection)
    {
        var parameters = selection.Ids is { } ids ? new DynamicParameters(new { tenant, ids = ids.ToArray() }) : selection.Filter.Parameters(tenant);
        parameters.Add("asOf", selection.AsOf);
        return ($"{(selection.Ids is null ? DeadLetterFilter.Where : "d.tenant_id = @tenant and d.id = any(@ids)")} and d.state = 'Waiting'", parameters);
    }

    private sealed record SyncRow(Guid SyncId, int Letters, int Unknown, int Ordered, int Kept, int Missing, int KeptTheirs, int MissingTheirs);

    private sealed record Row(Guid Id, Guid SyncId, long Turn, int? MappingVersion, string RecordKey, string Place, byte[] Content, bool AsMapped, byte[]? Mapped);
}
