using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.DeadLetters.Groups;

public sealed class Keeping_failure_groups
{
    [Fact]
    public async Task Every_letter_has_its_group_from_the_transaction_that_sets_it_aside()
    {
        await using var world = await GroupWorld.StartAsync();
        await world.FailAsync("order 8812 is too long by 4 characters", 1, "a", "b", "c");
        await world.FailAsync("order 9 is too long by 112 characters", 1, "d");
        await world.FailAsync("the country is unknown", 1, "e");

        var groups = await world.ListAsync(new GroupFilter());

        Assert.Equal([("order ‹number› is too long by ‹number› characters", 4, 4L), ("the country is unknown", 1, 1L)], groups.Select(group => (group.Title, group.Open, group.Seen)));
        Assert.Equal(["a", "b", "c", "d"], (await world.LettersAsync(new DeadLetterFilter(Group: groups[0].Id))).Order());
        Assert.Equal(["e"], await world.LettersAsync(DeadLetterFilter.FromAddress(null, null, null, null, null, null, null, groups[1].Id)));
    }

    [Fact]
    public async Task A_letter_that_fails_otherwise_goes_to_the_other_group_and_the_counts_stay_right()
    {
        await using var world = await GroupWorld.StartAsync();
        await world.FailAsync("one thing", 1, "a", "b");
        await world.FailAsync("another thing", 1, "b");
        await world.Letters.DiscardAllAsync(world.Tenant, new DeadLetterFilter(Text: "one thing"), "x", TestConsole.Somebody, default);

        Assert.Equal([("another thing", 1)], (await world.ListAsync(new GroupFilter())).Select(group => (group.Title, group.Open)));
        Assert.Equal([("another thing", 1), ("one thing", 0)], (await world.ListAsync(new GroupFilter(AnyState: true))).Select(group => (group.Title, group.Open)));
    }

    [Fact]
    public async Task What_only_waits_behind_another_is_in_no_group_and_is_counted_as_waiting()
    {
        await using var world = await GroupWorld.StartAsync();
        await world.FailAsync("no", 1, FailureCause.Validation, ("a", "order 1"));
        await world.FailAsync("waits", 1, FailureCause.Held, ("b", "order 1"), ("c", "order 1"));

        var group = Assert.Single(await world.ListAsync(new GroupFilter(AnyState: true)));

        Assert.Equal(("no", 1), (group.Title, group.Open));
        Assert.Equal(2, (await world.Groups.WaitingBehindAsync(world.Tenant, [group.Id], default))[group.Id]);
    }

    [Fact]
    public async Task An_acknowledged_group_stays_acknowledged_and_has_an_owner()
    {
        await using var world = await GroupWorld.StartAsync();
        var id = await world.GivenAGroupAsync();

        Assert.NotNull(await world.Decisions.AcknowledgeAsync(world.Tenant, id, TestConsole.Somebody, default));
        Assert.Null(await world.Decisions.AcknowledgeAsync(world.Tenant, id, TestConsole.Somebody, default));
        await world.FailAsync("no", 1, "more");

        var group = await world.FindAsync(id);
        Assert.Equal((GroupState.Acknowledged, "somebody@example.com"), (group.State, group.Owner));
        Assert.Single(await world.ListAsync(new GroupFilter(Owner: "somebody@example.com")));
        Assert.Empty(await world.ListAsync(new GroupFilter(Owner: GroupFilter.Nobody)));
    }

    [Fact]
    public async Task A_group_that_is_snoozed_until_a_time_wakes_then_and_not_before()
    {
        await using var world = await GroupWorld.StartAsync();
        var id = await world.GivenAGroupAsync();
        await world.Decisions.SnoozeAsync(world.Tenant, id, new Snooze(Until: world.Clock.GetUtcNow().AddHours(2)), "for 2 hours", TestConsole.Somebody, default);

        await world.FailAsync("no", 1, "more");
        await world.Keeper.LookAsync(default);
        Assert.Equal(GroupState.Snoozed, (await world.FindAsync(id)).State);
        Assert.Empty(await world.ListAsync(new GroupFilter()));

        world.Clock.Advance(TimeSpan.FromHours(2));
        await world.Keeper.LookAsync(default);
        var group = await world.FindAsync(id);
        Assert.Equal((GroupState.Open, false, null), (group.State, group.IsRegressed, group.SnoozeUntil));
        Assert.Equal([GroupStep.Woke, GroupStep.Snoozed], (await world.Decisions.ListActivityAsync(world.Tenant, id, default)).Select(step => step.Kind));
    }

