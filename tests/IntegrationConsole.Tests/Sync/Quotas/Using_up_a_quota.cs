using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Budgets;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync.Quotas;

public sealed class Using_up_a_quota
{
    /// <summary>Of each fifty records one is bad, and as large as a fifth of a megabyte.</summary>
    private static List<string> Records(int count) =>
        [.. Enumerable.Range(1, count).Select(id => id % 50 == 0 ? $$"""{"id":"no number","name":"{{id}} {{new string('x', 200_000)}}"}""" : $$"""{"id":{{id}},"name":"name {{id}}"}""")];

    [Fact]
    public async Task Dead_letters_without_room_stop_the_run_with_the_reason_and_lose_nothing()
    {
        await using var world = await QuotaWorld.StartAsync();
        var tenant = await world.GivenATenantAsync(1, QuotaSettings.Default with { LetterMegabytes = 1 });
        world.System.Records = Records(400);

        var full = await tenant.MoveAsync(1, (await tenant.RequestAsync(1)).RunId!.Value);
        await tenant.RaiseAsync(QuotaSettings.Default with { LetterMegabytes = 2 });
        var again = await tenant.MoveAsync(1, (await tenant.RequestAsync(1)).RunId!.Value);

        Assert.Equal((RunState.Failed, FailureCause.Quota, true), (full.State, full.Cause, full.NeedsPerson));
        Assert.Contains("of the 1 MB that they may", full.Reason);
        Assert.Null(full.Stage);
        Assert.True(full.Counts.Balances && full.Rejected <= 5);
        Assert.Equal((RunState.Partial, 400, 8), (again.State, again.RecordsRead, again.Rejected));
        var letters = await world.One.Get<DeadLetterStore>().ListAsync(tenant.Id, new DeadLetterFilter(), null, 100, default);
        Assert.Equal(8, letters.Items.Count);
        Assert.Equal(392, world.System.Arrivals.Distinct().Count());
    }

    [Fact]
    public async Task Records_beyond_the_quota_of_a_minute_wait_on_whatever_node_they_are()
    {
        var clock = new JumpingClock();
        await using var world = await QuotaWorld.StartAsync(clock);
        var tenant = await world.GivenATenantAsync(0, QuotaSettings.Default with { RecordsPerMinute = 600 });
        var free = await world.GivenATenantAsync(0);

        await world.One.Get<RecordPace>().WaitAsync(tenant.Id, 200, default);
        var first = clock.Passed;
        await world.Other.Get<RecordPace>().WaitAsync(tenant.Id, 50, default);
        var second = clock.Passed;
        await world.One.Get<RecordPace>().WaitAsync(tenant.Id, 1, default);
        var third = clock.Passed;
        await world.One.Get<RecordPace>().WaitAsync(free.Id, 1_000_000, default);

        Assert.Equal([0, 20, 25, 25], [first.TotalSeconds, second.TotalSeconds, third.TotalSeconds, clock.Passed.TotalSeconds]);
    }

    [Fact]
    public async Task A_batch_that_waits_for_its_pace_goes_on_soon_after_the_quota_was_taken_away()
    {
        var clock = new ManualClock();
        await using var world = await QuotaWorld.StartAsync(clock);
        var tenant = await world.GivenATenantAsync(0, QuotaSettings.Default with { RecordsPerMinute = 1 });
        var pace = world.One.Get<RecordPace>();
        await pace.WaitAsync(tenant.Id, 10_000_000, default);
        var waiting = pace.WaitAsync(tenant.Id, 1, default).AsTask();

        await tenant.RaiseAsync(QuotaSettings.Default);

        Assert.False(waiting.IsCompleted);
        while (!waiting.IsCompleted)
        {
            clock.Advance(TimeSpan.FromSeconds(5));
            await Task.Yield();
        }

        await waiting;
        Assert.True(clock.GetUtcNow() < new ManualClock().GetUtcNow().AddDays(6_000));
    }

    [Fact]
    public async Task A_run_is_slowed_and_not_failed_by_its_records_per_minute()
    {
        var clock = new JumpingClock();
        await using var world = await QuotaWorld.StartAsync(clock);
        var tenant = await world.GivenATenantAsync(2, QuotaSettings.Default with { RecordsPerMinute = 60 });
        world.System.Records = ["""{"id":1,"name":"one"}""", """{"id":2,"name":"two"}"""];

        var first = await tenant.MoveAsync(1, (await tenant.RequestAsync(1)).RunId!.Value);
        var second = await tenant.MoveAsync(2, (await tenant.RequestAsync(2)).RunId!.Value);

        Assert.Equal((RunState.Succeeded, RunState.Succeeded), (first.State, second.State));
        Assert.True(clock.Passed >= TimeSpan.FromSeconds(2));
    }

    [Fact]
    public async Task All_calls_of_a_tenant_share_its_calls_per_minute()
    {
        var clock = new JumpingClock();
        await using var world = await QuotaWorld.StartAsync(clock);
        var tenant = await world.GivenATenantAsync(0, QuotaSettings.Default with { CallsPerMinute = 60 });
        OpenConnection[] connections = [Connection(tenant.Id), Connection(tenant.Id)];

        for (var call = 0; call < 26; call++)
        {
            await (call % 3 == 0 ? world.Other : world.One).Get<CallBudgets>().WaitAsync(connections[call % 2], default);
        }

        Assert.InRange(clock.Passed.TotalSeconds, 19, 40);
    }

    [Fact]
    public async Task Of_two_people_who_change_quotas_the_later_is_told_and_the_trail_says_who_changed_what()
    {
        await using var world = await QuotaWorld.StartAsync();
        var tenant = await world.GivenATenantAsync(0);
        var quotas = world.One.Get<QuotaStore>();

        var first = await quotas.UpdateAsync(tenant.Id, 0, new QuotaSettings(5, 0, 600, null), TestConsole.Somebody, default);
        var second = await quotas.UpdateAsync(tenant.Id, 0, new QuotaSettings(9, 0, 600, null), TestConsole.Somebody, default);
        var now = await quotas.FindAsync(tenant.Id, default);
        var trail = await world.One.Get<AuditTrail>().ListAsync(tenant.Id, new AuditFilter(), null, 10, default);

        Assert.Equal((Saved.Done, Saved.Outdated, 5, 1), (first, second, now.ConcurrentRuns, now.Version));
        Assert.Contains(trail, entry => entry is { Action: "change", Detail: "runs at the same time: the default to 5; records per minute: the default to no limit; calls per minute: the default to 600" });
    }

    [Theory]
    [InlineData(0, null, nameof(QuotaSettings.ConcurrentRuns))]
    [InlineData(201, null, nameof(QuotaSettings.ConcurrentRuns))]
    [InlineData(null, -1, nameof(QuotaSettings.RecordsPerMinute))]
    public void A_quota_that_makes_no_sense_is_refused_at_its_field(int? runs, int? records, string field) =>
        Assert.Equal([field], new QuotaSettings(runs, records, null, null).Check().Keys);

    private static OpenConnection Connection(TenantId tenant) =>
        new(tenant, Guid.NewGuid(), "erp", "rest", System.Text.Json.JsonDocument.Parse("{}").RootElement, new NoAuthentication());
}
