using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.DryRuns;
using IntegrationConsole.Tests.Sync.Replays;

namespace IntegrationConsole.Tests.Sync;

public sealed class Finding_a_good_record
{
    [Fact]
    public async Task It_is_the_same_record_as_it_was_delivered_before()
    {
        await using var world = await ReplayWorld.WithLettersAsync(2);
        await world.MoveAsync(await world.StartAsync(new()));
        world.World.System.Refuse = _ => new Failure(FailureCause.Validation, "Not today.", "E1", "name");
        world.World.System.Records = ["""{"id":1,"name":"name 1 changed"}"""];
        await world.World.RunAsync();

        var (found, problem) = await FindAsync(world, await LetterAsync(world, "1"));

        Assert.Equal(("", true, "This record as a replay delivered it before."), (problem, found!.IsSameRecord, found.Words));
        Assert.Contains("\"name 1\"", Encoding.UTF8.GetString(found.Record), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Else_as_its_source_gives_it_now()
    {
        await using var world = await ReplayWorld.WithLettersAsync(3);
        world.World.System.Records = ["""{"id":3,"name":"other"}""", """{"id":2,"name":"mended"}"""];

        var (found, _) = await FindAsync(world, await LetterAsync(world, "2"));

        Assert.Equal((true, """{"id":2,"name":"mended"}"""), (found!.IsSameRecord, Encoding.UTF8.GetString(found.Record)));
    }

    [Fact]
    public async Task Else_another_one_that_passes_and_never_the_letter_itself()
    {
        await using var world = await ReplayWorld.WithLettersAsync(1);
        var letter = await LetterAsync(world, "1");
        Assert.Equal((null, "None of the first records that the source gives now passes the mapping."), await FindAsync(world, letter));

        world.World.System.Records = ["""{"id":"x"}""", """{"id":7,"name":"seven"}"""];
        var (found, _) = await FindAsync(world, letter);

        Assert.Equal((false, """{"id":7,"name":"seven"}"""), (found!.IsSameRecord, Encoding.UTF8.GetString(found.Record)));
    }

    private static async Task<DeadLetter> LetterAsync(ReplayWorld world, string key) => (await world.World.LettersAsync()).Single(letter => letter.RecordKey == key);

    private static async Task<(GoodRecord?, string)> FindAsync(ReplayWorld world, DeadLetter letter)
    {
        var console = world.World.Console;
        var published = (await console.Get<MappingStore>().FindPublishedAsync(world.World.Tenant, world.World.Sync.MappingId, default))!;
        var plan = await console.Get<MappingPlans>().PreviewAsync(world.World.Tenant, published.Parsed, world.World.Sync.KeyFields, default);
        var content = (await console.Get<DeadLetterStore>().OpenAsync(world.World.Tenant, letter.Id, default))!;
        return await console.Get<GoodRecords>().FindAsync(letter, world.World.Sync, plan, content.Current, default);
    }
}
