using IntegrationConsole.Health;
using IntegrationConsole.Health.Evaluation;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Tests.Health;

public sealed class Keeping_health
{
    [Fact]
    public async Task Changes_are_kept_with_their_moment_and_nothing_is_written_where_nothing_changed()
    {
        await using var health = await HealthWorld.StartAsync();
        health.World.GivenRecords(5);
        var start = health.Clock.GetUtcNow();
        await health.LookAsync();
        await health.World.RunAsync();
        health.Clock.Advance(TimeSpan.FromMinutes(1));
        await health.LookAsync();
        var written = await RowVersionsAsync(health);

        health.Clock.Advance(TimeSpan.FromMinutes(1));
        var again = await health.LookAsync();
        var moves = await health.Store.ListTransitionsAsync(health.World.Tenant, ObjectKind.Sync, health.World.Sync.Id, start, start.AddHours(1), default);

        Assert.Equal(written, await RowVersionsAsync(health));
        Assert.Equal("Last good run 2 min ago, 5 records.", again.Reason);
        Assert.Equal((start.AddMinutes(1), start.AddMinutes(2)), (again.Since, again.EvaluatedAt));
        Assert.Equal([(null, HealthState.Pending), (HealthState.Pending, HealthState.Healthy)], moves.Select(move => (move.FromState, move.ToState)));
        Assert.Equal("Last good run 1 min ago, 5 records.", moves[1].Reason);
    }

    [Fact]
    public async Task Another_reason_for_the_same_state_does_not_begin_it_anew()
    {
        await using var health = await HealthWorld.StartAsync();
        health.World.GivenRecords(5);
        await health.World.RunAsync();
        var first = await health.LookAsync();
        health.Clock.Advance(TimeSpan.FromMinutes(10));
        await health.World.RunAsync();

        var second = await health.LookAsync();

        Assert.NotEqual(first.Evidence, second.Evidence);
        Assert.Equal((first.Since, HealthState.Healthy), (second.Since, second.State));
    }

    [Fact]
    public async Task A_range_of_transitions_begins_with_the_state_that_held_at_its_start()
    {
        await using var health = await HealthWorld.StartAsync();
        health.World.GivenRecords(5);
        var start = health.Clock.GetUtcNow();
        await health.LookAsync();
        await health.World.RunAsync();
        health.Clock.Advance(TimeSpan.FromMinutes(10));
        await health.LookAsync();

        var moves = await health.Store.ListTransitionsAsync(health.World.Tenant, ObjectKind.Sync, health.World.Sync.Id, start.AddMinutes(5), start.AddHours(1), default);

        Assert.Equal([HealthState.Pending, HealthState.Healthy], moves.Select(move => move.ToState));
    }

    [Fact]
    public async Task After_two_minutes_without_an_evaluation_everything_is_unknown()
    {
        await using var health = await HealthWorld.StartAsync();
        await health.LookAsync();

        health.Clock.Advance(TimeSpan.FromMinutes(2));
        var known = await health.FindTenantAsync();
        health.Clock.Advance(TimeSpan.FromSeconds(1));
        var unknown = await health.FindTenantAsync();
        var counts = await health.Store.CountAsync([health.World.Tenant], ObjectKind.Sync, default);

        Assert.Equal(HealthState.Pending, known.State);
        Assert.Equal((HealthState.Unknown, "Health has not been computed since 09:00 (Europe/Berlin); last known: pending."), (unknown.State, unknown.Reason));
        Assert.Equal(1, counts[health.World.Tenant][HealthState.Unknown]);
        Assert.Empty(health.Latest.Current);
    }

    [Fact]
    public async Task What_was_never_looked_at_is_unknown_and_what_is_gone_is_forgotten()
    {
        await using var health = await HealthWorld.StartAsync();
        var before = await health.FindAsync(ObjectKind.Sync, health.World.Sync.Id);
        await health.LookAsync();

        await health.World.Console.Get<SyncStore>().DeleteAsync(health.World.Tenant, health.World.Sync.Id, TestConsole.Somebody, default);
        await health.Evaluation.EvaluateAsync([health.World.Tenant], default);

        Assert.Equal((HealthState.Unknown, "Health has not been computed yet."), (before.State, before.Reason));
        Assert.Null(await health.Store.FindAsync(health.World.Tenant, ObjectKind.Sync, health.World.Sync.Id, default));
        Assert.Empty(await health.Store.ListAsync(health.World.Tenant, ObjectKind.Sync, default));
        await using var session = await health.World.Console.Database.AcrossTenantsAsync(default);
        Assert.Equal(0, await session.OneAsync<int>("select count(*)::int from health_state where object_kind = 'Sync'", null, default));
    }

    [Fact]
    public async Task A_tenant_does_not_see_the_health_of_another()
    {
        await using var health = await HealthWorld.StartAsync();
        var other = await health.World.Console.GivenATenantAsync();
        await health.Evaluation.EvaluateAsync(null, default);

        Assert.Null(await health.Store.FindAsync(other, ObjectKind.Sync, health.World.Sync.Id, default));
        Assert.Empty(await health.Store.ListAsync(other, ObjectKind.Sync, default));
        Assert.Empty(await health.Store.ListTransitionsAsync(other, ObjectKind.Sync, health.World.Sync.Id, DateTimeOffset.MinValue, DateTimeOffset.MaxValue, default));
        Assert.Equal([other], (await health.Store.ListTenantsAsync([other], default)).Keys);
    }

    [Fact]
    public async Task While_one_node_evaluates_another_does_not()
    {
        await using var health = await HealthWorld.StartAsync();
        await using (var holder = await health.World.Console.Database.AcrossTenantsAsync(default))
        {
            await holder.RunAsync("select pg_advisory_xact_lock(@key)", new { key = (long)0x1C0_0008 }, default);

            Assert.False(await health.Evaluation.EvaluateAsync(null, default));
        }

        Assert.True(await health.Evaluation.EvaluateAsync(null, default));
    }

    [Fact]
    public async Task A_change_is_seen_within_two_seconds_and_told_to_everybody()
    {
        await using var console = await TestConsole.StartAsync();
        using var changes = new ChangeBroadcaster(console.Database, TimeProvider.System, NullLogger<ChangeBroadcaster>.Instance);
        var latest = new LatestHealth(TimeProvider.System);
        using var evaluator = new HealthEvaluator(
            new HealthEvaluation(console.Database, latest, Options.Create(new DatabaseOptions()), TimeProvider.System), changes, TimeProvider.System, NullLogger<HealthEvaluator>.Instance);
        var told = new TaskCompletionSource<TenantId>(TaskCreationOptions.RunContinuationsAsynchronously);
        using var subscription = changes.Subscribe(change =>
        {
            if (change is { Topic: HealthStore.Topic, Tenant: { } tenant })
            {
                told.TrySetResult(tenant);
            }
        });
        await changes.StartAsync(default);
        await evaluator.StartAsync(default);

        var tenant = await console.GivenATenantAsync();

        Assert.Equal(tenant, await told.Task.WaitAsync(TimeSpan.FromSeconds(10)));
        Assert.Equal("Nothing is set up yet.", (await new HealthStore(console.Database, TimeProvider.System).FindAsync(tenant, ObjectKind.Tenant, tenant.Value, default))!.Reason);
        await evaluator.StopAsync(default);
        await changes.StopAsync(default);
    }

    private static async Task<IReadOnlyList<string>> RowVersionsAsync(HealthWorld health)
    {
        await using var session = await health.World.Console.Database.AcrossTenantsAsync(default);
        return await session.ListAsync<string>("select object_kind || xmin::text from health_state order by 1", null, default);
    }
}
