using System.Diagnostics.Metrics;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.DeadLetters.Retention;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.DeadLetters.Retention;

public sealed class Letting_dead_letters_go
{
    [Fact]
    public async Task A_letter_that_nobody_decides_about_expires_after_ninety_days_and_its_record_is_deleted()
    {
        await using var world = await RetentionWorld.StartAsync();
        await world.ParkAsync("a");
        var id = await world.IdAsync("a");
        await world.Store.EditAsync(world.Tenant, id, 1, "{}"u8.ToArray(), TestConsole.Somebody, default);

        world.Pass(89.9);
        Assert.False((await world.RemoveAsync()).Any);
        Assert.NotNull(await world.Store.OpenAsync(world.Tenant, id, default));
        await world.ExecuteAsync("update dead_letter set mapped = payload");

        world.Pass(0.2);
        var counted = 0L;
        using var meter = Listen(world.Tenant, "expired", count => counted += count);
        Assert.Equal(1, (await world.RemoveAsync()).Expired);

        var letter = (await world.Store.FindAsync(world.Tenant, id, default))!;
        Assert.Equal((LetterState.Expired, "No.", 11, "the console"), (letter.State, letter.Message, letter.PayloadSize, letter.ClosedBy));
        Assert.Equal(world.Clock.GetUtcNow(), letter.BodyDeletedAt);
        Assert.Equal("Nobody decided about it for 90 days; its record was deleted", letter.CloseReason);
        Assert.Null(await world.Store.OpenAsync(world.Tenant, id, default));
        Assert.Equal(0, await world.AskAsync<int>("select length(payload) + length(payload_print) + coalesce(length(edited), 0) + coalesce(length(answer), 0) + coalesce(length(mapped), 0) from dead_letter"));
        Assert.Equal(1, counted);

        // What it took up is free again, its group has none open, and it is not taken back.
        await using (var session = await world.Console.Database.InTenantAsync(world.Tenant, default))
        {
            Assert.Equal(0, await LetterStorage.MeasureAsync(session, world.Tenant, default));
        }

        Assert.Equal(0, (await world.Console.Get<FailureGroupStore>().FindAsync(world.Tenant, letter.GroupId!.Value, default))!.Open);
        Assert.Equal(0, (await world.Store.CountAsync(world.Tenant, new DeadLetterFilter(), default)).Value);
        Assert.Equal(0, await world.Store.RestoreAsync(world.Tenant, [id], TestConsole.Somebody, default));
        var entry = (await world.Console.Get<AuditTrail>().ListAsync(world.Tenant, new AuditFilter(Action: "expire"), null, 10, default)).Single();
        Assert.Equal(("the console", "1 letter"), (entry.Actor, entry.ObjectName));

        // The same record may fail again: that is another letter.
        await world.ParkAsync("a");
        Assert.Equal("a Expired, a Waiting", string.Join(", ", (await world.AllAsync()).Select(one => $"{one.RecordKey} {one.State}").Order()));

        // What was known of it goes a year later.
        world.Pass(364);
        await world.RemoveAsync();
        Assert.NotNull(await world.Store.FindAsync(world.Tenant, id, default));
        world.Pass(1.1);
        await world.RemoveAsync();
        Assert.Null(await world.Store.FindAsync(world.Tenant, id, default));
    }

    [Fact]
    public async Task It_is_told_fourteen_and_three_days_before_a_letter_expires()
    {
        await using var world = await RetentionWorld.StartAsync();
        await world.ParkAsync("a", "b");
        world.Pass(1);
        await world.ParkAsync("c");

        world.Pass(74.9);
        Assert.Equal("nothing", await world.WarnedAsync());
        world.Pass(0.2);
        Assert.Equal("2/0", await world.WarnedAsync());
        world.Pass(11);
        Assert.Equal("3/2", await world.WarnedAsync());
        Assert.Equal(
            "2 letters expire within 3 days: nobody has decided about them, and after 90 days their records are deleted.",
            (await world.Console.Get<ExpiringLetters>().ReadAsync([world.Tenant], default)).Single().Words);

        await world.Keeping.HoldAsync(world.Tenant, "a lawsuit", TestConsole.Somebody, default);
        Assert.Equal("nothing", await world.WarnedAsync());
    }

