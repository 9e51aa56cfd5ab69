using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync.Quotas;

public sealed class Standing_in_line
{
    [Fact]
    public async Task The_scheduler_hears_of_no_more_of_a_tenants_runs_than_it_has_places()
    {
        await using var world = await QuotaWorld.StartAsync();
        var noisy = await world.GivenATenantAsync(8);
        var quiet = await world.GivenATenantAsync(1);

        var runs = await noisy.RequestAllAsync(8);
        var quick = await quiet.RequestAsync(1);

        Assert.Equal(runs.Take(3).Order(), (await noisy.CalledAsync()).Order());
        Assert.Equal("The run starts now.", quick.Answer);
        Assert.Equal([quick.RunId!.Value], await quiet.CalledAsync());
    }

    [Fact]
    public async Task A_run_without_a_place_says_its_number_which_quota_and_whose_runs_come_first()
    {
        await using var world = await QuotaWorld.StartAsync();
        var tenant = await world.GivenATenantAsync(5);
        var runs = await tenant.RequestAllAsync(4);
        foreach (var number in (int[])[1, 2, 3])
        {
            await tenant.ClaimAsync(number, runs[number - 1]);
        }

        var last = await tenant.RequestAsync(5);

        Assert.Equal("Queued: the tenant's places are taken, and it starts when its turn comes.", last.Answer);
        Assert.Null(await tenant.ClaimAsync(5, last.RunId!.Value));
        Assert.Equal(
            "Waits for a free place: the tenant's quota is 3 runs at the same time. It is number 2 in the line. Going now: run 1 of Job 1, run 1 of Job 2, run 1 of Job 3. Before it: 1 run of Job 4.",
            (await tenant.WhyAsync(last.RunId.Value))!.Words);
        Assert.EndsWith("It is next.", (await tenant.WhyAsync(runs[3]))!.Words);
        Assert.Null(await tenant.WhyAsync(runs[0]));
    }

    [Fact]
    public async Task When_a_run_ends_the_first_in_the_line_is_called_and_nobody_else()
    {
        await using var world = await QuotaWorld.StartAsync();
        var tenant = await world.GivenATenantAsync(5, QuotaSettings.Default with { ConcurrentRuns = 1 });
        world.System.Records = ["""{"id":1,"name":"one"}"""];
        var runs = await tenant.RequestAllAsync(3);

        await tenant.MoveAsync(1, runs[0]);

        Assert.Equal([runs[1]], await tenant.CalledAsync());
        Assert.Contains("Its turn has come", (await tenant.WhyAsync(runs[1]))!.Words);
        Assert.Equal(1, (await tenant.WhyAsync(runs[2]))!.Number);
    }

    [Fact]
    public async Task Of_two_nodes_that_claim_for_the_last_place_one_gets_it_and_the_other_run_stands_in_line()
    {
        await using var world = await QuotaWorld.StartAsync();
        var tenant = await world.GivenATenantAsync(2, QuotaSettings.Default with { ConcurrentRuns = 1 });
        var runs = await tenant.RequestAllAsync(2);

        var claims = await Task.WhenAll(tenant.ClaimAsync(1, runs[0]), tenant.ClaimAsync(2, runs[1], world.Other));

        var taken = Assert.Single(claims, claim => claim is not null)!;
        Assert.Equal(1, (await tenant.WhyAsync(runs.Single(run => run != taken.Id)))!.Number);
    }

    [Fact]
    public async Task A_schedule_that_falls_due_without_a_free_place_stands_in_line_too()
    {
        await using var world = await QuotaWorld.StartAsync();
        var tenant = await world.GivenATenantAsync(2, QuotaSettings.Default with { ConcurrentRuns = 1 });
        await tenant.ClaimAsync(1, (await tenant.RequestAsync(1)).RunId!.Value);

        await tenant.FallDueAsync(2);

        var run = Assert.Single(await tenant.ListAsync(RunTrigger.Schedule));
        Assert.Equal(RunState.Queued, run.State);
        Assert.Equal(1, (await tenant.WhyAsync(run.Id))!.Number);
    }

    [Fact]
    public async Task Whoever_has_begun_goes_on_before_those_that_have_not()
    {
        await using var world = await QuotaWorld.StartAsync();
        var tenant = await world.GivenATenantAsync(3, QuotaSettings.Default with { ConcurrentRuns = 1 });
        var runs = await tenant.RequestAllAsync(3);
        var claimed = await tenant.ClaimAsync(1, runs[0]);

        await world.One.Get<ClaimedRuns>().PutBackAsync(claimed!, "The node stopped; goes on from where it was", TimeSpan.Zero, null, default);

        Assert.Contains(runs[0], await tenant.CalledAsync());
        Assert.Equal(1, (await tenant.WhyAsync(runs[1]))!.Number);
    }

    [Fact]
    public async Task A_run_that_has_to_wait_for_the_world_leaves_its_place_to_the_next()
    {
        await using var world = await QuotaWorld.StartAsync();
        var tenant = await world.GivenATenantAsync(2, QuotaSettings.Default with { ConcurrentRuns = 1 });
        var runs = await tenant.RequestAllAsync(2);
        var claimed = await tenant.ClaimAsync(1, runs[0]);

        await world.One.Get<ClaimedRuns>().PutBackAsync(claimed!, "Down", TimeSpan.FromMinutes(2), new Failure(FailureCause.TargetDown, "Down"), default);

        Assert.Contains("Its turn has come", (await tenant.WhyAsync(runs[1]))!.Words);
        Assert.NotNull(await tenant.ClaimAsync(2, runs[1]));
        Assert.Null(await tenant.WhyAsync(runs[0]));
    }

    [Fact]
    public async Task A_quota_that_is_raised_lets_more_go_and_a_call_that_was_not_made_is_made()
    {
        var clock = new ManualClock();
        await using var world = await QuotaWorld.StartAsync(clock);
        var tenant = await world.GivenATenantAsync(4, QuotaSettings.Default with { ConcurrentRuns = 1 });
        var runs = new List<Guid>();
        foreach (var number in (int[])[1, 2, 3, 4])
        {
            runs.Add((await tenant.RequestAsync(number)).RunId!.Value);
            clock.Advance(TimeSpan.FromSeconds(1));
        }

        await tenant.RaiseAsync(QuotaSettings.Default with { ConcurrentRuns = 2 });
        await world.RecoverAsync();
        var raised = await tenant.CalledAsync();

        await using (var session = await world.One.Database.InTenantAsync(tenant.Id, default))
        {
            await session.RunAsync("update run set called_at = null where tenant_id = @tenant", new { tenant = tenant.Id }, default);
            await session.CommitAsync(default);
        }

        await world.RecoverAsync();

        Assert.Equal(runs.Take(2).Order(), raised.Order());
        Assert.Equal(runs.Take(2).Order(), (await tenant.CalledAsync()).Order());
    }

    [Fact]
    public async Task A_run_behind_another_of_its_integration_leaves_the_place_to_others()
    {
        await using var world = await QuotaWorld.StartAsync();
        var tenant = await world.GivenATenantAsync(2, QuotaSettings.Default with { ConcurrentRuns = 2 });
        await tenant.ClaimAsync(1, (await tenant.RequestAsync(1)).RunId!.Value);

        var behind = await tenant.RequestAsync(1);
        var free = await tenant.RequestAsync(2);

        Assert.Equal("Queued: it starts when run 1 ends.", behind.Answer);
        Assert.Equal("The run starts now.", free.Answer);
        Assert.Null(await tenant.WhyAsync(behind.RunId!.Value));
    }
}
