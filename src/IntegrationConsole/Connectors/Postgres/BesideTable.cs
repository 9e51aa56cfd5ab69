using IntegrationConsole.Connectors.Failures;
using Npgsql;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>
/// The table that a run fills beside the one that it replaces. It has the run's name, so two never meet, and its comment
/// says whose it is: what a run left behind that did not get to its end is dropped by the next one.
/// </summary>
internal sealed class BesideTable(TableShape live, RunMark run)
{
    private const string Prefix = "integration_console_";

    private readonly string _sync = $"An integration fills this table to replace another: {run.Sync:n}";

    public string Name { get; } = $"{Prefix}{run.Run:n}";

    public string Sql => SqlName.Quote(live.Schema, Name);

    /// <summary>Written down where the swap is done, in the same transaction.</summary>
    public string Token => $"overwrite:{run.Run:n}";

    private string Comment => $"{_sync}, attempt {run.Attempt}";

    /// <summary>Makes it, or goes on with the one of an earlier attempt.</summary>
    public async Task<TableShape> MakeAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        try
        {
            await DropAbandonedAsync(session, cancellationToken);
            await session.RunAsync(
                $"create table if not exists {Sql} (like {live.Sql} including all); comment on table {Sql} is '{Comment}'", [], cancellationToken);
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new FailureException(
                new Failure(
                    FailureCause.Configuration,
                    $"To replace {live.Stream} a table is built beside it, which the login may not do. Let an owner run: grant create on schema {SqlName.Quote(live.Schema)}, "
                    + $"and select, insert, update and delete on {live.Sql}, to the login; or write by key.",
                    refused.SqlState),
                refused);
        }

        return await PostgresCatalog.FindAsync(session, $"{live.Schema}.{Name}", cancellationToken)
            ?? throw new InvalidOperationException("The table that was made a moment ago is not there.");
    }

    /// <summary>In the transaction that swaps: a newer attempt of the run may have taken it over.</summary>
    public async Task<bool> IsOursAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        await session.RunAsync($"lock table {Sql} in access exclusive mode", [], cancellationToken);
        await using var command = new NpgsqlCommand("select obj_description($1::regclass, 'pg_class')", session.Connection);
        command.Parameters.Add(PostgresSession.Text(Sql));
        return (string?)await command.ExecuteScalarAsync(cancellationToken) == Comment;
    }

    /// <summary>What earlier runs of the sync left, and what an earlier attempt left where this one begins anew.</summary>
    private async Task DropAbandonedAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        var names = await session.ListAsync(
            """
            select c.relname::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname = $1 and c.relkind = 'r' and starts_with(c.relname, $2) and starts_with(obj_description(c.oid, 'pg_class'), $3)
            """,
            [new() { Value = live.Schema }, new() { Value = Prefix }, new() { Value = _sync }], row => row.GetString(0), cancellationToken);
        foreach (var name in names.Where(name => name != Name || !run.GoesOn))
        {
            await session.RunAsync($"drop table if exists {SqlName.Quote(live.Schema, name)}", [], cancellationToken);
        }
    }
}