    [Fact]
    public async Task What_failed_again_or_was_corrected_or_taken_back_has_its_time_anew()
    {
        await using var world = await RetentionWorld.StartAsync();
        await world.ParkAsync("failed", "corrected", "restored", "left");
        world.Pass(80);
        await world.DiscardAsync("restored");
        world.Pass(9);
        await world.ParkAsync("failed");
        await world.Store.EditAsync(world.Tenant, await world.IdAsync("corrected"), 1, "{}"u8.ToArray(), TestConsole.Somebody, default);
        await world.Store.RestoreAsync(world.Tenant, [await world.IdAsync("restored")], TestConsole.Somebody, default);

        world.Pass(13.9);
        await world.RemoveAsync();
        Assert.Equal("corrected Waiting, failed Waiting, left Expired, restored Waiting", await world.TellAsync());
        Assert.Equal("2/2", await world.WarnedAsync());

        world.Pass(0.2);
        await world.RemoveAsync();
        Assert.Equal("corrected Expired, failed Waiting, left Expired, restored Expired", await world.TellAsync());
    }

    [Fact]
    public async Task Delivered_superseded_and_discarded_letters_go_after_thirty_days_with_their_attempts()
    {
        await using var world = await RetentionWorld.StartAsync();
        await world.ParkAsync("delivered", "discarded", "late", "superseded", "waiting");
        await world.CloseAsync(LetterState.Resolved, "delivered");
        await world.CloseAsync(LetterState.Superseded, "superseded");
        await world.DiscardAsync("discarded");
        world.Pass(1);
        await world.DiscardAsync("late");

        world.Pass(28.9);
        Assert.False((await world.RemoveAsync()).Any);
        world.Pass(0.2);

        Assert.Equal(3, (await world.RemoveAsync()).Letters);
        Assert.Equal("late Discarded, waiting Waiting", await world.TellAsync());
        Assert.Equal(2, await world.AskAsync<int>("select count(*)::int from dead_letter_attempt"));
    }

    [Fact]
    public async Task What_was_discarded_although_it_may_have_arrived_keeps_its_facts_but_not_its_record()
    {
        await using var world = await RetentionWorld.StartAsync();
        await world.ParkAsync(["a"], "The answer was lost.", LetterOutcome.Unknown);
        var id = await world.IdAsync("a");
        await world.DiscardAsync("a");
        world.Pass(31);

        await world.RemoveAsync();

        var letter = (await world.Store.FindAsync(world.Tenant, id, default))!;
        Assert.Equal((LetterState.Discarded, false), (letter.State, letter.CanBeRestored));
        Assert.NotNull(letter.BodyDeletedAt);
        Assert.Null(await world.Store.OpenAsync(world.Tenant, id, default));
        Assert.Equal(0, await world.Store.RestoreAsync(world.Tenant, [id], TestConsole.Somebody, default));
    }

    [Fact]
    public async Task Of_old_attempts_the_first_and_the_last_stay()
    {
        await using var world = await RetentionWorld.StartAsync();
        for (var day = 0; day < 4; day++)
        {
            await world.ParkAsync("a");
            world.Pass(1);
        }

        // The third is 30 days old to the day, and the last stays as the last.
        world.Pass(27.9);
        var first = await world.RemoveAsync();
        world.Pass(10);
        var second = await world.RemoveAsync();

        Assert.Equal((1, 1), (first.Attempts, second.Attempts));
        Assert.Equal([4, 1], (await world.Store.ListAttemptsAsync(world.Tenant, await world.IdAsync("a"), default)).Select(attempt => attempt.Number));
    }

    [Fact]
    public async Task More_than_one_step_has_is_removed_in_several()
    {
        await using var world = await RetentionWorld.StartAsync();
        await world.ParkAsync([.. Enumerable.Range(0, (LetterRetention.Chunk * 2) + 7).Select(number => $"w{number}")]);
        await world.ParkAsync([.. Enumerable.Range(0, LetterRetention.Chunk + 3).Select(number => $"d{number}")]);
        await world.Store.DiscardAllAsync(world.Tenant, new DeadLetterFilter(Text: "d"), "x", TestConsole.Somebody, default);
        world.Pass(91);
        await world.ParkAsync("new");

        var removed = await world.RemoveAsync();

        Assert.Equal(((LetterRetention.Chunk * 2) + 7, LetterRetention.Chunk + 3), (removed.Expired, removed.Letters));
        Assert.Equal(1, (await world.Store.CountAsync(world.Tenant, new DeadLetterFilter(), default)).Value);
        Assert.Equal((LetterRetention.Chunk * 2) + 7, (await world.Store.CountAsync(world.Tenant, new DeadLetterFilter(State: LetterState.Expired), default)).Value);
    }

    [Fact]
    public async Task A_letter_of_an_order_does_not_expire_before_those_that_wait_behind_it()
    {
        await using var world = await RetentionWorld.StartAsync();
        await world.ParkAsync(["1"], "No.", order: "A");
        await world.ParkAsync(["2"], "Waits.", order: "A", cause: FailureCause.Held);
        world.Pass(5);
        await world.ParkAsync(["3"], "Waits.", order: "A", cause: FailureCause.Held);
        await world.ParkAsync(["4"], "Waits.", order: "B", cause: FailureCause.Held);
        world.Pass(86);

        // The first of A is due and the second too, but were they to go, the third would be sent by itself.
        await world.RemoveAsync();
        Assert.Equal("1 Waiting, 2 Waiting, 3 Waiting, 4 Waiting", await world.TellAsync());

        world.Pass(5);
        await world.RemoveAsync();
        Assert.Equal("1 Expired, 2 Expired, 3 Expired, 4 Expired", await world.TellAsync());
    }

