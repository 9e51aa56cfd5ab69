using IntegrationConsole.Health;
using IntegrationConsole.Health.Board;
using IntegrationConsole.Health.Verdicts;
using static IntegrationConsole.Tests.Health.Given;

namespace IntegrationConsole.Tests.Health;

public sealed class Drawing_the_last_day
{
    [Fact]
    public void Each_half_hour_shows_the_worst_of_it()
    {
        var strip = StateStrip.Of([To(HealthState.Healthy, 40 * 60), To(HealthState.Failing, 100), To(HealthState.Degraded, 95), To(HealthState.Healthy, 20)], Now);

        Assert.Equal(48, strip.Blocks.Count);
        Assert.All(strip.Blocks.Take(44), block => Assert.Equal(HealthState.Healthy, block));
        Assert.Equal([HealthState.Failing, HealthState.Degraded, HealthState.Degraded, HealthState.Degraded], strip.Blocks.Skip(44).Select(block => block!.Value));
        Assert.Equal([HealthState.Healthy, HealthState.Failing, HealthState.Degraded, HealthState.Healthy], strip.Spells.Select(spell => spell.State));
        Assert.Equal(1 - (80 / 1440.0), strip.WellShare(Now)!.Value, 0.0001);
    }

    [Fact]
    public void What_is_not_known_is_a_gap()
    {
        var strip = StateStrip.Of([To(HealthState.Pending, 59)], Now);

        Assert.Equal(46, strip.Blocks.Count(block => block is null));
        Assert.Null(StateStrip.Of([], Now).WellShare(Now));
    }

    [Fact]
    public void What_ended_before_is_left_out() => Assert.Single(StateStrip.Of([To(HealthState.Failing, 60 * 60), To(HealthState.Healthy, 50 * 60)], Now).Spells);

    private static HealthTransition To(HealthState state, double minutesAgo) => new(ObjectKind.Sync, Guid.Empty, Minutes(minutesAgo), null, state, $"It is {state}.");
}
