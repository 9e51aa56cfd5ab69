using System.Globalization;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Tests.Sync;

public sealed class Reading_the_log_of_a_run
{
    [Fact]
    public async Task The_newest_lines_come_first_to_hand_and_lead_back_to_the_first_one()
    {
        await using var world = await SyncWorld.StartAsync();
        var run = (await world.RequestAsync()).RunId!.Value;
        var store = world.Console.Get<RunStore>();
        for (var number = 1; number <= 7; number++)
        {
            await store.LogAsync(world.Tenant, run, RunLogLevel.Info, string.Create(CultureInfo.InvariantCulture, $"Line {number}"), default);
        }

        var newest = await store.ReadLogAsync(world.Tenant, run, null, 3, default);
        var earlier = await store.ReadLogAsync(world.Tenant, run, newest.Lines[0].Seq, 3, default);
        var first = await store.ReadLogAsync(world.Tenant, run, earlier.Lines[0].Seq, 3, default);

        Assert.Equal(["Line 5", "Line 6", "Line 7"], newest.Lines.Select(line => line.Message));
        Assert.Equal(["Line 2", "Line 3", "Line 4"], earlier.Lines.Select(line => line.Message));
        Assert.Equal(["Line 1"], first.Lines.Select(line => line.Message));
        Assert.Equal([true, true, false], new[] { newest, earlier, first }.Select(page => page.HasEarlier));
        Assert.False((await store.ReadLogAsync(world.Tenant, run, null, 7, default)).HasEarlier);
        Assert.Empty((await store.ReadLogAsync(await world.Console.GivenATenantAsync(), run, null, 3, default)).Lines);
    }
}
