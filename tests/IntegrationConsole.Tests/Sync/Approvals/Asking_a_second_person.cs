using IntegrationConsole.Access;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Patches;
using IntegrationConsole.Sync.Approvals;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync.Replays;

namespace IntegrationConsole.Tests.Sync.Approvals;

public sealed class Asking_a_second_person
{
    private static readonly Actor Ada = new(Guid.NewGuid(), "ada@example.com");
    private static readonly Actor Bo = new(Guid.NewGuid(), "bo@example.com");

    [Fact]
    public async Task Up_to_the_limit_a_replay_goes_at_once_and_above_it_waits()
    {
        await using var world = await WithLimitAsync(letters: 4, limit: 2);
        var few = (await world.World.LettersAsync()).Take(2).Select(letter => letter.Id).ToList();

        var below = (await ReplayAsync(world, Ada, ReplayWorld.All with { Ids = few }))!;
        await world.MoveAsync(below.Id);
        world.Refuse(_ => true);
        await world.World.RunAsync();
        world.Refuse(_ => false);
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        var above = (await ReplayAsync(world, Ada))!;
        await world.KeepAsync();

        Assert.False(below.Waits);
        Assert.Equal((true, 4), (above.Waits, above.Letters));
        Assert.Equal((ReplayState.Asked, 0), (await StandingAsync(world, above.Id)));
        Assert.Equal(4, (await world.World.LettersAsync(LetterState.Waiting)).Count);
    }

    [Fact]
    public async Task Without_a_limit_nobody_is_asked()
    {
        await using var world = await ReplayWorld.WithLettersAsync(5);

        var asked = (await ReplayAsync(world, Ada))!;
        var done = await world.MoveAsync(asked.Id);

        Assert.False(asked.Waits);
        Assert.Equal((ReplayState.Done, 5), (done.State, done.Delivered));
    }

    [Fact]
    public async Task What_a_second_person_approved_is_replayed_and_what_they_refused_is_not()
    {
        await using var world = await WithLimitAsync(letters: 4, limit: 2);
        var refused = (await ReplayAsync(world, Ada))!;
        Assert.Equal(Decided.Done, await DecisionsOf(world).RefuseAsync(world.World.Tenant, refused.Id, "not before noon", Bo, default));
        var ended = await world.MoveAsync(refused.Id);
        var nothing = world.World.System.Arrivals.Count;

        var approved = (await ReplayAsync(world, Ada))!;
        Assert.Equal(Decided.Done, await DecisionsOf(world).ApproveAsync(world.World.Tenant, approved.Id, Bo, default));
        var done = await world.MoveAsync(approved.Id);

        Assert.Equal((ReplayState.Cancelled, "Refused by bo@example.com: not before noon", 0), (ended.State, ended.StateReason, nothing));
        Assert.Equal((ReplayState.Done, 4, "ada@example.com"), (done.State, done.Delivered, done.RequestedBy));
        Assert.Contains(await world.Replays.ListEventsAsync(world.World.Tenant, approved.Id, default), told => told is { Actor: "bo@example.com", Message: "Agreed to it." });
        var trail = await world.World.Console.Get<AuditTrail>().ListAsync(world.World.Tenant, new AuditFilter(), null, 20, default);
        Assert.Equal(["approve", "ask to replay", "refuse", "ask to replay"], trail.Where(entry => entry.ObjectKind == "dead letter").Select(entry => entry.Action).Take(4));
    }

    [Fact]
    public async Task Who_asked_cannot_agree_and_can_take_it_back()
    {
        await using var world = await WithLimitAsync(letters: 4, limit: 2);
        var asked = (await ReplayAsync(world, Ada))!;

        // The same person elsewhere, under the name that they have there.
        var sameElsewhere = Ada with { Name = "Ada" };
        var approved = await DecisionsOf(world).ApproveAsync(world.World.Tenant, asked.Id, sameElsewhere, default);
        var refused = await DecisionsOf(world).RefuseAsync(world.World.Tenant, asked.Id, "x", sameElsewhere, default);
        var bySomebodyElse = await DecisionsOf(world).WithdrawAsync(world.World.Tenant, asked.Id, Bo, default);
        var withdrawn = await DecisionsOf(world).WithdrawAsync(world.World.Tenant, asked.Id, sameElsewhere, default);

        Assert.Equal((Decided.Own, Decided.Own, Decided.TooLate, Decided.Done), (approved, refused, bySomebodyElse, withdrawn));
        Assert.Equal(ReplayState.Cancelled, (await world.FindAsync(asked.Id)).State);
    }

