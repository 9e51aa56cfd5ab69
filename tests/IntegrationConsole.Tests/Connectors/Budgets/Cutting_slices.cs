using IntegrationConsole.Connectors.Budgets;

namespace IntegrationConsole.Tests.Connectors.Budgets;

public sealed class Cutting_slices
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 8, 0, 0, TimeSpan.Zero);
    private static readonly CallBudget Nothing = CallBudget.Fresh(new TenantId(Guid.NewGuid()), Guid.NewGuid(), Start);

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(64)]
    public void However_they_are_cut_no_second_sees_more_than_its_limit(int wanted)
    {
        var moments = Moments(Nothing with { PerSecond = 10 }, wanted, 100);

        Assert.All(moments, from => Assert.InRange(moments.Count(at => at >= from && at < from + TimeSpan.FromSeconds(1)), 1, 10));
        Assert.InRange(moments[^1] - Start, TimeSpan.FromSeconds(9.5), TimeSpan.FromSeconds(10.5));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(64)]
    public void A_minute_sees_no_more_than_a_tenth_above_its_limit_and_short_work_does_not_wait(int wanted)
    {
        var moments = Moments(Nothing with { PerMinute = 100 }, wanted, 300);

        Assert.All(moments.Take(10), at => Assert.Equal(Start, at));
        Assert.All(moments, from => Assert.InRange(moments.Count(at => at >= from && at < from + TimeSpan.FromMinutes(1)), 1, 110));
    }

    [Fact]
    public void A_day_is_used_as_fast_as_one_likes_and_then_there_is_none_before_the_next()
    {
        var budget = Nothing with { PerDay = 5 };
        for (var call = 0; call < 5; call++)
        {
            (budget, var lease) = BudgetReckoning.Lease(budget, 3, Start);
            Assert.Equal((Start, TimeSpan.Zero), (lease.From, lease.Spacing));
            call += lease.Count - 1;
        }

        var (_, none) = BudgetReckoning.Lease(budget, 1, Start);
        var (_, next) = BudgetReckoning.Lease(budget, 1, Start.AddDays(1));

        Assert.Equal((0, new DateTimeOffset(2026, 3, 3, 0, 0, 0, TimeSpan.Zero)), (none.Count, none.From));
        Assert.Equal(1, next.Count);
    }

    [Fact]
    public void The_stricter_of_two_limits_wins()
    {
        var budget = BudgetReckoning.Hear(Nothing with { PerSecond = 1_000 }, new ToldLimit(100, 10, Start.AddSeconds(20)), Start);

        var (_, lease) = BudgetReckoning.Lease(budget, 64, Start);

        Assert.Equal(TimeSpan.FromSeconds(2), lease.Spacing);
    }

    [Fact]
    public void The_first_half_of_what_is_told_is_free_and_the_rest_lasts_until_there_is_more()
    {
        var reset = Start.AddSeconds(50);
        var budget = BudgetReckoning.Hear(Nothing, new ToldLimit(100, 99, reset), Start);
        var moments = Moments(budget, 64, 98);

        Assert.Equal(50, moments.Count(at => at == Start));
        Assert.InRange(moments[^1], Start.AddSeconds(40), reset);
    }

    [Fact]
    public void Nothing_left_is_nothing_before_the_reset()
    {
        var budget = BudgetReckoning.Hear(Nothing, new ToldLimit(100, 0, Start.AddSeconds(50)), Start);

        var (_, none) = BudgetReckoning.Lease(budget, 1, Start);
        var (_, then) = BudgetReckoning.Lease(budget, 1, Start.AddSeconds(51));

        Assert.Equal((0, Start.AddSeconds(50)), (none.Count, none.From));
        Assert.Equal((1, TimeSpan.Zero), (then.Count, then.Spacing));
    }

    [Fact]
    public void Within_a_period_a_late_answer_gives_nothing_back()
    {
        var reset = Start.AddSeconds(50);
        var budget = BudgetReckoning.Hear(Nothing, new ToldLimit(100, 20, reset), Start);

        budget = BudgetReckoning.Hear(budget, new ToldLimit(100, 60, reset.AddMilliseconds(900)), Start.AddSeconds(1));

        Assert.Equal(20, budget.ToldRemaining);
    }

    /// <summary>The moments of so many calls that are asked for one slice after the other, as fast as they are given.</summary>
    private static List<DateTimeOffset> Moments(CallBudget budget, int wanted, int calls)
    {
        var (moments, now) = (new List<DateTimeOffset>(), Start);
        while (moments.Count < calls)
        {
            (budget, var lease) = BudgetReckoning.Lease(budget, Math.Min(wanted, calls - moments.Count), now);
            moments.AddRange(Enumerable.Range(0, lease.Count).Select(index => lease.From + (lease.Spacing * index)));
            now = lease.Count == 0 ? lease.From : moments[^1];
        }

        return moments;
    }
}
