using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync.Completeness;
using IntegrationConsole.Sync.Reconciliations;
using IntegrationConsole.Sync.Schedules;
using static IntegrationConsole.Tests.Health.Given;

namespace IntegrationConsole.Tests.Health;

public sealed class Judging_syncs
{
    private static readonly Schedule Daily = new(ScheduleKind.Cron, Expression: "0 6 * * *");
    private static readonly Schedule Weekdays = new(ScheduleKind.Cron, Expression: "0 * * * 1-5");

    [Fact]
    public void A_good_run_in_time_is_healthy_and_says_when_and_how_much() =>
        Expect(ASync(), HealthState.Healthy, "Last good run 3 min ago, 1,204 records.");

    [Theory]
    [InlineData(false, "Has not run yet; next run at 09:30.")]
    [InlineData(true, "Has not run yet; runs only when somebody asks.")]
    public void What_never_ran_is_pending_and_says_when_it_will(bool manual, string reason) =>
        Expect(ASync(manual ? Schedule.Manual : null, neverRan: true, promisedMinutesAgo: 1), HealthState.Pending, reason);

    [Fact]
    public void The_first_run_on_its_way_is_pending() =>
        Expect(ASync(neverRan: true, running: Going(startedAgo: 2), promisedMinutesAgo: 5), HealthState.Pending, "Has not run yet; run 14 is going since 08:58.");

    [Fact]
    public void A_failure_that_needs_a_person_fails_the_sync_with_its_sentence() =>
        Expect(
            ASync(ended: Failed(FailureCause.Auth, "The shop does not accept the credential (401).", needsPerson: true), good: Good(31)), HealthState.Failing,
            "The shop does not accept the credential (401).", needsPerson: true);

    [Fact]
    public void Waiting_for_a_retry_after_an_outside_failure_is_degraded_and_heals_itself() =>
        Expect(
            ASync(waiting: WaitingFor(FailureCause.TargetDown, "The shop is down or overloaded (503). Goes on by itself (retry 1 of 3)", 2)), HealthState.Degraded,
            "The shop is down or overloaded (503). Goes on by itself (retry 1 of 3). Tried again at 09:02.");

    [Fact]
    public void A_retry_that_is_going_is_still_degraded() =>
        Expect(ASync(running: Going(retries: 2)), HealthState.Degraded, "The outside failed an attempt of run 14; it goes on now (retry 2).");

    [Fact]
    public void Given_up_for_now_it_fails_until_the_schedule_comes_round() =>
        Expect(
            ASync(ended: Failed(FailureCause.Timeout, "The shop did not answer in time.", needsPerson: false), good: Good(31)), HealthState.Failing,
            "The shop did not answer in time. Tried again at 09:30.");

    [Fact]
    public void Given_up_without_a_schedule_it_needs_a_person() =>
        Expect(
            ASync(Schedule.Manual, Failed(FailureCause.Timeout, "The shop did not answer in time.", needsPerson: false)), HealthState.Failing,
            "The shop did not answer in time. Nothing tries it again by itself: start a run.", needsPerson: true);

    [Fact]
    public void Given_up_while_the_next_run_waits_is_degraded() =>
        Expect(
            ASync(ended: Failed(null, "The run that waits behind it takes over", needsPerson: false), good: Good(20), waiting: WaitingFor(null, "", 0)), HealthState.Degraded,
            "The run that waits behind it takes over. Run 14 waits to try it again.");

    // 30 minutes promised and 3 of grace: late after 33, missed twice after 66.
    [Theory]
    [InlineData(33.0, HealthState.Healthy, false)]
    [InlineData(33.1, HealthState.Degraded, false)]
    [InlineData(66.0, HealthState.Degraded, false)]
    [InlineData(66.1, HealthState.Failing, true)]
    public void Lateness_counts_against_the_promise(double lastGoodMinutesAgo, HealthState state, bool needsPerson)
    {
        var verdict = SyncVerdicts.Judge(ASync(ended: Good(lastGoodMinutesAgo)), [], Now);

        Assert.Equal((state, needsPerson), (verdict.State, verdict.NeedsPerson));
    }

    [Fact]
    public void What_is_late_says_since_when_and_what_was_promised() =>
        Expect(ASync(ended: Good(180)), HealthState.Failing, "Last good run 3 h ago; promised every 30 minutes; next run at 09:30.", needsPerson: true);

    [Fact]
    public void Late_because_the_outside_fails_it_heals_itself() =>
        Expect(
            ASync(ended: Failed(FailureCause.TargetDown, "The shop is down.", needsPerson: false), good: Good(180)), HealthState.Failing, "The shop is down. Tried again at 09:30.");

    [Fact]
    public void A_day_long_promise_has_an_hour_of_grace_at_most()
    {
        // 06:00 in Berlin is 05:00 UTC; a day and an hour later is 06:00 UTC, two hours ago.
        var verdict = SyncVerdicts.Judge(ASync(Daily, Good(27 * 60)), [], Now);

        Assert.Equal(HealthState.Degraded, verdict.State);
        Assert.Equal("Last good run 27 h ago; promised at least every 24 hours; next run at 3 Mar, 06:00.", Words(verdict.Reason));
    }

