using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync.Runs;
using static IntegrationConsole.Tests.Health.Given;

namespace IntegrationConsole.Tests.Health;

public sealed class Judging_sides
{
    private static readonly Objective Delivers = Objective.None with { Delivery = 0.99 };

    // 1 % may fail. Fast is 14.4 % in an hour and in five minutes, or 6 % in six hours and in half an hour; slow is 1 % over three days.
    [Theory]
    [InlineData(145, 145, 0, 0, 0, HealthState.Failing)]
    [InlineData(145, 143, 0, 0, 0, HealthState.Healthy)]
    [InlineData(143, 145, 0, 0, 0, HealthState.Healthy)]
    [InlineData(0, 0, 61, 61, 0, HealthState.Failing)]
    [InlineData(0, 0, 61, 59, 0, HealthState.Healthy)]
    [InlineData(0, 0, 11, 0, 11, HealthState.Degraded)]
    [InlineData(0, 0, 9, 0, 11, HealthState.Healthy)]
    [InlineData(0, 0, 0, 0, 0, HealthState.Healthy)]
    public void How_fast_the_allowed_failures_are_used_up_decides(int hour, int five, int six, int half, int three, HealthState state)
    {
        var facts = ASync() with
        {
            Objective = Delivers, Recent = new RecordWindows(new Share(five, 1000), new Share(half, 1000), new Share(hour, 1000), []),
            Longer = new LongWindows(new Share(six, 1000), new Share(three, 1000), new Share(50, 10_000)),
        };

        Assert.Equal(state, Of(facts, HealthDimension.Errors)!.State);
    }

    [Fact]
    public void Where_few_records_come_a_high_share_of_them_is_no_alarm()
    {
        var few = new RecordWindows(new Share(5, 10), new Share(5, 10), new Share(5, 10), []);
        var facts = ASync() with { Objective = Delivers, Recent = few, Longer = new LongWindows(new Share(5, 10), new Share(5, 10), new Share(5, 10)) };

        Assert.Equal(HealthState.Degraded, Of(facts, HealthDimension.Errors)!.State);
        Assert.Equal(HealthState.Failing, Of(facts with { Recent = few with { Hour = new Share(25, 50) } }, HealthDimension.Errors)!.State);
    }

    [Theory]
    [InlineData("bbbgg", HealthState.Failing, "3 of the last 5 runs failed.")]
    [InlineData("gbbbg", HealthState.Degraded, "3 of the last 5 runs failed; the last one did not.")]
    [InlineData("bbb", HealthState.Failing, "3 of the last 3 runs failed.")]
    [InlineData("bbggg", null, null)]
    public void Its_last_runs_are_counted_in_their_place(string runs, HealthState? state, string? reason)
    {
        var finding = Of(ASync() with { LastRuns = [.. runs.Select(run => run == 'g')] }, HealthDimension.Errors);

        Assert.Equal((state, reason), (finding?.State, finding?.Reason));
    }

    [Fact]
    public void What_is_left_is_told_in_plain_words()
    {
        var burn = new Burn(0.005, default, default, default, new LongWindows(default, new Share(30, 4_320), new Share(31, 43_200)));

        Assert.Equal("31 of 216 allowed bad records used in 30 days; at this pace gone 20 Mar, 21:00.", Words(BudgetWords.Of(burn, "bad record", Now)));
        Assert.Equal(0.86, burn.LeftRounded);
        Assert.Equal("217 of 216 allowed bad records used in 30 days: the promise is broken.", BudgetWords.Of(burn with { Long = burn.Long with { Month = new Share(217, 43_200) } }, "bad record", Now));
        Assert.Equal("0 of 216 allowed bad records used in 30 days; at this pace it lasts.", BudgetWords.Of(burn with { Long = new LongWindows(default, default, new Share(0, 43_200)) }, "bad record", Now));
        Assert.Equal("Nothing was counted in 30 days.", BudgetWords.Of(burn with { Long = LongWindows.None }, "bad record", Now));
    }

