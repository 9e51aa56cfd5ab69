using IntegrationConsole.Tests.Support;
using Npgsql;

namespace IntegrationConsole.Tests.Database;

public sealed class Going_by_the_clock_of_the_database
{
    private static readonly TimeSpan Near = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task A_node_whose_own_clock_is_wrong_has_the_time_of_the_server()
    {
        await using var server = await GivenAServerThatIsAheadAsync("1 hour");

        var clock = await DatabaseClock.StartAsync(server, default);

        Assert.Equal(TimeProvider.System.GetUtcNow().AddHours(1), clock.GetUtcNow(), Near);
    }

    [Fact]
    public async Task A_server_whose_clock_is_set_is_followed()
    {
        await using var server = await GivenAServerThatIsAheadAsync("0");
        var clock = await DatabaseClock.StartAsync(server, default);
        await SetAheadAsync(server, "2 hours");

        var wrong = await clock.AdjustAsync(default);

        Assert.InRange(wrong, TimeSpan.FromHours(2) - Near, TimeSpan.FromHours(2) + Near);
        Assert.Equal(TimeProvider.System.GetUtcNow().AddHours(2), clock.GetUtcNow(), Near);
        Assert.InRange(await clock.AdjustAsync(default), -Near, Near);
    }

    /// <summary>Its function for the time stands in front of the real one.</summary>
    private static async Task<ConsoleDatabase> GivenAServerThatIsAheadAsync(string by)
    {
        var connection = await (await TestCluster.GetAsync()).CreateEmptyDatabaseAsync();
        var source = NpgsqlDataSource.Create($"{connection};Search Path=crooked,pg_catalog");
        var database = new ConsoleDatabase(source, source, asApplicationRole: false, embedded: null);
        await using var command = source.CreateCommand("create schema crooked");
        await command.ExecuteNonQueryAsync();
        await SetAheadAsync(database, by);
        return database;
    }

    private static async Task SetAheadAsync(ConsoleDatabase database, string by)
    {
        await using var command = database.Source.CreateCommand(
            $"create or replace function crooked.clock_timestamp() returns timestamptz language sql volatile as $$ select pg_catalog.clock_timestamp() + interval '{by}' $$");
        await command.ExecuteNonQueryAsync();
    }
}
