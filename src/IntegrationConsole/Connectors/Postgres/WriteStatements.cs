using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>
/// The statements of one writer. Rows are copied into a stage that only its own session sees, and go from there in one
/// statement, whatever the mode.
/// </summary>
/// <param name="number">Tells the stages of one session apart.</param>
internal sealed class WriteStatements(TableShape table, WriteMode mode, IReadOnlyList<StageColumn> columns, int number)
{
    private readonly string _name = NameOf(columns, number);

    private readonly IReadOnlyList<StageColumn> _keys = [.. columns.Where(column => column.IsKey)];
    private readonly IReadOnlyList<StageColumn> _others = [.. columns.Where(column => !column.IsKey)];

    private string Stage => $"pg_temp.{_name}";

    /// <summary>
    /// One per session and not one per batch, which would fill the catalogue with dead entries; emptied by each commit.
    /// A session that was used before, or came from a pooler, may have it already: its name says what it holds.
    /// </summary>
    public string MakeStage =>
        $"create temp table if not exists {_name} (seq integer, {string.Join(", ", columns.Select(column => column.StageSql))}) on commit delete rows";

    public string Copy => $"copy {Stage} (seq, {string.Join(", ", columns.Select(column => column.Name))}) from stdin (format binary)";

    /// <summary>Its count of rows is how many of them changed something.</summary>
    public string Write => mode switch
    {
        WriteMode.Upsert => Upsert,
        WriteMode.Append => Append,
        WriteMode.Update => Update,
        WriteMode.Overwrite => throw NotAsSuch,
    };

    /// <summary>
    /// The same, and gives the number of each row that changed something. A row that a trigger put under another key is
    /// not found again: its number is null.
    /// </summary>
    public string WriteTelling => mode switch
    {
        WriteMode.Upsert => $"""
            with won as (select distinct on ({Values(_keys)}) s.seq, {Renamed} from {Stage} s order by {Values(_keys)}, s.seq desc),
            written as ({Insert($"select {Staged(columns)} from won order by {Staged(_keys)}")} returning {string.Join(", ", _keys.Select(column => $"t.{Quoted(column)} as {column.Name}"))})
            select won.seq from written left join won on {string.Join(" and ", _keys.Select(column => $"written.{column.Name} = won.{column.Name}::{column.Column.DeclaredType}"))}
            """,
        WriteMode.Append => $"with written as ({Append} returning 1) select s.seq from {Stage} s",
        WriteMode.Update => $"{Update} returning d.seq",
        WriteMode.Overwrite => throw NotAsSuch,
    };

    /// <summary>The rows of the stage that an update finds nothing for.</summary>
    public string Missing => $"select s.seq from {Stage} s where not exists (select from {table.Sql} t where {Matches(column => column.Value)}) order by s.seq";

    /// <summary>The table beside is filled by one of the others.</summary>
    private static InvalidOperationException NotAsSuch => new("A table is overwritten by filling the one beside it.");

    private static string NameOf(IReadOnlyList<StageColumn> columns, int number)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes(string.Join(", ", columns.Select(column => column.StageSql))));
        return $"integration_console_stage_{number.ToString(CultureInfo.InvariantCulture)}_{Convert.ToHexStringLower(hash.AsSpan(0, 8))}";
    }

    private string Append => $"insert into {table.Sql} ({Names(columns)}) select {Values(columns)} from {Stage} s order by s.seq";

    /// <summary>
    /// Of two rows with the same key the later one stays; a row that would change nothing is not touched. Sorted by key,
    /// two writers lock the same rows in the same order.
    /// </summary>
    private string Upsert => Insert($"select distinct on ({Values(_keys)}) {Values(columns)} from {Stage} s order by {Values(_keys)}, s.seq desc");

    private string Update => $"""
        update {table.Sql} as t set {string.Join(", ", _others.Select(column => $"{Quoted(column)} = d.{column.Name}"))}
        from (select distinct on ({Values(_keys)}) s.seq, {Renamed}
              from {Stage} s order by {Values(_keys)}, s.seq desc) d
        where {Matches(column => $"d.{column.Name}")}
          and ({Compared(column => $"t.{Quoted(column)}")}) is distinct from ({Compared(column => $"d.{column.Name}::{column.Column.DeclaredType}")})
        """;

    private string Renamed => string.Join(", ", columns.Select(column => $"{column.Value} as {column.Name}"));

    private string Insert(string rows) => $"""
        insert into {table.Sql} as t ({Names(columns)})
        {rows}
        on conflict ({Names(_keys)}) {(_others.Count == 0 ? "do nothing" : $"""
        do update set {string.Join(", ", _others.Select(column => $"{Quoted(column)} = excluded.{Quoted(column)}"))}
        where ({Compared(column => $"t.{Quoted(column)}")}) is distinct from ({Compared(column => $"excluded.{Quoted(column)}")})
        """)}
        """;

    private string Matches(Func<StageColumn, string> value) => string.Join(" and ", _keys.Select(column => $"t.{Quoted(column)} = {value(column)}"));

    private string Compared(Func<StageColumn, string> value) =>
        string.Join(", ", _others.Select(column => column.Column.ComparesExactly ? value(column) : $"({value(column)})::text collate \"C\""));

    private static string Quoted(StageColumn column) => SqlName.Quote(column.Column.Name);

    private static string Names(IEnumerable<StageColumn> columns) => string.Join(", ", columns.Select(Quoted));

    private static string Staged(IEnumerable<StageColumn> columns) => string.Join(", ", columns.Select(column => column.Name));

    private static string Values(IEnumerable<StageColumn> columns) => string.Join(", ", columns.Select(column => column.Value));
}
