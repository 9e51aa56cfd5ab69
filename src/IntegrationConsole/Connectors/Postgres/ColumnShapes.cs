using System.Globalization;
using Npgsql;
using NpgsqlTypes;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>Reads what there is to know of the columns of a table or a query.</summary>
internal static class ColumnShapes
{
    public static Task<List<ColumnShape>> OfTableAsync(PostgresSession session, long oid, CancellationToken cancellationToken) =>
        session.ListAsync(
            """
            with recursive layer as (
                select a.attnum, t.oid, t.typtype, t.typbasetype, a.atttypmod as typmod, a.attnotnull as not_null
                from pg_attribute a join pg_type t on t.oid = a.atttypid
                where a.attrelid = $1::oid and a.attnum > 0 and not a.attisdropped
              union all
                -- A domain's own limits stand with the domain and not with the column.
                select l.attnum, b.oid, b.typtype, b.typbasetype, case when l.typmod >= 0 then l.typmod else d.typtypmod end, l.not_null or d.typnotnull
                from layer l join pg_type d on d.oid = l.oid join pg_type b on b.oid = d.typbasetype
                where l.typtype = 'd'
            )
            select a.attname::text, t.oid::int8, l.typmod, t.typcategory::text, t.typtype::text, t.typname::text, format_type(t.oid, -1), format_type(a.atttypid, a.atttypmod),
                   l.not_null, a.atthasdef or a.attidentity <> '' or (select o.typdefault from pg_type o where o.oid = a.atttypid) is not null,
                   a.attidentity = 'a', a.attgenerated <> '', coalesce(k.collisdeterministic, true),
                   array(select e.enumlabel::text from pg_enum e where e.enumtypid = t.oid)
            from layer l
            join pg_attribute a on a.attrelid = $1::oid and a.attnum = l.attnum
            join pg_type t on t.oid = l.oid
            left join pg_collation k on k.oid = a.attcollation
            where l.typtype <> 'd'
            order by a.attnum
            """,
            [PostgresSession.Text(oid.ToString(CultureInfo.InvariantCulture))], Read, cancellationToken);

    /// <summary>Prepares the query as part of another: what is not a single SELECT cannot be.</summary>
    public static async Task<List<ColumnShape>> OfQueryAsync(PostgresSession session, QuerySetting query, CancellationToken cancellationToken)
    {
        List<(string Name, long Type)> columns;
        await using (var reader = await session.ReadAsync(
            $"select * from {query.From} t limit $1", [new() { Value = 0L }], null, cancellationToken))
        {
            columns = [.. Enumerable.Range(0, reader.FieldCount).Select(index => (reader.GetName(index), (long)reader.GetDataTypeOID(index)))];
        }

        var types = await session.ListAsync(
            """
            select t.oid::int8, t.typcategory::text, t.typtype::text, t.typname::text, format_type(t.oid, -1)
            from pg_type t where t.oid::int8 = any($1)
            """,
            [new() { Value = columns.Select(column => column.Type).Distinct().ToArray(), NpgsqlDbType = NpgsqlDbType.Array | NpgsqlDbType.Bigint }],
            row => (Number: row.GetInt64(0), Category: row.GetChar(1), Class: row.GetChar(2), Name: row.GetString(3), Sql: row.GetString(4)),
            cancellationToken);
        var byNumber = types.ToDictionary(type => type.Number);
        return [.. columns.Select(column => Of(column.Name, byNumber[column.Type]))];

        static ColumnShape Of(string name, (long Number, char Category, char Class, string Name, string Sql) type) =>
            new(name, TypeNumbers.KindOf(type.Number, type.Category, type.Class, type.Name)) { Type = type.Sql, DeclaredType = type.Sql };
    }

    private static ColumnShape Read(NpgsqlDataReader row)
    {
        var (oid, typmod, @class) = (row.GetInt64(1), row.GetInt32(2), row.GetChar(4));
        return new ColumnShape(row.GetString(0), TypeNumbers.KindOf(oid, row.GetChar(3), @class, row.GetString(5)))
        {
            Type = row.GetString(6),
            DeclaredType = row.GetString(7),
            MaxLength = TypeNumbers.MaxLength(oid, typmod),
            Digits = TypeNumbers.Digits(oid, typmod),
            NotNull = row.GetBoolean(8),
            HasDefault = row.GetBoolean(9),
            Origin = row.GetBoolean(10) ? ColumnOrigin.IdentityAlways : row.GetBoolean(11) ? ColumnOrigin.Generated : ColumnOrigin.Writer,
            ComparesExactly = TypeNumbers.ComparesExactly(oid, @class) && row.GetBoolean(12),
            Labels = row.GetFieldValue<string[]>(13).ToHashSet(),
        };
    }
}
