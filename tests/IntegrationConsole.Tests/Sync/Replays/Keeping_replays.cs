using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Retention;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Tenants.Keeping;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace IntegrationConsole.Tests.Sync.Replays;

/// <summary>What a replay has is not pulled away from it, and it goes itself when it has been over for long.</summary>
public sealed class Keeping_replays
{
    [Fact]
    public async Task Letters_in_a_replay_do_not_expire_and_have_two_weeks_when_they_are_given_back()
    {
        await using var world = await ReplayWorld.WithLettersAsync(3);
        var replay = await world.StartAsync(new ReplayOptions());
        await world.Controls.PauseAsync(world.World.Tenant, replay, TestConsole.Somebody, default);
        world.Clock.Advance(TimeSpan.FromDays(200));

        Assert.Equal(0, (await RemoveAsync(world)).Expired);
        await world.Controls.CancelAsync(world.World.Tenant, replay, TestConsole.Somebody, default);
        await world.KeepAsync();
        world.Clock.Advance(TimeSpan.FromDays(13.9));
        Assert.Equal(0, (await RemoveAsync(world)).Expired);
        Assert.Equal(3, (await world.World.LettersAsync(LetterState.Waiting)).Count);

        world.Clock.Advance(TimeSpan.FromDays(0.2));
        Assert.Equal(3, (await RemoveAsync(world)).Expired);
    }

    [Fact]
    public async Task What_somebody_has_chosen_and_nobody_has_written_down_yet_does_not_expire()
    {
        await using var world = await ReplayWorld.WithLettersAsync(2);
        world.Clock.Advance(TimeSpan.FromDays(91));
        var replay = await world.StartAsync(new ReplayOptions());
        await ExecuteAsync(world, "update replay set frozen_at = null, state = 'Waiting'");
        await ExecuteAsync(world, "update dead_letter set state = 'Waiting'");
        await ExecuteAsync(world, "delete from replay_item");

        Assert.Equal(0, (await RemoveAsync(world)).Expired);
        await ExecuteAsync(world, "update replay set frozen_at = requested_at, state = 'Done'");
        await ExecuteAsync(world, """
            insert into letter_request (tenant_id, id, kind, scope, reason, letters, asked_by, asked_at, expires_at, state)
            select tenant_id, id, 'Replay', '', '', 2, 'somebody', requested_at, requested_at, 'Open' from replay
            """);
        Assert.Equal(0, (await RemoveAsync(world)).Expired);
        await ExecuteAsync(world, "update letter_request set state = 'Expired'");
        Assert.Equal(2, (await RemoveAsync(world)).Expired);
        Assert.NotNull(await world.Replays.FindAsync(world.World.Tenant, replay, default));
    }

    [Fact]
    public async Task Delivered_letters_stay_as_long_as_their_replay_is_not_over_and_a_replay_for_two_years()
    {
        await using var world = await ReplayWorld.WithLettersAsync(4);
        var tenant = world.World.Tenant;
        await world.World.ReplayAsync();
        var replay = (await world.Replays.ListAsync(tenant, new ReplayFilter(), null, 10, default)).Items.Single().Id;
        await ExecuteAsync(world, "update replay set state = 'Paused'");
        world.Clock.Advance(TimeSpan.FromDays(60));

        Assert.Equal(0, (await RemoveAsync(world)).Letters);
        await ExecuteAsync(world, "update replay set state = 'Done'");
        Assert.Equal(4, (await RemoveAsync(world)).Letters);
        Assert.Equal((4, 4), (await world.Replays.FindAsync(tenant, replay, default)) is { } kept ? (kept.Total, kept.Delivered) : default);
        Assert.Empty(await world.Replays.ListItemsAsync(tenant, replay, null, null, 10, default));

        var retention = new ReplayRetention(world.World.Console.Database, world.World.Console.Get<KeepingStore>(), world.Clock, NullLogger<ReplayRetention>.Instance);
        world.Clock.Advance(TimeSpan.FromDays(669));
        Assert.Equal(0, await retention.DeleteExpiredAsync(default));
        await world.World.Console.Get<KeepingStore>().HoldAsync(tenant, "why", TestConsole.Somebody, default);
        world.Clock.Advance(TimeSpan.FromDays(2));
        Assert.Equal(0, await retention.DeleteExpiredAsync(default));
        await world.World.Console.Get<KeepingStore>().HoldAsync(tenant, null, TestConsole.Somebody, default);
        world.Clock.Advance(TimeSpan.FromDays(14.1));
        Assert.Equal(1, await retention.DeleteExpiredAsync(default));
        Assert.Null(await world.Replays.FindAsync(tenant, replay, default));
    }

    private static Task<LettersRemoved> RemoveAsync(ReplayWorld world) => world.World.Console.Get<LetterRetention>().RemoveAsync(default);

    private static async Task ExecuteAsync(ReplayWorld world, string sql)
    {
        await using var session = await world.World.Console.Database.InTenantAsync(world.World.Tenant, default);
        await session.RunAsync(sql, null, default);
        await session.CommitAsync(default);
    }
}
