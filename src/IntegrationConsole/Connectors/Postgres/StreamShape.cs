using System.Text.RegularExpressions;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>A table or a query as it is read.</summary>
/// <param name="From">What stands behind <c>from</c>.</param>
/// <param name="Key">Columns that identify a row, by which pages follow each other; empty where nothing does.</param>
/// <param name="Cursor">The column that tells what changed; null where none does.</param>
/// <param name="EstimatedRows">What the server's statistics say.</param>
/// <param name="KeyIsPromised">The key is a person's word and not the database's.</param>
internal sealed partial record StreamShape(
    string From, IReadOnlyList<ColumnShape> Columns, IReadOnlyList<ColumnShape> Key, ColumnShape? Cursor, long? EstimatedRows, bool KeyIsPromised)
{
    public static async Task<StreamShape> LoadAsync(PostgresSession session, PostgresSettings settings, string stream, CancellationToken cancellationToken)
    {
        if (settings.FindQuery(stream) is { } query)
        {
            var columns = await ColumnShapes.OfQueryAsync(session, query, cancellationToken);
            return new StreamShape(
                query.From, columns, [.. query.KeyNames.Select(name => Named(columns, name, stream))],
                string.IsNullOrWhiteSpace(query.Cursor) ? null : Named(columns, query.Cursor.Trim(), stream), null, query.KeyNames.Count > 0);
        }

        var table = await PostgresCatalog.GetAsync(session, stream, settings.Host, cancellationToken);
        var cursor = settings.CursorOf(stream) ?? CursorAmong(
            table.Columns.Where(column => column.Kind is ColumnKind.Timestamp or ColumnKind.TimestampTz).Select(column => column.Name));
        return new StreamShape(
            table.Sql, table.Columns, [.. table.Key.Select(name => table.Find(name)!)], cursor is null ? null : Named(table.Columns, cursor, stream), table.EstimatedRows, false);
    }

    /// <summary>The one column whose name says that it holds the time of the last change; null where none or several do.</summary>
    public static string? CursorAmong(IEnumerable<string> instants) =>
        instants.Where(name => ChangeTime().IsMatch(name)).Take(2).ToList() is [var only] ? only : null;

    public static IReadOnlyList<StreamField> Fields(IReadOnlyList<ColumnShape> columns, IReadOnlyList<string> keys) =>
        [.. columns.Select(column => new StreamField(column.Name, column.FieldType, column.IsRequired, column.MaxLength, keys.Contains(column.Name), column.NativeType))];

    private static ColumnShape Named(IReadOnlyList<ColumnShape> columns, string name, string stream) =>
        columns.FirstOrDefault(column => column.Name == name) ?? throw new FailureException(new Failure(
            FailureCause.Configuration, $"{stream} has no column {name}: correct it in the connection's settings.", "", name));

    [GeneratedRegex("^(last_?|row_?)?(updated?|modified|modification|changed?)(_?(at|on|date|time|datetime|timestamp|ts|utc))*$", RegexOptions.IgnoreCase | RegexOptions.CultureInvariant)]
    private static partial Regex ChangeTime();
}
