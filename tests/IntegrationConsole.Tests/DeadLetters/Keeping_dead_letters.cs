using System.Text;
using System.Text.Json.Nodes;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync;

namespace IntegrationConsole.Tests.DeadLetters;

public sealed class Keeping_dead_letters
{
    [Fact]
    public async Task Each_filter_finds_its_letters_and_counts_them()
    {
        await using var world = await World.StartAsync();
        var run = Guid.NewGuid();
        var other = await world.GivenAnotherSyncAsync();
        await world.ParkAsync("a", cause: FailureCause.Mapping, field: "email", message: "email: the value at e is not text.");
        world.Clock.Advance(TimeSpan.FromHours(1));
        await world.ParkAsync("b 100%", cause: FailureCause.Validation, message: "A value is longer than its column allows.", run: run);
        world.Clock.Advance(TimeSpan.FromHours(1));
        await world.ParkAsync("c", sync: other);
        await world.ParkAsync("d");
        await world.Store.DiscardAsync(world.Tenant, [await world.IdAsync("d")], "test", TestConsole.Somebody, default);
        var start = world.Clock.GetUtcNow().AddHours(-2);

        await world.ExpectAsync("c, b 100%, a", new DeadLetterFilter());
        await world.ExpectAsync("d, c, b 100%, a", new DeadLetterFilter(AnyState: true));
        await world.ExpectAsync("d", new DeadLetterFilter(State: LetterState.Discarded));
        await world.ExpectAsync("c", new DeadLetterFilter(SyncId: other));
        await world.ExpectAsync("a", new DeadLetterFilter(Cause: FailureCause.Mapping));
        await world.ExpectAsync("a", new DeadLetterFilter(Field: "email"));
        await world.ExpectAsync("b 100%", new DeadLetterFilter(Text: "LONGER than"));
        await world.ExpectAsync("b 100%", new DeadLetterFilter(Text: "%"));
        await world.ExpectAsync("", new DeadLetterFilter(Text: "_"));
        await world.ExpectAsync("", new DeadLetterFilter(Text: "' or true --"));
        await world.ExpectAsync("b 100%", new DeadLetterFilter(RunId: run));
        await world.ExpectAsync("b 100%", new DeadLetterFilter(From: start.AddHours(1), To: start.AddHours(2)));
        await world.ExpectAsync("c, b 100%", new DeadLetterFilter(From: start.AddHours(1)));
        await world.ExpectAsync("a", new DeadLetterFilter(Cause: FailureCause.Mapping, Field: "email", Text: "e is", To: start.AddMinutes(1)));
        await world.ExpectAsync("", new DeadLetterFilter(Cause: FailureCause.Mapping, SyncId: other));
        Assert.True(new DeadLetterFilter().IsEmpty);
        Assert.False(new DeadLetterFilter(Text: "x").IsEmpty);
    }

    [Fact]
    public async Task A_record_without_a_key_is_called_by_the_place_where_it_stands()
    {
        await using var world = await World.StartAsync();
        await world.ParkAsync("#0a1b", place: "Line 17 of bad.csv");
        await world.ParkAsync("C-17", place: "Line 18 of bad.csv");

        Assert.Equal(["Line 17 of bad.csv", "C-17"], (await world.AllAsync()).Select(letter => letter.KeyText));
    }

    [Fact]
    public async Task Letters_of_one_moment_stand_in_the_order_of_their_keys()
    {
        await using var world = await World.StartAsync();
        await world.ParkAsync("b", "c", "a");
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.ParkAsync("z", "y");

        Assert.Equal(["y", "z", "a", "b", "c"], (await world.AllAsync()).Select(letter => letter.RecordKey));
    }

