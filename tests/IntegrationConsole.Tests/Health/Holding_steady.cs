using IntegrationConsole.Health.Verdicts;
using static IntegrationConsole.Tests.Health.Given;

namespace IntegrationConsole.Tests.Health;

public sealed class Holding_steady
{
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(30);

    // One letter for each look, half a minute apart: what was seen, and what counts after it.
    [Theory]
    [InlineData(HealthDimension.Calls, "HFF", "HHF")]
    [InlineData(HealthDimension.Calls, "HFHF", "HHHH")]
    [InlineData(HealthDimension.Calls, "HFFHHH", "HHFFFH")]
    [InlineData(HealthDimension.Calls, "HFFHHFHHH", "HHFFFFFFH")]
    [InlineData(HealthDimension.Calls, "HDFF", "HHFF")]
    [InlineData(HealthDimension.Latency, "HFFF", "HHHF")]
    [InlineData(HealthDimension.Volume, "HDDD", "HDDD")]
    [InlineData(HealthDimension.Runs, "HFH", "HFH")]
    [InlineData(HealthDimension.Credential, "HF", "HF")]
    [InlineData(HealthDimension.Calls, "HUH", "HUH")]
    [InlineData(HealthDimension.Calls, "F", "F")]
    [InlineData(HealthDimension.Resilience, "FDFDF", "FFFFF")]
    [InlineData(HealthDimension.Resilience, "FDDDF", "FFFDF")]
    public void What_is_measured_has_to_be_seen_again_before_it_counts(HealthDimension dimension, string seen, string counts) => Assert.Equal(counts, Look(dimension, seen, Beat));

    [Fact]
    public void Looks_of_one_burst_are_one() => Assert.Equal("HHHHHH", Look(HealthDimension.Calls, "HFFFFF", TimeSpan.FromSeconds(3)));

    [Fact]
    public void What_several_runs_said_already_counts_at_once()
    {
        var memory = Steadiness.Hold([Of(HealthDimension.Volume, HealthState.Healthy)], SideMemory.Empty, Now).Memory;

        Assert.Equal(HealthState.Degraded, Steadiness.Hold([Of(HealthDimension.Volume, HealthState.Degraded) with { IsSure = true }], memory, Now + Beat).Findings[0].State);
    }

    [Fact]
    public void What_does_not_count_yet_is_told_and_alerts_see_it()
    {
        var memory = Steadiness.Hold([Of(HealthDimension.Calls, HealthState.Healthy)], SideMemory.Empty, Now).Memory;

        var held = Steadiness.Hold([Of(HealthDimension.Calls, HealthState.Failing)], memory, Now + Beat).Findings[0];

        Assert.Equal((HealthState.Healthy, HealthState.Failing), (held.State, held.SeenState));
        Assert.Equal("So it is. It counts as failing when the next looks see it too.", held.Reason);
    }

    [Fact]
    public void What_cannot_be_told_any_more_says_what_was_known_last()
    {
        var memory = Steadiness.Hold([Of(HealthDimension.Connectivity, HealthState.Healthy)], SideMemory.Empty, Now).Memory;

        var unknown = Steadiness.Hold([Of(HealthDimension.Connectivity, HealthState.Unknown)], memory, Now.AddMinutes(6));
        var later = Steadiness.Hold([Of(HealthDimension.Connectivity, HealthState.Unknown)], unknown.Memory, Now.AddMinutes(12)).Findings[0];

        Assert.Equal("So it is. Last known: healthy, 6 min ago.", Moment.InWords(later.Reason, Berlin, Now.AddMinutes(12)));
    }

    [Fact]
    public void Since_when_it_is_so_is_remembered()
    {
        var first = Steadiness.Hold([Of(HealthDimension.Runs, HealthState.Failing)], SideMemory.Empty, Now);

        Assert.Equal(Now, Steadiness.Hold([Of(HealthDimension.Runs, HealthState.Failing)], SideMemory.Parse(first.Memory.ToString()), Now.AddHours(2)).Findings[0].Since);
    }

    [Fact]
    public void A_memory_is_the_same_after_it_was_kept()
    {
        var memory = new SideMemory(new Dictionary<HealthDimension, Remembered>
        {
            [HealthDimension.Calls] = new(HealthState.Healthy, Now, 1, Now + Beat), [HealthDimension.Connectivity] = new(HealthState.Unknown, Now, Known: HealthState.Failing, KnownAt: Now),
        });

        Assert.Equal(memory.All.OrderBy(pair => pair.Key), SideMemory.Parse(memory.ToString()).All.OrderBy(pair => pair.Key));
        Assert.Empty(SideMemory.Parse("something:else;entirely").All);
    }

    private static string Look(HealthDimension dimension, string seen, TimeSpan between)
    {
        var (memory, now, counts) = (SideMemory.Empty, Now, "");
        foreach (var letter in seen)
        {
            var (findings, next) = Steadiness.Hold([Of(dimension, StateOf(letter))], memory, now);
            counts += SideMarks.LetterOf(findings[0].State);
            (memory, now) = (SideMemory.Parse(next.ToString()), now + between);
        }

        return counts;
    }

    private static HealthState StateOf(char letter) => Enum.GetValues<HealthState>().Single(state => SideMarks.LetterOf(state) == letter);

    private static Finding Of(HealthDimension dimension, HealthState state) => new(dimension, state, "So it is.", HealsItself: true, Evidence.None) { IsSure = dimension is HealthDimension.Resilience };
}
