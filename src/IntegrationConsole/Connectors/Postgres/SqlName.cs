namespace IntegrationConsole.Connectors.Postgres;

/// <summary>Names of tables and columns as they may stand in a statement, whatever characters they are made of.</summary>
internal static class SqlName
{
    /// <summary>PostgreSQL cuts off silently what is longer.</summary>
    public const int MostBytes = 63;

    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Quote(string schema, string name) => $"{Quote(schema)}.{Quote(name)}";

    public static string List(IEnumerable<string> names) => string.Join(", ", names.Select(Quote));
}
