namespace IntegrationConsole.Connectors.Postgres;

/// <summary>
/// The statements of one comparison. Rows of the source are kept in the column types of the table, so that what would be
/// written without changing anything is the same here too: a number that the column rounds, a text that it pads.
/// </summary>
/// <param name="live">The table.</param>
/// <param name="columns">What is compared.</param>
/// <param name="key">The record's own key, as text.</param>
/// <param name="soft">Marks deleted rows; null where nothing does.</param>
internal sealed class ComparisonStatements(TableShape live, IReadOnlyList<StageColumn> columns, StageColumn key, ColumnShape? soft)
{
    private const string Stage = "pg_temp.integration_console_compared";
    private const string Side = "pg_temp.integration_console_side";
    private const string Doubt = "pg_temp.integration_console_doubt";
    private const string Looked = "pg_temp.integration_console_looked";
    private const string Found = "pg_temp.integration_console_found";

    private readonly IReadOnlyList<StageColumn> _keys = [.. columns.Where(column => column.IsKey)];
    private readonly IReadOnlyList<StageColumn> _others = [.. columns.Where(column => !column.IsKey)];

    /// <summary>A pooler may hand us a session that has them already.</summary>
    public string Make => $"""
        drop table if exists {Stage}, {Side}, {Doubt}, {Looked}, {Found};
        create temp table integration_console_compared (seq integer, {List(columns, column => column.StageSql)}, {key.StageSql}) on commit delete rows;
        create temp table integration_console_side as select {List(columns, Own)}, null::text as record_key from {live.Sql} t with no data;
        alter table {Side} add column arrived bigint generated always as identity;
        create temp table integration_console_doubt as select {List(_keys, Own)}, null::text as record_key, null::text as kind, null::text as here, null::text as there, null::text[] as fields
            from {live.Sql} t with no data;
        create temp table integration_console_looked (like integration_console_doubt);
        create temp table integration_console_found (like integration_console_doubt)
        """;

    public string Copy => $"copy {Stage} (seq, {List(columns, column => column.Name)}, {key.Name}) from stdin (format binary)";

    /// <param name="all">Otherwise only what is in doubt.</param>
    public string Keep(bool all) => $"""
        insert into {Side} ({List(columns, column => column.Name)}, record_key)
        select {List(columns, column => column.Value)}, s.{key.Name} from {Stage} s
        {(all ? "" : $"where exists (select from {Doubt} d where {string.Join(" and ", _keys.Select(column => $"d.{column.Name} = {column.Value}"))})")}
        order by s.seq
        """;

    /// <summary>Of several records with one key the last is the one that stays at the destination.</summary>
    public string DropEarlier => $"""
        delete from {Side} s using (select {List(_keys, column => column.Name)}, max(arrived) as last from {Side} group by {List(_keys, column => column.Name)} having count(*) > 1) d
        where {Same("s", "d")} and s.arrived < d.last
        """;

    public string Analyze => $"analyze {Side}";

    public string Count => $"select count(*) from {There}";

    /// <summary>Everything that differs at the first look.</summary>
    public string First => $"""
        insert into {Doubt} ({List(_keys, column => column.Name)}, record_key, kind, here, there, fields)
        select {List(_keys, column => $"coalesce(s.{column.Name}, t.{column.Name})")}, s.record_key, {Kind}, {Digest("s")}, {Digest("t")}, {Fields}
        from (select true as is_here, * from {Side}) s full join (select true as is_here, * from {There}) t on {Same("s", "t")}
        where {Differs}
        """;

    /// <summary>What was in doubt, as it is now.</summary>
    public string Again => $"""
        insert into {Looked} ({List(_keys, column => column.Name)}, record_key, kind, here, there, fields)
        select {List(_keys, column => $"d.{column.Name}")}, coalesce(s.record_key, d.record_key), {Kind}, {Digest("s")}, {Digest("t")}, {Fields}
        from {Doubt} d
        left join (select true as is_here, * from {Side}) s on {Same("s", "d")}
        left join (select true as is_here, * from {There}) t on {Same("t", "d")}
        where {Differs} and (s.is_here or t.is_here)
        """;

    /// <summary>As it was before on both sides: a difference.</summary>
    public string Confirm => $"""
        insert into {Found} select l.* from {Looked} l join {Doubt} d on {Same("l", "d")}
        where l.kind = d.kind and l.here is not distinct from d.here and l.there is not distinct from d.there
        """;

    public string KeepDoubt => $"""
        truncate {Doubt};
        insert into {Doubt} select l.* from {Looked} l where not exists (select from {Found} f where {Same("f", "l")});
        truncate {Looked}, {Side}
        """;

    /// <summary>From here on rows are looked up in what is in doubt, batch after batch.</summary>
    public string Settle => $"truncate {Side}; create index on {Doubt} ({List(_keys, column => column.Name)}); analyze {Doubt}";

    public string CountFound => $"select kind, count(*) from {Found} group by kind union all select '', count(*) from {Doubt}";

    public string Listing(string kind, int most) => $"""
        select coalesce(f.record_key, concat_ws(' · ', {List(_keys, column => $"f.{column.Name}::text")})), f.fields from {Found} f
        where f.kind = '{kind}' order by {List(_keys, column => $"f.{column.Name}")} limit {most}
        """;

    /// <summary>A row without a key is nobody's: nothing could be told of it.</summary>
    private string There
    {
        get
        {
            var isThere = soft is null ? "" : soft.Kind is ColumnKind.Boolean ? $" and t.{SqlName.Quote(soft.Name)} is not true" : $" and t.{SqlName.Quote(soft.Name)} is null";
            return $"(select {List(columns, Own)} from {live.Sql} t where {string.Join(" and ", _keys.Select(column => $"t.{SqlName.Quote(column.Column.Name)} is not null"))}{isThere}) there";
        }
    }

    private static string Kind => "case when t.is_here is null then 'Missing' when s.is_here is null then 'Extra' else 'Different' end";

    private string Differs => _others.Count == 0 ? "(s.is_here is null or t.is_here is null)"
        : $"(s.is_here is null or t.is_here is null or ({Values(_others, "s")}) is distinct from ({Values(_others, "t")}))";

    private string Fields => _others.Count == 0 ? "'{}'::text[]"
        : $"case when s.is_here and t.is_here then array_remove(array[{List(_others, column => $"case when {Value(column, "s")} is distinct from {Value(column, "t")} then {Literal(column.Column.Name)} end")}], null) else '{{}}' end";

    private string Digest(string side) => $"case when {side}.is_here then md5(row({Values(columns, side)})::text) end";

    private string Same(string one, string other) => string.Join(" and ", _keys.Select(column => $"{one}.{column.Name} = {other}.{column.Name}"));

    private static string Own(StageColumn column) => $"t.{SqlName.Quote(column.Column.Name)} as {column.Name}";

    private static string Values(IEnumerable<StageColumn> columns, string side) => List(columns, column => Value(column, side));

    /// <summary>As the writer compares: what a type calls equal in another notation is not the same to a reader.</summary>
    private static string Value(StageColumn column, string side) => column.Column.ComparesExactly ? $"{side}.{column.Name}" : $"({side}.{column.Name})::text collate \"C\"";

    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static string List(IEnumerable<StageColumn> columns, Func<StageColumn, string> part) => string.Join(", ", columns.Select(part));
}