    [Fact]
    public async Task Two_who_approve_at_the_same_moment_start_it_once()
    {
        await using var world = await WithLimitAsync(letters: 4, limit: 2);
        var asked = (await ReplayAsync(world, Ada))!;
        Actor[] people = [Bo, new(Guid.NewGuid(), "cy@example.com"), new(Guid.NewGuid(), "di@example.com")];

        var decided = await Task.WhenAll(people.Select(person => DecisionsOf(world).ApproveAsync(world.World.Tenant, asked.Id, person, default)));
        var done = await world.MoveAsync(asked.Id);

        Assert.Equal(1, decided.Count(one => one is Decided.Done));
        Assert.Equal((4, 4), (done.Delivered, world.World.System.Arrivals.Count));
    }

    [Fact]
    public async Task Nothing_comes_of_it_after_a_day()
    {
        await using var world = await WithLimitAsync(letters: 4, limit: 2);
        var asked = (await ReplayAsync(world, Ada))!;
        var early = await DecisionsOf(world).ExpireAsync(default);
        world.Clock.Advance(LetterRequests.GoodFor);

        var late = await DecisionsOf(world).ApproveAsync(world.World.Tenant, asked.Id, Bo, default);
        var shown = await world.World.Console.Get<LetterRequests>().ListOpenAsync(world.World.Tenant, null, default);
        var ended = await DecisionsOf(world).ExpireAsync(default);
        var replay = await world.FindAsync(asked.Id);

        Assert.Equal((0, Decided.TooLate, 0, 1), (early, late, shown.Count, ended));
        Assert.Equal((ReplayState.Cancelled, "Nobody agreed within 24 hours. Ask again, for what waits now."), (replay.State, replay.StateReason));
        Assert.Equal(4, (await world.World.LettersAsync(LetterState.Waiting)).Count);
    }

    [Fact]
    public async Task What_changed_since_it_was_asked_for_is_left_out_and_what_came_later_too()
    {
        await using var world = await WithLimitAsync(letters: 4, limit: 2);
        var store = world.World.Console.Get<DeadLetterStore>();
        var all = await world.World.LettersAsync();
        var (edited, later) = (all.Single(letter => letter.KeyText == "2"), all.Single(letter => letter.KeyText == "4"));
        await store.DiscardAsync(world.World.Tenant, [later.Id], "test data", Ada, default);
        var asked = (await ReplayAsync(world, Ada))!;
        await store.EditAsync(world.World.Tenant, edited.Id, edited.Version, """{"id":2,"name":"other"}"""u8.ToArray(), Ada, default);
        await store.RestoreAsync(world.World.Tenant, [later.Id], Ada, default);

        await DecisionsOf(world).ApproveAsync(world.World.Tenant, asked.Id, Bo, default);
        var done = await world.MoveAsync(asked.Id);

        Assert.Equal(3, asked.Letters);
        Assert.Equal(["1", "3"], world.World.System.Arrivals.Order());
        Assert.Equal((ReplayState.Done, 2), (done.State, done.Total));
        Assert.Equal(["2", "4"], (await world.World.LettersAsync(LetterState.Waiting)).Select(letter => letter.KeyText).Order());
    }

    [Fact]
    public async Task Approved_when_none_waits_any_more_it_ends_by_itself()
    {
        await using var world = await WithLimitAsync(letters: 4, limit: 2);
        var asked = (await ReplayAsync(world, Ada))!;
        await world.World.Console.Get<DeadLetterStore>().DiscardAllAsync(world.World.Tenant, new DeadLetterFilter(), "by another way", Bo, default);

        await DecisionsOf(world).ApproveAsync(world.World.Tenant, asked.Id, Bo, default);
        var done = await world.MoveAsync(asked.Id);

        Assert.Equal((ReplayState.Done, 0), (done.State, done.Total));
        Assert.Empty(world.World.System.Arrivals);
    }

