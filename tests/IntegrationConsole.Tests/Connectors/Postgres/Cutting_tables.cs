using IntegrationConsole.Connectors;
using IntegrationConsole.Tests.Support;
using static IntegrationConsole.Tests.Connectors.Postgres.Reading_tables;

namespace IntegrationConsole.Tests.Connectors.Postgres;

public sealed class Cutting_tables
{
    /// <summary>Half of the rows lie in a hundredth of the numbers.</summary>
    private const string Uneven = """
        create table people (id int, part int, primary key (id, part));
        insert into people select g, 1 from generate_series(1, 1000) g;
        insert into people select 1000 + g * 100, 1 from generate_series(1, 1000) g;
        """;

    [Theory]
    [InlineData("int primary key", "g", true)]
    [InlineData("int primary key", "g", false)]
    [InlineData("text primary key", "'k ' || g", true)]
    [InlineData("uuid primary key", "md5(g::text)::uuid", true)]
    [InlineData("timestamptz primary key", "timestamptz '2026-01-01Z' + make_interval(hours => g)", true)]
    [InlineData("numeric primary key", "g / 7.0", true)]
    public async Task Every_row_is_in_exactly_one_part(string type, string value, bool isAnalysed)
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(
            console, $"create table people (id {type}, n int); insert into people select {value}, g from generate_series(1, 500) g; {(isAnalysed ? "analyze people;" : "")}");
        var connection = database.Connection();

        var ranges = await database.Connector.CutAsync(connection, "people", 4, default);
        var numbers = new List<int>();
        foreach (var range in ranges)
        {
            var rows = Numbers(await BatchesAsync(database, connection, new ReadRequest("people", ReadMode.Full, null, null, 30) { Keys = range }), "n").Select(int.Parse).ToList();
            Assert.InRange(rows.Count, 75, 175);
            numbers.AddRange(rows);
        }

        Assert.Equal(4, ranges.Count);
        Assert.Equal(Enumerable.Range(1, 500), numbers.Order());
    }

    [Fact]
    public async Task The_catalogue_knows_where_the_rows_are_and_a_part_goes_on_from_its_checkpoint()
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, Uneven + "analyze people;");
        var connection = database.Connection();

        var ranges = await database.Connector.CutAsync(connection, "people", 2, default);
        var request = new ReadRequest("people", ReadMode.Full, null, null, 100) { Keys = ranges[0] };
        var batches = await BatchesAsync(database, connection, request);
        var resumed = await BatchesAsync(database, connection, request with { Checkpoint = batches[1].Checkpoint });

        Assert.InRange(batches.Sum(batch => batch.Records.Count), 900, 1100);
        Assert.Equal(batches.Sum(batch => batch.Records.Count), batches[0].Expected);
        Assert.Equal(batches.Sum(batch => batch.Records.Count) - 200, resumed.Sum(batch => batch.Records.Count));
    }

    [Theory]
    [InlineData("create table people (id int)")]
    [InlineData("create table people (id text primary key)")]
    [InlineData("create table people (id int primary key)")]
    public async Task What_cannot_be_cut_is_one_piece(string table)
    {
        await using var console = await TestConsole.StartAsync();
        var database = await CustomerDatabase.GivenAsync(console, table);

        Assert.True((await database.Connector.CutAsync(database.Connection(), "people", 4, default)).Count <= 1);
    }
}
