using IntegrationConsole.Access;
using IntegrationConsole.Sync.Pages;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tests.Health;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync.Quotas;

namespace IntegrationConsole.Tests.Sync.Lists;

public sealed class Listing_runs_of_several_tenants
{
    [Fact]
    public async Task Page_by_page_each_run_of_the_tenants_asked_for_comes_once_the_newest_first()
    {
        var clock = new ManualClock();
        await using var world = await QuotaWorld.StartAsync(clock);
        var (one, two, stranger) = (await world.GivenATenantAsync(2), await world.GivenATenantAsync(2), await world.GivenATenantAsync(1));
        var expected = new List<Guid>();
        foreach (var (tenant, number) in new[] { (one, 1), (two, 1), (stranger, 1), (one, 2), (two, 2) })
        {
            clock.Advance(TimeSpan.FromSeconds(1));
            var run = (await tenant.RequestAsync(number)).RunId!.Value;
            if (tenant != stranger)
            {
                expected.Insert(0, run);
            }
        }

        var found = new List<Guid>();
        string? next = null;
        do
        {
            var page = await world.One.Get<RunStore>().ListAcrossAsync([one.Id, two.Id], new RunFilter(), Keyset.Parse(next), 3, default);
            found.AddRange(page.Items.Select(run => run.Id));
            next = page.Next;
        }
        while (next is not null && found.Count <= expected.Count);

        Assert.Equal(expected, found);
    }

    [Fact]
    public async Task Each_filter_finds_its_runs()
    {
        await using var world = await QuotaWorld.StartAsync(new ManualClock());
        var (one, two) = (await world.GivenATenantAsync(1), await world.GivenATenantAsync(2));
        await one.MoveAsync(1, (await one.RequestAsync(1)).RunId!.Value);
        await two.MoveAsync(1, (await two.RequestAsync(1)).RunId!.Value);
        var (waiting, failed) = ((await one.RequestAsync(1)).RunId!.Value, (await two.RequestAsync(2)).RunId!.Value);
        await SqlAsync(world, $"update run set state = 'Failed', cause = 'Timeout', node = 'n-7', mapping_version = 4, finished_at = queued_at where id = '{failed}'");

        await ExpectAsync([waiting], new RunFilter(State: RunState.Queued));
        await ExpectAsync([failed], new RunFilter(State: RunState.Failed));
        await ExpectAsync([failed], new RunFilter(Cause: IntegrationConsole.Connectors.Failures.FailureCause.Timeout));
        await ExpectAsync([failed], new RunFilter(Node: "n-7"));
        await ExpectAsync([failed], new RunFilter(Version: 4));
        await ExpectAsync([failed], new RunFilter(Name: "job 2"));
        await ExpectAsync([], new RunFilter(Trigger: RunTrigger.Schedule));

        async Task ExpectAsync(Guid[] expected, RunFilter filter) =>
            Assert.Equal(expected, (await world.One.Get<RunStore>().ListAcrossAsync([one.Id, two.Id], filter, null, 10, default)).Items.Select(run => run.Id));
    }

