namespace IntegrationConsole.Connectors.Postgres;

/// <summary>
/// The statements over a sync's ledger of rows: a table beside the one it is about, with its key columns, when the record
/// of a row was last met, and the run that was told that it is gone.
/// </summary>
internal sealed class LedgerStatements(TableShape live, IReadOnlyList<StageColumn> keys, Guid sync, Guid run, ColumnShape? soft)
{
    private const string Stage = "pg_temp.integration_console_keys";

    private readonly string _ledger = SqlName.Quote(live.Schema, NameOf(sync));

    public static string NameOf(Guid sync) => $"integration_console_rows_{sync:n}";

    public string Ledger => _ledger;

    /// <summary>Says which table and which key it is about: with another one it begins anew.</summary>
    public string Comment => $"Rows of {live.Stream} by ({string.Join(", ", keys.Select(key => key.Column.Name))}) that integration {sync:n} brought".Replace("'", "''", StringComparison.Ordinal);

    /// <summary>The key columns with their types and collations, so that they compare as they do in the table.</summary>
    public string Make => $"""
        create table {_ledger} with (fillfactor = 80) as
            select {List(key => $"t.{SqlName.Quote(key.Column.Name)} as {Own(key)}")}, null::timestamptz as seen, null::uuid as gone, null::timestamptz as deleted_at
            from {live.Sql} t with no data;
        alter table {_ledger} alter column seen set not null, add primary key ({List(Own)});
        comment on table {_ledger} is '{Comment}'
        """;

    public string MakeStage =>
        $"drop table if exists {Stage}; create temp table integration_console_keys (seq integer, {List(key => key.StageSql)}) on commit delete rows";

    public string Copy => $"copy {Stage} (seq, {List(key => key.Name)}) from stdin (format binary)";

    /// <summary>A record that comes back takes its row out of the deleted ones.</summary>
    public string Restore => soft is null ? "" : $"""
        with back as (
            update {_ledger} l set deleted_at = null from {Staged} s where {Same("l", "s")} and l.deleted_at is not null returning {List(key => $"l.{Own(key)}")})
        update {live.Sql} t set {SqlName.Quote(soft.Name)} = {(soft.Kind is ColumnKind.Boolean ? "false" : "null")} from back where {OfTable("back")}
        """;

    public string Enter => $"""
        insert into {_ledger} as l ({List(Own)}, seen) select {List(key => $"s.{Own(key)}")}, $1::timestamptz from {Staged} s order by {List(key => $"s.{Own(key)}")}
        on conflict ({List(Own)}) do update set seen = greatest(l.seen, excluded.seen), gone = null
        """;

    public string KnowAgain => $"update {_ledger} l set seen = greatest(l.seen, $1::timestamptz), gone = null from {Staged} s where {Same("l", "s")}";

    public string MarkGone => $"update {_ledger} l set gone = '{run}' from {Staged} s where {Same("l", "s")} and l.deleted_at is null";

    public string Adopt(Guid earlier) => $"update {_ledger} l set gone = '{run}' where l.gone = '{earlier}'";

    public string Count => $"select count(*) filter (where {Due}), count(*) from {_ledger} l where l.deleted_at is null";

    public string Samples(int most) =>
        $"select concat_ws(' · ', {List(key => $"l.{Own(key)}::text")}) from {_ledger} l where l.deleted_at is null and {Due} order by {List(key => $"l.{Own(key)}")} limit {most}";

    public string Delete => soft is null
        ? $"""
            with due as (delete from {_ledger} l where l.deleted_at is null and {Due} returning {List(key => $"l.{Own(key)}")})
            delete from {live.Sql} t using due where {OfTable("due")}
            """
        : $"""
            with due as (
                update {_ledger} l set deleted_at = now(), gone = null where l.deleted_at is null and {Due} returning {List(key => $"l.{Own(key)}")})
            update {live.Sql} t set {SqlName.Quote(soft.Name)} = {(soft.Kind is ColumnKind.Boolean ? "true" : "now()")} from due where {OfTable("due")}
            """;

    private string Staged => $"(select distinct {List(key => $"{key.Value} as {Own(key)}")} from {Stage} s)";

    private static string Own(StageColumn key) => $"k{key.Place}";

    /// <summary>With a null for the moment, nothing was met too long ago.</summary>
    private string Due => $"(l.gone = '{run}' or l.seen < coalesce($1::timestamptz, '-infinity'))";

    private string Same(string one, string other) => string.Join(" and ", keys.Select(key => $"{one}.{Own(key)} = {other}.{Own(key)}"));

    private string OfTable(string from) => string.Join(" and ", keys.Select(key => $"t.{SqlName.Quote(key.Column.Name)} = {from}.{Own(key)}"));

    private string List(Func<StageColumn, string> part) => string.Join(", ", keys.Select(part));
}
