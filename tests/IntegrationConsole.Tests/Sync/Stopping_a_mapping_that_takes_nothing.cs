using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync;

public sealed class Stopping_a_mapping_that_takes_nothing
{
    private static readonly FieldRule Id = new() { Name = "id", Type = FieldType.Integer, Source = "id" };
    private static readonly FieldRule Wrong = new() { Name = "name", Origin = ValueOrigin.Expression, Source = "1 + name" };

    [Fact]
    public async Task A_run_whose_first_batch_is_set_aside_whole_stops_with_a_handful_of_letters()
    {
        await using var world = await SyncWorld.StartAsync(fields: [Id, Wrong]);
        world.GivenRecords(5_000);
        world.System.BatchSize = 1_000;

        var run = await world.RunAsync();

        Assert.Equal((RunState.Failed, FailureCause.Mapping), (run.State, run.Cause));
        Assert.Equal(
            "The mapping sets every record aside: 1,000 of 1,000 so far. The first of this batch: name: the expression failed at character 3: the right side of + must be a number (T2002). "
            + "Correct the mapping and run again; the batch is read again.", run.Reason);
        Assert.Equal(new RunCounts(5, 0, 0, 0, 5, 0, 0), run.Counts);
        Assert.Equal(5, (await world.LettersAsync()).Count);
    }

    [Fact]
    public async Task Corrected_the_next_run_takes_all_records_and_settles_the_letters()
    {
        await using var world = await SyncWorld.StartAsync(fields: [Id, Wrong]);
        world.GivenRecords(60);
        world.System.BatchSize = 30;
        await world.RunAsync();
        await PublishAsync(world, new MappingDocument([Id, Wrong with { Source = "$uppercase(name)" }], []));

        var run = await world.RunAsync();

        Assert.Equal(new RunCounts(60, 60, 0, 0, 0, 0, 0), run.Counts);
        Assert.Equal("60|NAME 60", world.System.Held["60"]);
        Assert.Empty(await world.LettersAsync());
    }

    [Fact]
    public async Task Small_batches_are_counted_together()
    {
        await using var world = await SyncWorld.StartAsync(fields: [Id, Wrong]);
        world.GivenRecords(500);

        var run = await world.RunAsync();

        Assert.Equal(RunState.Failed, run.State);
        Assert.Equal(15, (await world.LettersAsync()).Count);
    }

    [Fact]
    public async Task One_record_that_comes_through_says_that_the_mapping_is_not_wrong_as_a_whole()
    {
        await using var world = await SyncWorld.StartAsync(fields: [Id, Wrong]);
        world.GivenRecords(50);
        world.System.Records[3] = """{"id":4,"name":4}""";

        var run = await world.RunAsync();

        Assert.StartsWith("19 of 20 records failed alike.", run.Reason);
        Assert.Equal((RunState.Failed, new RunCounts(15, 1, 0, 0, 14, 0, 0)), (run.State, run.Counts));
    }

    [Fact]
    public async Task A_handful_of_records_that_are_all_wrong_are_set_aside_as_ever()
    {
        await using var world = await SyncWorld.StartAsync(fields: [Id, Wrong]);
        world.GivenRecords(19);

        Assert.Equal(new RunCounts(19, 0, 0, 0, 19, 0, 0), (await world.RunAsync()).Counts);
    }

    [Fact]
    public async Task Without_a_key_no_letter_is_kept_of_what_will_be_read_again()
    {
        await using var world = await SyncWorld.StartAsync(WriteMode.Append, fields: [Id, Wrong]);
        world.GivenRecords(100);
        world.System.BatchSize = 50;

        var run = await world.RunAsync();
        await PublishAsync(world, new MappingDocument([Id, Wrong with { Source = "name" }], []));
        var again = await world.RunAsync();

        Assert.Equal((RunState.Failed, 0L), (run.State, run.RecordsRead));
        Assert.Equal(100, again.Written);
        Assert.Empty(await world.LettersAsync(any: true));
    }

    [Fact]
    public async Task Expressions_on_the_line_see_the_tenant_s_tables_and_the_run()
    {
        var look = new FieldRule { Name = "name", Origin = ValueOrigin.Expression, Source = "$lookup_table('names', name) & ' ' & $run & ' ' & $now() & ' ' & $tenant" };
        await using var world = await SyncWorld.StartAsync(fields: [Id, look with { Source = "name" }]);
        await world.Console.Get<LookupStore>().SaveAsync(
            world.Tenant, null, "names", "", new Dictionary<string, string> { ["name 1"] = "one" }, TestConsole.Somebody, default);
        await PublishAsync(world, new MappingDocument([Id, look], []) { Filter = "id < 2" });
        world.GivenRecords(3);

        var run = await world.RunAsync();

        Assert.Equal(new RunCounts(3, 1, 0, 2, 0, 0, 0), run.Counts);
        var tenant = await world.Console.Get<TenantStore>().FindAsync(world.Tenant, default);
        Assert.Equal($"1|one {run.Id} {run.StartedAt!.Value.UtcDateTime:yyyy-MM-ddTHH:mm:ss.fffZ} {tenant!.Slug}", world.System.Held["1"]);
    }

    private static async Task PublishAsync(SyncWorld world, MappingDocument document)
    {
        var mappings = world.Console.Get<MappingStore>();
        var newest = (await mappings.ListVersionsAsync(world.Tenant, world.Sync.MappingId, default))[0];
        await mappings.SaveDraftAsync(world.Tenant, world.Sync.MappingId, newest.Number, newest.EditedAt, document, TestConsole.Somebody, default);
        await mappings.PublishAsync(world.Tenant, world.Sync.MappingId, newest.Number + 1, "", TestConsole.Somebody, default);
    }
}
