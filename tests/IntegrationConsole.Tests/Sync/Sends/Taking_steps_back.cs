using IntegrationConsole.Connectors;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Sends;
using OutsideWorld;

namespace IntegrationConsole.Tests.Sync.Sends;

/// <summary>Orders with lines, at a company that takes each by a call of its own and lets no order go that has lines.</summary>
public sealed class Taking_steps_back
{
    private static readonly MappingDocument Document = new([new() { Name = "number", Source = "number" }], [])
    {
        Children =
        [
            new ChildTable
            {
                Stream = "lines", List = "lines", KeyFields = ["number", "code"],
                Fields = [new() { Name = "number", Source = "record.number" }, new() { Name = "code", Source = "item" }],
            },
        ],
    };

    private static readonly object Orders = new
    {
        path = "/shops/s/orders", upsert = "none", upsertPath = "", parallelCalls = 1, idempotencyHeader = "Idempotency-Key", takeBackPath = "/shops/s/orders/{remoteId}",
    };

    private static readonly object Lines = new
    {
        name = "lines", path = "/shops/s/orders/{parentId}/lines", canRead = false, canWrite = true, answerIdPath = "id", parallelCalls = 1,
        idempotencyHeader = "Idempotency-Key", takeBackPath = "/shops/s/orders/{parentId}/lines/{remoteId}",
    };

    [Fact]
    public async Task Where_a_line_is_refused_what_was_made_for_its_order_is_taken_back_the_last_first()
    {
        await using var world = await GivenAShopAsync();
        world.Source.Records = ["""{"number":"1","lines":["a","b"]}""", """{"number":"2","lines":["c","bad","d"]}"""];

        var run = await world.RunAsync();
        var letter = Assert.Single(await world.LettersAsync());
        var steps = await world.Console.Get<SendLedger>().StepsAsync(world.Tenant, world.Sync.Id, letter.RecordKey, default);

        Assert.Equal((RunState.Partial, 1, 1), (run.State, run.Written, run.Rejected));
        Assert.Equal(["1: a, b"], Shop(world).Orders);
        Assert.Equal(["made 1", "made 2", "made 1/a", "made 1/b", "made 2/c", "made 2/d", "took back 2/d", "took back 2/c", "took back 2"], Shop(world).Deeds);
        Assert.EndsWith("What was made for this record at shop before was taken back.", letter.Message);
        Assert.Equal(
            ["Made orders o2", "Made lines l5", "Made lines l6", "Refused lines ", "TakingBack lines l6", "TakenBack lines l6", "TakingBack lines l5", "TakenBack lines l5", "TakingBack orders o2", "TakenBack orders o2"],
            steps.Select(step => $"{step.Kind} {step.Stream} {step.RemoteId}"));
    }

    [Fact]
    public async Task Corrected_it_is_made_anew()
    {
        await using var world = await GivenAShopAsync();
        world.Source.Records = ["""{"number":"2","lines":["c","bad"]}"""];
        await world.RunAsync();
        world.Source.Records = ["""{"number":"2","lines":["c","d"]}"""];

        var run = await world.RunAsync();

        Assert.Equal((RunState.Succeeded, 1), (run.State, run.Written));
        Assert.Equal(["2: c, d"], Shop(world).Orders);
        Assert.Empty(await world.LettersAsync());
    }

    [Fact]
    public async Task What_arrived_whole_before_is_never_taken_back()
    {
        await using var world = await GivenAShopAsync();
        world.Source.Records = ["""{"number":"1","lines":["a"]}"""];
        await world.RunAsync();
        world.Source.Records = ["""{"number":"1","lines":["a","b","bad"]}"""];

        var run = await world.RunAsync();

        Assert.Equal(RunState.Partial, run.State);
        Assert.Equal(["1: a"], Shop(world).Orders);
        Assert.Equal(["took back 1/b"], Shop(world).Deeds.Where(deed => deed.StartsWith("took back", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task What_cannot_be_taken_back_is_named_in_the_letter_and_the_next_run_goes_on_from_it()
    {
        await using var world = await GivenAShopAsync();
        world.Outside.Faults.Add(new Fault("/shops/s/orders/o1", FaultKind.Status) { Method = "DELETE", Status = 422, After = 1 });
        world.Source.Records = ["""{"number":"2","lines":["c","bad"]}"""];
        await world.RunAsync();
        var letter = Assert.Single(await world.LettersAsync());
        var left = Shop(world).Orders;
        world.Outside.Faults.Clear();
        world.Source.Records = ["""{"number":"2","lines":["c"]}"""];

        var run = await world.RunAsync();

        Assert.Contains("at shop there still is orders o1.", letter.Message);
        Assert.Equal(["2: "], left);
        Assert.Equal(RunState.Succeeded, run.State);
        Assert.Equal(["2: c"], Shop(world).Orders);
        Assert.Single(Shop(world).Deeds, deed => deed == "made 2");
    }

    [Fact]
    public async Task Cut_off_between_telling_and_hearing_it_tells_again_and_then_begins_anew()
    {
        await using var world = await GivenAShopAsync();
        world.Outside.Faults.Add(new Fault("/shops/s/orders/o1", FaultKind.Status) { Method = "DELETE", Status = 422, After = 1 });
        world.Source.Records = ["""{"number":"2","lines":["c","bad"]}"""];
        await world.RunAsync();
        world.Outside.Faults.Clear();
        await world.ExecuteAsync("update send_ledger set state = 'TakingBack', answered_at = null where stream = 'orders'");
        world.Source.Records = ["""{"number":"2","lines":["c"]}"""];

        var run = await world.RunAsync();

        Assert.Equal(RunState.Succeeded, run.State);
        Assert.Equal(["2: c"], Shop(world).Orders);
        Assert.Equal(["took back 2", "made 2", "made 2/c"], Shop(world).Deeds.TakeLast(3));
    }

    [Fact]
    public async Task Where_the_company_goes_away_while_it_takes_back_the_next_attempt_finishes_that()
    {
        await using var world = await GivenAShopAsync();
        world.Outside.Faults.Add(new Fault("/shops/s/orders", FaultKind.Status) { Method = "DELETE", Status = 503, RetryAfter = "60", After = 1 });
        world.Source.Records = ["""{"number":"2","lines":["c","bad"]}"""];

        var stopped = await world.RunAsync();
        world.Outside.Faults.Clear();
        await world.ExecuteAsync($"update run set start_after = now() where id = '{stopped.Id}'");
        var end = await world.MoveAsync(stopped.Id);

        Assert.Equal((RunState.Queued, 0), (stopped.State, stopped.RecordsRead));
        Assert.Equal((RunState.Partial, 1), (end.State, end.Rejected));
        Assert.Empty(Shop(world).Orders);
    }

    private static Shop Shop(SendWorld world) => world.Outside.Shops["s"];

    private static Task<SendWorld> GivenAShopAsync() => SendWorld.StartAsync(WriteMode.Append, Orders, ["number"], Document, null, Lines);
}