    [Fact]
    public void Being_late_too_often_puts_it_at_risk_whether_or_not_it_is_late_now()
    {
        var often = new LateMinutes(default, default, default, new LongWindows(new Share(10, 360), new Share(60, 4_320), new Share(60, 4_320)));
        var facts = ASync() with { Objective = Objective.None with { Freshness = 0.99 }, Late = often };

        Assert.Equal(HealthState.Degraded, Of(facts, HealthDimension.FreshnessBudget)!.State);
        Assert.Equal(HealthState.Healthy, Of(facts with { Late = often with { Long = new LongWindows(new Share(0, 360), new Share(60, 4_320), new Share(60, 4_320)) } }, HealthDimension.FreshnessBudget)!.State);
        Assert.Null(Of(ASync() with { Late = often }, HealthDimension.FreshnessBudget));
    }

    // 1 % of the minutes may be late: 14.4 % of an hour and of five minutes are fast, 1 % of three days is slow.
    [Theory]
    [InlineData(9, 1, HealthState.Failing)]
    [InlineData(9, 0, HealthState.Healthy)]
    [InlineData(8, 1, HealthState.Healthy)]
    public void Being_late_far_too_often_breaks_the_promise(int hour, int five, HealthState state)
    {
        var late = new LateMinutes(new Share(five, 5), default, new Share(hour, 60), new LongWindows(new Share(0, 360), new Share(0, 4_320), new Share(9, 4_320)));

        Assert.Equal(state, Of(ASync() with { Objective = Objective.None with { Freshness = 0.99 }, Late = late }, HealthDimension.FreshnessBudget)!.State);
    }

    // The bucket of half a second to one holds all: its 95th is at 0.975 s.
    [Theory]
    [InlineData(1.0, 100, HealthState.Healthy)]
    [InlineData(0.5, 100, HealthState.Degraded)]
    [InlineData(0.48, 100, HealthState.Failing)]
    [InlineData(0.01, 19, HealthState.Healthy)]
    public void Ninety_five_of_a_hundred_records_are_held_against_the_target(double target, int records, HealthState state)
    {
        var facts = ASync() with { Objective = Objective.None with { Latency = TimeSpan.FromSeconds(target) }, Recent = RecordWindows.None with { Durations = [.. DeliveryTimes.Of(TimeSpan.FromSeconds(0.8), records).Select(count => (long)count)] } };

        Assert.Equal(state, Of(facts, HealthDimension.Latency)!.State);
    }

    [Fact]
    public void Without_a_target_or_records_there_is_nothing_to_be_slow()
    {
        var slow = ASync() with { Recent = RecordWindows.None with { Durations = [.. DeliveryTimes.Of(TimeSpan.FromHours(1), 100).Select(count => (long)count)] } };

        Assert.Equal(HealthState.Healthy, Of(slow, HealthDimension.Latency)!.State);
        Assert.Null(Of(ASync(), HealthDimension.Latency));
    }

    // It runs every 30 minutes.
    [Theory]
    [InlineData(29, 10.0, null, HealthState.Healthy)]
    [InlineData(31, 10.0, null, HealthState.Degraded)]
    [InlineData(5, 3.0, null, HealthState.Degraded)]
    [InlineData(5, -1.0, 29, HealthState.Healthy)]
    [InlineData(5, -1.0, 30, HealthState.Failing)]
    public void What_waits_is_held_against_its_interval(int oldest, double drained, int? growsFor, HealthState state)
    {
        var backlog = new BacklogFact(100, Minutes(oldest), drained, growsFor is { } minutes ? Minutes(minutes) : null);

        Assert.Equal(state, Of(ASync() with { Backlog = backlog }, HealthDimension.Backlog)!.State);
    }

