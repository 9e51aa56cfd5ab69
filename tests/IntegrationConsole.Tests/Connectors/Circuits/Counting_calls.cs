using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Tests.Connectors.Circuits;

public sealed class Counting_calls
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly Failure Down = new(FailureCause.TargetDown, "erp is down or overloaded (503).", "503");

    private readonly CircuitCounter _counter = new(() => new CircuitOptions());

    [Fact]
    public void Half_of_twenty_calls_in_a_minute_open_it()
    {
        for (var call = 0; call < 10; call++)
        {
            Assert.Null(Count(null, call));
            Assert.Equal(call == 9, Count(Down, call) is not null);
        }
    }

    [Fact]
    public void A_tenth_of_many_calls_does_not()
    {
        for (var call = 0; call < 500; call++)
        {
            Assert.Null(Count(call % 10 == 9 ? Down : null, call * 0.05));
        }
    }

    [Fact]
    public void What_failed_more_than_a_minute_ago_is_forgotten()
    {
        for (var call = 0; call < 30; call++)
        {
            Assert.Null(Count(call % 4 == 0 ? Down : null, call));
        }

        Assert.Null(Count(Down, 95));
    }

    [Fact]
    public void Five_failures_in_a_row_open_it_however_few_calls_there_are()
    {
        var trips = new[] { 0, 20, 40, 60, 80 }.Select(second => Count(Down, second)).ToList();

        Assert.All(trips.Take(4), Assert.Null);
        Assert.Equal("5 calls failed in a row; the last: erp is down or overloaded (503).", trips[4]?.Reason);
    }

    [Fact]
    public void Many_calls_at_once_that_meet_one_hiccup_do_not()
    {
        for (var call = 0; call < 16; call++)
        {
            Assert.Null(Count(Down, call * 0.1));
        }
    }

    [Fact]
    public void A_record_that_is_refused_says_that_the_system_is_there()
    {
        var refusal = new Failure(FailureCause.Validation, "erp does not accept the data (422).", "422");
        for (var call = 0; call < 100; call++)
        {
            Assert.Null(Count(call % 5 == 4 ? refusal : Down with { Code = "500" }, call * 10));
        }
    }

    [Fact]
    public void A_failure_inside_that_one_record_may_be_the_reason_of_does_not_count_as_a_row()
    {
        for (var call = 0; call < 15; call++)
        {
            Assert.Null(Count(Down with { Code = "500" }, call * 60));
        }
    }

    [Theory]
    [InlineData(FailureCause.RateLimit, 3600, true)]
    [InlineData(FailureCause.TargetDown, 3600, true)]
    [InlineData(FailureCause.RateLimit, 5, false)]
    public void A_system_that_wants_to_be_left_alone_for_long_is_left_alone_at_once(FailureCause cause, int seconds, bool opens)
    {
        var trip = Count(new Failure(cause, "Come back later.", "429") { RetryAfter = TimeSpan.FromSeconds(seconds) }, 0);

        Assert.Equal(opens ? Start + TimeSpan.FromSeconds(seconds) : null, trip?.Until);
        Assert.Equal(opens, trip is not null);
    }

    [Fact]
    public void A_sign_in_that_is_refused_three_times_opens_it()
    {
        var refused = new Failure(FailureCause.Auth, "erp does not accept the credential (401).", "401");

        Assert.Null(Count(refused, 0));
        Assert.Null(Count(refused, 1));
        Assert.Equal(FailureCause.Auth, Count(refused, 2)?.Cause);
    }

    private CircuitTrip? Count(Failure? failure, double second) => _counter.Count(failure?.Sign ?? CallSign.Well, failure, Start + TimeSpan.FromSeconds(second));
}
