using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.DeadLetters.Pages;
using IntegrationConsole.Tests.Health;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.DeadLetters.Groups;

public sealed class Showing_a_sample
{
    [Fact]
    public async Task The_newest_record_is_shown_until_the_address_names_another_and_again_when_that_is_gone()
    {
        await using var health = await HealthWorld.StartAsync();
        health.World.GivenRecords(3);
        health.World.System.Refuse = _ => new Failure(FailureCause.Validation, "The shop wants a name.", "422");
        await health.World.RunAsync();
        var console = health.World.Console;
        var group = (await console.Get<FailureGroupStore>().ListAsync(health.World.Tenant, new GroupFilter(), 1, default)).Single();
        var letters = (await console.Get<DeadLetterStore>().ListAsync(health.World.Tenant, new DeadLetterFilter(), null, 10, default)).Items;
        async Task<string> ShowAsync(string query)
        {
            await using var page = await OpenPage.OpenAsync<SamplePanel>(health, new() { ["Group"] = group }, query);
            return await page.WaitForAsync("id=\"sample\"");
        }

        var newest = await ShowAsync("");
        var pinned = await ShowAsync($"?sample={letters[1].Id}");
        await console.Get<DeadLetterStore>().DiscardAsync(health.World.Tenant, [letters[1].Id], "test data", TestConsole.Somebody, default);
        var closed = await ShowAsync($"?sample={letters[1].Id}");
        var gone = await ShowAsync($"?sample={Guid.NewGuid()}");

        Assert.Equal(["1", "2", "3"], letters.Select(letter => letter.RecordKey));
        Assert.Contains("name 1", newest, StringComparison.Ordinal);
        Assert.Contains($"sample={letters[1].Id}", newest, StringComparison.Ordinal);
        Assert.Contains("Pinned sample", pinned, StringComparison.Ordinal);
        Assert.Contains("name 2", pinned, StringComparison.Ordinal);
        Assert.Contains($"sample={letters[0].Id}", pinned, StringComparison.Ordinal);
        Assert.Contains($"sample={letters[2].Id}", pinned, StringComparison.Ordinal);
        Assert.Contains("Pinned sample", closed, StringComparison.Ordinal);
        Assert.Contains("this is the newest", gone, StringComparison.Ordinal);
        Assert.Contains("name 1", gone, StringComparison.Ordinal);
        Assert.Equal(2, (await console.Get<AuditTrail>().ListAsync(health.World.Tenant, new AuditFilter(Action: "reveal"), null, 20, default)).Count);
    }
}
