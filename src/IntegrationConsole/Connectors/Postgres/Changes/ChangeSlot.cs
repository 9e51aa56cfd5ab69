using IntegrationConsole.Connectors.Failures;
using Npgsql;
using NpgsqlTypes;

namespace IntegrationConsole.Connectors.Postgres.Changes;

/// <summary>
/// What a server keeps for a change stream: a publication, which says of what is told, and a replication slot, which
/// remembers how far was told. Both have the same name.
/// </summary>
internal sealed class ChangeSlot(string name, string what)
{
    private const int OldestServer = 130_000;
    private const string Published = "insert, update, delete, truncate";

    /// <summary>Makes both anew: what an earlier one kept is not needed where everything is read again.</summary>
    /// <returns>The place in the log from which on it tells of changes.</returns>
    public async Task<NpgsqlLogSequenceNumber> MakeAsync(PostgresSession session, TableShape table, CancellationToken cancellationToken)
    {
        await CheckServerAsync(session, cancellationToken);

        // In this order: the slot tells nothing of a publication that is younger than it.
        await DropAsync(session, cancellationToken);
        await PublishAsync(session, table, cancellationToken);
        var login = (await session.ListAsync("select current_user::text limit $1", One(), row => row.GetString(0), cancellationToken))[0];
        return await OrAskAsync(
            async () => NpgsqlLogSequenceNumber.Parse((await session.ListAsync(
                "select lsn::text from pg_create_logical_replication_slot($1, 'pgoutput')", [Name()], row => row.GetString(0), cancellationToken))[0]),
            $"The login may not replicate in {what}. Let an administrator run: alter role {SqlName.Quote(login)} replication");
    }

    /// <exception cref="FailureException">The slot does not lead on from this place.</exception>
    public async Task CheckAsync(PostgresSession session, ChangePlace place, CancellationToken cancellationToken)
    {
        await CheckServerAsync(session, cancellationToken);
        if (await FindAsync(session, cancellationToken) is not { } slot)
        {
            throw ChangePlace.Misplaced($"The replication slot {name} in {what} is gone, and with it the changes since the last run");
        }

        if (slot.State is SlotState.Lost)
        {
            throw ChangePlace.Misplaced($"{what} has given up the replication slot {name}, because too much was kept for it: changes since the last run are lost");
        }

        if ((await session.ListAsync("select 1 from pg_publication where pubname = $1", [Name()], row => row.GetInt32(0), cancellationToken)).Count == 0)
        {
            throw ChangePlace.Misplaced($"The publication {name} in {what} is gone, and with it the changes since the last run");
        }

        if (slot.Confirmed > place.Behind)
        {
            throw ChangePlace.Misplaced($"The replication slot {name} in {what} is further than this integration: changes between are lost");
        }
    }

    public async Task<SlotReport> LookAsync(PostgresSession session, CancellationToken cancellationToken) =>
        await FindAsync(session, cancellationToken) is { } slot ? new SlotReport(slot.State, slot.KeptBytes, slot.BytesBehind) : SlotReport.Gone;

    /// <summary>A slot that is in use is refused by the server.</summary>
    public async Task ReleaseAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        await DropAsync(session, cancellationToken);
        await session.RunAsync($"drop publication if exists {SqlName.Quote(name)}", [], cancellationToken);
    }

    private async Task DropAsync(PostgresSession session, CancellationToken cancellationToken) =>
        await session.ListAsync("select pg_drop_replication_slot(slot_name)::text from pg_replication_slots where slot_name = $1", [Name()], _ => 0, cancellationToken);

    private async Task CheckServerAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        var (version, level) = (await session.ListAsync(
            "select current_setting('server_version_num')::int, current_setting('wal_level') limit $1", One(), row => (row.GetInt32(0), row.GetString(1)), cancellationToken))[0];
        if (version < OldestServer)
        {
            throw Misconfigured($"A change stream needs PostgreSQL 13 or later, and {what} is older: read what changed by a column instead.", "version");
        }

        if (level != "logical")
        {
            throw Misconfigured(
                $"{what} does not write its changes so that they can be told: wal_level is {level}. Let an administrator run: alter system set wal_level = logical, and restart the server.", "wal_level");
        }
    }

    private async Task PublishAsync(PostgresSession session, TableShape table, CancellationToken cancellationToken)
    {
        var publication = (await session.ListAsync(
            """
            select p.pubinsert and p.pubupdate and p.pubdelete and p.pubtruncate,
                   coalesce((select string_agg(t.schemaname || '.' || t.tablename, ' ') from pg_publication_tables t where t.pubname = p.pubname), '')
            from pg_publication p where p.pubname = $1
            """,
            [Name()], row => (TellsAll: row.GetBoolean(0), Tables: row.GetString(1)), cancellationToken)).FirstOrDefault();
        if (publication == (true, $"{table.Schema}.{table.Name}"))
        {
            return;
        }

        var options = $"(publish = '{Published}', publish_via_partition_root = true)";
        var create = $"create publication {SqlName.Quote(name)} for table {table.Sql} with {options}";
        var statements = publication == default ? [create]
            : (string[])[$"alter publication {SqlName.Quote(name)} set table {table.Sql}", $"alter publication {SqlName.Quote(name)} set {options}"];
        await OrAskAsync(
            async () =>
            {
                foreach (var statement in statements)
                {
                    await session.RunAsync(statement, [], cancellationToken);
                }

                return true;
            },
            $"The login may not publish {table.Stream} in {what}. Let the owner of the table run: {string.Join("; ", statements)}");
    }

    private async Task<Slot?> FindAsync(PostgresSession session, CancellationToken cancellationToken) =>
        (await session.ListAsync(
            """
            select active, coalesce(wal_status, 'lost'), coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), restart_lsn), 0)::int8,
                   coalesce(pg_wal_lsn_diff(pg_current_wal_lsn(), confirmed_flush_lsn), 0)::int8, coalesce(confirmed_flush_lsn, '0/0')::text
            from pg_replication_slots where slot_name = $1 and slot_type = 'logical' and database = current_database()
            """,
            [Name()],
            row => new Slot(
                row.GetString(1) switch { "lost" => SlotState.Lost, "unreserved" => SlotState.Endangered, _ => row.GetBoolean(0) ? SlotState.Active : SlotState.Idle },
                row.GetInt64(2), row.GetInt64(3), NpgsqlLogSequenceNumber.Parse(row.GetString(4))),
            cancellationToken)).FirstOrDefault();

    /// <summary>What only an administrator may do is asked for in words that can be copied.</summary>
    private async Task<T> OrAskAsync<T>(Func<Task<T>> work, string refusal)
    {
        try
        {
            return await work();
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InsufficientPrivilege)
        {
            throw new FailureException(new Failure(FailureCause.Configuration, $"{refusal}", PostgresErrorCodes.InsufficientPrivilege), refused);
        }
        catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.ConfigurationLimitExceeded)
        {
            throw new FailureException(new Failure(
                FailureCause.Configuration, $"{what} has no replication slot left: raise max_replication_slots there, or drop slots that nobody needs.", refused.SqlState), refused);
        }
    }

    private static FailureException Misconfigured(string sentence, string code) => new(new Failure(FailureCause.Configuration, sentence, code));

    private NpgsqlParameter Name() => new() { Value = name, NpgsqlDbType = NpgsqlDbType.Name };

    private static NpgsqlParameter[] One() => [new() { Value = 1L }];

    private sealed record Slot(SlotState State, long KeptBytes, long BytesBehind, NpgsqlLogSequenceNumber Confirmed);
}