    [Fact]
    public void A_weekend_without_runs_is_not_late_where_none_was_promised()
    {
        // Now is Monday 09:00 there; on Sunday evening nothing had been promised since Friday 23:00.
        var friday = Minutes((2 * 24 * 60) + (10 * 60));
        var sunday = Now.AddHours(-12);
        var facts = ASync(Weekdays, Good()) with { LastEnded = Good() with { At = friday }, LastGood = Good() with { At = friday } };

        Assert.Equal(HealthState.Healthy, SyncVerdicts.Judge(facts, [], sunday).State);
        Assert.Equal(HealthState.Degraded, SyncVerdicts.Judge(facts, [], Now.AddHours(2)).State);
    }

    [Fact]
    public void What_runs_only_on_request_is_never_late() =>
        Expect(ASync(Schedule.Manual, Good(100_000)), HealthState.Healthy, "Last good run 69 days ago, 1,204 records.");

    [Fact]
    public void Time_before_the_promise_was_made_is_not_held_against_it() =>
        Expect(ASync(ended: Good(5_000), promisedMinutesAgo: 20), HealthState.Healthy, "Last good run 3 days ago, 1,204 records.");

    [Fact]
    public void A_schedule_that_never_ran_although_it_was_promised_is_late() =>
        Expect(ASync(neverRan: true, promisedMinutesAgo: 180), HealthState.Failing, "No good run since 06:00; promised every 30 minutes; next run at 09:30.", needsPerson: true);

    // A run is an excuse while its node lives and it shows progress: 33 minutes here.
    [Theory]
    [InlineData(20.0, 0.2, null, HealthState.Healthy)]
    [InlineData(32.9, 0.2, null, HealthState.Healthy)]
    [InlineData(33.1, 0.2, null, HealthState.Failing)]
    [InlineData(200.0, 0.2, 1.0, HealthState.Healthy)]
    [InlineData(20.0, -0.1, null, HealthState.Failing)]
    public void A_run_that_gets_on_is_on_its_way_and_one_that_hangs_is_not(double startedAgo, double leaseLeft, double? movedAgo, HealthState state) =>
        Assert.Equal(state, SyncVerdicts.Judge(ASync(ended: Good(300), running: Going(startedAgo, leaseLeft, movedAgo)), [], Now).State);

    [Fact]
    public void Open_letters_degrade_and_are_counted_by_cause() =>
        Expect(
            ASync(letters: [new CauseCount(FailureCause.Validation, 2), new CauseCount(FailureCause.Mapping, 10)]), HealthState.Degraded,
            "12 records wait as dead letters: 10 mapping, 2 not accepted.", needsPerson: true);

    [Fact]
    public void Letters_that_only_the_outside_caused_heal_themselves() =>
        Expect(ASync(letters: [new CauseCount(FailureCause.TargetDown, 1)]), HealthState.Degraded, "1 record waits as a dead letter: 1 system down.");

    [Fact]
    public void Of_two_equally_bad_findings_the_one_that_needs_a_person_speaks() =>
        Expect(
            ASync(waiting: WaitingFor(FailureCause.TargetDown, "Down.", 2), letters: [new CauseCount(FailureCause.Mapping, 1)]), HealthState.Degraded,
            "1 record waits as a dead letter: 1 mapping.", needsPerson: true);

    [Fact]
    public void Who_paused_it_and_why_is_its_state_and_what_would_be_wrong_is_told_too()
    {
        var pause = new Pause(Minutes(60), "Ann", "migration of the shop.", OfTenant: false);
        var healthy = SyncVerdicts.Judge(ASync(pause: pause), [], Now);
        var failing = SyncVerdicts.Judge(ASync(ended: Failed(FailureCause.Auth, "No.", needsPerson: true), pause: pause), [], Now);

        Assert.Equal((HealthState.Paused, "Paused by Ann since 08:00: migration of the shop."), (healthy.State, Words(healthy.Reason)));
        Assert.Equal((HealthState.Paused, "Paused by Ann since 08:00: migration of the shop. It would be failing otherwise."), (failing.State, Words(failing.Reason)));
        Assert.Contains(failing.Findings, finding => finding is { Dimension: HealthDimension.Runs, State: HealthState.Failing });
    }

    [Fact]
    public void A_paused_tenant_pauses_its_syncs_and_nothing_is_late() =>
        Expect(ASync(ended: Good(5_000), pause: new Pause(Minutes(60), "Ann", "", OfTenant: true)), HealthState.Paused, "The tenant is paused by Ann since 08:00.");

    [Fact]
    public void A_failing_connection_puts_a_sync_that_still_works_at_risk()
    {
        var connection = Connection(expires: Minutes(1));
        var failing = new ConnectionHealth(connection, ConnectionVerdicts.Judge(connection, Now));
        var other = failing with { Facts = Connection(id: Guid.CreateVersion7(), expires: Minutes(1)) };

        var verdict = SyncVerdicts.Judge(ASync(), [failing, other], Now);

        Assert.Equal((HealthState.Degraded, "Its connection Shop is failing: The credential shop key expired 1 min ago: replace it.", true), (verdict.State, Words(verdict.Reason), verdict.NeedsPerson));
        Assert.Single(verdict.Findings, finding => finding.Dimension is HealthDimension.Connections);
    }

