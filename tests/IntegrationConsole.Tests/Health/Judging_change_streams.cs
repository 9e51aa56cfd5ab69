using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync.Schedules;

namespace IntegrationConsole.Tests.Health;

public sealed class Judging_change_streams
{
    [Theory]
    [InlineData(SlotState.Active, true, 0.1, 0L, HealthState.Healthy, "goes on since")]
    [InlineData(SlotState.Active, true, 20, 0L, HealthState.Degraded, "More than 15 minutes behind its source.")]
    [InlineData(SlotState.Active, true, 3000, 0L, HealthState.Degraded, "More than 24 hours behind its source.")]
    [InlineData(SlotState.Idle, false, 1, 1024L, HealthState.Degraded, "Nobody reads the replication slot: the source keeps its log for it.")]
    [InlineData(SlotState.Idle, false, 1, 700L * 1024 * 1024, HealthState.Degraded, "more than 512 MB so far")]
    [InlineData(SlotState.Endangered, true, 1, 3L * 1024 * 1024 * 1024, HealthState.Failing, "and will give it up soon")]
    [InlineData(SlotState.Lost, false, 1, 0L, HealthState.Failing, "changes are lost. Start a run")]
    [InlineData(SlotState.Missing, false, 1, 0L, HealthState.Failing, "The replication slot is gone from the source")]
    public void What_the_source_keeps_and_how_far_it_is_behind_decide(SlotState slot, bool isGoing, double behind, long kept, HealthState state, string said)
    {
        var sync = Given.ASync(new Schedule(ScheduleKind.Manual), neverRan: true, running: isGoing ? Given.Going(startedAgo: 5000) : null) with
        {
            Stream = new ChangeStreamFact(Given.Minutes(behind), slot, kept),
        };

        var verdict = SyncVerdicts.Judge(sync, [], Given.Now);

        Assert.Equal(state, verdict.State);
        Assert.Contains(said, Given.Words(verdict.Reason));
    }

    [Fact]
    public void One_that_goes_on_is_not_judged_by_how_an_earlier_run_ended()
    {
        var sync = Given.ASync(new Schedule(ScheduleKind.Manual), ended: Given.Failed(FailureCause.Configuration, "No.", needsPerson: true), running: Given.Going()) with
        {
            Stream = new ChangeStreamFact(Given.Minutes(0.1), SlotState.Active, 0),
        };

        Assert.Equal(HealthState.Healthy, SyncVerdicts.Judge(sync, [], Given.Now).State);
    }
}
