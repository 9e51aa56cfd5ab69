using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Credentials;
using IntegrationConsole.Health;
using IntegrationConsole.Health.Evaluation;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace IntegrationConsole.Tests.Health;

public sealed class Evaluating_health
{
    [Fact]
    public async Task The_state_follows_the_runs_from_never_over_failing_to_healthy()
    {
        await using var health = await HealthWorld.StartAsync();
        health.World.GivenRecords(5);

        var never = await health.LookAsync();
        health.World.System.BeforeRead = (_, _) => throw new FailureException(new Failure(FailureCause.Auth, "The shop does not accept the credential (401).", "401"));
        var failed = await health.World.RunAsync();
        var failing = await health.LookAsync();
        health.World.System.BeforeRead = (_, _) => Task.CompletedTask;
        await health.World.RunAsync();
        health.Clock.Advance(TimeSpan.FromMinutes(3));
        var healthy = await health.LookAsync();

        Assert.Equal((HealthState.Pending, "Has not run yet; runs only when somebody asks."), (never.State, never.Reason));
        Assert.Equal((HealthState.Failing, "The shop does not accept the credential (401).", true), (failing.State, failing.Reason, failing.NeedsPerson));
        Assert.Equal(new Evidence(EvidenceKind.Run, failed.Id), failing.Evidence);
        Assert.Equal((HealthState.Healthy, "Last good run 3 min ago, 5 records."), (healthy.State, healthy.Reason));
    }

    [Fact]
    public async Task An_outside_failure_is_told_with_the_time_of_the_next_attempt()
    {
        await using var health = await HealthWorld.StartAsync();
        health.World.GivenRecords(5);
        health.World.System.Refuse = _ => new Failure(FailureCause.TargetDown, "The shop is down or overloaded (503).", "503");
        health.Clock.Advance(TimeSpan.FromSeconds(45));
        await health.World.RunAsync();

        var waiting = await health.LookAsync();

        Assert.Equal((HealthState.Degraded, false), (waiting.State, waiting.NeedsPerson));
        Assert.Equal("The shop is down or overloaded (503). Goes on by itself (retry 1 of 3). Tried again at 09:01.", waiting.Reason);
    }

    [Fact]
    public async Task Open_letters_degrade_until_they_are_gone()
    {
        await using var health = await HealthWorld.StartAsync();
        health.World.GivenRecords(5);
        health.World.System.Records[1] = """{"id":"two","name":"bad"}""";
        await health.World.RunAsync();

        var degraded = await health.LookAsync();
        health.World.System.Refuse = _ => null;
        var letters = await health.World.LettersAsync();
        await health.World.Console.Get<IntegrationConsole.DeadLetters.DeadLetterStore>().DiscardAsync(
            health.World.Tenant, [.. letters.Select(letter => letter.Id)], "not needed", TestConsole.Somebody, default);
        var healthy = await health.LookAsync();

        Assert.Equal((HealthState.Degraded, "1 record waits as a dead letter: 1 mapping.", true), (degraded.State, degraded.Reason, degraded.NeedsPerson));
        Assert.Equal(HealthState.Healthy, healthy.State);
    }

    [Fact]
    public async Task A_pause_shows_who_and_why_and_time_in_it_makes_nothing_late()
    {
        await using var health = await HealthWorld.StartAsync(new Schedule(ScheduleKind.Interval, 30));
        var syncs = health.World.Console.Get<SyncStore>();
        health.World.GivenRecords(5);
        await health.World.RunAsync();
        await health.LookAsync();

        await syncs.SetPausedAsync(health.World.Tenant, health.World.Sync.Id, "the shop moves", TestConsole.Somebody, default);
        health.Clock.Advance(TimeSpan.FromHours(5));
        var paused = await health.LookAsync();
        await syncs.SetPausedAsync(health.World.Tenant, health.World.Sync.Id, null, TestConsole.Somebody, default);
        var resumed = await health.LookAsync();
        health.Clock.Advance(TimeSpan.FromMinutes(34));
        var late = await health.LookAsync();

        Assert.Equal((HealthState.Paused, "Paused by somebody@example.com since 09:00: the shop moves."), (paused.State, paused.Reason));
        Assert.Equal((HealthState.Healthy, "Last good run 5 h ago, 5 records."), (resumed.State, resumed.Reason));
        Assert.Equal((HealthState.Degraded, "Last good run 5 h ago; promised every 30 minutes; next run at 15:00."), (late.State, late.Reason));
    }

    [Fact]
    public async Task A_paused_tenant_pauses_its_syncs()
    {
        await using var health = await HealthWorld.StartAsync();

        await health.World.Console.Get<TenantStore>().SetPausedAsync(health.World.Tenant, "unpaid", TestConsole.Somebody, default);
        var sync = await health.LookAsync();
        var tenant = await health.FindTenantAsync();

        Assert.Equal((HealthState.Paused, "The tenant is paused by somebody@example.com since 09:00: unpaid."), (sync.State, sync.Reason));
        Assert.Equal((HealthState.Paused, "Paused by somebody@example.com since 09:00: unpaid."), (tenant.State, tenant.Reason));
    }

