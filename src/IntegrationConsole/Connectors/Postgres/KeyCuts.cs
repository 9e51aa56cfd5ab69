using System.Globalization;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>
/// Where a stream is cut by its key: at the bounds of the catalogue's histogram, which has as many rows between any two;
/// where there is none, evenly between the least and the greatest number.
/// </summary>
internal static class KeyCuts
{
    /// <returns>One range more than cuts; a single one, or none, where there is nothing to cut by.</returns>
    public static async Task<IReadOnlyList<KeyRange>> OfAsync(PostgresSession session, StreamShape stream, int parts, CancellationToken cancellationToken)
    {
        if (stream.Key.Count == 0)
        {
            return [];
        }

        var bounds = stream.KeyIsPromised ? [] : await HistogramAsync(session, stream, cancellationToken);
        var cuts = bounds.Count > parts ? Among(bounds, parts) : await EvenlyAsync(session, stream, parts, cancellationToken);
        return KeyRange.Between(cuts);
    }

    /// <summary>As many cuts as make so many parts, at the same distances.</summary>
    internal static IReadOnlyList<string> Among(IReadOnlyList<string> bounds, int parts) =>
        [.. Enumerable.Range(1, parts - 1).Select(part => bounds[(int)((long)part * (bounds.Count - 1) / parts)]).Distinct()];

    /// <summary>Views have none; nor have tables that were never analysed.</summary>
    private static Task<List<string>> HistogramAsync(PostgresSession session, StreamShape stream, CancellationToken cancellationToken) => session.ListAsync(
        $"""
        select b from pg_catalog.pg_stats s cross join lateral unnest(s.histogram_bounds::text::text[]) with ordinality as h (b, i)
        where (s.schemaname, s.tablename) = (select n.nspname, c.relname from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace where c.oid = to_regclass($1))
          and s.attname = $2 and not s.inherited order by h.i
        """,
        [PostgresSession.Text(stream.From), PostgresSession.Text(stream.Key[0].Name)], row => row.GetString(0), cancellationToken);

    private static async Task<IReadOnlyList<string>> EvenlyAsync(PostgresSession session, StreamShape stream, int parts, CancellationToken cancellationToken)
    {
        var key = stream.Key[0];
        if (key.Kind is not (ColumnKind.Int2 or ColumnKind.Int4 or ColumnKind.Int8))
        {
            return [];
        }

        var name = $"t.{SqlName.Quote(key.Name)}";
        var ends = await session.ListAsync(
            $"select min({name})::numeric::text, max({name})::numeric::text from {stream.From} t", [], row => row.IsDBNull(0) ? ("0", "0") : (row.GetString(0), row.GetString(1)), cancellationToken);
        var (least, greatest) = (decimal.Parse(ends[0].Item1, CultureInfo.InvariantCulture), decimal.Parse(ends[0].Item2, CultureInfo.InvariantCulture));
        return
        [
            .. Enumerable.Range(1, parts - 1).Select(part => decimal.Floor(least + ((greatest - least + 1) / parts * part))).Where(cut => cut > least).Distinct()
                .Select(cut => cut.ToString(CultureInfo.InvariantCulture)),
        ];
    }
}