    [Fact]
    public void What_cannot_be_read_makes_the_state_unknown_and_not_healthy()
    {
        Expect(ASync() with { Schedule = null }, HealthState.Unknown, "Its schedule cannot be read: whether it is late cannot be told.", needsPerson: true);
        Expect(ASync(new Schedule(ScheduleKind.Cron, Expression: "0 0 31 2 *")), HealthState.Unknown, "Its schedule never comes round: whether it is late cannot be told.", needsPerson: true);
        Expect(ASync() with { Zone = null }, HealthState.Unknown, "This machine does not know the tenant's time zone: whether it is late cannot be told.", needsPerson: true);
    }

    [Theory]
    [InlineData(0, 100, UsualOf.Hour, 2, HealthState.Degraded, "2 runs running brought no record, where 100 are usual at this hour of the week. The last is run 12. Look whether the source still gives what it should.")]
    [InlineData(0, 100, UsualOf.Runs, 3, HealthState.Degraded, "3 runs running brought no record, where 100 are usual of late. The last is run 12. Look whether the source still gives what it should.")]
    [InlineData(0, 100, UsualOf.Hour, 1, HealthState.Degraded, "Run 12 brought no record, where 100 are usual at this hour of the week.")]
    [InlineData(24, 100, UsualOf.Hour, 0, HealthState.Degraded, "Run 12 brought 24 records, where 100 are usual at this hour of the week.")]
    [InlineData(401, 100, UsualOf.Hour, 0, HealthState.Degraded, "Run 12 brought 401 records, where 100 are usual at this hour of the week.")]
    [InlineData(0, 12, UsualOf.Span, 9, HealthState.Degraded, "9 runs running brought no record, where 12 are usual in as long a time. The last is run 12. Look whether the source still gives what it should.")]
    public void A_run_that_brings_nothing_where_something_is_usual_is_no_good_run(long brought, long usual, UsualOf of, int quiet, HealthState state, string reason) =>
        Expect(ASync(ended: Good() with { Volume = new Volume(brought, usual, of, quiet) }), state, reason, needsPerson: quiet > 1);

    [Theory]
    [InlineData(0, 100, UsualOf.Runs, 1)]
    [InlineData(1, 100, UsualOf.Runs, 0)]
    [InlineData(25, 100, UsualOf.Hour, 0)]
    [InlineData(400, 100, UsualOf.Hour, 0)]
    [InlineData(0, 19, UsualOf.Hour, 0)]
    public void What_is_near_to_the_usual_or_may_be_a_quiet_night_is_fine(long brought, long usual, UsualOf of, int quiet) =>
        Assert.Equal(HealthState.Healthy, SyncVerdicts.Judge(ASync(ended: Good() with { Volume = new Volume(brought, usual, of, quiet) }), [], Now).State);

    [Theory]
    [InlineData(ReconciliationState.Done, 3, false, HealthState.Degraded, "Reconciliation 5: 3 missing, 0 in excess, 0 different; 9 rows compared. Look at it, and repair it.")]
    [InlineData(ReconciliationState.Failed, 0, false, HealthState.Degraded, "Reconciliation 5 failed: 3 missing, 0 in excess, 0 different; 9 rows compared.")]
    [InlineData(ReconciliationState.Done, 3, true, HealthState.Healthy, "Last good run 3 min ago, 1,204 records.")]
    [InlineData(ReconciliationState.Done, 0, false, HealthState.Healthy, "Last good run 3 min ago, 1,204 records.")]
    public void Sides_that_were_found_to_differ_are_trouble_until_they_are_repaired(ReconciliationState compared, long wrong, bool isRepaired, HealthState state, string reason)
    {
        var facts = ASync() with { Compared = new ComparedSides(5, compared, "3 missing, 0 in excess, 0 different; 9 rows compared.", wrong, isRepaired) };

        Expect(facts, state, reason, needsPerson: state is HealthState.Degraded);
        Assert.Single(SyncVerdicts.Judge(facts, [], Now).Findings, finding => finding.Dimension is HealthDimension.Completeness);
    }

    [Fact]
    public void All_findings_stay_with_the_verdict_the_worst_first()
    {
        var verdict = SyncVerdicts.Judge(ASync(ended: Good(180), letters: [new CauseCount(FailureCause.Mapping, 1)]), [], Now);

        Assert.Equal(
            [(HealthDimension.Freshness, HealthState.Failing), (HealthDimension.DeadLetters, HealthState.Degraded), (HealthDimension.Runs, HealthState.Healthy)],
            verdict.Findings.Select(finding => (finding.Dimension, finding.State)));
    }

    private static void Expect(SyncFacts facts, HealthState state, string reason, bool needsPerson = false)
    {
        var verdict = SyncVerdicts.Judge(facts, [], Now);

        Assert.Equal((state, reason, needsPerson), (verdict.State, Words(verdict.Reason), verdict.NeedsPerson));
    }
}