    [Fact]
    public async Task Of_an_order_whose_first_letter_is_on_its_way_the_end_may_expire_and_the_rest_stays()
    {
        await using var world = await RetentionWorld.StartAsync();
        await world.ParkAsync(["1"], "No.", order: "A");
        await world.ParkAsync(["2"], "Waits.", order: "A", cause: FailureCause.Held);
        await world.ExecuteAsync("update dead_letter set state = 'Queued' where record_key = '2'");
        await world.ParkAsync(["3"], "Waits.", order: "A", cause: FailureCause.Held);
        world.Pass(91);

        await world.RemoveAsync();

        Assert.Equal("1 Waiting, 2 Queued, 3 Expired", await world.TellAsync());
    }

    [Fact]
    public async Task Groups_without_letters_go_after_a_year_and_what_was_merged_goes_with_them()
    {
        await using var world = await RetentionWorld.StartAsync();
        var groups = world.Console.Get<FailureGroupStore>();
        await world.ParkAsync(["a"], "One thing.");
        await world.ParkAsync(["b"], "Another thing.");
        await world.ParkAsync(["c"], "A third thing.");
        var (one, other, third) = ((await GroupOfAsync("a"))!.Value, (await GroupOfAsync("b"))!.Value, (await GroupOfAsync("c"))!.Value);
        await world.Console.Get<GroupMerging>().MergeAsync(world.Tenant, [one, other], one, TestConsole.Somebody, default);
        await world.DiscardAsync("a", "b", "c");
        world.Pass(1);
        await world.Console.Get<GroupDecisions>().ResolveAsync(world.Tenant, one, "fixed", null, TestConsole.Somebody, default);
        await world.Console.Get<GroupDecisions>().ResolveAsync(world.Tenant, third, "fixed", null, TestConsole.Somebody, default);

        world.Pass(300);
        await world.ParkAsync(["d"], "A third thing.");
        await world.Console.Get<GroupDecisions>().ResolveAsync(world.Tenant, third, "fixed", null, TestConsole.Somebody, default);
        world.Pass(64);
        Assert.Equal(0, (await world.RemoveAsync()).Groups);
        world.Pass(2);

        Assert.Equal(2, (await world.RemoveAsync()).Groups);
        Assert.Null(await groups.FindAsync(world.Tenant, one, default));
        Assert.Null(await groups.FindAsync(world.Tenant, other, default));
        Assert.NotNull(await groups.FindAsync(world.Tenant, third, default));

        async Task<Guid?> GroupOfAsync(string key) => (await world.Store.FindAsync(world.Tenant, await world.IdAsync(key), default))!.GroupId;
    }

    [Fact]
    public async Task A_group_whose_letters_are_still_known_stays_with_them()
    {
        await using var world = await RetentionWorld.StartAsync();
        await world.ParkAsync("a");
        var group = (await world.Store.FindAsync(world.Tenant, await world.IdAsync("a"), default))!.GroupId!.Value;
        await world.Console.Get<GroupDecisions>().ResolveAsync(world.Tenant, group, "so", null, TestConsole.Somebody, default);
        world.Pass(300);
        await world.RemoveAsync();
        world.Pass(100);

        Assert.Equal(0, (await world.RemoveAsync()).Groups);
        Assert.Equal("a Expired", await world.TellAsync());
    }

    [Fact]
    public async Task Another_node_that_removes_things_is_not_disturbed()
    {
        await using var world = await RetentionWorld.StartAsync();
        await world.ParkAsync("a");
        world.Pass(91);
        await using (var other = await world.Console.Database.InTenantAsync(world.Tenant, default))
        {
            Assert.NotNull(await world.Keeping.BeginStepAsync(other, world.Tenant, default));

            Assert.False((await world.RemoveAsync()).Any);
        }

        Assert.Equal(1, (await world.RemoveAsync()).Expired);
    }

    private static MeterListener Listen(TenantId tenant, string what, Action<long> heard)
    {
        var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == CallMeter.MeterName && instrument.Name == "intconsole.deadletter.items")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, count, tags, _) =>
        {
            var labels = tags.ToArray();
            if (labels.Contains(new("tenant", tenant.Value)) && labels.Contains(new("event", what)))
            {
                heard(count);
            }
        });
        listener.Start();
        return listener;
    }
}
