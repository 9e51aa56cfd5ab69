using IntegrationConsole.Alerts;
using IntegrationConsole.Alerts.Incidents;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync.Pages;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Health;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync;

/// <summary>What people see of a run that stopped because half of a batch failed alike.</summary>
public sealed class Offering_a_way_on_behind_a_stop
{
    [Fact]
    public async Task The_run_s_page_says_what_to_do_and_runs_again_without_the_stop()
    {
        await using var world = await HealthWorld.StartAsync();
        var stopped = await StopAsync(world);

        await using var page = await OpenPage.OpenAsync<RunPage>(world, new() { ["RunId"] = stopped.Id });
        var text = await page.ReadAsync();
        await page.PressAsync("Set aside all the same…");
        await page.PressAsync("Run, and set aside");
        Assert.Equal("title", page.Focused[^1]);
        var queued = (await world.World.Console.Get<RunStore>().ListAsync(world.World.Tenant, new RunFilter(State: RunState.Queued), null, 10, default)).Items;
        var passed = await world.World.MoveAsync(Assert.Single(queued).Id);

        Assert.Contains("10 of 20 records failed alike.", text);
        Assert.Equal((RunState.Partial, 30L, 20L), (passed.State, passed.RecordsRead, passed.Counts.SetAside));
    }

    [Fact]
    public async Task A_run_that_ended_otherwise_offers_no_such_thing()
    {
        await using var world = await HealthWorld.StartAsync();
        world.World.GivenRecords(5);
        var run = await world.World.RunAsync();

        await using var page = await OpenPage.OpenAsync<RunPage>(world, new() { ["RunId"] = run.Id });

        Assert.DoesNotContain("Set aside all the same", await page.ReadAsync());
    }

    [Fact]
    public async Task It_is_one_alert_however_often_it_is_tried()
    {
        await using var world = await HealthWorld.StartAsync();
        await using var alerts = await TestConsole.StartAsync(world.Clock, configure: services => services.AddAlerts(isWorker: false), beside: world.World.Console);
        for (var time = 0; time < 2; time++)
        {
            await StopAsync(world);
            for (var look = 0; look < 4; look++)
            {
                world.Clock.Advance(TimeSpan.FromSeconds(15));
                Assert.Equal(HealthState.Failing, (await world.LookAsync()).State);
                Assert.True(await alerts.Get<AlertEvaluation>().EvaluateAsync(default));
            }
        }

        var incident = Assert.Single(await alerts.Get<IncidentStore>().ListOpenAsync(world.World.Tenant, default));
        Assert.Equal(["runs"], incident.Loud.Select(alert => alert.Rule));
    }

    private static async Task<Run> StopAsync(HealthWorld world)
    {
        world.World.GivenRecords(30);
        world.World.System.Refuse = keys => keys.Any(key => key.Length == 2 && key != "10") ? new Failure(FailureCause.Validation, "Not today.", "E1", "name") : null;
        return await world.World.RunAsync();
    }
}
