using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Patches;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Replays.Preparation;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync.Replays;

public sealed class Replaying_in_stages
{
    private static readonly ReplayOptions Staged = new() { IsStaged = true, StopPercent = 10, StopsOnSame = true };

    [Fact]
    public async Task All_letters_arrive_in_their_order_stage_after_stage()
    {
        await using var world = await ReplayWorld.WithLettersAsync(130);

        var id = await world.StartAsync(Staged);
        var done = await world.MoveAsync(id);
        var stages = (await world.Replays.ListItemsAsync(world.World.Tenant, id, null, null, 1000, default)).GroupBy(item => item.Stage).OrderBy(stage => stage.Key).Select(stage => stage.Count());
        var told = (await world.Replays.ListEventsAsync(world.World.Tenant, id, default)).Select(told => told.Message).Reverse().ToList();

        Assert.Equal((ReplayState.Done, 130, 0), (done.State, done.Delivered, done.Failed));
        Assert.Equal([1, 10, 100, 19], stages);
        Assert.Equal(Enumerable.Range(1, 130).Select(number => $"{number}"), world.World.System.Arrivals);
        Assert.Contains("The stage of 10 is through: 0 of 10 failed. Goes on with 100.", told);
    }

    [Fact]
    public async Task The_first_letter_that_fails_for_the_same_cause_stops_it_and_nothing_else_is_sent()
    {
        await using var world = await ReplayWorld.WithLettersAsync(130);
        world.Refuse(_ => true);

        var id = await world.StartAsync(Staged);
        var stopped = await world.MoveAsync(id);

        Assert.Equal((ReplayState.Stopped, 0, 1, 129), (stopped.State, stopped.Delivered, stopped.Failed, stopped.Left));
        Assert.Equal("1 of 1 failed in the stage of 1, for the same cause as before. Nothing else was sent.", stopped.StateReason);
        Assert.Equal(129, (await world.World.LettersAsync(LetterState.Queued)).Count);
    }

    [Fact]
    public async Task A_stage_with_too_many_new_failures_stops_it_and_it_goes_on_when_somebody_says_so()
    {
        await using var world = await ReplayWorld.WithLettersAsync(30);
        world.Refuse(key => key is 3 or 4, code: "E2");

        var id = await world.StartAsync(Staged);
        var stopped = await world.MoveAsync(id);
        world.Refuse(_ => false);
        await world.Controls.ResumeAsync(world.World.Tenant, id, TestConsole.Somebody, default);
        var done = await world.MoveAsync(id);

        Assert.Equal((ReplayState.Stopped, 2, 9, 2, 19), (stopped.State, stopped.Stage, stopped.Delivered, stopped.Failed, stopped.Left));
        Assert.StartsWith("2 of 10 failed in the stage of 10.", stopped.StateReason);
        Assert.Equal((ReplayState.Done, 28, 2), (done.State, done.Delivered, done.Failed));
    }

    [Fact]
    public async Task A_few_new_failures_are_no_reason_to_stop()
    {
        await using var world = await ReplayWorld.WithLettersAsync(30);
        world.Refuse(key => key is 4, code: "E2");

        var done = await world.MoveAsync(await world.StartAsync(Staged));
        var cause = (await world.Replays.ListCausesAsync(world.World.Tenant, done.Id, default)).Single();

        Assert.Equal((ReplayState.Done, 29, 1), (done.State, done.Delivered, done.Failed));
        Assert.Equal(("E2", "name", false, 1), (cause.Code, cause.Field, cause.IsSame, cause.Count));
    }

    [Fact]
    public async Task Skipped_stages_let_all_letters_go()
    {
        await using var world = await ReplayWorld.WithLettersAsync(130);
        world.Refuse(key => key is 1);

        var id = await world.StartAsync(Staged);
        await world.MoveAsync(id);
        await world.Controls.SkipStagesAsync(world.World.Tenant, id, TestConsole.Somebody, default);
        await world.Controls.ResumeAsync(world.World.Tenant, id, TestConsole.Somebody, default);
        var done = await world.MoveAsync(id);

        Assert.Equal((ReplayState.Done, StageRule.Last, 129, 1), (done.State, done.Stage, done.Delivered, done.Failed));
    }

