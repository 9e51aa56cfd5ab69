using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Nodes;
using IntegrationConsole.Sync.Reconciliations;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace IntegrationConsole.Tests.Sync.Reconciliations;

/// <summary>What is missing, in excess and different at a real database, and what a repair makes of it.</summary>
public sealed class Comparing_both_sides
{
    private const string Tables = "create table people (id int primary key, name char(20), weight numeric(8,2), born timestamptz, note text, seen int not null default 7, gone timestamptz)";

    private static readonly MappingDocument Document = new(
        [
            new() { Name = "id", Type = FieldType.Integer, Source = "id" }, new() { Name = "name", Source = "name" },
            new() { Name = "weight", Type = FieldType.Decimal, Source = "weight" }, new() { Name = "born", Type = FieldType.Timestamp, Source = "born" },
        ],
        []);

    [Fact]
    public async Task What_the_destination_stores_in_its_own_way_does_not_differ()
    {
        await using var world = await GivenAsync(250);
        await world.Database.RunAsync("update people set seen = 9, note = 'not mapped'");

        var compared = await CompareAsync(world);

        Assert.Equal(("Both sides agree: 250 rows compared.", true, 250L, 1), (compared.Step, compared.IsClean, compared.Compared, compared.Look));
        Assert.Equal(["id", "name", "weight", "born"], compared.Fields);
    }

    [Fact]
    public async Task Missing_extra_and_different_rows_are_listed_with_the_fields_that_differ()
    {
        await using var world = await GivenAsync(250);
        await world.Database.RunAsync("delete from people where id in (3, 200); insert into people values (900, 'x'); update people set name = 'changed', weight = 1 where id = 17; update people set born = null where id = 18");

        var compared = await CompareAsync(world);

        Assert.Equal((ReconciliationState.Done, 2L, 1L, 2L, 0L), (compared.State, compared.Missing, compared.Extra, compared.Different, compared.Moving));
        Assert.Equal("2 missing, 1 in excess, 2 different; 249 rows compared.", compared.Step);
        Assert.Equal(["3", "200"], await KeysAsync(world, compared, DifferenceKind.Missing));
        Assert.Equal(["900"], await KeysAsync(world, compared, DifferenceKind.Extra));
        Assert.Equal(["17: name, weight", "18: born"], await KeysAsync(world, compared, DifferenceKind.Different));
    }

    [Fact]
    public async Task A_repair_sends_what_is_missing_or_different_through_the_line_and_nothing_else()
    {
        await using var world = await GivenAsync(250);
        await world.Database.RunAsync("delete from people where id in (3, 200); insert into people values (900, 'x'); update people set name = 'changed' where id = 17");
        var compared = await CompareAsync(world);

        var request = await world.Console.Get<ReconciliationStore>().RepairAsync(world.Tenant, compared.Id, TestConsole.Somebody, default);
        var again = await world.Console.Get<ReconciliationStore>().RepairAsync(world.Tenant, compared.Id, TestConsole.Somebody, default);
        var run = await world.MoveAsync(request.RunId!.Value);
        var after = await CompareAsync(world);

        Assert.Equal((null, "A repair is going already."), (again.RunId, again.Answer));
        Assert.Equal((RunState.Succeeded, 3L, 3L, "Repair", true), (run.State, run.RecordsRead, run.Written, run.Kind, run.Counts.Balances));
        Assert.Equal((0L, 1L, 0L), (after.Missing, after.Extra, after.Different));
        Assert.Equal(request.RunId, Assert.Single(await world.Console.Get<ReconciliationStore>().ListRepairsAsync(world.Tenant, compared.Id, default)).Id);
    }

    [Fact]
    public async Task What_the_mapping_leaves_out_has_no_row()
    {
        await using var world = await GivenAsync(20, Document with { Filter = "id != 5" });
        await world.Database.RunAsync("insert into people values (5, 'left out')");

        var compared = await CompareAsync(world);

        Assert.Equal((0L, 1L, 0L, 1L), (compared.Missing, compared.Extra, compared.Different, compared.Filtered));
        Assert.Equal(["5"], await KeysAsync(world, compared, DifferenceKind.Extra));
    }

    [Fact]
    public async Task What_changes_while_it_is_looked_at_is_looked_at_again()
    {
        await using var world = await GivenAsync(40);
        await world.Database.RunAsync("delete from people where id = 30");
        world.Source.Records[3] = Person(4, "on its way");
        world.Source.Records.Add(Person(41, "new"));
        var reads = 0;
        world.Source.BeforeRead = async (position, _) =>
        {
            // Between the looks, the runs that go on meanwhile bring the two that were on their way.
            if (position == 0 && ++reads == 2)
            {
                await world.Database.RunAsync("update people set name = 'on its way' where id = 4; insert into people values (41, 'new', 41.5, '2001-01-01T00:00:41.123456Z')");
            }
        };

        var compared = await CompareAsync(world);

        Assert.Equal((1L, 0L, 0L, 0L), (compared.Missing, compared.Extra, compared.Different, compared.Moving));
        Assert.Equal(["30"], await KeysAsync(world, compared, DifferenceKind.Missing));
    }

