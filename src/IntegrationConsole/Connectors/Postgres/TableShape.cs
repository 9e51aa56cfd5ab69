namespace IntegrationConsole.Connectors.Postgres;

/// <summary>A table, or what can be read like one.</summary>
/// <param name="Kind">pg_class.relkind.</param>
/// <param name="EstimatedRows">What the server's statistics say; null where it has none.</param>
/// <param name="UniqueKeys">Columns that identify a row, whatever their order; the primary key first.</param>
internal sealed record TableShape(
    string Schema, string Name, char Kind, long? EstimatedRows, IReadOnlyList<ColumnShape> Columns, IReadOnlyList<IReadOnlyList<string>> UniqueKeys)
{
    /// <summary>The columns that each rule of the table is about, by the name that the server gives the rule when a row breaks it.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Rules { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>How a sync refers to it.</summary>
    public string Stream => StreamName(Schema, Name);

    public string Sql => SqlName.Quote(Schema, Name);

    /// <summary>What identifies each of its rows; empty where nothing does.</summary>
    public IReadOnlyList<string> Key => UniqueKeys.FirstOrDefault(key => key.All(name => Find(name) is { NotNull: true })) ?? [];

    public ColumnShape? Find(string column) => Columns.FirstOrDefault(candidate => candidate.Name == column);

    /// <summary>Whether the database itself keeps two rows with the same values from being there.</summary>
    public bool IsUnique(IReadOnlyCollection<string> columns) => UniqueKeys.Any(key => key.Count == columns.Count && key.All(columns.Contains));

    public static string StreamName(string schema, string table) => schema == "public" ? table : $"{schema}.{table}";

    public static string KindWords(char kind) => kind switch
    {
        'v' => "view",
        'm' => "materialized view",
        'f' => "foreign table",
        'p' => "partitioned table",
        _ => "table",
    };
}
