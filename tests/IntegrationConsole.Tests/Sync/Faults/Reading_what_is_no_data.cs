using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Outgoing;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Connectors.Postgres;
using OutsideWorld;

namespace IntegrationConsole.Tests.Sync.Faults;

public sealed class Reading_what_is_no_data
{
    private const string Pages = "/secure/basic/nextlink";

    [Theory]
    [InlineData("text/html; charset=utf-8")]
    [InlineData("application/json")]
    public async Task A_page_for_people_is_known_whatever_it_calls_itself(string contentType)
    {
        await using var world = await FaultWorld.StartAsync();
        world.Company.Server.Faults.Add(new Fault(Pages, FaultKind.Html) { ContentType = contentType, After = 2 });

        var run = await world.RunAsync();

        await world.FailedAsync(run, FailureCause.Malformed, "The answer of 127.0.0.1 is an HTML page and not JSON");
        Assert.Equal((20, 0), (run.RecordsRead, run.Retries));
        world.Company.Server.Faults.Clear();
        await world.HealsAsync();
    }

    [Theory]
    [InlineData(FaultKind.Cut, false, FailureCause.TargetDown, "127.0.0.1 broke")]
    [InlineData(FaultKind.Cut, true, FailureCause.TargetDown, "127.0.0.1 broke")]
    [InlineData(FaultKind.Truncated, false, FailureCause.Malformed, "The answer of 127.0.0.1 ended in the middle")]
    [InlineData(FaultKind.Truncated, true, FailureCause.Malformed, "The answer of 127.0.0.1 ended in the middle")]
    public async Task An_answer_that_is_always_cut_short_ends_the_run_and_nobody_is_taken_for_half_of_himself(FaultKind kind, bool isChunked, FailureCause cause, string says)
    {
        await using var world = await FaultWorld.StartAsync();
        world.Company.Server.Faults.Add(new Fault(Pages, kind) { Bytes = 700, IsChunked = isChunked, After = 2 });

        var run = await world.RunAsync();

        await world.FailedAsync(run, cause, says);
        Assert.InRange(run.RecordsRead, 20, 29);
        world.Company.Server.Faults.Clear();
        await world.HealsAsync();
    }

    [Theory]
    [InlineData(FaultKind.Cut, false)]
    [InlineData(FaultKind.Cut, true)]
    [InlineData(FaultKind.Truncated, false)]
    public async Task An_answer_that_is_cut_short_once_is_asked_for_again(FaultKind kind, bool isChunked)
    {
        await using var world = await FaultWorld.StartAsync();
        world.Company.Server.Faults.Add(new Fault(Pages, kind) { Bytes = 700, IsChunked = isChunked, After = 2, Times = 1 });

        var run = await world.RunAsync();

        Assert.Equal((RunState.Succeeded, 41, 0), (run.State, run.RecordsRead, run.Retries));
        await world.EverybodyIsThereAsync();
    }

    [Fact]
    public async Task An_append_that_failed_half_way_is_gone_on_with_by_the_next_run_and_nobody_is_appended_twice()
    {
        await using var world = await FaultWorld.StartAsync(mode: WriteMode.Append);
        await world.SetAsync(world.Source, "streams", world.Company.ShopSettings("/secure/basic", pageSize: 1000)["streams"]!.DeepClone());
        world.Company.Has(1, 6000);
        world.Company.Server.Faults.Add(new Fault(Pages, FaultKind.Html) { After = 5 });

        var failed = await world.RunAsync();
        var again = await world.RunAsync();
        world.Company.Server.Faults.Clear();
        var rest = await world.RunAsync();

        Assert.Equal((RunState.Failed, FailureCause.Malformed, 5000), (failed.State, failed.Cause, failed.Written));
        Assert.Equal((RunState.Failed, 0), (again.State, again.RecordsRead));
        Assert.Equal((RunState.Succeeded, 1000), (rest.State, rest.Written));
        await world.EverybodyIsThereAsync();
    }

    [Fact]
    public async Task A_record_of_200_MB_ends_the_run_long_before_all_of_it_has_come()
    {
        await using var world = await FaultWorld.StartAsync();
        await using var proxy = new CuttingProxy(new Uri(world.Company.Server.Address).Port);
        await world.SetAsync(world.Source, "baseAddress", $"http://127.0.0.1:{proxy.Port}");
        world.Company.Server.Faults.Add(new Fault(Pages, FaultKind.HugeRecord) { Bytes = 200 * 1024 * 1024, After = 2 });

        var run = await world.RunAsync();

        await world.FailedAsync(run, FailureCause.TooLarge, "The answer of 127.0.0.1 holds a record of more than 16 MB, the limit for one record");
        Assert.Equal(20, run.RecordsRead);
        Assert.InRange(proxy.Answered, new OutgoingOptions().MostRecordBytes, 4L * new OutgoingOptions().MostRecordBytes);
        world.Company.Server.Faults.Clear();
        await world.HealsAsync();
    }

    [Theory]
    [InlineData("from=10", 1)]
    [InlineData("from=0", 1)]
    public async Task Pages_that_lead_in_a_circle_are_not_gone_round_for_ever(string to, int after)
    {
        await using var world = await FaultWorld.StartAsync();
        var seen = world.Company.Server.Traffic.CountOf("/secure/basic/nextlink/people");
        world.Company.Server.Faults.Add(new Fault(Pages, FaultKind.NextLeadsTo) { Target = $"{world.Company.Server.Address}/secure/basic/nextlink/people?since=20&limit=10&{to}", After = after });

        var run = await world.RunAsync();

        await world.FailedAsync(run, FailureCause.Configuration, "The next page of 127.0.0.1 leads back to a page that was read already", "the stream people");
        Assert.Equal(0, run.Retries);
        Assert.InRange(world.Company.Server.Traffic.CountOf("/secure/basic/nextlink/people") - seen, 2, 4);
        world.Company.Server.Faults.Clear();
        await world.HealsAsync();
    }
}