    [Fact]
    public async Task Who_may_see_one_tenant_sees_its_runs_on_the_page_of_all_and_no_other()
    {
        var clock = new ManualClock();
        await using var world = await QuotaWorld.StartAsync(clock);
        var (ours, theirs) = (await world.GivenATenantAsync(1), await world.GivenATenantAsync(1));
        var (seen, unseen) = ((await ours.RequestAsync(1)).RunId!.Value, (await theirs.RequestAsync(1)).RunId!.Value);
        var reader = await GivenAReaderAsync(world, ours.Id, Role.Viewer);

        await using var page = await OpenPage.OpenAsync<FleetRunsPage>(world.One, clock, ours.Id, "fleet/runs", reader);
        var first = await page.ReadAsync();
        await theirs.RequestAsync(1);
        await world.One.Get<RunQueue>().CancelAsync(ours.Id, seen, TestConsole.Somebody, default);
        var then = await page.WaitForAsync("Cancelled by");

        Assert.Contains($"/runs/{seen}", first, StringComparison.Ordinal);
        Assert.DoesNotContain($"{unseen}", first + then, StringComparison.Ordinal);
        Assert.DoesNotContain("new</", then, StringComparison.Ordinal);
        Assert.Contains("Needs the role Operator", first, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_may_see_one_tenant_sees_its_replays_on_the_page_of_all_and_no_other()
    {
        var clock = new ManualClock();
        await using var world = await QuotaWorld.StartAsync(clock);
        var (ours, theirs) = (await world.GivenATenantAsync(1), await world.GivenATenantAsync(1));
        await GivenAReplayAsync(ours.Id, "our letters");
        await GivenAReplayAsync(theirs.Id, "their letters");
        var reader = await GivenAReaderAsync(world, ours.Id, Role.Viewer);

        await using var page = await OpenPage.OpenAsync<FleetReplaysPage>(world.One, clock, ours.Id, "fleet/replays", reader);
        var html = await page.ReadAsync();
        var both = (await world.One.Get<ReplayStore>().ListAcrossAsync([ours.Id, theirs.Id], new ReplayFilter(), ReplayOrder.Newest, null, 10, default)).Items;
        var again = await world.One.Get<ReplayStore>().ListAgainAsync([ours.Id], [.. both], default);

        Assert.Contains("our letters", html, StringComparison.Ordinal);
        Assert.DoesNotContain("their letters", html, StringComparison.Ordinal);
        Assert.Equal(["our letters", "their letters"], both.Select(replay => replay.Scope).Order());
        Assert.Equal(["our letters"], again.Select(replay => replay.Scope));

        Task GivenAReplayAsync(TenantId tenant, string scope) => SqlAsync(world, $"""
            insert into replay (tenant_id, id, scope, reason, requested_by, requested_at, use_original_mapping, state, total, state_by, state_at)
            values ('{tenant}', gen_random_uuid(), '{scope}', '', 'somebody', now(), false, 'Done', 1, 'somebody', now())
            """);
    }

    [Fact]
    public async Task A_tenant_in_the_address_that_one_may_not_see_is_left_out_like_one_that_does_not_exist()
    {
        var clock = new ManualClock();
        await using var world = await QuotaWorld.StartAsync(clock);
        var (ours, theirs) = (await world.GivenATenantAsync(1), await world.GivenATenantAsync(1));
        var slug = (await world.One.Get<IntegrationConsole.Tenants.TenantStore>().FindAsync(theirs.Id, default))!.Slug;
        var seen = (await ours.RequestAsync(1)).RunId!.Value;
        await theirs.RequestAsync(1);
        var reader = await GivenAReaderAsync(world, ours.Id, Role.Viewer);

        await using var page = await OpenPage.OpenAsync<FleetRunsPage>(world.One, clock, ours.Id, $"fleet/runs?tenant={slug}", reader);
        var html = await page.ReadAsync();

        Assert.Contains($"“tenant={slug}” cannot be read and is left out.", System.Net.WebUtility.HtmlDecode(html), StringComparison.Ordinal);
        Assert.Contains($"/runs/{seen}", html, StringComparison.Ordinal);
        Assert.DoesNotContain($"/t/{slug}/", html, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "run_tenant_id_queued_at_id_idx")]
    [InlineData(RunState.Failed, "run_unusual")]
    public async Task Among_many_runs_of_many_tenants_those_that_are_shown_are_found_without_reading_the_others(RunState? state, string index)
    {
        await using var world = await QuotaWorld.StartAsync(new ManualClock());
        var tenants = new List<TenantId>();
        for (var number = 0; number < 5; number++)
        {
            var tenant = await world.GivenATenantAsync(1);
            await tenant.RequestAsync(1);
            tenants.Add(tenant.Id);
        }

        await SqlAsync(world, """
            insert into run (tenant_id, id, sync_id, number, trigger, requested_by, state, queued_at, start_after, started_at, finished_at)
            select r.tenant_id, gen_random_uuid(), r.sync_id, r.number + n, 'Schedule', 'schedule', case when n % 1000 = 0 then 'Failed' else 'Succeeded' end,
                   r.queued_at - make_interval(secs => n), r.queued_at, r.queued_at, r.queued_at
            from run r, generate_series(1, 4000) n
            """);
        await SqlAsync(world, "analyze run");
        var parameters = new RunFilter(State: state).Parameters(tenants);
        parameters.Add("at", null, System.Data.DbType.DateTimeOffset);
        parameters.Add("id", null, System.Data.DbType.Guid);
        parameters.Add("size", 51);

        await using var session = await world.One.Database.AcrossTenantsAsync(default);
        var plan = string.Join('\n', await session.ListAsync<string>($"explain (analyze, timing off) {RunStore.PageSql}", parameters, default));

        Assert.Contains(index, plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Seq Scan on run", plan, StringComparison.Ordinal);
        Assert.DoesNotContain("Rows Removed by Filter", plan, StringComparison.Ordinal);
    }

    internal static async Task<Guid> GivenAReaderAsync(QuotaWorld world, TenantId tenant, Role role)
    {
        var reader = await OpenPage.InviteAsync(world.One, mayAll: false);
        await world.One.Get<AccessStore>().SetRoleAsync(tenant, reader, role, TestConsole.Somebody, default);
        return reader;
    }

    internal static async Task SqlAsync(QuotaWorld world, string sql)
    {
        await using var session = await world.One.Database.AcrossTenantsAsync(default);
        await session.RunAsync(sql, null, default);
        await session.CommitAsync(default);
    }
}
