using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Connectors;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync;

public sealed class Moving_nested_records
{
    private const string LineTable = "create table order_lines (order_id int, sku text, qty int check (qty < 100), primary key (order_id, sku))";
    private const string AllLines = "select concat_ws('|', order_id, sku, qty) from order_lines order by order_id, sku";

    private static readonly FieldRule[] LineFields =
    [
        new() { Name = "order_id", Type = FieldType.Integer, Source = "record.id" }, new() { Name = "sku", Source = "item.sku", Required = true },
        new() { Name = "qty", Type = FieldType.Integer, Source = "item.qty" },
    ];

    private static readonly MappingDocument Lines = new(LineFields, []) { Key = "'order ' & id", Split = "lines" };

    private static readonly MappingDocument OrdersWithLines = new([new() { Name = "id", Type = FieldType.Integer, Source = "id" }, new() { Name = "note", Source = "note" }], [])
    {
        Children = [new ChildTable { Stream = "order_lines", List = "lines", Fields = LineFields, KeyFields = ["order_id", "sku"] }],
    };

    private static readonly MappingDocument Totals = new(
        [new() { Name = "customer", Source = "key" }, new() { Name = "total", Type = FieldType.Decimal, Origin = ValueOrigin.Expression, Source = "$sum(records.total)" }], [])
    {
        Key = "id", Group = "customer",
    };

    [Fact]
    public async Task A_record_of_several_rows_counts_once_and_is_written_when_one_of_its_rows_was()
    {
        await using var world = await StructureWorld.StartAsync(LineTable, "order_lines", ["order_id", "sku"], Lines);
        world.Source.Records = [Order(1, ("a", "1"), ("b", "2")), Order(2, ("a", "3")), Order(3)];
        var first = await world.RunAsync();
        world.Source.Records = [Order(1, ("a", "1"), ("b", "9")), Order(2, ("a", "3")), Order(3)];

        var second = await world.RunAsync();

        Assert.Equal(new RunCounts(3, 2, 0, 1, 0, 0, 0), first.Counts);
        Assert.Equal(new RunCounts(3, 1, 1, 1, 0, 0, 0), second.Counts);
        Assert.Equal(["1|a|1", "1|b|9", "2|a|3"], await world.QueryAsync(AllLines));
    }

    [Theory]
    [InlineData("\"two\"", LetterStage.Map)]
    [InlineData("200", LetterStage.Write)]
    [InlineData("99999999999", LetterStage.Write)]
    public async Task One_bad_item_of_three_sets_its_record_aside_once_and_its_neighbours_arrive(string bad, LetterStage stage)
    {
        await using var world = await StructureWorld.StartAsync(LineTable, "order_lines", ["order_id", "sku"], Lines);
        world.Source.Records = [Order(1, ("a", "1")), Order(2, ("a", "1"), ("b", bad), ("c", "3")), Order(3, ("a", "1"))];

        var run = await world.RunAsync();

        var letter = Assert.Single(await world.LettersAsync());
        Assert.Equal(new RunCounts(3, 2, 0, 0, 1, 0, 0), run.Counts);
        Assert.Equal(("order 2", stage, "qty"), (letter.RecordKey, letter.Stage, letter.Field));
        Assert.Equal(["1|a|1", "3|a|1"], await world.QueryAsync(AllLines));
    }

    [Fact]
    public async Task A_record_that_comes_again_corrected_settles_its_letter_by_its_own_key()
    {
        await using var world = await StructureWorld.StartAsync(LineTable, "order_lines", ["order_id", "sku"], Lines);
        world.Source.Records = [Order(2, ("a", "1"), ("b", "200"))];
        await world.RunAsync();
        world.Source.Records = [Order(2, ("a", "1"), ("b", "2"))];

        var run = await world.RunAsync();

        Assert.Equal(RunState.Succeeded, run.State);
        Assert.Empty(await world.LettersAsync());
    }

    [Theory]
    [InlineData("200")]
    [InlineData("99999999999")]
    public async Task Appended_rows_of_a_record_land_together_so_a_replay_adds_none_twice(string bad)
    {
        await using var world = await StructureWorld.StartAsync(LineTable, "order_lines", [], Lines);
        world.Source.Records = [Order(1, ("a", "1")), Order(2, ("a", "1"), ("b", bad), ("c", "3"))];
        var run = await world.RunAsync();
        await world.Database.RunAsync("alter table order_lines drop constraint order_lines_qty_check, alter qty type bigint");

        var replay = await world.ReplayAsync();

        Assert.Equal(new RunCounts(2, 1, 0, 0, 1, 0, 0), run.Counts);
        Assert.Equal((1, 0), (replay.Delivered, replay.Failed));
        Assert.Equal(["1|a|1", "2|a|1", $"2|b|{bad}", "2|c|3"], await world.QueryAsync(AllLines));
    }