    [Fact]
    public async Task A_paused_replay_keeps_its_letters_and_goes_on_behind_those_that_arrived()
    {
        await using var world = await ReplayWorld.WithLettersAsync(450);
        var (tenant, calls) = (world.World.Tenant, 0);

        var id = await world.StartAsync(new ReplayOptions());
        world.World.System.Refuse = _ =>
        {
            // Somebody presses the button while the first two hundred are being written.
            if (calls++ == 0)
            {
                world.Controls.PauseAsync(tenant, id, TestConsole.Somebody, default).GetAwaiter().GetResult();
            }

            return null;
        };
        var paused = await world.MoveAsync(id);
        await world.Controls.ResumeAsync(tenant, id, TestConsole.Somebody, default);
        var done = await world.MoveAsync(id);

        Assert.Equal((ReplayState.Paused, 200, 250, "somebody@example.com"), (paused.State, paused.Delivered, paused.Left, paused.StateBy));
        Assert.Equal((ReplayState.Done, 450), (done.State, done.Delivered));
        Assert.Equal(450, world.World.System.Arrivals.Count);
    }

    [Fact]
    public async Task A_stopped_replay_that_is_cancelled_gives_its_letters_back_and_says_what_was_sent()
    {
        await using var world = await ReplayWorld.WithLettersAsync(30);
        world.Refuse(key => key is 3 or 4);
        var id = await world.StartAsync(Staged);
        await world.MoveAsync(id);

        await world.Controls.CancelAsync(world.World.Tenant, id, TestConsole.Somebody, default);
        var cancelled = await world.MoveAsync(id);

        Assert.Equal((ReplayState.Cancelled, 9, 2, 19, 0), (cancelled.State, cancelled.Delivered, cancelled.Failed, cancelled.Skipped, cancelled.Left));
        Assert.Equal(21, (await world.World.LettersAsync(LetterState.Waiting)).Count);
    }

    [Fact]
    public async Task Two_operators_who_start_at_once_share_no_letter_and_the_second_lane_waits()
    {
        await using var world = await ReplayWorld.WithLettersAsync(30);
        var half = (await world.World.LettersAsync()).Take(20).Select(letter => letter.Id).ToList();

        var first = await world.StartAsync(Staged, ReplayWorld.All with { Ids = half });
        var second = await world.StartAsync(Staged);
        await world.KeepAsync();
        var (one, other) = (await world.FindAsync(first), await world.FindAsync(second));
        var ahead = await world.Replays.ListAheadAsync(world.World.Tenant, second, default);
        await world.MoveAsync(first);
        var done = await world.MoveAsync(second);

        Assert.Equal((20, 10), (one.Total, other.Total));
        Assert.Equal((ReplayState.Running, ReplayState.Waiting), (one.State, other.State));
        Assert.Equal([first], ahead.Select(replay => replay.Id));
        Assert.Equal((ReplayState.Done, 10), (done.State, done.Delivered));
        Assert.Equal(30, world.World.System.Arrivals.Count);
    }

    [Fact]
    public async Task The_original_mapping_is_the_one_of_the_first_try_whatever_was_tried_since()
    {
        await using var world = await ReplayWorld.WithLettersAsync(2);
        await world.PublishNamesUpToAsync(3);
        var published = await world.MoveAsync(await world.StartAsync(new ReplayOptions()));

        var tried = await world.World.Console.Get<Rehearsal>().TryAsync(
            world.World.Tenant, ReplayWorld.All with { AsOf = world.Clock.GetUtcNow() }, new ReplayOptions { Mapping = ReplayMapping.Original }, [new SyncLetters(world.World.Sync.Id, 2)], 5, _ => { }, default);
        var original = await world.MoveAsync(await world.StartAsync(new ReplayOptions { Mapping = ReplayMapping.Original }));

        Assert.Equal((0, 2), (published.Delivered, published.Failed));
        Assert.Equal(2, tried.Passed.Count);
        Assert.Equal((2, 0), (original.Delivered, original.Failed));
    }

