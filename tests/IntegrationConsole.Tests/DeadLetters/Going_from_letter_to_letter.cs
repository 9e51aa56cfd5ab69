using System.Text;
using System.Text.Json.Nodes;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Tests.Sync.Replays;

namespace IntegrationConsole.Tests.DeadLetters;

public sealed class Going_from_letter_to_letter
{
    [Fact]
    public async Task From_one_letter_to_the_next_all_of_the_list_are_met_in_its_order_and_back()
    {
        await using var world = await ReplayWorld.WithLettersAsync(5);
        var list = await world.World.LettersAsync();
        var neighbours = world.World.Console.Get<LetterNeighbours>();

        var met = new List<(Guid? Previous, Guid Here, Guid? Next)>();
        for (DeadLetter? here = list[0]; here is not null;)
        {
            var (previous, next) = await neighbours.FindAsync(here, default);
            met.Add((previous, here.Id, next));
            here = list.FirstOrDefault(letter => letter.Id == next);
        }

        Assert.Equal(list.Select(letter => letter.Id), met.Select(one => one.Here));
        Assert.Equal([null, .. list.SkipLast(1).Select(letter => (Guid?)letter.Id)], met.Select(one => one.Previous));
    }

    [Fact]
    public async Task What_is_exported_as_a_table_holds_no_record_and_begins_no_formula()
    {
        await using var world = await ReplayWorld.WithLettersAsync(2);
        world.World.System.Records.Add("""{"id":7,"name":"a secret name"}""");
        world.World.System.Refuse = _ => new Failure(FailureCause.Validation, "=HYPERLINK(1)", "E1", "name");
        await world.World.RunAsync();

        var table = await ReadAsync(world, LetterTable.WriteAsync);

        var lines = table.TrimEnd().Split("\r\n");
        Assert.Equal(1 + (await world.World.LettersAsync()).Count, lines.Length);
        Assert.DoesNotContain("a secret name", table);
        Assert.DoesNotContain("\"=", table);
        Assert.Contains("\"'=HYPERLINK", table);
    }

    [Fact]
    public async Task With_the_records_each_is_as_a_replay_would_send_it()
    {
        await using var world = await ReplayWorld.WithLettersAsync(3);
        var edited = (await world.World.LettersAsync()).Single(letter => letter.KeyText == "2");
        await world.World.Console.Get<DeadLetterStore>().EditAsync(
            world.World.Tenant, edited.Id, edited.Version, """{"id":2,"name":"corrected"}"""u8.ToArray(), Support.TestConsole.Somebody, default);

        var lines = (await ReadAsync(world, DeadLetterExport.WriteRecordsAsync)).TrimEnd().Split('\n').Select(line => JsonNode.Parse(line)!).ToList();

        Assert.Equal(["1", "2", "3"], lines.Select(line => line["key"]!.GetValue<string>()).Order());
        Assert.Equal("corrected", lines.Single(line => line["key"]!.GetValue<string>() == "2")["record"]!["name"]!.GetValue<string>());
    }

    private static async Task<string> ReadAsync(ReplayWorld world, Func<Stream, DeadLetterStore, TenantId, DeadLetterFilter, CancellationToken, Task> write)
    {
        using var file = new MemoryStream();
        await write(file, world.World.Console.Get<DeadLetterStore>(), world.World.Tenant, new DeadLetterFilter(), default);
        return Encoding.UTF8.GetString(file.ToArray());
    }
}
