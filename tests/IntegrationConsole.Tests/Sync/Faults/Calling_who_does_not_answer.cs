using System.Text.Json.Nodes;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Tests.Sync.Faults;

public sealed class Calling_who_does_not_answer
{
    /// <summary>Port 1 is nobody's, and the top-level domain invalid has no names (RFC 2606).</summary>
    [Theory]
    [InlineData("http://127.0.0.1:1", "Nothing listens at 127.0.0.1: the connection was refused")]
    [InlineData("http://shop.invalid", "The name of shop.invalid cannot be resolved")]
    public async Task A_source_that_is_not_there_is_waited_for_and_then_the_run_ends_as_target_down(string address, string says)
    {
        await using var world = await FaultWorld.StartAsync();
        await world.SetAsync(world.Source, "baseAddress", address);

        var run = await world.RunAsync();

        await world.FailedAsync(run, FailureCause.TargetDown, says);
        Assert.Equal((0, 3), (run.RecordsRead, run.Retries));
        await world.SetAsync(world.Source, "baseAddress", world.Company.Server.Address);
        await world.HealsAsync();
    }

    [Theory]
    [InlineData("127.0.0.1", "Nothing listens at 127.0.0.1: the connection was refused")]
    [InlineData("database.invalid", "The name of database.invalid cannot be resolved")]
    public async Task A_database_that_is_not_there_is_waited_for_and_then_the_run_ends_as_target_down(string host, string says)
    {
        await using var world = await FaultWorld.StartAsync();
        await world.SetAsync(world.Destination, "host", host);
        await world.SetAsync(world.Destination, "port", 1);

        var run = await world.RunAsync();

        await world.FailedAsync(run, FailureCause.TargetDown, says);
        Assert.Equal((0, 3), (run.RecordsRead, run.Retries));
        var settings = world.Company.DatabaseSettings();
        await world.SetAsync(world.Destination, "host", settings["host"]!.DeepClone());
        await world.SetAsync(world.Destination, "port", settings["port"]!.DeepClone());
        await world.HealsAsync();
    }

    [Fact]
    public async Task A_source_that_comes_back_while_the_run_waits_is_read_to_its_end_by_the_same_run()
    {
        await using var world = await FaultWorld.StartAsync();
        await world.SetAsync(world.Source, "baseAddress", "http://127.0.0.1:1");
        var put = await world.TryAsync();
        await world.SetAsync(world.Source, "baseAddress", world.Company.Server.Address);

        var run = await world.MoveAsync(put.Id, toTheEnd: true);

        Assert.Equal((RunState.Queued, 1), (put.State, put.Retries));
        Assert.Contains("Goes on by itself (retry 1 of 3)", put.Reason);
        Assert.Equal((RunState.Succeeded, 41), (run.State, run.RecordsRead));
        await world.EverybodyIsThereAsync();
    }

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_ends_the_run_before_anything_is_said()
    {
        await using var world = await FaultWorld.StartAsync();
        var seen = world.Company.Server.Traffic.Last.Count;
        await world.SetAsync(world.Source, "baseAddress", world.Company.Server.TlsAddress);

        var run = await world.RunAsync();

        await world.FailedAsync(run, FailureCause.TargetDown, "The TLS connection to 127.0.0.1 failed", "certificate is not trusted");
        Assert.Equal(seen, world.Company.Server.Traffic.Last.Count);
        await world.SetAsync(world.Source, "baseAddress", world.Company.Server.Address);
        await world.HealsAsync();
    }

    [Fact]
    public async Task A_certificate_of_an_API_that_is_written_to_ends_the_run_before_a_record_leaves()
    {
        await using var world = await FaultWorld.StartAsync(Target.List);
        await world.SetAsync(world.Destination, "baseAddress", JsonValue.Create(world.Company.Server.TlsAddress));

        var run = await world.RunAsync();

        await world.FailedAsync(run, FailureCause.TargetDown, "The TLS connection to 127.0.0.1 failed", "certificate is not trusted");
        Assert.Equal(20, (await world.ArrivedAsync()).Count);
        await world.SetAsync(world.Destination, "baseAddress", JsonValue.Create(world.Company.Server.Address));
        await world.HealsAsync();
    }
}
