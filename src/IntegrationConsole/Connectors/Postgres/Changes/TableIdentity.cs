using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Postgres.Changes;

/// <summary>Whether a table tells enough of its changes to know which row each is about.</summary>
internal static class TableIdentity
{
    /// <param name="session">At the server.</param>
    /// <param name="table">The table.</param>
    /// <param name="needed">Fields that must be known of a deleted row.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <exception cref="FailureException">It does not; the sentence says what to run.</exception>
    public static async Task CheckAsync(PostgresSession session, TableShape table, IReadOnlyList<string> needed, CancellationToken cancellationToken)
    {
        if (table.Kind is not ('r' or 'p'))
        {
            throw Wrong($"{table.Stream} is a {TableShape.KindWords(table.Kind)}: only tables tell of their changes. Read the tables behind it, or read what changed by a column.");
        }

        if (table.Find(ChangeMark.DeletedField) is not null)
        {
            throw Wrong($"{table.Stream} has a column {ChangeMark.DeletedField}, which is how a change stream says that a row was deleted: rename it, or read another way.");
        }

        if (table.Key.Count == 0)
        {
            throw Wrong($"{table.Stream} has no key: a changed row could not be found again. Give it a primary key.");
        }

        var (identity, known) = (await session.ListAsync(
            """
            select c.relreplident::text,
                   array(select a.attname::text from pg_index i join pg_attribute a on a.attrelid = i.indrelid and a.attnum = any(i.indkey::int2[])
                         where i.indrelid = c.oid and case c.relreplident when 'd' then i.indisprimary when 'i' then i.indisreplident else false end)
            from pg_class c where c.oid = to_regclass($1)
            """,
            [new() { Value = table.Sql }], row => (row.GetChar(0), row.GetFieldValue<string[]>(1)), cancellationToken))[0];
        if (identity == 'f')
        {
            return;
        }

        if (known.Length == 0)
        {
            throw Wrong($"{table.Stream} does not tell which row was changed or deleted. Give it a primary key, or let its owner run: {Full(table)}");
        }

        if (needed.FirstOrDefault(field => !known.Contains(field)) is { } missing)
        {
            throw Wrong($"Of a deleted row {table.Stream} tells {string.Join(", ", known)} only, and the integration knows rows by {missing}. Let its owner run: {Full(table)}");
        }
    }

    private static string Full(TableShape table) => $"alter table {table.Sql} replica identity full";

    private static FailureException Wrong(string sentence) => new(new Failure(FailureCause.Configuration, sentence, "identity"));
}