    [Fact]
    public async Task It_begins_when_its_time_has_come()
    {
        await using var world = await ReplayWorld.WithLettersAsync(3);

        var id = await world.StartAsync(new ReplayOptions { Start = ReplayStart.At, StartAt = world.Clock.GetUtcNow() + TimeSpan.FromMinutes(10) });
        var before = await world.MoveAsync(id);
        world.Clock.Advance(TimeSpan.FromMinutes(10));
        var after = await world.MoveAsync(id);

        Assert.Equal((ReplayState.Waiting, 0), (before.State, before.Delivered));
        Assert.Equal((ReplayState.Done, 3), (after.State, after.Delivered));
    }

    [Fact]
    public async Task A_chosen_version_maps_them_all()
    {
        await using var world = await ReplayWorld.WithLettersAsync(2);
        var mappings = world.World.Console.Get<MappingStore>();
        var first = (await mappings.FindPublishedAsync(world.World.Tenant, world.World.Sync.MappingId, default))!;
        var marked = new MappingDocument([new FieldRule { Name = "id", Type = FieldType.Integer, Source = "id" }, new FieldRule { Name = "name", Source = "'two'", Origin = ValueOrigin.Expression }], []);
        await mappings.SaveDraftAsync(world.World.Tenant, world.World.Sync.MappingId, 1, first.EditedAt, marked, TestConsole.Somebody, default);
        await mappings.PublishAsync(world.World.Tenant, world.World.Sync.MappingId, 2, "", TestConsole.Somebody, default);

        await world.MoveAsync(await world.StartAsync(new ReplayOptions { Mapping = ReplayMapping.Chosen, MappingVersion = 1 }));

        Assert.Equal("1|name 1", world.World.System.Held["1"]);
    }

    [Fact]
    public async Task A_patch_changes_those_that_it_fits_and_keeps_the_originals()
    {
        await using var world = await ReplayWorld.WithLettersAsync(3);
        var patch = new LetterPatch([new PatchStep(PatchAction.Set, "name", "patched", WhenField: "id", WhenValue: "2")]);

        var id = await world.StartAsync(new ReplayOptions { Start = ReplayStart.At, StartAt = world.Clock.GetUtcNow() + TimeSpan.FromHours(1) }, ReplayWorld.All with { Patch = patch });
        var edited = (await world.World.LettersAsync()).Single(letter => letter.IsEdited);
        var content = (await world.World.Console.Get<DeadLetterStore>().OpenAsync(world.World.Tenant, edited.Id, default))!;
        await world.Controls.StartNowAsync(world.World.Tenant, id, TestConsole.Somebody, default);
        var done = await world.MoveAsync(id);

        Assert.Equal(("""{"id":2,"name":"name 2"}""", """{"id":2,"name":"patched"}"""), (Encoding.UTF8.GetString(content.Payload), Encoding.UTF8.GetString(content.Edited!)));
        Assert.Equal((1, 3), (done.Patched, done.Delivered));
        Assert.Equal(("1|name 1", "2|patched"), (world.World.System.Held["1"], world.World.System.Held["2"]));
    }

    [Fact]
    public async Task A_run_that_cannot_go_on_stops_a_staged_replay_which_then_goes_on_where_it_was()
    {
        await using var world = await ReplayWorld.WithLettersAsync(20);
        world.World.System.Refuse = keys => keys.Contains("5") ? new Failure(FailureCause.Auth, "The credential is not accepted (401).") : null;

        var id = await world.StartAsync(Staged);
        var stopped = await world.MoveAsync(id);
        world.Refuse(_ => false);
        await world.Controls.ResumeAsync(world.World.Tenant, id, TestConsole.Somebody, default);
        var done = await world.MoveAsync(id);

        Assert.Equal((ReplayState.Stopped, 1, 19), (stopped.State, stopped.Delivered, stopped.Left));
        Assert.StartsWith("The credential is not accepted (401).", stopped.StateReason);
        Assert.Equal((ReplayState.Done, 20), (done.State, done.Delivered));
        Assert.Equal(20, world.World.System.Arrivals.Count);
    }
}
