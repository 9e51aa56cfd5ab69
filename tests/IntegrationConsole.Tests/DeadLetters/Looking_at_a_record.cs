using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Pages;
using IntegrationConsole.Tests.Health;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.DeadLetters;

public sealed class Looking_at_a_record
{
    private static readonly Actor Ada = new(Guid.NewGuid(), "ada@example.com");
    private static readonly Actor Bo = new(Guid.NewGuid(), "bo@example.com");

    [Fact]
    public async Task Who_looks_at_a_letters_record_stands_in_the_trail_once()
    {
        await using var health = await GivenALetterAsync();
        var letter = (await health.World.Console.Get<DeadLetterStore>().ListAsync(health.World.Tenant, new DeadLetterFilter(), null, 1, default)).Items.Single();
        await using var page = await OpenPage.OpenAsync<DeadLetterPage>(health, new() { ["LetterId"] = letter.Id });
        await page.WaitForAsync("id=\"record\"");
        await health.World.Console.Get<DeadLetterStore>().EditAsync(health.World.Tenant, letter.Id, letter.Version, "{\"id\":3,\"name\":\"seen again\"}"u8.ToArray(), TestConsole.Somebody, default);
        await page.WaitForAsync("seen again");

        var entry = Assert.Single(await RevealsAsync(health));
        Assert.Equal(("reveal", "dead letter", letter.Id.ToString(), "3"), (entry.Action, entry.ObjectKind, entry.ObjectId, entry.ObjectName));
    }

    [Fact]
    public async Task Each_person_and_letter_is_noted_once_an_hour_over_all_nodes()
    {
        await using var health = await GivenALetterAsync();
        var (one, other) = (Guid.NewGuid(), Guid.NewGuid());
        var (here, there) = (RevealsOf(health), RevealsOf(health));
        Task LookAsync(Reveals node, Actor who, Guid letter) => node.NoteAsync(health.World.Tenant, who, new AuditEvent("reveal", "dead letter", letter.ToString(), "3"), letter, default);

        await Task.WhenAll(LookAsync(here, Ada, one), LookAsync(there, Ada, one));
        await LookAsync(here, Ada, one);
        await LookAsync(here, Bo, one);
        await LookAsync(there, Ada, other);
        health.Clock.Advance(Reveals.OneLook);
        await LookAsync(here, Ada, one);
        await LookAsync(there, Ada, one);

        Assert.Equal(
            [("ada@example.com", one), ("ada@example.com", other), ("bo@example.com", one), ("ada@example.com", one)],
            (await RevealsAsync(health)).Select(entry => (entry.Actor, Guid.Parse(entry.ObjectId))));
    }

    private static Reveals RevealsOf(HealthWorld health) => new(health.World.Console.Database, health.World.Console.Get<AuditTrail>(), health.Clock);

    private static Task<IReadOnlyList<AuditEntry>> RevealsAsync(HealthWorld health) =>
        health.World.Console.Get<AuditTrail>().ListAsync(health.World.Tenant, new AuditFilter(Action: "reveal"), null, 20, default);

    private static async Task<HealthWorld> GivenALetterAsync()
    {
        var health = await HealthWorld.StartAsync();
        health.World.GivenRecords(5);
        health.World.System.Refuse = keys => keys.Contains("3") ? new Failure(FailureCause.Validation, "The shop wants a name.", "422") : null;
        await health.World.RunAsync();
        return health;
    }
}
