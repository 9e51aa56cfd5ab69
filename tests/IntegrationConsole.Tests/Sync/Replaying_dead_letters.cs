using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync;

public sealed class Replaying_dead_letters
{
    [Fact]
    public async Task A_corrected_letter_arrives_and_is_closed()
    {
        await using var world = await GivenABadRecordAsync();
        var letter = (await world.LettersAsync()).Single();
        await world.Console.Get<DeadLetterStore>().EditAsync(world.Tenant, letter.Id, letter.Version, Encoding.UTF8.GetBytes("""{"id":3,"name":"repaired"}"""), TestConsole.Somebody, default);

        var replay = await world.ReplayAsync([letter.Id]);
        var after = await world.Console.Get<DeadLetterStore>().FindAsync(world.Tenant, letter.Id, default);
        var attempts = await world.Console.Get<DeadLetterStore>().ListAttemptsAsync(world.Tenant, letter.Id, default);

        Assert.Equal((ReplayState.Done, 1, 1, 0), (replay.State, replay.Total, replay.Delivered, replay.Failed));
        Assert.Equal("3|repaired", world.System.Held["3"]);
        Assert.Equal((LetterState.Resolved, 2), (after!.State, after.Attempts));
        Assert.Equal(["Written", "Rejected"], attempts.Select(attempt => attempt.Outcome));
        Assert.Equal("somebody@example.com", attempts[0].RequestedBy);
    }

    [Fact]
    public async Task A_letter_that_fails_again_waits_again_with_one_more_attempt()
    {
        await using var world = await GivenABadRecordAsync();

        var replay = await world.ReplayAsync();
        var letter = (await world.LettersAsync()).Single();

        Assert.Equal((ReplayState.Done, 0, 1), (replay.State, replay.Delivered, replay.Failed));
        Assert.Equal((LetterState.Waiting, 2), (letter.State, letter.Attempts));
    }

    [Fact]
    public async Task Two_operators_who_press_replay_send_the_letter_once()
    {
        await using var world = await GivenABadRecordAsync();
        var letter = (await world.LettersAsync()).Single();
        var selection = new ReplaySelection([letter.Id], new DeadLetterFilter(), false, "one letter");

        var replays = await Task.WhenAll(Enumerable.Range(0, 2).Select(_ =>
            world.Console.Get<ReplayStore>().StartAsync(world.Tenant, selection, "", false, TestConsole.Somebody, default)));

        Assert.Single(replays, replay => replay is not null);
    }

    [Fact]
    public async Task Letters_are_mapped_with_the_published_version_or_as_they_were_first_tried()
    {
        await using var world = await GivenABadRecordAsync();
        var mappings = world.Console.Get<MappingStore>();
        var first = (await mappings.FindPublishedAsync(world.Tenant, world.Sync.MappingId, default))!;
        var lenient = new MappingDocument([new FieldRule { Name = "id", Type = FieldType.Integer, Source = "number" }, new FieldRule { Name = "name", Source = "name" }], []);
        await mappings.SaveDraftAsync(world.Tenant, world.Sync.MappingId, 1, first.EditedAt, lenient, TestConsole.Somebody, default);
        await mappings.PublishAsync(world.Tenant, world.Sync.MappingId, 2, "", TestConsole.Somebody, default);

        var asBefore = await world.ReplayAsync(original: true);
        var asNow = await world.ReplayAsync();

        Assert.Equal((0, 1), (asBefore.Delivered, asBefore.Failed));
        Assert.Equal((1, 0), (asNow.Delivered, asNow.Failed));
        Assert.Equal("33|bad", world.System.Held["33"]);
    }

    [Fact]
    public async Task A_replay_whose_node_died_takes_its_letters_up_again_and_sends_each_once()
    {
        var clock = new ManualClock();
        await using var world = await SyncWorld.StartAsync(clock: clock, batchBreaker: false);
        world.System.Records = [.. Enumerable.Range(1, 450).Select(id => $$"""{"id":{{id}},"name":"n"}""")];
        world.System.BatchSize = 450;
        world.System.Refuse = keys => new Failure(FailureCause.Validation, "Not today.");
        await world.RunAsync();
        world.System.Refuse = _ => null;
        var calls = 0;
        world.System.Refuse = _ => calls++ == 1 ? new Failure(FailureCause.TargetDown, "Down.") : null;

        var started = (await world.Console.Get<ReplayStore>().StartAsync(
            world.Tenant, new ReplaySelection(null, new DeadLetterFilter(), false, "all"), "", false, TestConsole.Somebody, default))!.Value;
        var run = (await world.Console.Get<ReplayStore>().ListRunsAsync(world.Tenant, started.Id, default)).Single();
        await world.MoveAsync(run.Id);
        var halfway = (await world.Console.Get<ReplayStore>().FindAsync(world.Tenant, started.Id, default))!;
        clock.Advance(TimeSpan.FromMinutes(1));
        await world.MoveAsync(run.Id);
        var done = (await world.Console.Get<ReplayStore>().FindAsync(world.Tenant, started.Id, default))!;

        Assert.Equal((200, 250), (halfway.Delivered, halfway.Left));
        Assert.Equal((ReplayState.Done, 450, 0), (done.State, done.Delivered, done.Left));
        Assert.Equal(450, world.System.Arrivals.Count);
        Assert.Empty(await world.LettersAsync());
    }

