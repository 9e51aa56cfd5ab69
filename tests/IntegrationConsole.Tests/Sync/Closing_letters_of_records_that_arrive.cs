using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Tests.Sync;

public sealed class Closing_letters_of_records_that_arrive
{
    private const string Bad = """{"id":7,"name":{"first":"nested"}}""";

    [Fact]
    public async Task A_record_that_comes_again_later_in_the_same_run_closes_its_letter()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(30);
        world.System.Records[6] = Bad;
        world.System.Records[25] = """{"id":7,"name":"seven"}""";

        var run = await world.RunAsync();
        var letter = Assert.Single(await world.LettersAsync(any: true));

        Assert.Equal(new RunCounts(30, 29, 0, 0, 1, 0, 0), run.Counts);
        Assert.Equal(("7", LetterState.Superseded), (letter.RecordKey, letter.State));
    }

    [Fact]
    public async Task A_letter_of_an_earlier_run_is_closed_and_those_of_others_wait()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(30);
        world.System.Records[6] = Bad;
        world.System.Records[7] = Bad.Replace("7", "8", StringComparison.Ordinal);
        await world.RunAsync();
        world.System.Records[6] = """{"id":7,"name":"seven"}""";

        await world.RunAsync();

        Assert.Equal([("7", LetterState.Superseded), ("8", LetterState.Waiting)], (await world.LettersAsync(any: true)).Select(letter => (letter.RecordKey, letter.State)).Order());
    }

    [Fact]
    public async Task A_record_that_fails_after_it_arrived_leaves_its_letter_open()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(30);
        world.System.Records[25] = Bad;

        await world.RunAsync();

        Assert.Equal(("7", LetterState.Waiting), (await world.LettersAsync(any: true)).Select(letter => (letter.RecordKey, letter.State)).Single());
    }
}