    [Fact]
    public async Task A_group_that_is_snoozed_for_a_number_of_failures_wakes_with_the_last_of_them()
    {
        await using var world = await GroupWorld.StartAsync();
        var id = await world.GivenAGroupAsync();
        await world.Decisions.SnoozeAsync(world.Tenant, id, new Snooze(Seen: (await world.FindAsync(id)).Seen + 3), "for 3 more", TestConsole.Somebody, default);

        await world.FailAsync("no", 1, "x", "y");
        Assert.Equal(GroupState.Snoozed, (await world.FindAsync(id)).State);

        await world.FailAsync("no", 1, "z");
        Assert.Equal(GroupState.Open, (await world.FindAsync(id)).State);
    }

    [Fact]
    public async Task A_group_that_is_snoozed_until_the_next_mapping_version_wakes_when_that_fails_too()
    {
        await using var world = await GroupWorld.StartAsync();
        var id = await world.GivenAGroupAsync();
        await world.Decisions.SnoozeAsync(world.Tenant, id, new Snooze(Version: 2), "until the next mapping", TestConsole.Somebody, default);

        await world.FailAsync("no", 1, "x");
        Assert.Equal(GroupState.Snoozed, (await world.FindAsync(id)).State);

        await world.FailAsync("no", 2, "y");
        Assert.Equal(GroupState.Open, (await world.FindAsync(id)).State);
    }

    [Fact]
    public async Task And_when_it_is_published()
    {
        await using var world = await GroupWorld.StartAsync();
        var id = await world.GivenAGroupAsync();
        var next = await world.PublishedAsync() + 1;
        await world.Decisions.SnoozeAsync(world.Tenant, id, new Snooze(Version: next), "until the next mapping", TestConsole.Somebody, default);

        await world.Keeper.LookAsync(default);
        Assert.Equal(GroupState.Snoozed, (await world.FindAsync(id)).State);

        await world.PublishAsync();
        await world.Keeper.LookAsync(default);
        Assert.Equal((GroupState.Open, $"Mapping v{next} was published"), (await world.FindAsync(id)) is { } group ? (group.State, group.StateReason) : default);
    }

    [Fact]
    public async Task A_group_that_is_snoozed_until_a_circuit_is_closed_wakes_when_it_is()
    {
        await using var world = await GroupWorld.StartAsync();
        var id = await world.GivenAGroupAsync();
        await world.SetCircuitAsync("Open");
        await world.Decisions.SnoozeAsync(world.Tenant, id, new Snooze(ConnectionId: world.Destination), "until the circuit is closed", TestConsole.Somebody, default);

        await world.Keeper.LookAsync(default);
        Assert.Equal(GroupState.Snoozed, (await world.FindAsync(id)).State);

        await world.SetCircuitAsync("Closed");
        await world.Keeper.LookAsync(default);
        Assert.Equal(GroupState.Open, (await world.FindAsync(id)).State);
    }

    [Fact]
    public async Task A_resolved_group_comes_back_as_regressed()
    {
        await using var world = await GroupWorld.StartAsync();
        var id = await world.GivenAGroupAsync();
        await world.Decisions.ResolveAsync(world.Tenant, id, "the source was corrected", null, TestConsole.Somebody, default);
        Assert.Empty(await world.ListAsync(new GroupFilter()));

        await world.FailAsync("no", 1, "x");

        var group = Assert.Single(await world.ListAsync(new GroupFilter(OnlyRegressed: true)));
        Assert.Equal((id, GroupState.Open, true, 1), (group.Id, group.State, group.IsRegressed, group.RegressedVersion));
    }

