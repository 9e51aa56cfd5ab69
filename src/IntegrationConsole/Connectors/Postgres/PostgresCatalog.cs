using System.Globalization;
using IntegrationConsole.Connectors.Failures;
using Npgsql;
using NpgsqlTypes;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>What the database says of its tables; every run asks at least whether it is still the same.</summary>
internal static class PostgresCatalog
{
    /// <summary>Partitions stand behind their table; their statistics make up its own.</summary>
    private const string Estimate = """
        case when c.relkind = 'p'
             then (select sum(greatest(leaf.reltuples, 0))::int8 from pg_partition_tree(c.oid) part join pg_class leaf on leaf.oid = part.relid where part.isleaf)
             when c.relkind in ('r', 'm', 'f') and c.reltuples >= 0 then c.reltuples::int8 end
        """;

    /// <summary>The columns of an index that make it unique, in its order; without those it only carries along.</summary>
    private const string IndexColumns = """
        array(select a.attname::text from unnest(i.indkey::int2[]) with ordinality k(number, place)
              join pg_attribute a on a.attrelid = i.indrelid and a.attnum = k.number where k.place <= i.indnkeyatts order by k.place)
        """;

    /// <summary>
    /// The versions of all rows that a table's shape comes from; null where a column's type has parts of its own, as
    /// domains and enumerations have.
    /// </summary>
    private const string Mark = """
        (select case when bool_or(t.typtype in ('d', 'e')) then null
                     else md5(concat_ws(';', c.xmin, n.xmin, string_agg(concat_ws(',', a.attnum, a.xmin, t.oid, t.xmin), ' ' order by a.attnum),
                         (select string_agg(concat_ws(',', i.indexrelid, i.xmin, o.xmin), ' ' order by i.indexrelid) from pg_index i join pg_class o on o.oid = i.indexrelid where i.indrelid = c.oid),
                         (select string_agg(concat_ws(',', r.oid, r.xmin), ' ' order by r.oid) from pg_constraint r where r.conrelid = c.oid))) end
         from pg_attribute a join pg_type t on t.oid = a.atttypid where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped)
        """;

    public static Task<List<ListedTable>> ListAsync(PostgresSession session, IReadOnlyList<string> schemas, CancellationToken cancellationToken) =>
        session.ListAsync(
            $"""
            select n.nspname::text, c.relname::text, c.relkind::text, {Estimate}, has_table_privilege(c.oid, 'select'),
                   (has_any_column_privilege(c.oid, 'insert') and pg_relation_is_updatable(c.oid, true) & 8 <> 0)
                   or (has_any_column_privilege(c.oid, 'update') and pg_relation_is_updatable(c.oid, true) & 4 <> 0),
                   coalesce((select {IndexColumns} from pg_index i where i.indrelid = c.oid and i.indisprimary), '{"{}"}'),
                   array(select a.attname::text from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.atttypid in (1114, 1184))
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'm', 'f') and not c.relispartition
              and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname !~ '^pg_(toast|temp)'
              and has_schema_privilege(n.oid, 'usage') and c.relname not like 'integration\_console\_%'
              and (cardinality($1) = 0 or n.nspname = any($1))
            order by n.nspname, c.relname
            """,
            [new() { Value = schemas.ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text }],
            row => new ListedTable(
                row.GetString(0), row.GetString(1), row.GetChar(2), row.IsDBNull(3) ? null : row.GetInt64(3), row.GetBoolean(4), row.GetBoolean(5),
                row.GetFieldValue<string[]>(6), row.GetFieldValue<string[]>(7)),
            cancellationToken);

    /// <exception cref="FailureException">There is no such table, or several.</exception>
    public static async Task<TableShape> GetAsync(PostgresSession session, string stream, string what, CancellationToken cancellationToken) =>
        await FindAsync(session, stream, cancellationToken) ?? throw new FailureException(new Failure(
            FailureCause.SchemaChange, $"There is no table {stream} in {what}, or the login may not see it.", PostgresErrorCodes.UndefinedTable)
        { IsSystemic = true });

