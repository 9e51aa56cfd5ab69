using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Connectors.Postgres;

public sealed class Checking_a_connection
{
    private static readonly ReadRequest Request = new("people", ReadMode.Full, null, null, 10);

    [Fact]
    public async Task The_steps_say_who_answered_and_what_may_be_read()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, "create table people (id int primary key); create schema other; create table other.t (id int)");

        var report = await database.Connector.CheckAsync(database.Connection(("schema", "public, nothing")), CancellationToken.None);

        Assert.True(report.Passed, report.Summary);
        Assert.Equal(3, report.Steps.Count);
        Assert.Matches($"^PostgreSQL [0-9.]+.*, database {database.Name}, login console, not encrypted.$", report.Steps[1].Answer);
        Assert.StartsWith("1 tables", report.Steps[2].Answer);
    }

    [Fact]
    public async Task A_wrong_password_is_an_auth_failure_everywhere_and_is_never_repeated()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, "create table people (id int primary key)");
        var connection = database.As("console", "hunter2-wrong");

        var report = await database.Connector.CheckAsync(connection, CancellationToken.None);
        var read = await Assert.ThrowsAsync<FailureException>(() => database.ReadAsync(connection, Request));
        var write = await Assert.ThrowsAsync<FailureException>(() => database.Connector.OpenAsync(connection, new WriteRequest("people", WriteMode.Append, [new("id", FieldType.Integer)], [], false), CancellationToken.None));

        Assert.Equal((false, FailureCause.Auth.Suggestion), (report.Passed, report.Steps[^1].Suggestion));
        Assert.Equal((FailureCause.Auth, FailureCause.Auth), (read.Failure.Cause, write.Failure.Cause));
        Assert.DoesNotContain("hunter2", read.ToString() + write + JsonSerializer.Serialize(report));
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_a_matter_of_configuration()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console);

        var report = await database.Connector.CheckAsync(database.Connection(("database", "no_such_database")), CancellationToken.None);
        var read = await Assert.ThrowsAsync<FailureException>(() => database.ReadAsync(database.Connection(("database", "no_such_database")), Request));

        Assert.Equal((2, FailureCause.Configuration.Suggestion), (report.Steps.Count, report.Steps[^1].Suggestion));
        Assert.Equal(FailureCause.Configuration, read.Failure.Cause);
    }

    [Fact]
    public async Task A_network_that_is_not_allowed_is_not_reached()
    {
        await using var console = await TestConsole.StartAsync(settings: []);
        var database = await CustomerDatabase.GivenAsync(console);

        var report = await database.Connector.CheckAsync(database.Connection(), CancellationToken.None);
        var read = await Assert.ThrowsAsync<FailureException>(() => database.ReadAsync(database.Connection(), Request));

        Assert.False(Assert.Single(report.Steps).Passed);
        Assert.Equal((FailureCause.Configuration, "guard"), (read.Failure.Cause, read.Failure.Code));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("prefer")]
    public async Task Nothing_goes_unencrypted_to_a_public_address(string tls)
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console);

        var report = await database.Connector.CheckAsync(database.Connection(("host", "8.8.8.8"), ("tls", tls)), CancellationToken.None);

        Assert.False(Assert.Single(report.Steps).Passed);
        Assert.Contains("without encryption", report.Summary);
    }

    [Fact]
    public async Task A_server_without_TLS_is_told_from_one_that_is_down()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console);

        var without = await Assert.ThrowsAsync<FailureException>(() => database.ReadAsync(database.Connection(("tls", null)), Request));
        var preferred = await database.Connector.CheckAsync(database.Connection(("tls", "prefer")), CancellationToken.None);
        var noPassword = await Assert.ThrowsAsync<FailureException>(() => database.ReadAsync(database.As("console", ""), Request));
        var noLogin = await Assert.ThrowsAsync<FailureException>(() => database.ReadAsync(database.Connection() with { Authentication = new NoAuthentication() }, Request));

        Assert.Equal((FailureCause.Configuration, "tls"), (without.Failure.Cause, without.Failure.Code));
        Assert.True(preferred.Passed, preferred.Summary);
        Assert.Equal((FailureCause.Auth, FailureCause.Auth), (noPassword.Failure.Cause, noLogin.Failure.Cause));
    }

    [Fact]
    public async Task Every_table_is_listed_with_what_the_login_may_do_there()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, """
            create schema sales;
            create table people (id int primary key, updated_at timestamptz);
            create table sales.orders (id int, line int, primary key (line, id));
            create table hidden (id int);
            insert into people select g from generate_series(1, 12300) g;
            analyze people;
            """);
        var (user, password) = await database.GivenALoginAsync();
        await database.RunAsync($"grant select on people to {user}; grant usage on schema sales to {user}; grant insert on sales.orders to {user}");

        var streams = await database.Connector.DiscoverAsync(database.As(user, password), CancellationToken.None);

        Assert.Equal(
            ["people:table, about 12,300 rows:True:False:True:id", "sales.orders:table:False:True:False:line,id"],
            streams.Select(stream => $"{stream.Name}:{stream.Detail}:{stream.CanRead}:{stream.CanWrite}:{stream.SupportsIncremental}:{string.Join(',', stream.KeyFields)}"));
    }

    [Fact]
    public async Task Settings_that_cannot_work_are_named()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console);
        var query = new { name = "q", sql = "select 1" };
        var cursor = new { table = "t", column = "c" };

        Assert.Equal([], Problems());
        Assert.Equal([], Problems(("schema", "a, b"), ("queries", new[] { query }), ("cursors", new[] { cursor }), ("overlap", 60), ("certificate", null)));
        Assert.Equal(["host"], Problems(("host", "http://db.example.com")));
        Assert.Equal(["host"], Problems(("host", "a,b")));
        Assert.Equal(["host"], Problems(("host", "/var/run/postgresql")));
        Assert.Equal(["port"], Problems(("port", 5432.5)));
        Assert.Equal(["port"], Problems(("port", 70000)));
        Assert.Equal(["tls"], Problems(("tls", "maybe")));
        Assert.Equal(["certificate"], Problems(("tls", "verify"), ("certificate", "not a certificate")));
        Assert.Equal(["queries[1].name"], Problems(("queries", new[] { query, query })));
        Assert.Equal(["cursors[1].table"], Problems(("cursors", new[] { cursor, cursor })));

        IReadOnlyList<string> Problems(params (string, object?)[] settings) =>
            [.. SettingRules.Check(database.Connector, database.Connection(settings).Settings).Select(problem => problem.Path)];
    }

    [Fact]
    public async Task Reads_and_writes_are_measured()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, "create table people (id int primary key)");
        var connection = database.Connection() with { Id = Guid.CreateVersion7() };
        using var listener = new System.Diagnostics.Metrics.MeterListener();
        var (good, bad) = (0, 0);
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Name == CallMeter.Instrument)
            {
                self.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<double>((_, _, tags, _) =>
        {
            var values = tags.ToArray().ToDictionary(tag => tag.Key, tag => tag.Value);
            if (connection.Id.Equals(values["connection"]))
            {
                _ = values["succeeded"] is true ? good++ : bad++;
            }
        });
        listener.Start();
        await using var writer = await database.Connector.OpenAsync(connection, new WriteRequest("people", WriteMode.Upsert, [new("id", FieldType.Integer)], ["id"], false), CancellationToken.None);
        var opened = good;

        await writer.WriteAllAsync(RowsOf.Batch([new("id", FieldType.Integer)], [1]));
        var written = good;
        await database.ReadAsync(connection, Request);
        await database.RunAsync("drop table people");
        await writer.WriteAllAsync(RowsOf.Batch([new("id", FieldType.Integer)], [1]));

        Assert.Equal(opened + 1, written);
        Assert.True(good > written);
        Assert.Equal(1, bad);
    }
}