    [Theory]
    [InlineData(2, 100, 60, HealthState.Failing)]
    [InlineData(1, 100, 60, HealthState.Degraded)]
    [InlineData(2, 49, 60, HealthState.Degraded)]
    [InlineData(0, 100, 24 * 60 + 1, HealthState.Failing)]
    [InlineData(0, 100, 24 * 60, HealthState.Degraded)]
    public void Letters_fail_it_where_many_come_or_one_waits_for_a_day(int bad, int attempted, int oldest, HealthState state)
    {
        var facts = ASync(letters: [new CauseCount(FailureCause.Mapping, 3)]) with { Recent = RecordWindows.None with { Hour = new Share(bad, attempted) }, OldestLetter = Minutes(oldest) };

        Assert.Equal(state, Of(facts, HealthDimension.DeadLetters)!.State);
    }

    [Fact]
    public void What_somebody_has_to_change_is_said_and_counts_as_degraded()
    {
        var drafted = ASync() with { Mapping = new MappingFact(3, Minutes((24 * 60) + 1), null) };
        var behind = ASync(running: Going()) with { Mapping = new MappingFact(4, null, 3) };
        var changed = ASync(ended: Failed(FailureCause.SchemaChange, "The table does not exist.", needsPerson: true));

        Assert.Equal((HealthState.Degraded, "A draft of its mapping is not published, changed last 24 h ago: publish or discard it."), Told(drafted));
        Assert.Equal((HealthState.Degraded, "Run 14 still uses version 3 of the mapping; version 4 is published. Stop and start it to use that."), Told(behind));
        Assert.Equal(HealthState.Failing, Of(changed, HealthDimension.Configuration)!.State);
        Assert.Equal(HealthState.Degraded, Of(changed, HealthDimension.Configuration)!.CountedState);
        Assert.Null(Of(ASync() with { Mapping = new MappingFact(3, Minutes(60), null) }, HealthDimension.Configuration));

        static (HealthState, string) Told(SyncFacts facts) => (Of(facts, HealthDimension.Configuration)!.State, Words(Of(facts, HealthDimension.Configuration)!.Reason));
    }

    [Theory]
    [InlineData(true, 0, HealthState.Healthy)]
    [InlineData(false, 1, HealthState.Degraded)]
    [InlineData(false, 2, HealthState.Degraded)]
    [InlineData(false, 3, HealthState.Failing)]
    [InlineData(null, 0, HealthState.Unknown)]
    public void Three_probes_in_a_row_decide_whether_a_connection_answers(bool? reachable, int misses, HealthState state) =>
        Assert.Equal(state, OfProbe(Probe(reachable, misses: misses), HealthDimension.Connectivity).State);

    [Theory]
    [InlineData(1, HealthState.Degraded)]
    [InlineData(3, HealthState.Failing)]
    public void Refusals_in_a_row_decide_whether_it_takes_us_for_who_we_are(int refusals, HealthState state) =>
        Assert.Equal((state, (FailureCause?)FailureCause.Auth), (OfProbe(Probe(refusals: refusals), HealthDimension.Authentication).State, OfProbe(Probe(refusals: refusals), HealthDimension.Authentication).Cause));

    [Fact]
    public void A_certificate_is_warned_of_two_weeks_before_it_ends()
    {
        Assert.Equal(HealthState.Degraded, OfProbe(Probe(certificate: Now.AddDays(14)), HealthDimension.Connectivity).State);
        Assert.Equal(HealthState.Healthy, OfProbe(Probe(certificate: Now.AddDays(14.1)), HealthDimension.Connectivity).State);
    }

    [Fact]
    public void A_probe_that_nobody_made_leaves_it_unknown_unless_the_circuit_is_open()
    {
        var forgotten = Connection() with { Probe = Probe() with { At = Minutes(20), NextAt = Minutes(6) } };
        var open = forgotten with { Circuit = new CircuitFact(CircuitState.Open, Minutes(20), "Down.", "automatic", FailureCause.TargetDown, Now.AddMinutes(1)) };

        Assert.Equal(HealthState.Unknown, Finding(ConnectionVerdicts.Judge(forgotten, Now), HealthDimension.Connectivity).State);
        Assert.Equal(HealthState.Healthy, Finding(ConnectionVerdicts.Judge(open, Now), HealthDimension.Connectivity).State);
    }