    public static async Task<TableShape?> FindAsync(PostgresSession session, string stream, CancellationToken cancellationToken)
    {
        var found = await session.ListAsync(
            $"""
            select c.oid::int8, n.nspname::text, c.relname::text, c.relkind::text, {Estimate}, {Mark}
            from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relname = any($2::name[]) and ((n.nspname = 'public' and c.relname = $1) or n.nspname || '.' || c.relname = $1)
            """,
            [new() { Value = stream }, new() { Value = NamesIn(stream).ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Text }],
            row => (
                Oid: row.GetInt64(0), Schema: row.GetString(1), Name: row.GetString(2), Kind: row.GetChar(3), Rows: row.IsDBNull(4) ? (long?)null : row.GetInt64(4),
                Mark: row.IsDBNull(5) ? null : row.GetString(5)),
            cancellationToken);
        if (found.Count > 1)
        {
            throw new FailureException(new Failure(FailureCause.Configuration, $"Several tables answer to the name {stream}: read it through a query, or rename one.", "ambiguous"));
        }

        if (found.Count == 0)
        {
            return null;
        }

        var table = found[0];
        if (table.Mark is not null && session is { Known: { } tables, Door: { } who } && tables.Find(who, table.Oid, table.Mark) is { } known)
        {
            return known with { EstimatedRows = table.Rows };
        }

        var columns = await ColumnShapes.OfTableAsync(session, table.Oid, cancellationToken);
        var keys = await session.ListAsync(
            $"""
            select {IndexColumns} from pg_index i
            where i.indrelid = $1::oid and i.indisunique and i.indisvalid and i.indimmediate and i.indpred is null and i.indexprs is null
            order by i.indisprimary desc, i.indnkeyatts, i.indexrelid
            """,
            [PostgresSession.Text(table.Oid.ToString(CultureInfo.InvariantCulture))], row => (IReadOnlyList<string>)row.GetFieldValue<string[]>(0), cancellationToken);
        var shape = new TableShape(table.Schema, table.Name, table.Kind, table.Rows, columns, keys) { Rules = await RulesAsync(session, table.Oid, cancellationToken) };
        if (table.Mark is not null && session is { Known: { } keeper, Door: { } door })
        {
            // What changed since the mark was read is in the shape and not in the mark, so that the next run reads it again.
            keeper.Keep(door, table.Oid, table.Mark, shape);
        }

        return shape;
    }

    /// <summary>What the table itself may be called: names have dots, too.</summary>
    private static IEnumerable<string> NamesIn(string stream)
    {
        for (var start = 0; start >= 0; start = stream.IndexOf('.', start) is var dot and >= 0 ? dot + 1 : -1)
        {
            yield return stream[start..];
        }
    }

    /// <summary>Of a rule over an expression the columns are not all known, so it is left out.</summary>
    private static async Task<Dictionary<string, IReadOnlyList<string>>> RulesAsync(PostgresSession session, long table, CancellationToken cancellationToken)
    {
        var rules = await session.ListAsync(
            $"""
            select o.relname::text, {IndexColumns} from pg_index i join pg_class o on o.oid = i.indexrelid
            where i.indrelid = $1::oid and i.indisunique and i.indexprs is null
            union all
            select r.conname::text, array(select a.attname::text from pg_attribute a where a.attrelid = r.conrelid and a.attnum = any(r.conkey) order by a.attnum)
            from pg_constraint r where r.conrelid = $1::oid and r.contype in ('c', 'f')
            """,
            [PostgresSession.Text(table.ToString(CultureInfo.InvariantCulture))], row => (Name: row.GetString(0), Columns: row.GetFieldValue<string[]>(1)), cancellationToken);

        // Rules and indexes are named apart from each other: two may share a name.
        return rules.DistinctBy(rule => rule.Name).ToDictionary(rule => rule.Name, rule => (IReadOnlyList<string>)rule.Columns);
    }
}

/// <summary>A table in the list of them all.</summary>
/// <param name="Instants">Its columns that hold a date and a time.</param>
internal sealed record ListedTable(
    string Schema, string Name, char Kind, long? EstimatedRows, bool CanRead, bool CanWrite, IReadOnlyList<string> PrimaryKey, IReadOnlyList<string> Instants);
