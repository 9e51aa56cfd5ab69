using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tenants.Keeping;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.DeadLetters.Retention;

public sealed class Holding_dead_letters
{
    [Fact]
    public async Task A_legal_hold_stops_everything_until_two_weeks_after_it_is_lifted()
    {
        await using var world = await RetentionWorld.StartAsync();
        await world.ParkAsync("closed", "waiting");
        await world.DiscardAsync("closed");
        Assert.True(await world.Keeping.HoldAsync(world.Tenant, "a lawsuit", TestConsole.Somebody, default));
        Assert.False(await world.Keeping.HoldAsync(world.Tenant, "another", TestConsole.Somebody, default));
        world.Pass(1_000);

        Assert.False((await world.RemoveAsync()).Any);
        Assert.False(await world.Console.Get<TenantStore>().EraseAsync(world.Tenant, TestConsole.Somebody, default));

        Assert.True(await world.Keeping.HoldAsync(world.Tenant, null, TestConsole.Somebody, default));
        Assert.False((await world.RemoveAsync()).Any);
        Assert.Equal("1/0", await world.WarnedAsync());
        world.Pass(14.1);
        var removed = await world.RemoveAsync();

        Assert.Equal((1, 1), (removed.Expired, removed.Letters));
        var audit = await world.Console.Get<AuditTrail>().ListAsync(world.Tenant, new AuditFilter(), null, 20, default);
        Assert.Equal(
            [("put a legal hold on", "a lawsuit"), ("lift the legal hold of", "It was: a lawsuit")],
            audit.Where(entry => entry.Action.Contains("legal hold")).Select(entry => (entry.Action, entry.Detail)).Reverse());
    }

    [Fact]
    public async Task A_hold_on_one_group_keeps_it_and_its_letters_and_those_that_wait_behind_them()
    {
        await using var world = await RetentionWorld.StartAsync();
        await world.ParkAsync(["held"], "One thing.", order: "A");
        await world.ParkAsync(["behind"], "Waits.", order: "A", cause: FailureCause.Held);
        await world.ParkAsync(["other"], "Another thing.");
        await world.ParkAsync(["closed"], "One thing.");
        await world.DiscardAsync("closed");
        var group = (await world.Store.FindAsync(world.Tenant, await world.IdAsync("held"), default))!.GroupId!.Value;
        var decisions = world.Console.Get<GroupDecisions>();
        Assert.True(await decisions.HoldAsync(world.Tenant, group, "an audit", TestConsole.Somebody, default));
        world.Pass(500);

        await world.RemoveAsync();
        Assert.Equal("behind Waiting, closed Discarded, held Waiting, other Expired", await world.TellAsync());
        Assert.False(await world.Console.Get<TenantStore>().EraseAsync(world.Tenant, TestConsole.Somebody, default));

        Assert.True(await decisions.HoldAsync(world.Tenant, group, null, TestConsole.Somebody, default));
        world.Pass(13.9);
        await world.RemoveAsync();
        Assert.Equal("behind Waiting, closed Discarded, held Waiting, other Expired", await world.TellAsync());

        world.Pass(0.2);
        await world.RemoveAsync();
        Assert.Equal("behind Expired, held Expired, other Expired", await world.TellAsync());
    }

    [Fact]
    public async Task A_hold_goes_over_to_what_a_group_is_merged_into_and_back_to_what_is_taken_apart()
    {
        await using var world = await RetentionWorld.StartAsync();
        await world.ParkAsync(["a"], "One thing.");
        await world.ParkAsync(["b"], "Another thing.");
        var held = (await world.Store.FindAsync(world.Tenant, await world.IdAsync("a"), default))!.GroupId!.Value;
        var home = (await world.Store.FindAsync(world.Tenant, await world.IdAsync("b"), default))!.GroupId!.Value;
        await world.Console.Get<GroupDecisions>().HoldAsync(world.Tenant, held, "an audit", TestConsole.Somebody, default);

        await world.Console.Get<GroupMerging>().MergeAsync(world.Tenant, [held, home], home, TestConsole.Somebody, default);
        Assert.Equal("an audit", (await world.Console.Get<FailureGroupStore>().FindAsync(world.Tenant, home, default))!.HeldWhy);
        await world.Console.Get<GroupDecisions>().HoldAsync(world.Tenant, home, null, TestConsole.Somebody, default);
        await world.Console.Get<GroupDecisions>().HoldAsync(world.Tenant, home, "another audit", TestConsole.Somebody, default);
        await world.Console.Get<GroupMerging>().PartAsync(world.Tenant, held, TestConsole.Somebody, default);

        Assert.Equal("another audit", (await world.Console.Get<FailureGroupStore>().FindAsync(world.Tenant, held, default))!.HeldWhy);
    }

    [Fact]
    public async Task What_is_shortened_holds_two_weeks_later_and_what_is_lengthened_at_once()
    {
        await using var world = await RetentionWorld.StartAsync();
        await world.ParkAsync("a");
        world.Pass(40);

        Assert.Equal(Saved.Done, await world.Keeping.UpdateAsync(world.Tenant, 0, new KeepingSettings(WaitingDays: 30), TestConsole.Somebody, default));
        Assert.Equal(Saved.Outdated, await world.Keeping.UpdateAsync(world.Tenant, 0, new KeepingSettings(WaitingDays: 31), TestConsole.Somebody, default));
        Assert.Equal("1/0", await world.WarnedAsync());
        Assert.False((await world.RemoveAsync()).Any);
        world.Pass(13);
        Assert.Equal("1/1", await world.WarnedAsync());
        await world.Keeping.UpdateAsync(world.Tenant, 1, new KeepingSettings(WaitingDays: 60), TestConsole.Somebody, default);
        world.Pass(2);
        Assert.False((await world.RemoveAsync()).Any);
        world.Pass(6);
        Assert.Equal(1, (await world.RemoveAsync()).Expired);

        var entry = (await world.Console.Get<AuditTrail>().ListAsync(world.Tenant, new AuditFilter(Action: "change"), null, 10, default)).First(one => one.ObjectKind == "retention");
        Assert.Equal("waiting letters: 30 days to 60 days", entry.Detail);
    }

    [Fact]
    public async Task Each_tenant_has_its_own_times_and_its_own_hold()
    {
        await using var world = await RetentionWorld.StartAsync();
        var stranger = await world.Console.GivenATenantAsync();
        await world.ParkAsync("a");
        await world.Keeping.HoldAsync(stranger, "theirs", TestConsole.Somebody, default);
        await world.Keeping.UpdateAsync(stranger, 1, new KeepingSettings(WaitingDays: 3_650), TestConsole.Somebody, default);
        world.Pass(91);

        Assert.Null((await world.Keeping.FindAsync(world.Tenant, default)).Hold);
        Assert.Equal(TimeSpan.FromDays(3_650), (await world.Keeping.FindAsync(stranger, default)).Waiting);
        Assert.Equal(1, (await world.RemoveAsync()).Expired);
        await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
        Assert.Equal(0, await session.OneAsync<int>("select count(*)::int from tenant_keeping where held_at is not null", null, default));
    }

    [Theory]
    [InlineData(29, 30, nameof(KeepingSettings.WaitingDays))]
    [InlineData(90, 0, nameof(KeepingSettings.ClosedDays))]
    [InlineData(90, 3_651, nameof(KeepingSettings.ClosedDays))]
    [InlineData(30, 1, "")]
    public void Times_have_bounds(int waiting, int closed, string wrong) =>
        Assert.Equal(wrong, string.Join(' ', new KeepingSettings(waiting, closed).Check().Keys));
}