    [Fact]
    public async Task A_record_of_which_one_row_was_appended_and_another_refused_waits_for_somebody_who_looks()
    {
        await using var world = await SyncWorld.StartAsync(WriteMode.Append);
        var mappings = world.Console.Get<MappingStore>();
        var version = (await mappings.ListVersionsAsync(world.Tenant, world.Sync.MappingId, default))[0];
        await mappings.SaveDraftAsync(world.Tenant, world.Sync.MappingId, 1, version.EditedAt, Lines, TestConsole.Somebody, default);
        await mappings.PublishAsync(world.Tenant, world.Sync.MappingId, 2, "", TestConsole.Somebody, default);
        world.System.Records = [Order(1, ("a", "1")), Order(2, ("a", "1"), ("b", "2"))];
        world.System.RefuseRow = text => text == "2|b|2" ? new Failure(FailureCause.Validation, "No.") : null;

        var run = await world.RunAsync();

        Assert.Equal(new RunCounts(2, 1, 0, 0, 0, 0, 1), run.Counts);
        Assert.Equal("No. Other rows of this record were written: replayed as it is, they are there twice.", Assert.Single(await world.LettersAsync()).Message);
        Assert.Null(await world.Console.Get<ReplayStore>().StartAsync(
            world.Tenant, new ReplaySelection(null, new DeadLetterFilter(), false, "all"), "", false, TestConsole.Somebody, default));
    }

    [Fact]
    public async Task Appended_records_are_known_by_the_key_that_the_mapping_gives()
    {
        await using var world = await StructureWorld.StartAsync(LineTable, "order_lines", [], Lines);
        world.Source.Records = [Order(1, ("a", "200"))];
        await world.RunAsync();
        world.Source.Records = [Order(1, ("a", "300"))];
        await world.RunAsync();

        Assert.Equal("order 1", Assert.Single(await world.LettersAsync()).RecordKey);
    }

    [Fact]
    public async Task Records_of_a_group_share_their_row_and_its_outcome()
    {
        await using var world = await StructureWorld.StartAsync("create table totals (customer text primary key, total numeric check (total < 100))", "totals", ["customer"], Totals);
        world.Source.Records = [Sale(1, "ada", 10), Sale(2, "bob", 60), Sale(3, "ada", 5), Sale(4, "bob", 60)];
        var first = await world.RunAsync();
        var letters = await world.LettersAsync();
        await world.Database.RunAsync("alter table totals drop constraint totals_total_check");

        var replay = await world.ReplayAsync();
        var second = await world.RunAsync();

        Assert.Equal(new RunCounts(4, 2, 0, 0, 2, 0, 0), first.Counts);
        Assert.Equal(["2", "4"], letters.Select(letter => letter.RecordKey));
        Assert.All(letters, letter => Assert.EndsWith("The row is made of 2 records: replay them together.", letter.Message));
        Assert.Equal((2, 0), (replay.Delivered, replay.Failed));
        Assert.Equal(new RunCounts(4, 0, 4, 0, 0, 0, 0), second.Counts);
        Assert.Equal(["ada|15", "bob|120"], await world.QueryAsync("select concat_ws('|', customer, total) from totals order by customer"));
    }

    [Fact]
    public async Task Child_rows_follow_their_parents_and_of_a_record_with_a_refused_one_nothing_is_written()
    {
        await using var world = await StructureWorld.StartAsync(
            $"create table orders (id int primary key, note text check (note <> 'no')); {LineTable}; alter table order_lines add foreign key (order_id) references orders", "orders", ["id"], OrdersWithLines);
        world.Source.Records =
        [
            Order(1, ("a", "1"), ("b", "2")), Order(2, ("a", "1"), ("b", "200")), Order(3), Order(4, ("a", "1")).Replace("fine", "no", StringComparison.Ordinal), Order(5, ("a", "5")),
        ];

        var run = await world.RunAsync();

        Assert.Equal(new RunCounts(5, 3, 0, 0, 2, 0, 0), run.Counts);
        Assert.Equal([("2", "order_lines.qty", LetterStage.Write), ("4", "note", LetterStage.Write)], (await world.LettersAsync()).Select(letter => (letter.RecordKey, letter.Field, letter.Stage)));
        Assert.StartsWith("order_lines: ", (await world.LettersAsync())[0].Message);
        Assert.Equal(["1", "3", "5"], await world.QueryAsync("select id::text from orders order by id"));
        Assert.Equal(["1|a|1", "1|b|2", "5|a|5"], await world.QueryAsync(AllLines));
    }