    [Theory]
    [InlineData(0.79, 0, null)]
    [InlineData(0.8, 0, HealthState.Degraded)]
    [InlineData(1.0, 4, HealthState.Degraded)]
    [InlineData(1.0, 6, HealthState.Failing)]
    public void A_budget_that_is_nearly_used_up_is_told(double used, int waitsMinutes, HealthState? state)
    {
        var facts = Connection() with { Budget = new BudgetFact(used, "the day's calls", Now.AddMinutes(waitsMinutes)) };

        Assert.Equal(state, ConnectionVerdicts.Judge(facts, Now).Findings.SingleOrDefault(finding => finding.Dimension is HealthDimension.Budget)?.State);
    }

    [Theory]
    [InlineData(Impact.Standard, HealthState.Failing)]
    [InlineData(Impact.Limited, HealthState.Degraded)]
    [InlineData(Impact.Suppressed, HealthState.Healthy)]
    public void How_much_a_side_counts_is_for_each_integration_to_say(Impact impact, HealthState state)
    {
        var objective = Objective.None with { Impacts = new Dictionary<HealthSide, Impact> { [HealthSide.Flow] = impact } };

        Assert.Equal(state, SyncVerdicts.Judge(ASync(ended: Failed(FailureCause.Auth, "No.", needsPerson: true)) with { Objective = objective }, [], Now).State);
    }

    [Fact]
    public void One_that_is_not_critical_makes_its_tenant_degraded_at_worst()
    {
        var facts = ASync(ended: Failed(FailureCause.Auth, "No.", needsPerson: true)) with { Objective = Objective.None with { IsCritical = false } };

        var verdict = TenantVerdicts.Judge(Tenant(), [new SyncHealth(facts, SyncVerdicts.Judge(facts, [], Now)), new SyncHealth(ASync(), SyncVerdicts.Judge(ASync(), [], Now))], []);

        Assert.Equal((HealthState.Degraded, "Degraded: 1 of 2 integrations."), (verdict.State, verdict.Reason));
    }

    [Fact]
    public void The_sides_that_are_its_connections_are_shown_and_not_counted_twice()
    {
        var facts = Connection() with { Probe = Probe(refusals: 1) };
        var connection = new ConnectionHealth(facts, ConnectionVerdicts.Judge(facts, Now));

        var verdict = SyncVerdicts.Judge(ASync(), [connection], Now);

        Assert.Equal((HealthState.Healthy, "HDH..."), (verdict.State, SideMarks.Of(verdict.Findings)[..6]));
        Assert.Equal("Shop: The shop does not accept the credential (401). Asked once.", SideMarks.WorstOf(HealthSide.Authentication, verdict.Findings)!.Reason);
    }

    private static ProbeFact Probe(bool? reachable = true, int misses = 0, DateTimeOffset? certificate = null, int refusals = 0) => new(
        Minutes(0.5), Now.AddMinutes(0.5), reachable, "Nothing listens at shop.example: the connection was refused.", reachable is false ? FailureCause.TargetDown : null, misses, certificate,
        refusals > 0 ? false : null, refusals > 0 ? "The shop does not accept the credential (401)." : "", refusals);

    private static Finding OfProbe(ProbeFact probe, HealthDimension dimension) => Finding(ConnectionVerdicts.Judge(Connection() with { Probe = probe }, Now), dimension);

    private static Finding Finding(Verdict verdict, HealthDimension dimension) => verdict.Findings.First(finding => finding.Dimension == dimension);

    private static Finding? Of(SyncFacts facts, HealthDimension dimension) => SyncVerdicts.Judge(facts, [], Now).Findings.FirstOrDefault(finding => finding.Dimension == dimension);
}
