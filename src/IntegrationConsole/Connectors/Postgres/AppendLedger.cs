using IntegrationConsole.Connectors.Failures;
using Npgsql;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>
/// Remembers, in the customer's own database and in the same transaction, which appends were made: rows without a key
/// cannot be recognised any other way when their batch comes again.
/// </summary>
internal sealed class AppendLedger(string schema)
{
    public const string Table = "integration_console_append";

    /// <summary>No batch comes again after this long.</summary>
    private const string KeptFor = "30 days";

    private readonly string _table = SqlName.Quote(schema, Table);

    private string Definition => $"create table if not exists {_table} (token text primary key, rows integer not null, written_at timestamptz not null default now())";

    /// <summary>Makes the ledger where there is none, and forgets what is old.</summary>
    public async Task PrepareAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        try
        {
            if (await PostgresCatalog.FindAsync(session, $"{schema}.{Table}", cancellationToken) is null)
            {
                await CreateAsync(session, cancellationToken);
            }

            await session.RunAsync($"delete from {_table} where written_at < now() - interval '{KeptFor}'", [], cancellationToken);
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new FailureException(
                new Failure(
                    FailureCause.Configuration,
                    "What was written is remembered in a table, so that nothing is written twice, and the login may not make or use it. "
                    + $"Let an owner run: {Definition}; then grant select, insert and delete on it.",
                    refused.SqlState),
                refused);
        }
    }

    /// <summary>Enters these rows, for as long as the transaction is not undone.</summary>
    /// <returns>False when they were written before.</returns>
    public async Task<bool> EnterAsync(PostgresSession session, string token, int rows, CancellationToken cancellationToken) =>
        await session.RunAsync(
            $"insert into {_table} (token, rows) values ($1, $2) on conflict (token) do nothing", [new() { Value = token }, new() { Value = rows }], cancellationToken) == 1;

    public async Task<bool> HoldsAsync(PostgresSession session, string token, CancellationToken cancellationToken) =>
        (await session.ListAsync($"select 1 from {_table} where token = $1", [new() { Value = token }], row => row.GetInt32(0), cancellationToken)).Count > 0;

    private async Task CreateAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        try
        {
            await session.RunAsync(Definition, [], cancellationToken);
        }
        catch (PostgresException taken) when (taken.SqlState is PostgresErrorCodes.UniqueViolation or PostgresErrorCodes.DuplicateTable)
        {
            // Another run made it at the same moment.
        }
    }
}