    [Fact]
    public async Task A_shorter_schedule_promises_from_its_change_on()
    {
        await using var health = await HealthWorld.StartAsync(new Schedule(ScheduleKind.Interval, 24 * 60));
        health.World.GivenRecords(5);
        await health.World.RunAsync();
        await health.LookAsync();
        health.Clock.Advance(TimeSpan.FromHours(10));

        await health.RescheduleAsync(new Schedule(ScheduleKind.Interval, 30));
        var changed = await health.LookAsync();
        health.Clock.Advance(TimeSpan.FromHours(2));
        var late = await health.LookAsync();

        Assert.Equal(HealthState.Healthy, changed.State);
        Assert.Equal(HealthState.Failing, late.State);
    }

    [Fact]
    public async Task A_run_that_is_going_is_not_late_until_its_node_is_silent()
    {
        await using var health = await HealthWorld.StartAsync(new Schedule(ScheduleKind.Interval, 30));
        await health.LookAsync();
        health.Clock.Advance(TimeSpan.FromHours(2));
        var run = await health.World.RequestAsync();
        await health.World.ClaimAsync(run.RunId!.Value);

        var going = await health.LookAsync();
        health.Clock.Advance(RunQueue.Lease + TimeSpan.FromSeconds(1));
        var silent = await health.LookAsync();

        Assert.Equal((HealthState.Pending, "Has not run yet; run 1 is going since 11:00."), (going.State, going.Reason));
        Assert.Equal(HealthState.Failing, silent.State);
    }

    [Fact]
    public async Task A_connection_is_judged_by_test_calls_and_credential()
    {
        await using var health = await HealthWorld.StartAsync();
        var console = health.World.Console;
        var connections = console.Get<ConnectionStore>();
        var connection = (await connections.ListAsync(health.World.Tenant, default)).Single();

        await health.LookAsync();
        var untouched = await health.FindConnectionAsync();
        await connections.SaveCheckAsync(
            health.World.Tenant, connection.Id, connection.Version,
            new CheckReport([new CheckStep("connect", true, "fine", 1), new CheckStep("GET /", false, "The shop does not accept the credential (401).", 1)]), default);
        await health.LookAsync();
        var failed = await health.FindConnectionAsync();
        health.Clock.Advance(TimeSpan.FromMinutes(2));
        await health.GivenCallsAsync(health.Clock.GetUtcNow(), 100, 1);
        await health.LookAsync();
        var used = await health.FindConnectionAsync();
        await GivenACredentialAsync(health, connection.Id, health.Clock.GetUtcNow().AddDays(3));
        await health.LookAsync();
        var expiring = await health.FindConnectionAsync();

        Assert.Equal((HealthState.Pending, "Not tested and not used yet."), (untouched.State, untouched.Reason));
        Assert.Equal((HealthState.Failing, "The last test failed just now: The shop does not accept the credential (401)."), (failed.State, failed.Reason));
        Assert.Equal((HealthState.Degraded, "1 of 100 calls failed in the last 5 minutes."), (used.State, used.Reason));
        Assert.Equal((HealthState.Degraded, "The credential key expires 5 Mar, 09:02: replace it before."), (expiring.State, expiring.Reason));
    }

    [Fact]
    public async Task Calls_of_six_minutes_ago_say_nothing_about_now()
    {
        await using var health = await HealthWorld.StartAsync();
        await health.GivenCallsAsync(health.Clock.GetUtcNow(), 100, 100);
        await health.LookAsync();
        var now = await health.FindConnectionAsync();

        health.Clock.Advance(TimeSpan.FromMinutes(6));
        await health.LookAsync();
        var later = await health.FindConnectionAsync();

        Assert.Equal((HealthState.Failing, HealthState.Healthy), (now.State, later.State));
        Assert.Equal("Last used 6 min ago.", later.Reason);
    }

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
        Assert.Equal((HealthState.Unknown, "Health has not been computed since 09:00; last known: pending."), (unknown.State, unknown.Reason));
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
            new HealthEvaluation(console.Database, latest, TimeProvider.System), changes, TimeProvider.System, NullLogger<HealthEvaluator>.Instance);
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

    private static async Task GivenACredentialAsync(HealthWorld health, Guid connection, DateTimeOffset expires)
    {
        var credential = await health.World.Console.Get<CredentialStore>().CreateAsync(
            health.World.Tenant, new CredentialDraft("key", AuthenticationKind.ApiKey, new Dictionary<string, string>(), "secret", expires), TestConsole.Somebody, default);
        await using var session = await health.World.Console.Database.InTenantAsync(health.World.Tenant, default);
        await session.RunAsync("update connection set credential_id = @credential where id = @connection", new { credential, connection }, default);
        await session.CommitAsync(default);
    }

    private static async Task<IReadOnlyList<string>> RowVersionsAsync(HealthWorld health)
    {
        await using var session = await health.World.Console.Database.AcrossTenantsAsync(default);
        return await session.ListAsync<string>("select object_kind || xmin::text from health_state order by 1", null, default);
    }
}