    [Theory]
    [InlineData("create table order_lines (order_id int, sku text, qty smallint, primary key (order_id, sku))", "70000", "order_lines.qty")]
    [InlineData("create table order_lines (order_id int, sku text, qty int, other int, primary key (order_id, sku), constraint one_of_a_kind unique (qty) deferrable initially deferred)", "1", "")]
    public async Task A_record_that_was_there_keeps_what_it_had_where_one_of_its_child_rows_cannot_be_taken(string lines, string qty, string field)
    {
        await using var world = await StructureWorld.StartAsync($"create table orders (id int primary key, note text); {lines}", "orders", ["id"], OrdersWithLines);
        world.Source.Records = [Order(1, ("a", "1")), Order(2, ("a", "2")), Order(3, ("a", "3"))];
        await world.RunAsync();
        world.Source.Records =
        [
            Order(1, ("a", "1")), Order(2, ("a", "4"), ("b", qty), ("c", "5")).Replace("fine", "changed", StringComparison.Ordinal), Order(3, ("a", "6")).Replace("fine", "changed", StringComparison.Ordinal),
        ];

        var run = await world.RunAsync();

        Assert.Equal(new RunCounts(3, 1, 1, 0, 1, 0, 0), run.Counts);
        var letter = Assert.Single(await world.LettersAsync());
        Assert.Equal(("2", field, LetterStage.Write), (letter.RecordKey, letter.Field, letter.Stage));
        Assert.Equal(["1|fine", "2|fine", "3|changed"], await world.QueryAsync("select concat_ws('|', id, note) from orders order by id"));
        Assert.Equal(["1|a|1", "2|a|2", "3|a|6"], await world.QueryAsync("select concat_ws('|', order_id, sku, qty) from order_lines order by order_id, sku"));
    }

    [Fact]
    public async Task Where_rows_are_only_updated_a_record_of_which_one_is_not_there_changes_none()
    {
        await using var world = await StructureWorld.StartAsync(
            $"create table orders (id int primary key, note text); {LineTable}; insert into orders values (1, 'old'), (2, 'old'), (4, 'old'); insert into order_lines values (1, 'a', 1), (2, 'a', 1), (3, 'a', 1), (4, 'a', 1)",
            "orders", ["id"], OrdersWithLines, draft => draft with { WriteMode = WriteMode.Update });
        world.Source.Records = [Order(1, ("a", "7")), Order(2, ("a", "7"), ("b", "7")), Order(3, ("a", "7")), Order(4, ("a", "9"))];

        var run = await world.RunAsync();

        Assert.Equal(new RunCounts(4, 2, 0, 0, 2, 0, 0), run.Counts);
        Assert.Equal(["order_lines has no row with this key to update.", "orders has no row with this key to update."], (await world.LettersAsync()).Select(letter => letter.Message.Replace("order_lines: ", "", StringComparison.Ordinal)));
        Assert.Equal(["1|fine", "2|old", "4|fine"], await world.QueryAsync("select concat_ws('|', id, note) from orders order by id"));
        Assert.Equal(["1|a|7", "2|a|1", "3|a|1", "4|a|9"], await world.QueryAsync(AllLines));
    }

    [Fact]
    public async Task Of_a_record_whose_own_row_is_refused_no_child_row_is_written()
    {
        await using var world = await StructureWorld.StartAsync($"create table orders (id int primary key, note text check (note <> 'no')); {LineTable}", "orders", ["id"], OrdersWithLines);
        world.Source.Records = [Order(1, ("a", "1")), Order(2, ("a", "1"), ("b", "2")).Replace("fine", "no", StringComparison.Ordinal), Order(3, ("a", "5"))];

        var run = await world.RunAsync();

        Assert.Equal(new RunCounts(3, 2, 0, 0, 1, 0, 0), run.Counts);
        Assert.Equal(["1|a|1", "3|a|5"], await world.QueryAsync(AllLines));
    }

    [Fact]
    public async Task A_record_whose_child_changed_is_written_and_replayed_its_parent_is_there_once()
    {
        await using var world = await StructureWorld.StartAsync($"create table orders (id int primary key, note text); {LineTable}", "orders", ["id"], OrdersWithLines);
        world.Source.Records = [Order(1, ("a", "1")), Order(2, ("a", "200"))];
        await world.RunAsync();
        await world.Database.RunAsync("alter table order_lines drop constraint order_lines_qty_check");
        var replay = await world.ReplayAsync();
        world.Source.Records = [Order(1, ("a", "7"), ("b", "8")), Order(2, ("a", "200"))];

        var run = await world.RunAsync();

        Assert.Equal((1, 0), (replay.Delivered, replay.Failed));
        Assert.Equal(new RunCounts(2, 1, 1, 0, 0, 0, 0), run.Counts);
        Assert.Equal(["1|a|7", "1|b|8", "2|a|200"], await world.QueryAsync(AllLines));
    }

    [Fact]
    public async Task Child_tables_of_rows_that_are_appended_are_refused_before_anything_is_written()
    {
        await using var world = await StructureWorld.StartAsync($"create table orders (id int, note text); {LineTable}", "orders", [], OrdersWithLines);
        world.Source.Records = [Order(1, ("a", "1"))];

        var run = await world.RunAsync();

        Assert.Equal((RunState.Failed, FailureCause.Configuration), (run.State, run.Cause));
        Assert.Empty(await world.QueryAsync("select id::text from orders"));
    }

    private static string Order(int id, params (string Sku, string Qty)[] lines) =>
        $$"""{"id":{{id}},"note":"fine","lines":[{{string.Join(',', lines.Select(line => $$"""{"sku":"{{line.Sku}}","qty":{{line.Qty}}}"""))}}]}""";

    private static string Sale(int id, string customer, int total) => $$"""{"id":{{id}},"customer":"{{customer}}","total":{{total}}}""";
}