    [Fact]
    public async Task What_was_fixed_in_a_version_regresses_in_that_version_or_later_and_not_through_older_ones()
    {
        await using var world = await GroupWorld.StartAsync();
        var id = await world.GivenAGroupAsync();
        await world.Decisions.ResolveAsync(world.Tenant, id, "", 13, TestConsole.Somebody, default);

        await world.FailAsync("no", 12, "still on its way");
        Assert.Equal(GroupState.Resolved, (await world.FindAsync(id)).State);

        await world.FailAsync("no", 13, "again");
        var group = await world.FindAsync(id);
        Assert.Equal((GroupState.Open, 13, "It failed again, in mapping v13"), (group.State, group.RegressedVersion, group.StateReason));
    }

    [Fact]
    public async Task A_failure_that_is_undone_with_its_batch_wakes_nobody()
    {
        await using var world = await GroupWorld.StartAsync();
        var id = await world.GivenAGroupAsync();
        await world.Decisions.ResolveAsync(world.Tenant, id, "done", null, TestConsole.Somebody, default);

        await world.FailAndRollBackAsync("no", 1, "x");

        Assert.Equal((GroupState.Resolved, 1L), (await world.FindAsync(id)) is { } group ? (group.State, group.Seen) : default);
    }

    [Fact]
    public async Task A_quiet_group_without_letters_is_called_over()
    {
        await using var world = await GroupWorld.StartAsync();
        var (quiet, waiting) = (await world.GivenAGroupAsync("quiet"), await world.GivenAGroupAsync("waiting"));
        await world.Letters.DiscardAllAsync(world.Tenant, new DeadLetterFilter(Group: quiet), "x", TestConsole.Somebody, default);

        world.Clock.Advance(TimeSpan.FromHours(23));
        await world.Keeper.LookAsync(default);
        Assert.Equal(GroupState.Open, (await world.FindAsync(quiet)).State);

        world.Clock.Advance(TimeSpan.FromHours(2));
        await world.Keeper.LookAsync(default);
        Assert.Equal((GroupState.Resolved, GroupState.Open), ((await world.FindAsync(quiet)).State, (await world.FindAsync(waiting)).State));
    }

    [Fact]
    public async Task A_decision_is_taken_back_unless_something_happened_since()
    {
        await using var world = await GroupWorld.StartAsync();
        var id = await world.GivenAGroupAsync();
        await world.Decisions.AcknowledgeAsync(world.Tenant, id, TestConsole.Somebody, default);
        await world.Decisions.ResolveAsync(world.Tenant, id, "done", 13, TestConsole.Somebody, default);
        var steps = await world.Decisions.ListActivityAsync(world.Tenant, id, default);

        Assert.Equal([true, false], steps.Select(step => step.CanUndo));
        Assert.False(await world.Decisions.UndoAsync(world.Tenant, id, steps[1].Seq, TestConsole.Somebody, default));
        Assert.True(await world.Decisions.UndoAsync(world.Tenant, id, steps[0].Seq, TestConsole.Somebody, default));
        Assert.False(await world.Decisions.UndoAsync(world.Tenant, id, steps[0].Seq, TestConsole.Somebody, default));

        var group = await world.FindAsync(id);
        Assert.Equal((GroupState.Acknowledged, null, "somebody@example.com"), (group.State, group.ResolvedVersion, group.Owner));
        Assert.Equal(
            ["undo", "resolve", "acknowledge"],
            (await world.Console.Get<AuditTrail>().ListAsync(world.Tenant, new AuditFilter(ObjectKind: "failure group"), null, 10, default)).Select(entry => entry.Action));
    }