    [Fact]
    public async Task Pages_over_letters_of_the_same_moment_show_each_once_while_others_come_and_go()
    {
        await using var world = await World.StartAsync();
        await world.ParkAsync([.. Enumerable.Range(0, 25).Select(number => $"early {number}")]);
        world.Clock.Advance(TimeSpan.FromMinutes(1));
        await world.ParkAsync([.. Enumerable.Range(0, 25).Select(number => $"late {number}")]);

        var seen = new List<string>();
        string? next = null;
        do
        {
            var page = await world.Store.ListAsync(world.Tenant, new DeadLetterFilter(), Keyset.Parse(next), 7, default);
            seen.AddRange(page.Items.Select(letter => letter.RecordKey));
            next = page.Next;
            world.Clock.Advance(TimeSpan.FromSeconds(1));
            await world.ParkAsync($"new {seen.Count}");
        }
        while (next is not null);

        Assert.Equal(50, seen.Count);
        Assert.Equal(50, seen.Distinct().Count());
        Assert.All(seen.Take(25), key => Assert.StartsWith("late", key));
        Assert.All(seen.Skip(25), key => Assert.StartsWith("early", key));
    }

    [Fact]
    public async Task Counting_stops_where_nobody_counts_any_more()
    {
        await using var world = await World.StartAsync();
        await world.ParkAsync([.. Enumerable.Range(0, 10_001).Select(number => $"{number}")]);

        var many = await world.Store.CountAsync(world.Tenant, new DeadLetterFilter(), default);
        await world.Store.DiscardAsync(world.Tenant, [await world.IdAsync("7")], "x", TestConsole.Somebody, default);
        var exact = await world.Store.CountAsync(world.Tenant, new DeadLetterFilter(), default);

        Assert.Equal((10_000, false, "10,000+"), (many.Value, many.IsExact, many.ToString()));
        Assert.Equal((10_000, true, "10,000"), (exact.Value, exact.IsExact, exact.ToString()));
        Assert.Equal([new CauseCount(FailureCause.Validation, 10_000)], await world.Store.CountByCauseAsync(world.Tenant, null, default));
    }

    [Fact]
    public async Task Discarding_all_that_match_closes_the_waiting_ones_only()
    {
        await using var world = await World.StartAsync();
        await world.ParkAsync("waiting", "queued", "replaying", "resolved");
        await world.SetStateAsync("queued", LetterState.Queued);
        await world.SetStateAsync("replaying", LetterState.Replaying);
        await world.SetStateAsync("resolved", LetterState.Resolved);

        var closed = await world.Store.DiscardAllAsync(world.Tenant, new DeadLetterFilter(AnyState: true), "old", TestConsole.Somebody, default);
        var again = await world.Store.DiscardAllAsync(world.Tenant, new DeadLetterFilter(AnyState: true), "old", TestConsole.Somebody, default);

        Assert.Equal((1, 0), (closed.Letters, again.Letters));
        Assert.Equal(
            [("queued", LetterState.Queued), ("replaying", LetterState.Replaying), ("resolved", LetterState.Resolved), ("waiting", LetterState.Discarded)],
            (await world.AllAsync()).Select(letter => (letter.RecordKey, letter.State)).OrderBy(letter => letter.RecordKey));
        var entry = (await world.Console.Get<AuditTrail>().ListAsync(world.Tenant, new AuditFilter(Action: "discard"), null, 10, default)).Single();
        Assert.Equal(("waiting", "old"), (entry.ObjectName, entry.Detail));
    }

    [Fact]
    public async Task A_letter_is_taken_back_unless_its_record_failed_again_meanwhile()
    {
        await using var world = await World.StartAsync();
        await world.ParkAsync("again", "quiet");
        var (again, quiet) = (await world.IdAsync("again"), await world.IdAsync("quiet"));
        await world.Store.DiscardAsync(world.Tenant, [again, quiet], "x", TestConsole.Somebody, default);
        await world.ParkAsync("again");

        var restored = await world.Store.RestoreAsync(world.Tenant, [again, quiet], TestConsole.Somebody, default);

        Assert.Equal(1, restored);
        Assert.Equal(LetterState.Discarded, (await world.Store.FindAsync(world.Tenant, again, default))!.State);
        Assert.Equal((LetterState.Waiting, null), (await world.Store.FindAsync(world.Tenant, quiet, default)) is { } letter ? (letter.State, letter.CloseReason) : default);
    }

