using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Health.Triage;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Health.Triage;

public sealed class Sharing_triage
{
    [Fact]
    public async Task A_view_is_known_by_its_print_which_is_another_once_something_is()
    {
        await using var health = await HealthWorld.StartAsync();
        health.World.GivenRecords(5);
        health.World.System.Refuse = keys => keys.Contains("3") ? new Failure(FailureCause.Validation, "The shop wants a name.", "422") : null;
        await health.World.RunAsync();
        await health.LookAsync();

        // One each, so that no view waits for the pause after the one before.
        async Task<TriageView> LookAsync() =>
            await health.Triage().ReadAsync([health.World.Tenant], default);

        var first = await LookAsync();
        var same = await LookAsync();
        var group = first.Picture.Causes.Single().Groups.Single();
        await health.World.Console.Get<GroupDecisions>().AssignAsync(health.World.Tenant, group.GroupId, "ada@example.com", TestConsole.Somebody, default);
        var other = await LookAsync();

        Assert.Equal(first.Print, same.Print);
        Assert.NotEqual(first.Print, other.Print);
        Assert.Equal("ada@example.com", other.Picture.Causes.Single().Owner);
    }
}
