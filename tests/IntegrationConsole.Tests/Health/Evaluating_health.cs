using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Credentials;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Reconciliations;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync.Reconciliations;

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
        Assert.Equal("The shop is down or overloaded (503). Goes on by itself (retry 1 of 3). Tried again at 09:01 (Europe/Berlin).", waiting.Reason);
    }

    [Fact]
    public async Task Runs_that_succeed_with_nothing_are_noticed()
    {
        await using var health = await HealthWorld.StartAsync();
        health.World.GivenRecords(40);
        for (var day = 0; day < 5; day++)
        {
            await health.World.RunAsync();
            health.Clock.Advance(TimeSpan.FromHours(1));
        }

        var usual = await health.LookAsync();
        health.World.System.Records = [];
        await health.World.RunAsync();
        var once = await health.LookAsync();
        health.Clock.Advance(TimeSpan.FromHours(1));
        var last = await health.World.RunAsync();
        var twice = await health.LookAsync();

        Assert.Equal((HealthState.Healthy, HealthState.Healthy), (usual.State, once.State));
        Assert.Equal((HealthState.Degraded, true, new Evidence(EvidenceKind.Run, last.Id)), (twice.State, twice.NeedsPerson, twice.Evidence));
        Assert.Equal($"2 runs running brought no record, where 40 are usual of late. The last is run {last.Number}. Look whether the source still gives what it should.", twice.Reason);
    }

    [Fact]
    public async Task What_a_reconciliation_came_to_stands_among_what_is_checked()
    {
        await using var health = await HealthWorld.StartAsync();
        health.World.GivenRecords(5);
        await health.World.RunAsync();
        await health.World.Console.Get<ReconciliationStore>().RequestAsync(health.World.Tenant, health.World.Sync.Id, TestConsole.Somebody, default);
        await Comparing_both_sides.MoveAsync(health.World.Console);

        var agree = await health.LookAsync();
        await health.ExecuteAsync("update reconciliation set missing = 2, step = '2 missing.'");
        var differ = await health.LookAsync();

        Assert.Contains(agree.Findings, finding => finding is { Dimension: HealthDimension.Completeness, State: HealthState.Healthy, Reason: "Reconciliation 1: Both sides agree: 5 rows compared." });
        Assert.Equal((HealthState.Degraded, "Reconciliation 1: 2 missing. Look at it, and repair it.", true), (differ.State, differ.Reason, differ.NeedsPerson));
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

        Assert.Equal((HealthState.Paused, "Paused by somebody@example.com since 09:00 (Europe/Berlin): the shop moves."), (paused.State, paused.Reason));
        Assert.Equal((HealthState.Healthy, "Last good run 5 h ago, 5 records."), (resumed.State, resumed.Reason));
        Assert.Equal((HealthState.Degraded, "Last good run 5 h ago; promised every 30 minutes; next run at 15:00 (Europe/Berlin)."), (late.State, late.Reason));
    }

    [Fact]
    public async Task A_paused_tenant_pauses_its_syncs()
    {
        await using var health = await HealthWorld.StartAsync();

        await health.World.Console.Get<TenantStore>().SetPausedAsync(health.World.Tenant, "unpaid", TestConsole.Somebody, default);
        var sync = await health.LookAsync();
        var tenant = await health.FindTenantAsync();

        Assert.Equal((HealthState.Paused, "The tenant is paused by somebody@example.com since 09:00 (Europe/Berlin): unpaid."), (sync.State, sync.Reason));
        Assert.Equal((HealthState.Paused, "Paused by somebody@example.com since 09:00 (Europe/Berlin): unpaid."), (tenant.State, tenant.Reason));
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
        health.Clock.Advance(ClaimedRuns.Lease + TimeSpan.FromSeconds(1));
        var silent = await health.LookAsync();

        Assert.Equal((HealthState.Pending, "Has not run yet; run 1 is going since 11:00 (Europe/Berlin)."), (going.State, going.Reason));
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
        Assert.Equal((HealthState.Degraded, "The credential key expires 5 Mar, 09:02 (Europe/Berlin): replace it before."), (expiring.State, expiring.Reason));
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

    [Theory]
    [InlineData("""{"kind":"Sometimes"}""")]
    [InlineData("""{"kind":"Interval","minutes":0}""")]
    [InlineData("""{"kind":"Cron","expression":"at dawn"}""")]
    [InlineData("null")]
    public async Task A_schedule_that_cannot_be_read_makes_that_sync_unknown_and_no_other(string schedule)
    {
        await using var health = await HealthWorld.StartAsync();
        var other = await health.World.Console.GivenATenantAsync();
        await using (var session = await health.World.Console.Database.InTenantAsync(health.World.Tenant, default))
        {
            await session.RunAsync("update sync_definition set schedule = @schedule::jsonb", new { schedule }, default);
            await session.CommitAsync(default);
        }

        var sync = await health.LookAsync();
        await health.Evaluation.EvaluateAsync(null, default);

        Assert.Equal((HealthState.Unknown, HealthDimension.Freshness), (sync.State, sync.Findings[0].Dimension));
        Assert.Equal(HealthState.Pending, (await health.Store.ListTenantsAsync([other], default))[other].State);
    }

    private static async Task GivenACredentialAsync(HealthWorld health, Guid connection, DateTimeOffset expires)
    {
        var credential = await health.World.Console.Get<CredentialStore>().CreateAsync(
            health.World.Tenant, new CredentialDraft("key", AuthenticationKind.ApiKey, new Dictionary<string, string>(), "secret", expires), TestConsole.Somebody, default);
        await using var session = await health.World.Console.Database.InTenantAsync(health.World.Tenant, default);
        await session.RunAsync("update connection set credential_id = @credential where id = @connection", new { credential, connection }, default);
        await session.CommitAsync(default);
    }
}