    [Fact]
    public async Task A_cancelled_replay_gives_its_waiting_letters_back()
    {
        await using var world = await GivenABadRecordAsync();
        var started = (await world.Console.Get<ReplayStore>().StartAsync(
            world.Tenant, new ReplaySelection(null, new DeadLetterFilter(), false, "all"), "", false, TestConsole.Somebody, default))!.Value;

        await world.Console.Get<ReplayControls>().CancelAsync(world.Tenant, started.Id, TestConsole.Somebody, default);
        var replay = (await world.Console.Get<ReplayStore>().FindAsync(world.Tenant, started.Id, default))!;

        Assert.Equal((ReplayState.Cancelled, 1), (replay.State, replay.Skipped));
        Assert.Equal(LetterState.Waiting, (await world.LettersAsync()).Single().State);
    }

    [Fact]
    public async Task A_replay_that_cannot_go_on_gives_its_letters_back_with_the_reason()
    {
        await using var world = await GivenABadRecordAsync();
        var letter = (await world.LettersAsync()).Single();
        await world.Console.Get<DeadLetterStore>().EditAsync(world.Tenant, letter.Id, letter.Version, Encoding.UTF8.GetBytes("""{"id":3,"name":"fine"}"""), TestConsole.Somebody, default);
        world.System.Refuse = _ => new Failure(FailureCause.Auth, "The shop does not accept the credential (401).");

        var replay = await world.ReplayAsync();
        var item = (await world.Console.Get<ReplayStore>().ListItemsAsync(world.Tenant, replay.Id, null, null, 10, default)).Single();

        Assert.Equal((ReplayState.Done, 1), (replay.State, replay.Failed));
        Assert.Equal("The shop does not accept the credential (401).", item.Message);
        Assert.Equal(LetterState.Waiting, (await world.LettersAsync()).Single().State);
    }

    [Fact]
    public async Task The_same_bad_record_in_every_run_is_one_letter()
    {
        await using var world = await GivenABadRecordAsync();

        await world.RunAsync();
        await world.RunAsync();

        Assert.Equal(3, (await world.LettersAsync()).Single().Attempts);
    }

    [Fact]
    public async Task A_record_that_arrives_with_a_later_run_closes_its_letter()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(12);
        world.System.Refuse = keys => keys.Contains("4") ? new Failure(FailureCause.Validation, "No.") : null;
        await world.RunAsync();
        world.System.Refuse = _ => null;

        await world.RunAsync();
        var letter = (await world.LettersAsync(any: true)).Single();

        Assert.Equal((LetterState.Superseded, "A later run brought this record"), (letter.State, letter.CloseReason));
    }

    [Fact]
    public async Task Letters_whose_answer_was_lost_are_left_out_unless_somebody_includes_them()
    {
        await using var world = await SyncWorld.StartAsync();
        world.GivenRecords(1);
        world.System.Refuse = _ => new Failure(FailureCause.Timeout, "No answer.") { MayHaveHappened = true, IsSystemic = false };
        var run = await world.RunAsync();
        world.System.Refuse = _ => null;

        var without = await world.Console.Get<ReplayStore>().StartAsync(
            world.Tenant, new ReplaySelection(null, new DeadLetterFilter(), false, "all"), "", false, TestConsole.Somebody, default);
        var with = await world.ReplayAsync(includeUnknown: true);

        Assert.Equal(1, run.Unknown);
        Assert.Null(without);
        Assert.Equal(1, with.Delivered);
    }

    [Fact]
    public async Task A_discarded_letter_is_kept_with_its_reason_and_can_be_taken_back()
    {
        await using var world = await GivenABadRecordAsync();
        var letters = world.Console.Get<DeadLetterStore>();
        var id = (await world.LettersAsync()).Single().Id;

        var discarded = await letters.DiscardAsync(world.Tenant, [id], "test data", TestConsole.Somebody, default);
        var gone = await letters.FindAsync(world.Tenant, id, default);
        var restored = await letters.RestoreAsync(world.Tenant, [id], TestConsole.Somebody, default);

        Assert.Equal((1, 1), (discarded, restored));
        Assert.Equal((LetterState.Discarded, "test data", "somebody@example.com"), (gone!.State, gone.CloseReason, gone.ClosedBy));
        Assert.Equal(LetterState.Waiting, (await world.LettersAsync()).Single().State);
    }

    [Fact]
    public async Task An_edit_made_on_an_older_version_of_the_letter_is_refused()
    {
        await using var world = await GivenABadRecordAsync();
        var letter = (await world.LettersAsync()).Single();
        await world.RunAsync();

        var saved = await world.Console.Get<DeadLetterStore>().EditAsync(world.Tenant, letter.Id, letter.Version, "{}"u8.ToArray(), TestConsole.Somebody, default);

        Assert.Equal(Saved.Outdated, saved);
    }

    [Fact]
    public async Task The_payload_rests_sealed()
    {
        await using var world = await GivenABadRecordAsync();

        await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
        var rest = await session.OneAsync<byte[]>("select payload from dead_letter", null, default);
        var content = await world.Console.Get<DeadLetterStore>().OpenAsync(world.Tenant, (await world.LettersAsync()).Single().Id, default);

        Assert.DoesNotContain("bad", Encoding.UTF8.GetString(rest));
        Assert.Contains("\"bad\"", Encoding.UTF8.GetString(content!.Payload));
    }

    private static async Task<SyncWorld> GivenABadRecordAsync()
    {
        var world = await SyncWorld.StartAsync();
        world.System.Records = ["""{"id":1,"name":"one"}""", """{"id":2,"name":"two"}""", """{"id":"three","number":33,"name":"bad"}"""];
        await world.RunAsync();
        return world;
    }
}
