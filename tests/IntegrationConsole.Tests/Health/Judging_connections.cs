using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Health.Verdicts;
using static IntegrationConsole.Tests.Health.Given;

namespace IntegrationConsole.Tests.Health;

public sealed class Judging_connections
{
    [Fact]
    public void Neither_tested_nor_used_is_pending() => Expect(Connection(), HealthState.Pending, "Not tested and not used yet.");

    [Fact]
    public void Tested_or_used_it_is_healthy_and_says_when()
    {
        Expect(Connection(new TestFact(Minutes(180), true, "fine")), HealthState.Healthy, "Last tested 3 h ago.");
        Expect(Connection(new TestFact(Minutes(180), true, "fine"), lastCall: Minutes(120), lastSuccess: Minutes(120)), HealthState.Healthy, "Last used 2 h ago.");
        Expect(Connection(calls: 40, lastCall: Minutes(1), lastSuccess: Minutes(1)), HealthState.Healthy, "In use.");
    }

    [Theory]
    [InlineData(0.0, HealthState.Failing)]
    [InlineData(0.01, HealthState.Degraded)]
    [InlineData(14.0, HealthState.Degraded)]
    [InlineData(14.01, HealthState.Healthy)]
    public void A_credential_is_warned_of_two_weeks_before_it_ends(double days, HealthState state)
    {
        var verdict = ConnectionVerdicts.Judge(Connection(new TestFact(Minutes(1), true, "fine"), Now.AddDays(days)), Now);

        Assert.Equal((state, state is not HealthState.Healthy), (verdict.State, verdict.NeedsPerson));
    }

    [Fact]
    public void An_expired_credential_is_named_before_the_calls_that_fail_because_of_it() =>
        Expect(
            Connection(new TestFact(Minutes(90), false, "The shop does not accept the credential (401)."), Minutes(120), 50, 50, Minutes(1)), HealthState.Failing,
            "The credential shop key expired 2 h ago: replace it.", needsPerson: true);

    [Fact]
    public void A_failed_test_fails_it_until_a_call_succeeds()
    {
        var test = new TestFact(Minutes(10), false, "Nothing listens at shop.example: the connection was refused.");

        Expect(Connection(test), HealthState.Failing, "The last test failed 10 min ago: Nothing listens at shop.example: the connection was refused.", needsPerson: true);
        Expect(Connection(test, lastCall: Minutes(11), lastSuccess: Minutes(11)), HealthState.Failing, "The last test failed 10 min ago: Nothing listens at shop.example: the connection was refused.", needsPerson: true);
        Expect(Connection(test, lastCall: Minutes(9), lastSuccess: Minutes(9)), HealthState.Healthy, "Last used 9 min ago.");
    }

    // More than a tenth of five calls or more fails it, a hundredth of any number puts it at risk.
    [Theory]
    [InlineData(1000, 9, HealthState.Healthy)]
    [InlineData(1000, 10, HealthState.Degraded)]
    [InlineData(1000, 100, HealthState.Degraded)]
    [InlineData(1000, 101, HealthState.Failing)]
    [InlineData(5, 1, HealthState.Failing)]
    [InlineData(4, 4, HealthState.Degraded)]
    [InlineData(4, 0, HealthState.Healthy)]
    public void The_share_of_failed_calls_decides(long calls, long failures, HealthState state) =>
        Assert.Equal(state, ConnectionVerdicts.Judge(Connection(calls: calls, failures: failures, lastCall: Minutes(1)), Now).State);

    [Theory]
    [InlineData(CircuitState.Open, HealthState.Failing, "The circuit is open since 08:50. It is down. The next call is the probe.")]
    [InlineData(CircuitState.HalfOpen, HealthState.Degraded, "The circuit is half-open since 08:50: a probe is under way.")]
    public void An_open_circuit_fails_it_and_one_that_is_tried_puts_it_at_risk(CircuitState circuit, HealthState state, string reason) => Expect(
        Connection(lastCall: Minutes(1)) with { Circuit = new CircuitFact(circuit, Minutes(10), "It is down.", "", FailureCause.TargetDown, null) }, state, reason);

    [Fact]
    public void Failed_calls_are_counted_in_the_reason() =>
        Expect(Connection(calls: 1_000, failures: 200, lastCall: Minutes(1)), HealthState.Failing, "200 of 1,000 calls failed in the last 5 minutes.");

    private static void Expect(ConnectionFacts facts, HealthState state, string reason, bool needsPerson = false)
    {
        var verdict = ConnectionVerdicts.Judge(facts, Now);

        Assert.Equal((state, reason, needsPerson), (verdict.State, Words(verdict.Reason), verdict.NeedsPerson));
    }
}
