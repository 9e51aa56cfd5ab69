using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Sync.Completeness;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Tests.Sync.Completeness;

/// <summary>A run's two hashes: of what was read, and of what the destination took.</summary>
public sealed class Hashing_both_sides
{
    [Fact]
    public async Task The_same_records_give_the_same_hashes_in_another_order_and_other_batches()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(25);
        var first = await world.RunAsync();
        world.System.Records.Reverse();
        world.System.BatchSize = 7;

        var second = await world.RunAsync();

        Assert.Equal((25L, 25L), (first.Written, second.Unchanged));
        Assert.Equal((first.SourceHash, first.DestinationHash), (second.SourceHash, second.DestinationHash));
        Assert.NotEqual(first.SourceHash, first.DestinationHash);
        Assert.Matches("^[0-9a-f]{32}$", first.SourceHash);
    }

    [Fact]
    public async Task One_record_more_one_that_comes_twice_and_one_that_differs_give_others()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(10);
        var hashes = new HashSet<string> { (await world.RunAsync()).SourceHash };
        world.System.Records.Add("""{"id":11,"name":"one more"}""");
        hashes.Add((await world.RunAsync()).SourceHash);
        world.System.Records.Add("""{"id":11,"name":"one more"}""");
        hashes.Add((await world.RunAsync()).SourceHash);
        world.System.Records[3] = """{"id":4,"name":"another"}""";

        Assert.True(hashes.Add((await world.RunAsync()).SourceHash));
        Assert.Equal(4, hashes.Count);
    }

    [Fact]
    public async Task A_record_that_is_not_taken_is_in_the_source_hash_and_not_in_the_other()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(9);
        var nine = await world.RunAsync();
        world.GivenRecords(10);
        world.System.RefuseRow = row => row.StartsWith("10|", StringComparison.Ordinal) ? new Failure(FailureCause.Validation, "Not this one.") : null;

        var ten = await world.RunAsync();

        Assert.Equal((RunState.Partial, nine.DestinationHash), (ten.State, ten.DestinationHash));
        Assert.NotEqual(nine.SourceHash, ten.SourceHash);
    }

    [Fact]
    public async Task A_run_that_stops_in_the_middle_and_goes_on_has_the_hashes_of_one_that_did_not()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(50);
        var whole = await world.RunAsync();
        using var stop = new CancellationTokenSource();
        world.System.BeforeRead = async (position, _) =>
        {
            if (position == 30)
            {
                await stop.CancelAsync();
            }
        };
        var begun = await world.RunAsync(stop.Token);
        Assert.Equal(RunState.Queued, begun.State);
        world.System.BeforeRead = (_, _) => Task.CompletedTask;

        var resumed = await world.MoveAsync(begun.Id);

        Assert.Equal((RunState.Succeeded, 50L, 2), (resumed.State, resumed.RecordsRead, resumed.Attempt));
        Assert.Equal((whole.SourceHash, whole.DestinationHash), (resumed.SourceHash, resumed.DestinationHash));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16)]
    [InlineData(17)]
    [InlineData(200)]
    public void Every_byte_of_a_record_counts_and_so_does_its_length(int length)
    {
        var content = Enumerable.Range(0, length).Select(index => (byte)(index * 7)).ToArray();
        var met = new HashSet<UInt128> { ContentSum.HashOf(content), ContentSum.HashOf([.. content, 0]), ContentSum.HashOf([.. content, 0, 0]) };
        for (var bit = 0; bit < length * 8; bit++)
        {
            var other = (byte[])content.Clone();
            other[bit / 8] ^= (byte)(1 << (bit % 8));
            Assert.True(met.Add(ContentSum.HashOf(other)));
        }
    }

    /// <summary>The hashes of runs of years are compared with one another.</summary>
    [Fact]
    public void The_hash_of_a_content_never_changes() =>
        Assert.Equal("c90cf5e9cc7af867aa8394384c724679", ContentSum.HashOf("""{"id":1,"name":"somebody"}"""u8).ToString("x32", null));
}
