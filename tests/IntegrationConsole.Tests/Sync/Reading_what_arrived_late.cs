using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;

namespace IntegrationConsole.Tests.Sync;

public sealed class Reading_what_arrived_late
{
    private const string Tables = """
        create table source (id int primary key, name text, updated_at timestamptz not null);
        insert into source select n, 'name ' || n, timestamptz '2026-01-01 00:00Z' + n * interval '1 hour' from generate_series(1, 10) n;
        create table target (id int primary key, name text)
        """;

    private static readonly MappingDocument Document = new(
        [new() { Name = "id", Type = FieldType.Integer, Source = "id", Required = true }, new() { Name = "name", Source = "name" }], []);

    [Theory]
    [InlineData("", 1, 0, 1)]
    [InlineData("3 hours", 5, 1, 4)]
    public async Task A_record_within_the_window_is_met_and_the_others_there_are_unchanged(string lookBack, int read, int written, int unchanged)
    {
        await using var world = await GivenAsync(lookBack);
        Assert.Equal(10, (await world.RunAsync()).Written);
        await world.Database.RunAsync("insert into source values (11, 'late', '2026-01-01 08:30Z')");

        var run = await world.RunAsync();

        Assert.Equal((RunState.Succeeded, (long)read, (long)written, (long)unchanged), (run.State, run.RecordsRead, run.Written, run.Unchanged));
        Assert.Equal(10 + written, int.Parse(await world.Database.OneAsync("select count(*) from target"), System.Globalization.CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task The_cursor_stays_at_the_greatest_value()
    {
        await using var world = await GivenAsync("3 hours");
        await world.RunAsync();
        var first = await CursorAsync(world);
        await world.RunAsync();

        Assert.StartsWith("2026-01-01 10:00:00", first);
        Assert.Equal(first, await CursorAsync(world));
    }

    [Fact]
    public async Task A_window_that_does_not_fit_the_cursor_is_refused_with_a_sentence()
    {
        await using var world = await GivenAsync("500");
        await world.RunAsync();

        var run = await world.RunAsync();

        Assert.Equal((RunState.Failed, FailureCause.Configuration), (run.State, run.Cause));
        Assert.Contains("looks back by a number", run.Reason);
    }

    [Theory]
    [InlineData("3 eons", ReadMode.Incremental, WriteMode.Upsert, false)]
    [InlineData("3 days", ReadMode.Full, WriteMode.Upsert, false)]
    [InlineData("3 days", ReadMode.Incremental, WriteMode.Append, false)]
    [InlineData("3 days", ReadMode.Incremental, WriteMode.Upsert, true)]
    [InlineData("", ReadMode.Full, WriteMode.Append, true)]
    public void The_form_says_where_a_window_makes_no_sense(string lookBack, ReadMode read, WriteMode write, bool fits)
    {
        var draft = new SyncDraft("Things", Guid.NewGuid(), "source", read, Guid.NewGuid(), "target", write, ["id"], false, Schedule.Manual, OverlapRule.Queue) { LookBack = lookBack };

        Assert.Equal(!fits, SyncRules.Check(draft, TimeZoneInfo.Utc, DateTimeOffset.UnixEpoch, null).ContainsKey(nameof(SyncDraft.LookBack)));
    }

    private static async Task<string?> CursorAsync(StructureWorld world) => (await world.Console.Get<SyncStore>().FindAsync(world.Tenant, world.Sync.Id, default))!.Cursor;

    private static Task<StructureWorld> GivenAsync(string lookBack) => StructureWorld.StartAsync(
        Tables, "target", ["id"], Document,
        draft => draft with { SourceConnectionId = draft.DestinationConnectionId, SourceStream = "source", ReadMode = ReadMode.Incremental, LookBack = lookBack });
}