    [Fact]
    public async Task What_never_stands_still_is_counted_and_not_judged()
    {
        await using var world = await GivenAsync(10);
        var reads = 0;
        world.Source.BeforeRead = async (position, _) =>
        {
            if (position == 0)
            {
                await world.Database.RunAsync($"update people set name = 'changed {++reads}' where id = 4");
            }
        };

        var compared = await CompareAsync(world);

        Assert.Equal((0L, 1L, 4), (compared.Different, compared.Moving, compared.Look));
        Assert.EndsWith("1 more changed at each look and were not judged.", compared.Step);
    }

    [Fact]
    public async Task A_source_that_breaks_off_gives_no_result_and_the_comparison_begins_anew()
    {
        await using var world = await GivenAsync(30);
        world.Source.BeforeRead = (position, _) => position == 20
            ? throw new IntegrationConsole.Connectors.Failures.FailureException(new(IntegrationConsole.Connectors.Failures.FailureCause.TargetDown, "Gone.")) : Task.CompletedTask;
        var broken = await CompareAsync(world);
        Assert.Null(await world.Console.Get<ReconciliationQueue>().ClaimAsync(default));
        world.Source.BeforeRead = (_, _) => Task.CompletedTask;
        await ExecuteAsync(world, "update reconciliation set lease_until = now() - interval '1 second'");

        var whole = await MoveAsync(world, broken.Id);

        Assert.Equal((ReconciliationState.Waiting, "Gone. Begins anew in 30 s."), (broken.State, broken.Step));
        Assert.True(whole.IsClean);
    }

    [Fact]
    public async Task One_whose_node_died_is_taken_over_and_what_the_dead_one_still_says_counts_for_nothing()
    {
        await using var world = await GivenAsync(3);
        var id = await RequestAsync(world);
        var queue = world.Console.Get<ReconciliationQueue>();
        var dead = (await queue.ClaimAsync(default))!;
        Assert.Null(await queue.ClaimAsync(default));
        await ExecuteAsync(world, "update reconciliation set lease_until = now() - interval '1 second'");

        var heir = (await queue.ClaimAsync(default))!;
        await queue.EndAsync(dead, ReconciliationState.Failed, "I was asleep.", null, TimeSpan.Zero, default);

        Assert.Equal((id, 2), (heir.Id, heir.Attempt));
        Assert.Null(await queue.BeatAsync(dead, new ReconciliationProgress("", 1, 1, null), default));
        Assert.Equal("", await queue.BeatAsync(heir, new ReconciliationProgress("Look 1: reads the source", 1, 2, 3), default));
        var one = (await world.Console.Get<ReconciliationStore>().FindAsync(world.Tenant, id, default))!;
        Assert.Equal((ReconciliationState.Comparing, 2L, 3L), (one.State, one.Read, one.Expected));
    }

    [Fact]
    public async Task Somebody_who_cancels_while_it_compares_stops_it()
    {
        await using var world = await GivenAsync(30);
        var id = await RequestAsync(world);
        world.Source.BeforeRead = async (_, token) =>
        {
            await world.Console.Get<ReconciliationStore>().CancelAsync(world.Tenant, id, TestConsole.Somebody, default);
            await Task.Delay(Timeout.Infinite, token);
        };

        var cancelled = await MoveAsync(world, id);

        Assert.Equal((ReconciliationState.Cancelled, $"Cancelled by {TestConsole.Somebody.Name}"), (cancelled.State, cancelled.Step));
    }

    [Fact]
    public async Task Another_tenant_sees_nothing_of_it()
    {
        await using var world = await GivenAsync(3);
        await world.Database.RunAsync("delete from people where id = 2");
        var compared = await CompareAsync(world);
        var other = await world.Console.GivenATenantAsync();
        var store = world.Console.Get<ReconciliationStore>();

        Assert.Null(await store.FindAsync(other, compared.Id, default));
        Assert.Empty(await store.ListKeysAsync(other, compared.Id, DifferenceKind.Missing, 10, default));
        Assert.Null((await store.RepairAsync(other, compared.Id, TestConsole.Somebody, default)).RunId);
        Assert.Null((await store.RequestAsync(other, world.Sync.Id, TestConsole.Somebody, default)).Id);
    }

    [Fact]
    public async Task Somebody_who_cancels_ends_it()
    {
        await using var world = await GivenAsync(30);
        var id = await RequestAsync(world);
        Assert.Equal("A reconciliation is going already.", (await world.Console.Get<ReconciliationStore>().RequestAsync(world.Tenant, world.Sync.Id, TestConsole.Somebody, default)).Answer);

        await world.Console.Get<ReconciliationStore>().CancelAsync(world.Tenant, id, TestConsole.Somebody, default);

        Assert.Equal(ReconciliationState.Cancelled, (await world.Console.Get<ReconciliationStore>().FindAsync(world.Tenant, id, default))!.State);
        Assert.Null(await world.Console.Get<ReconciliationQueue>().ClaimAsync(default));
    }

