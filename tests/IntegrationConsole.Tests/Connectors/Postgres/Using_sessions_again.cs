using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Postgres;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Connectors.Postgres;

public sealed class Using_sessions_again
{
    private static readonly RowField[] Fields = [new("id", FieldType.Integer), new("name", FieldType.String)];

    [Fact]
    public async Task What_a_run_leaves_the_next_one_goes_on_with_and_what_nobody_takes_ends()
    {
        var clock = new ManualClock();
        await using var console = await TestConsole.StartAsync(clock);
        var database = await CustomerDatabase.GivenAsync(console, "create table people (id int primary key, name text); create view me as select pg_backend_pid() as pid");
        var connection = database.Connection();

        var first = await ReadAsync(database, connection, "me");
        await WriteAsync(database, connection, 1);
        await WriteAsync(database, connection, 2);
        Assert.Equal(first, await ReadAsync(database, connection, "me"));
        Assert.Equal("1", await SessionsAsync(database));

        clock.Advance(IdleSessions.Rest * 2);

        Assert.Equal("2", await database.OneAsync("select count(*)::text from people"));
        await AllEndAsync(database);
    }

    [Fact]
    public async Task What_was_set_in_it_is_forgotten()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, """
            create table people (id int primary key, name text);
            create function mark() returns trigger language plpgsql as $$ begin perform set_config('app.mark', 'left behind', false); perform pg_advisory_lock(7); return new; end $$;
            create trigger mark before insert on people for each row execute function mark();
            create view mine as select pg_backend_pid() as pid, current_setting('app.mark', true) as mark, (select count(*) from pg_locks where locktype = 'advisory' and pid = pg_backend_pid()) as locks
            """);
        var connection = database.Connection();
        await WriteAsync(database, connection, 1);
        var pid = await database.OneAsync("select pid::text from pg_stat_activity where application_name = 'IntegrationConsole' and datname = current_database()");

        var seen = await ReadAsync(database, connection, "mine");

        Assert.Contains($"\"pid\":{pid},", seen, StringComparison.Ordinal);
        Assert.DoesNotContain("left behind", seen, StringComparison.Ordinal);
        Assert.Contains("\"locks\":0", seen, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_tenant_another_login_or_other_settings_do_not_find_it()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, "create view me as select pg_backend_pid() as pid; grant select on me to public");
        var (user, password) = await database.GivenALoginAsync();
        var connection = database.Connection();
        var mine = await ReadAsync(database, connection, "me");

        string[] others =
        [
            await ReadAsync(database, connection with { Tenant = new TenantId(Guid.NewGuid()) }, "me"),
            await ReadAsync(database, connection with { Authentication = database.As(user, password).Authentication }, "me"),
            await ReadAsync(database, database.Connection(("statementTimeout", 61)), "me"),
        ];

        Assert.DoesNotContain(mine, others);
        Assert.Equal(3, others.Distinct().Count());
    }

    [Fact]
    public async Task One_that_the_server_ended_meanwhile_is_not_missed()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, "create view me as select pg_backend_pid() as pid");
        var connection = database.Connection();
        var first = await ReadAsync(database, connection, "me");
        Assert.Equal(1, await database.KillSessionsAsync());

        Assert.NotEqual(first, await ReadAsync(database, connection, "me"));
    }

    [Fact]
    public async Task One_in_which_a_statement_was_refused_is_not_left_to_others()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, "create table people (id int primary key, name text check (name <> 'b'))");
        var connection = database.Connection();

        await using (var writer = await OpenAsync(database, connection))
        {
            Assert.NotNull((await writer.WriteAllAsync(RowsOf.Batch(Fields, [1, "b"]))).Refused);
        }

        await AllEndAsync(database);
    }

    private static async Task<string> ReadAsync(CustomerDatabase database, OpenConnection connection, string stream) =>
        (await database.ReadAsync(connection, new ReadRequest(stream, ReadMode.Full, null, null, 10))).Single();

    private static async Task WriteAsync(CustomerDatabase database, OpenConnection connection, int id)
    {
        await using var writer = await OpenAsync(database, connection);
        Assert.Equal(1, (await writer.WriteAllAsync(RowsOf.Batch(Fields, [id, "a"]))).Written);
    }

    private static Task<IDestinationWriter> OpenAsync(CustomerDatabase database, OpenConnection connection) =>
        database.Connector.OpenAsync(connection, new WriteRequest("people", WriteMode.Upsert, Fields, ["id"], false), CancellationToken.None);

    /// <summary>The server takes a moment to notice.</summary>
    private static async Task AllEndAsync(CustomerDatabase database)
    {
        var looks = 0;
        while (await SessionsAsync(database) != "0")
        {
            Assert.True(++looks < 500, "The session goes on.");
        }
    }

    private static Task<string> SessionsAsync(CustomerDatabase database) =>
        database.OneAsync("select count(*)::text from pg_stat_activity where application_name = 'IntegrationConsole' and datname = current_database()");
}