    [Fact]
    public async Task Many_letters_are_discarded_only_when_somebody_else_agrees()
    {
        await using var world = await WithLimitAsync(letters: 4, limit: 2);

        var (asked, waits) = await DoorOf(world).DiscardAsync(world.World.Tenant, null, new DeadLetterFilter(), "all", "Duplicate", Ada, 0, default);
        var waiting = (await world.World.LettersAsync(LetterState.Waiting)).Count;
        var request = (await world.World.Console.Get<LetterRequests>().ListOpenAsync(world.World.Tenant, null, default)).Single();
        var own = await DecisionsOf(world).ApproveAsync(world.World.Tenant, request.Id, Ada, default);
        var decided = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => DecisionsOf(world).ApproveAsync(world.World.Tenant, request.Id, Bo, default)));
        var discarded = await world.World.LettersAsync(LetterState.Discarded);

        Assert.Equal((4, true, 4), (asked, waits, waiting));
        Assert.Equal((Decided.Own, 1), (own, decided.Count(one => one is Decided.Done)));
        Assert.Equal(4, discarded.Count);
        Assert.All(discarded, letter => Assert.Equal(("bo@example.com", "Duplicate (asked for by ada@example.com)"), (letter.ClosedBy, letter.CloseReason)));
    }

    [Fact]
    public async Task A_letter_that_was_edited_since_is_not_discarded_and_who_asked_reads_why_others_were_not()
    {
        await using var world = await WithLimitAsync(letters: 4, limit: 2);
        var requests = world.World.Console.Get<LetterRequests>();
        var edited = (await world.World.LettersAsync()).Single(letter => letter.KeyText == "2");
        await DoorOf(world).DiscardAsync(world.World.Tenant, null, new DeadLetterFilter(), "all", "Duplicate", Ada, 0, default);
        await world.World.Console.Get<DeadLetterStore>().EditAsync(world.World.Tenant, edited.Id, edited.Version, """{"id":2,"name":"other"}"""u8.ToArray(), Ada, default);
        var first = (await requests.ListOpenAsync(world.World.Tenant, null, default)).Single();

        var shown = await requests.ListLettersAsync(world.World.Tenant, first.Id, 3, default);
        await DecisionsOf(world).ApproveAsync(world.World.Tenant, first.Id, Bo, default);
        await DoorOf(world).DiscardAsync(world.World.Tenant, [edited.Id], new DeadLetterFilter(), "one", "Duplicate", Ada, 3, default);
        var second = (await requests.ListOpenAsync(world.World.Tenant, null, default)).Single();
        await DecisionsOf(world).RefuseAsync(world.World.Tenant, second.Id, "it is the only one", Bo, default);

        Assert.Equal(["1", "3", "4"], shown.Select(letter => letter.KeyText).Order());
        Assert.Equal(["2"], (await world.World.LettersAsync(LetterState.Waiting)).Select(letter => letter.KeyText));
        Assert.Equal([("it is the only one", Bo.Name)], (await requests.ListDeniedAsync(world.World.Tenant, null, Ada, default)).Select(request => (request.Answer, request.DecidedBy!)));
        Assert.Empty(await requests.ListDeniedAsync(world.World.Tenant, null, Bo, default));
        world.Clock.Advance(LetterRequests.GoodFor);
        Assert.Empty(await requests.ListDeniedAsync(world.World.Tenant, null, Ada, default));
    }

    [Fact]
    public async Task What_is_changed_in_each_letter_is_told_to_whom_has_to_agree()
    {
        await using var world = await WithLimitAsync(letters: 4, limit: 2);
        var patch = new LetterPatch([new PatchStep(PatchAction.Set, "name", "other")]);

        var asked = (await ReplayAsync(world, Ada, ReplayWorld.All with { Patch = patch }))!;
        var told = await world.Replays.ListEventsAsync(world.World.Tenant, asked.Id, default);
        var trail = await world.World.Console.Get<AuditTrail>().ListAsync(world.World.Tenant, new AuditFilter(), null, 20, default);

        Assert.EndsWith($"Changed before: {patch.Words}.", Assert.Single(told).Message, StringComparison.Ordinal);
        Assert.Contains(patch.Words, trail.First(entry => entry.Action == "ask to replay").Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_command_for_several_groups_is_measured_as_a_whole()
    {
        await using var world = await WithLimitAsync(letters: 4, limit: 3);
        var half = (await world.World.LettersAsync()).Take(2).Select(letter => letter.Id).ToList();

        var replay = await DoorOf(world).ReplayAsync(world.World.Tenant, ReplayWorld.All with { Ids = half }, new ReplayOptions(), "", Ada, 4, default);
        var (_, waits) = await DoorOf(world).DiscardAsync(world.World.Tenant, half, new DeadLetterFilter(), "half", "Duplicate", Ada, 4, default);

        Assert.True(replay!.Waits);
        Assert.True(waits);
    }

    [Theory]
    [InlineData(2, 0, "4 letters are more than the 2 that one person may replay: nothing is sent until somebody else with the role Operator agrees.")]
    [InlineData(0, 0, "4 letters may not be replayed by one person alone: nothing is sent until somebody else with the role Operator agrees.")]
    [InlineData(4, 0, null)]
    [InlineData(4, 5, "5 letters are more than the 4 that one person may replay: nothing is sent until somebody else with the role Operator agrees.")]
    public async Task What_is_said_beforehand_is_what_comes_of_it(int limit, int together, string? words)
    {
        await using var world = await WithLimitAsync(letters: 4, limit);

        var said = await DoorOf(world).ForeseeAsync(world.World.Tenant, RequestKind.Replay, ReplayWorld.All, together, default);
        var asked = (await DoorOf(world).ReplayAsync(world.World.Tenant, ReplayWorld.All, new ReplayOptions(), "", Ada, together, default))!;

        Assert.Equal(words, said?.Words);
        Assert.Equal(said is not null, asked.Waits);
    }

    [Fact]
    public async Task Nothing_is_said_beforehand_of_letters_that_are_left_out_or_where_there_is_no_limit()
    {
        await using var world = await WithLimitAsync(letters: 4, limit: 2);
        await using (var session = await world.World.Console.Database.InTenantAsync(world.World.Tenant, default))
        {
            await session.RunAsync("update dead_letter set outcome = 'Unknown' where record_key <> '1'", null, default);
            await session.CommitAsync(default);
        }

        var without = await DoorOf(world).ForeseeAsync(world.World.Tenant, RequestKind.Replay, ReplayWorld.All, 0, default);
        var with = await DoorOf(world).ForeseeAsync(world.World.Tenant, RequestKind.Discard, ReplayWorld.All with { IncludeUnknown = true }, 0, default);
        await using var free = await ReplayWorld.WithLettersAsync(4);

        Assert.Null(without);
        Assert.Equal("4 letters are more than the 2 that one person may discard: none is closed until somebody else with the role Operator agrees.", with?.Words);
        Assert.Null(await DoorOf(free).ForeseeAsync(free.World.Tenant, RequestKind.Replay, ReplayWorld.All, 0, default));
    }

    [Fact]
    public async Task A_replay_that_waits_says_how_many_letters_it_was_asked_for_until_it_has_letters_of_its_own()
    {
        await using var world = await WithLimitAsync(letters: 4, limit: 2);
        var asked = (await ReplayAsync(world, Ada))!;
        var waiting = (await world.Replays.ListAsync(world.World.Tenant, new ReplayFilter(), null, 10, default)).Items.Single();
        await DecisionsOf(world).ApproveAsync(world.World.Tenant, asked.Id, Bo, default);
        var done = await world.MoveAsync(asked.Id);

        Assert.Equal((4, 0), (waiting.Asked, waiting.Total));
        Assert.Equal((null, 4), (done.Asked, done.Total));
    }

    private static RequestDecisions DecisionsOf(ReplayWorld world) => world.World.Console.Get<RequestDecisions>();

    private static SecondPerson DoorOf(ReplayWorld world) => world.World.Console.Get<SecondPerson>();

    private static Task<AskedReplay?> ReplayAsync(ReplayWorld world, Actor actor, ReplaySelection? selection = null) =>
        DoorOf(world).ReplayAsync(world.World.Tenant, selection ?? ReplayWorld.All, new ReplayOptions(), "fixed at the source", actor, 0, default);

    private static async Task<(ReplayState, int)> StandingAsync(ReplayWorld world, Guid id)
    {
        var replay = await world.FindAsync(id);
        return (replay.State, replay.Total);
    }

    private static async Task<ReplayWorld> WithLimitAsync(int letters, int limit)
    {
        var world = await ReplayWorld.WithLettersAsync(letters);
        var tenants = world.World.Console.Get<TenantStore>();
        var tenant = (await tenants.FindAsync(world.World.Tenant, default))!;
        var settings = new TenantSettings(tenant.Name, tenant.Slug, tenant.TimeZone, tenant.Contacts, limit);
        Assert.Equal(Saved.Done, await tenants.UpdateAsync(tenant.Id, tenant.Version, settings, TestConsole.Somebody, default));
        return world;
    }
}
