using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync.Schedules;
using static IntegrationConsole.Tests.Health.Given;

namespace IntegrationConsole.Tests.Health;

public sealed class Judging_tenants
{
    private static readonly SyncFacts Failing = ASync(ended: Failed(FailureCause.Auth, "No.", needsPerson: true), good: Good(20));
    private static readonly SyncFacts Waiting = ASync(waiting: WaitingFor(FailureCause.TargetDown, "Down.", 2));
    private static readonly SyncFacts Elsewhere = Failing with { SourceId = Guid.CreateVersion7(), DestinationId = Guid.CreateVersion7() };
    private static readonly ConnectionFacts Works = Connection(calls: 10, lastCall: Minutes(1), id: Warehouse, name: "Warehouse");
    private static readonly ConnectionFacts Fails = Connection(calls: 10, failures: 9, lastCall: Minutes(1));

    [Fact]
    public void Nothing_there_is_pending() => Expect([], [], HealthState.Pending, "Nothing is set up yet.");

    [Fact]
    public void All_well_is_counted() => Expect([ASync(), ASync()], [Works], HealthState.Healthy, "Healthy: 2 of 2 integrations.");

    [Fact]
    public void What_is_paused_or_never_ran_does_not_outweigh_what_works()
    {
        var paused = ASync(pause: new Pause(Now, "Ann", "", OfTenant: false));
        var never = ASync(Schedule.Manual, neverRan: true);

        Expect([ASync(), paused, never], [Works], HealthState.Healthy, "Healthy: 1 of 3 integrations, 1 paused, 1 pending.");
        Expect([paused, never], [Works], HealthState.Paused, "Paused: 1 of 2 integrations, 1 pending.");
    }

    [Fact]
    public void The_worst_speaks_with_its_count() =>
        Expect([Failing, Waiting, ASync()], [Works], HealthState.Failing, "Failing: 1 of 3 integrations; 1 degraded.", needsPerson: true);

    [Fact]
    public void Trouble_that_heals_itself_says_so() => Expect([Waiting, ASync()], [Works], HealthState.Degraded, "Degraded: 1 of 2 integrations.");

    [Fact]
    public void A_connection_that_brings_integrations_down_is_named_once_as_the_cause()
    {
        var verdict = Judge([Failing, Failing with { Id = Guid.CreateVersion7() }, ASync() with { SourceId = Warehouse }], [Fails, Works]);

        Assert.Equal((HealthState.Failing, "Failing: 2 of 3 integrations, because of the connection Shop."), (verdict.State, Words(verdict.Reason)));
        Assert.Equal(new Evidence(EvidenceKind.Connection, Shop), verdict.Evidence);
        Assert.Single(verdict.Findings, finding => finding.Reason == "Shop: 9 of 10 calls failed in the last 5 minutes.");
        Assert.DoesNotContain(verdict.Findings, finding => finding.Reason.StartsWith("Orders", StringComparison.Ordinal));
    }

    [Fact]
    public void A_connection_over_which_nothing_critical_goes_makes_its_tenant_degraded_at_worst()
    {
        var minor = Objective.None with { IsCritical = false };

        Expect([Failing with { Objective = minor }, ASync() with { SourceId = Warehouse }], [Fails, Works], HealthState.Degraded, "Degraded: 1 of 2 integrations, because of the connection Shop.", needsPerson: true);
        Expect([Failing with { Objective = minor }, ASync()], [Fails, Works], HealthState.Failing, "Failing: 1 of 2 connections; 2 degraded.");
    }

    [Fact]
    public void What_fails_for_another_reason_is_not_put_down_to_the_connection() =>
        Expect([Failing, Elsewhere], [Fails], HealthState.Failing, "Failing: 2 of 2 integrations, 1 of them because of the connection Shop.", needsPerson: true);

    [Fact]
    public void A_connection_that_nothing_uses_alarms_nobody()
    {
        var unused = Fails with { IsUsed = false };

        Expect([], [unused, Works], HealthState.Pending, "There is no integration yet.");
        Assert.Equal("No integration uses it yet. 9 of 10 calls failed in the last 5 minutes.", ConnectionVerdicts.Judge(unused, Now).Reason);
    }

    [Fact]
    public void A_paused_tenant_says_what_would_be_wrong()
    {
        var pause = new Pause(Minutes(60), "Ann", "", OfTenant: false);
        var verdict = TenantVerdicts.Judge(Tenant(pause), [new SyncHealth(Failing, SyncVerdicts.Judge(Failing, [], Now))], []);

        Assert.Equal((HealthState.Paused, "Paused by Ann since 08:00. It would be failing otherwise."), (verdict.State, Words(verdict.Reason)));
    }

    private static Verdict Judge(SyncFacts[] syncs, ConnectionFacts[] connections)
    {
        var judged = connections.Select(connection => new ConnectionHealth(connection, ConnectionVerdicts.Judge(connection, Now))).ToList();
        return TenantVerdicts.Judge(Tenant(), [.. syncs.Select(sync => new SyncHealth(sync, SyncVerdicts.Judge(sync, judged, Now)))], judged);
    }

    private static void Expect(SyncFacts[] syncs, ConnectionFacts[] connections, HealthState state, string reason, bool needsPerson = false)
    {
        var verdict = Judge(syncs, connections);

        Assert.Equal((state, reason, needsPerson), (verdict.State, Words(verdict.Reason), verdict.NeedsPerson));
    }
}