    [Fact]
    public async Task Of_several_letters_of_one_record_the_newest_that_was_closed_by_hand_is_taken_back()
    {
        await using var world = await World.StartAsync();
        var ids = new List<Guid>();
        for (var round = 0; round < 3; round++)
        {
            await world.ParkAsync("same");
            ids.Add(await world.IdAsync("same"));
            await world.Store.DiscardAsync(world.Tenant, [ids[^1]], "x", TestConsole.Somebody, default);
            world.Clock.Advance(TimeSpan.FromMinutes(1));
        }

        // The last one arrived after all: what was delivered is not taken back, and does not stand in the others' way.
        await world.SetStateAsync(ids[2], LetterState.Resolved);
        var restored = await world.Store.RestoreAsync(world.Tenant, ids, TestConsole.Somebody, default);

        Assert.Equal(1, restored);
        Assert.Equal(
            [LetterState.Discarded, LetterState.Waiting, LetterState.Resolved],
            await Task.WhenAll(ids.Select(async id => (await world.Store.FindAsync(world.Tenant, id, default))!.State)));
    }

    [Fact]
    public async Task An_edit_is_kept_beside_the_original_and_taken_back_and_only_while_the_letter_waits()
    {
        await using var world = await World.StartAsync();
        await world.ParkAsync("a");
        var id = await world.IdAsync("a");
        var corrected = """{"corrected":true}"""u8.ToArray();

        Assert.Equal(Saved.Done, await world.Store.EditAsync(world.Tenant, id, 1, corrected, TestConsole.Somebody, default));
        var edited = (await world.Store.OpenAsync(world.Tenant, id, default))!;
        Assert.Equal(("""{"key":"a"}""", """{"corrected":true}"""), (Encoding.UTF8.GetString(edited.Payload), Encoding.UTF8.GetString(edited.Current)));
        Assert.Equal((true, "somebody@example.com", 2), (await world.Store.FindAsync(world.Tenant, id, default)) is { } letter ? (letter.IsEdited, letter.EditedBy, letter.Version) : default);

        Assert.Equal(Saved.Outdated, await world.Store.EditAsync(world.Tenant, id, 1, null, TestConsole.Somebody, default));
        Assert.Equal(Saved.Done, await world.Store.EditAsync(world.Tenant, id, 2, null, TestConsole.Somebody, default));
        Assert.Null((await world.Store.OpenAsync(world.Tenant, id, default))!.Edited);

        await world.SetStateAsync("a", LetterState.Queued);
        Assert.Equal(Saved.Outdated, await world.Store.EditAsync(world.Tenant, id, 3, corrected, TestConsole.Somebody, default));
    }

    [Fact]
    public async Task A_correction_stays_while_the_same_record_comes_again_and_goes_with_another_one()
    {
        await using var world = await World.StartAsync();
        await world.ParkAsync("a");
        var id = await world.IdAsync("a");
        await world.Store.EditAsync(world.Tenant, id, 1, "{}"u8.ToArray(), TestConsole.Somebody, default);

        await world.ParkAsync("a");
        Assert.NotNull((await world.Store.OpenAsync(world.Tenant, id, default))!.Edited);

        await world.ParkAsync("a", payload: """{"key":"a","new":true}""");
        Assert.Null((await world.Store.OpenAsync(world.Tenant, id, default))!.Edited);
        Assert.Equal(3, (await world.Store.ListAttemptsAsync(world.Tenant, id, default)).Count);
    }

