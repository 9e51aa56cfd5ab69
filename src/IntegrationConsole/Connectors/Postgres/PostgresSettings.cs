namespace IntegrationConsole.Connectors.Postgres;

/// <summary>What a person entered about a PostgreSQL connection. A setting that is missing or null has its default.</summary>
internal sealed record PostgresSettings
{
    public string Host { get; init; } = "";

    public int? Port { get; init; }

    public string Database { get; init; } = "";

    public string? Tls { get; init; }

    /// <summary>PEM of the authorities whose certificates are trusted; empty for those of this machine.</summary>
    public string? Certificate { get; init; }

    /// <summary>Names with commas between them; empty for all.</summary>
    public string? Schema { get; init; }

    /// <summary>In seconds.</summary>
    public int? StatementTimeout { get; init; }

    /// <summary>In seconds.</summary>
    public int? Overlap { get; init; }

    public IReadOnlyList<QuerySetting>? Queries { get; init; }

    public IReadOnlyList<CursorSetting>? Cursors { get; init; }

    public TimeSpan StatementPatience => TimeSpan.FromSeconds(StatementTimeout ?? PostgresForm.StatementTimeout);

    public IReadOnlyList<string> Schemas => Names(Schema);

    public QuerySetting? FindQuery(string stream) => Queries?.FirstOrDefault(query => query.Name == stream);

    public string? CursorOf(string stream) => Cursors?.FirstOrDefault(cursor => cursor.Table == stream || cursor.Table == $"public.{stream}")?.Column;

    internal static IReadOnlyList<string> Names(string? text) =>
        text?.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries) ?? [];
}

/// <summary>A query that is read like a table.</summary>
internal sealed record QuerySetting
{
    public string Name { get; init; } = "";

    public string Sql { get; init; } = "";

    public string? Cursor { get; init; }

    /// <summary>Names with commas between them.</summary>
    public string? Keys { get; init; }

    /// <summary>The query where a table's name would stand.</summary>
    /// <remarks>The line break ends a comment in its last line. A semicolon at the end is a habit and means nothing.</remarks>
    public string From => $"({Sql.TrimEnd(' ', '\t', '\r', '\n', ';')}\n)";

    public IReadOnlyList<string> KeyNames => PostgresSettings.Names(Keys);
}

/// <summary>Which column of a table tells what changed.</summary>
internal sealed record CursorSetting
{
    public string Table { get; init; } = "";

    public string Column { get; init; } = "";
}
