using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Arrivals;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace IntegrationConsole.Tests.Webhooks;

public sealed class Removing_what_was_read
{
    private static readonly TimeSpan Month = TimeSpan.FromDays(31);

    [Fact]
    public async Task What_everybody_read_a_month_ago_goes_and_its_figures_stay()
    {
        var clock = new ManualClock();
        await using var world = await LetterboxWorld.StartAsync(clock: clock);
        var sync = await world.GivenASyncAsync();
        await world.StatusAsync(LetterboxWorld.Record(1));
        await world.RunAsync(sync);
        Assert.Equal(0, await RemoveAsync(world));

        clock.Advance(Month);
        await world.StatusAsync(LetterboxWorld.Record(2));
        await world.RunAsync(sync);
        Assert.Equal(1, await RemoveAsync(world));

        Assert.Equal(2, Assert.Single(await world.DeliveriesAsync()).Seq);
        Assert.Equal(2, await KeptInAllAsync(world));
        Assert.Equal(clock.GetUtcNow(), (await world.ActivityAsync()).LastAt);
    }

    [Fact]
    public async Task What_somebody_has_still_to_read_stays_however_old_it_is()
    {
        var clock = new ManualClock();
        await using var world = await LetterboxWorld.StartAsync(clock: clock);
        var sync = await world.GivenASyncAsync();
        await world.StatusAsync(LetterboxWorld.Record(1));
        await world.RunAsync(sync);
        await RemoveAsync(world);
        await world.StatusAsync(LetterboxWorld.Record(2));
        await RemoveAsync(world);

        // Somebody wants to read everything once more, and has not yet.
        await world.Console.Get<SyncStore>().ForgetCursorAsync(world.Tenant, sync.Id, TestConsole.Somebody, default);
        clock.Advance(Month * 2);
        Assert.Equal(0, await RemoveAsync(world));

        Assert.Equal(2, (await world.DeliveriesAsync()).Count);
    }

    [Fact]
    public async Task What_nobody_reads_stays()
    {
        var clock = new ManualClock();
        await using var world = await LetterboxWorld.StartAsync(clock: clock);
        await world.StatusAsync(LetterboxWorld.Record(1));
        clock.Advance(Month);

        Assert.Equal(0, await RemoveAsync(world));
        Assert.Single(await world.DeliveriesAsync());
    }

    private static async Task<int> RemoveAsync(LetterboxWorld world)
    {
        var retention = ActivatorUtilities.CreateInstance<DeliveryRetention>(world.Console.Get<IServiceProvider>());
        return await retention.RemoveAsync(default);
    }

    private static async Task<long> KeptInAllAsync(LetterboxWorld world)
    {
        await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
        return await session.OneAsync<long>("""
            select (coalesce((select sum(count) from webhook_minute where what = 'kept'), 0) + coalesce((select sum(count) from webhook_day where what = 'kept'), 0))::bigint
            """, null, default);
    }
}