    [Fact]
    public async Task Another_tenants_letters_do_not_exist()
    {
        await using var world = await World.StartAsync();
        await world.ParkAsync("a");
        var id = await world.IdAsync("a");
        var stranger = await world.Console.GivenATenantAsync();

        Assert.Null(await world.Store.FindAsync(stranger, id, default));
        Assert.Null(await world.Store.OpenAsync(stranger, id, default));
        Assert.Empty(await world.Store.ListAttemptsAsync(stranger, id, default));
        Assert.Empty((await world.Store.ListAsync(stranger, new DeadLetterFilter(AnyState: true), null, 10, default)).Items);
        Assert.Equal(0, (await world.Store.CountAsync(stranger, new DeadLetterFilter(AnyState: true), default)).Value);
        Assert.Empty(await world.Store.CountByCauseAsync(stranger, world.Sync, default));
        Assert.Equal(new Discarded(0, null), await world.Store.DiscardAsync(stranger, [id], "x", TestConsole.Somebody, default));
        Assert.Equal(new Discarded(0, null), await world.Store.DiscardAllAsync(stranger, new DeadLetterFilter(AnyState: true), "x", TestConsole.Somebody, default));
        Assert.Equal(Saved.Outdated, await world.Store.EditAsync(stranger, id, 1, "{}"u8.ToArray(), TestConsole.Somebody, default));
        await world.Store.DiscardAsync(world.Tenant, [id], "x", TestConsole.Somebody, default);
        Assert.Equal(0, await world.Store.RestoreAsync(stranger, [id], TestConsole.Somebody, default));
        Assert.Equal(LetterState.Discarded, (await world.Store.FindAsync(world.Tenant, id, default))!.State);
    }