    [Fact]
    public async Task One_that_falls_due_is_asked_for_once()
    {
        await using var world = await GivenAsync(3);
        var store = world.Console.Get<ReconciliationStore>();
        await store.ScheduleAsync(world.Tenant, world.Sync.Id, new Schedule(ScheduleKind.Interval, 60), TimeZoneInfo.Utc, TestConsole.Somebody, default);
        Assert.Equal(0, await world.Console.Get<ReconciliationQueue>().EnqueueDueAsync(default));
        await ExecuteAsync(world, "update reconciliation_schedule set next_at = now() - interval '1 minute'");

        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => world.Console.Get<ReconciliationQueue>().EnqueueDueAsync(default)));

        Assert.Equal("schedule", Assert.Single(await store.ListAsync(world.Tenant, world.Sync.Id, 10, default)).RequestedBy);
        Assert.Equal(60, (await store.ScheduleOfAsync(world.Tenant, world.Sync.Id, default)).Minutes);
    }

    [Fact]
    public async Task A_row_that_is_marked_as_deleted_is_not_there()
    {
        await using var world = await GivenAsync(5, rules: new DeleteRules(DeletePolicy.Soft) { Signal = DeleteSignal.Sweep, Column = "gone" });
        await world.Database.RunAsync("insert into people (id, name, gone) values (900, 'x', now()), (901, 'y', null); update people set gone = now() where id = 2");

        var compared = await CompareAsync(world);

        Assert.Equal(["2"], await KeysAsync(world, compared, DifferenceKind.Missing));
        Assert.Equal(["901"], await KeysAsync(world, compared, DifferenceKind.Extra));
    }

    [Fact]
    public async Task Of_two_records_with_one_key_the_last_is_the_one_that_counts()
    {
        await using var world = await GivenAsync(25);
        world.Source.Records.Insert(0, Person(20, "the first of two"));

        Assert.True((await CompareAsync(world)).IsClean);
    }

    [Fact]
    public async Task All_that_is_in_excess_is_counted_and_the_first_thousand_keys_are_kept()
    {
        await using var world = await GivenAsync(1);
        await world.Database.RunAsync("insert into people (id) select g from generate_series(1000, 4500) g");

        var compared = await CompareAsync(world);

        Assert.Equal((3501L, 1000), (compared.Extra, (await world.Console.Get<ReconciliationStore>().ListKeysAsync(world.Tenant, compared.Id, DifferenceKind.Extra, 9999, default)).Count));
    }

    internal static async Task<Reconciliation> CompareAsync(StructureWorld world) => await MoveAsync(world, await RequestAsync(world));

    private static async Task<Guid> RequestAsync(StructureWorld world) =>
        (await world.Console.Get<ReconciliationStore>().RequestAsync(world.Tenant, world.Sync.Id, TestConsole.Somebody, default)).Id!.Value;

    private static async Task<Reconciliation> MoveAsync(StructureWorld world, Guid id)
    {
        await MoveAsync(world.Console);
        return (await world.Console.Get<ReconciliationStore>().FindAsync(world.Tenant, id, default))!;
    }

    internal static async Task MoveAsync(TestConsole console)
    {
        var queue = console.Get<ReconciliationQueue>();
        var worker = new ReconciliationWorker(queue, console.Get<Reconciler>(), console.Get<ThisNode>(), TimeProvider.System, NullLogger<ReconciliationWorker>.Instance);
        await worker.CompareAsync((await queue.ClaimAsync(default))!, default);
    }

    private static async Task ExecuteAsync(StructureWorld world, string sql)
    {
        await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
        await session.RunAsync(sql, null, default);
        await session.CommitAsync(default);
    }

    private static async Task<IReadOnlyList<string>> KeysAsync(StructureWorld world, Reconciliation compared, DifferenceKind kind) =>
        [.. (await world.Console.Get<ReconciliationStore>().ListKeysAsync(world.Tenant, compared.Id, kind, 100, default)).Select(key => key.Fields.Length == 0 ? key.KeyText : $"{key.KeyText}: {string.Join(", ", key.Fields)}")];

    private static async Task<StructureWorld> GivenAsync(int count, MappingDocument? document = null, DeleteRules? rules = null)
    {
        var world = await StructureWorld.StartAsync(Tables, "people", ["id"], document ?? Document, draft => draft with { Deletes = rules ?? DeleteRules.None });
        world.Source.Records = [.. Enumerable.Range(1, count).Select(id => Person(id, $"name {id}"))];
        Assert.Equal(RunState.Succeeded, (await world.RunAsync()).State);
        return world;
    }

    /// <summary>The column rounds the weight, pads the name, and keeps the moment in another notation.</summary>
    private static string Person(int id, string name) => $$"""{"id":{{id}},"name":"{{name}}","weight":{{id}}.504,"born":"2001-01-01T02:00:{{id % 60:00}}.1234567+02:00"}""";
}
