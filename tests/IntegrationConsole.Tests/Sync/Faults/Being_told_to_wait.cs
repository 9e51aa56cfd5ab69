using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Sync.Runs;
using OutsideWorld;

namespace IntegrationConsole.Tests.Sync.Faults;

public sealed class Being_told_to_wait
{
    private const string Pages = "/secure/basic/nextlink";
    private const string List = "/secure/basic/sink";

    [Theory]
    [InlineData(Target.Database, Pages, null)]
    [InlineData(Target.Database, Pages, "2")]
    [InlineData(Target.List, List, null)]
    [InlineData(Target.List, List, "2")]
    public async Task A_storm_that_ends_lets_the_run_succeed(Target target, string path, string? retryAfter)
    {
        await using var world = await FaultWorld.StartAsync(target);
        world.Company.Server.Faults.Add(new Fault(path, FaultKind.Status) { Status = 429, RetryAfter = retryAfter, After = 2, Times = 7 });

        var run = await world.RunAsync();

        Assert.Equal((RunState.Succeeded, 1), (run.State, run.Retries));
        Assert.Equal(41, run.RecordsRead);
        await world.EverybodyIsThereAsync();
        await world.NothingIsToldAsync(run);
    }

    [Theory]
    [InlineData(Target.Database, Pages, null)]
    [InlineData(Target.Database, Pages, "2")]
    [InlineData(Target.List, List, null)]
    [InlineData(Target.List, List, "2")]
    public async Task A_storm_that_does_not_end_ends_the_run_as_rate_limit(Target target, string path, string? retryAfter)
    {
        await using var world = await FaultWorld.StartAsync(target);
        world.Company.Server.Faults.Add(new Fault(path, FaultKind.Status) { Status = 429, RetryAfter = retryAfter, After = 2 });

        var run = await world.RunAsync();

        await world.FailedAsync(run, FailureCause.RateLimit, "127.0.0.1 says that we call too often (429)");
        Assert.Equal(3, run.Retries);
        world.Company.Server.Faults.Clear();
        await world.HealsAsync();
    }

    [Theory]
    [InlineData("3600", 1)]
    [InlineData("2147483647", 24)]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT", 24)]
    public async Task A_system_that_wants_an_hour_gets_it_but_none_gets_more_than_a_day(string retryAfter, int hours)
    {
        await using var world = await FaultWorld.StartAsync();
        world.Company.Server.Faults.Add(new Fault(Pages, FaultKind.Status) { Status = 429, RetryAfter = retryAfter, After = 2, Times = 1 });

        var put = await world.TryAsync();
        var wait = put.StartAfter - world.Clock.GetUtcNow();
        var run = await world.MoveAsync(put.Id, toTheEnd: true);

        Assert.Equal((RunState.Queued, FailureCause.RateLimit, 20), (put.State, put.Cause, put.RecordsRead));
        Assert.InRange(wait, TimeSpan.FromHours(hours) - TimeSpan.FromMinutes(1), TimeSpan.FromHours(hours));
        Assert.Equal((RunState.Succeeded, 41), (run.State, run.RecordsRead));
        await world.EverybodyIsThereAsync();
    }
}