    [Fact]
    public async Task Letters_from_before_there_were_groups_are_sorted_and_a_restart_goes_on()
    {
        await using var world = await GroupWorld.StartAsync();
        await world.FailAsync("order 1 is bad", 1, [.. Enumerable.Range(0, 1_100).Select(number => $"k{number}")]);
        await world.FailAsync("waits", 1, FailureCause.Held, ("h", "order"));
        var before = Assert.Single(await world.ListAsync(new GroupFilter()));
        await world.RunAsync("update dead_letter set group_id = null; delete from failure_group");

        var sorted = await world.Backlog.SortAllAsync(default);
        var again = await world.Backlog.SortAllAsync(default);

        var after = Assert.Single(await world.ListAsync(new GroupFilter()));
        Assert.Equal((1_100, 0, before.Id, 1_100), (sorted, again, after.Id, after.Open));
    }

    [Fact]
    public async Task Sorting_old_letters_changes_nothing_that_somebody_has_said()
    {
        await using var world = await GroupWorld.StartAsync();
        var id = await world.GivenAGroupAsync();
        await world.Decisions.ResolveAsync(world.Tenant, id, "done", null, TestConsole.Somebody, default);
        await world.RunAsync("update dead_letter set group_id = null");

        await world.Backlog.SortAllAsync(default);

        Assert.Equal((GroupState.Resolved, 1, 1L), (await world.FindAsync(id)) is { } group ? (group.State, group.Open, group.Seen) : default);
    }

    [Fact]
    public async Task Another_tenants_groups_do_not_exist()
    {
        await using var world = await GroupWorld.StartAsync();
        var id = await world.GivenAGroupAsync();
        var stranger = await world.Console.GivenATenantAsync();

        Assert.Null(await world.Groups.FindAsync(stranger, id, default));
        Assert.Empty(await world.Groups.ListAsync(stranger, new GroupFilter(AnyState: true), 10, default));
        Assert.Empty(await world.Groups.ListPatternsAsync([stranger], new GroupFilter(AnyState: true), 10, default));
        Assert.Null(await world.Decisions.ResolveAsync(stranger, id, "x", null, TestConsole.Somebody, default));
        Assert.Empty(await world.Decisions.ListActivityAsync(stranger, id, default));
        Assert.Equal(GroupState.Open, (await world.FindAsync(id)).State);
        Assert.Single(await world.Groups.ListPatternsAsync([stranger, world.Tenant], new GroupFilter(), 10, default));
    }

    [Fact]
    public async Task A_cause_that_a_person_sets_stays_when_it_fails_again_and_is_taken_back_like_any_decision()
    {
        await using var world = await GroupWorld.StartAsync();
        await world.FailAsync("no", 1, "a");
        var id = (await world.Groups.ListAsync(world.Tenant, new GroupFilter(), 10, default)).Single().Id;

        var entry = await world.Decisions.ClassifyAsync(world.Tenant, id, FailureCause.Conflict, TestConsole.Somebody, default);
        Assert.Null(await world.Decisions.ClassifyAsync(world.Tenant, id, FailureCause.Conflict, TestConsole.Somebody, default));
        await world.FailAsync("no", 1, "b");
        var said = (await world.Groups.ListAsync(world.Tenant, new GroupFilter(), 10, default)).Single();
        await world.Console.Get<Undo>().TakeBackAsync(world.Tenant, entry!.Value, TestConsole.Somebody, default);

        Assert.Equal((id, FailureCause.Conflict, 2), (said.Id, said.Cause, said.Open));
        Assert.Equal(FailureCause.Validation, (await world.FindAsync(id)).Cause);
        Assert.Equal("classify", (await world.Console.Get<AuditTrail>().ListAsync(world.Tenant, new AuditFilter(ObjectKind: "failure group"), null, 10, default))[^1].Action);
    }

    [Fact]
    public async Task The_last_day_is_counted_hour_by_hour()
    {
        await using var world = await GroupWorld.StartAsync();
        var id = await world.GivenAGroupAsync();
        world.Clock.Advance(TimeSpan.FromHours(5));
        await world.FailAsync("no", 1, "a", "b");

        var trend = (await world.Groups.TrendAsync(world.Tenant, [id], default))[id];

        Assert.Equal((3, 2, 1), (trend.Total, trend.Hours[^1], trend.Hours[^5]));
        Assert.False(trend.IsEscalating);
    }
}