    [Fact]
    public async Task An_export_has_every_letter_of_the_filter_once_and_nothing_of_the_records()
    {
        await using var world = await World.StartAsync();
        await world.ParkAsync([.. Enumerable.Range(0, 1_003).Select(number => $"{number:0000}")]);
        world.Clock.Advance(TimeSpan.FromDays(1));
        await world.ParkAsync("today", FailureCause.Mapping, "email", "email: the value is not text.", payload: """{"key":"today","email":"ada@private.example"}""", answer: "ada is unknown");
        var file = new MemoryStream();
        var today = new MemoryStream();

        await DeadLetterExport.WriteAsync(file, world.Store, world.Tenant, new DeadLetterFilter(), default);
        await DeadLetterExport.WriteAsync(today, world.Store, world.Tenant, new DeadLetterFilter(From: world.Clock.GetUtcNow().AddHours(-1)), default);

        var lines = Encoding.UTF8.GetString(file.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!).ToList();
        Assert.Equal(["today", .. Enumerable.Range(0, 1_003).Select(number => $"{number:0000}")], lines.Select(line => line["record"]!.GetValue<string>()));
        Assert.Equal(("things", "mapping", "email", "Waiting"), ((string?)lines[0]["integration"], (string?)lines[0]["cause"], (string?)lines[0]["field"], (string?)lines[0]["state"]));
        Assert.DoesNotContain("private.example", Encoding.UTF8.GetString(file.ToArray()));
        Assert.DoesNotContain("is unknown", Encoding.UTF8.GetString(file.ToArray()));
        Assert.Single(Encoding.UTF8.GetString(today.ToArray()).Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task What_the_outside_answered_rests_sealed_and_is_shown_with_the_record()
    {
        await using var world = await World.StartAsync();
        await world.ParkAsync("a", answer: "customer Ada is locked");
        var id = await world.IdAsync("a");

        await using var session = await world.Console.Database.InTenantAsync(world.Tenant, default);
        var row = await session.OneAsync<string>("select d::text from dead_letter d", null, default);

        Assert.DoesNotContain(Convert.ToHexStringLower(Encoding.UTF8.GetBytes("Ada is locked")), row);
        Assert.Equal("customer Ada is locked", (await world.Store.OpenAsync(world.Tenant, id, default))!.Answer);
    }

    [Fact]
    public async Task Keys_that_a_hostile_source_made_do_not_stop_the_line()
    {
        await using var world = await SyncWorld.StartAsync(fields:
        [
            new() { Name = "id", Source = "id" }, new() { Name = "n", Type = IntegrationConsole.Connectors.Records.FieldType.Integer, Source = "n" },
        ]);
        world.System.Records = ["""{"id":"a\u0000b","n":"x"}""", $$"""{"id":"{{new string('k', 100_000)}}","n":"x"}""", """{"id":"fine","n":1}""", """{"id":"\ud800","n":1}""", """{"\ud800":1}"""];

        var run = await world.RunAsync();

        Assert.Equal((5, 1, 4), (run.RecordsRead, run.Written, run.Rejected));
        Assert.Equal(4, (await world.LettersAsync()).Count);
    }

    private sealed class World : IAsyncDisposable
    {
        private readonly SyncWorld _world;

        private World(SyncWorld world, ManualClock clock)
        {
            _world = world;
            Clock = clock;
        }

        public ManualClock Clock { get; }

        public TestConsole Console => _world.Console;

        public TenantId Tenant => _world.Tenant;

        public Guid Sync => _world.Sync.Id;

        public DeadLetterStore Store => Console.Get<DeadLetterStore>();

        public static async Task<World> StartAsync()
        {
            var clock = new ManualClock();
            return new World(await SyncWorld.StartAsync(clock: clock), clock);
        }

        public async Task<Guid> GivenAnotherSyncAsync()
        {
            var connection = _world.Sync.SourceConnectionId;
            var draft = new SyncDraft("Other", connection, "things", ReadMode.Full, connection, "things", WriteMode.Upsert, ["id"], false, Schedule.Manual, OverlapRule.Queue);
            return (await Console.Get<SyncStore>().CreateAsync(Tenant, draft, MappingDocument.Empty, TestConsole.Somebody, default)).Id;
        }

        public Task ParkAsync(params string[] keys) => ParkAsync(Sync, Guid.NewGuid(), [.. keys.Select(key => Casualty(key, new Failure(FailureCause.Validation, "No."), null))]);

        public Task ParkAsync(
            string key, FailureCause cause = FailureCause.Validation, string field = "", string message = "No.", Guid? sync = null, Guid? run = null, string? payload = null, string answer = "",
            string place = "") =>
            ParkAsync(sync ?? Sync, run ?? Guid.NewGuid(), [Casualty(key, new Failure(cause, message, "", field) { Answer = answer, Place = place }, payload)]);

        public async Task<Guid> IdAsync(string key) => (await AllAsync()).Where(letter => letter.RecordKey == key).MaxBy(letter => letter.LastFailedAt)!.Id;

        public async Task<IReadOnlyList<DeadLetter>> AllAsync() => (await Store.ListAsync(Tenant, new DeadLetterFilter(AnyState: true), null, 20_000, default)).Items;

        public async Task SetStateAsync(string key, LetterState state) => await SetStateAsync(await IdAsync(key), state);

        public async Task SetStateAsync(Guid id, LetterState state)
        {
            await using var session = await Console.Database.InTenantAsync(Tenant, default);
            Assert.Equal(1, await session.RunAsync("update dead_letter set state = @state where id = @id", new { id, state = state.ToString() }, default));
            await session.CommitAsync(default);
        }

        /// <summary>Both the list and the count.</summary>
        public async Task ExpectAsync(string keys, DeadLetterFilter filter)
        {
            var found = (await Store.ListAsync(Tenant, filter, null, 100, default)).Items;
            Assert.Equal(keys, string.Join(", ", found.OrderByDescending(letter => letter.LastFailedAt).ThenByDescending(letter => letter.RecordKey).Select(letter => letter.RecordKey)));
            Assert.Equal(found.Count, (await Store.CountAsync(Tenant, filter, default)).Value);
        }

        public ValueTask DisposeAsync() => _world.DisposeAsync();

        private static Casualty Casualty(string key, Failure failure, string? payload) =>
            new(key, LetterStage.Write, LetterOutcome.Rejected, failure, Encoding.UTF8.GetBytes(payload ?? $$"""{"key":"{{key}}"}"""));

        private async Task ParkAsync(Guid sync, Guid run, IReadOnlyList<Casualty> casualties)
        {
            await using var session = await Console.Database.InTenantAsync(Tenant, default);
            await Console.Get<DeadLetterParking>().ParkAsync(session, new LetterContext(Tenant, sync, run, 1, "node", "somebody"), casualties, default);
            await session.CommitAsync(default);
        }
    }
}
