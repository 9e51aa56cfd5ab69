using IntegrationConsole.Access;
using IntegrationConsole.Mappings;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Keeping_versions
{
    [Fact]
    public async Task A_draft_is_saved_over_until_it_is_published_and_the_next_one_is_a_new_version()
    {
        await using var world = await World.StartAsync();

        await world.SaveAsync("second thoughts");
        var published = await world.Store.PublishAsync(world.Tenant, world.Id, 1, "first release", TestConsole.Somebody, default);
        await world.SaveAsync("more");

        Assert.True(published);
        Assert.Equal([(2, VersionState.Draft, "more"), (1, VersionState.Published, "second thoughts")], await world.VersionsAsync());
        Assert.Equal(("first release", "somebody@example.com"), ((await world.Store.FindPublishedAsync(world.Tenant, world.Id, default)) is { } version ? (version.Note, version.PublishedBy) : default));
    }

    [Fact]
    public async Task Publishing_retires_the_version_before_it_and_only_a_draft_can_be_published()
    {
        await using var world = await World.StartAsync();
        await world.PublishAsync(1);
        await world.SaveAsync("b");
        await world.PublishAsync(2);

        Assert.False(await world.Store.PublishAsync(world.Tenant, world.Id, 1, "", TestConsole.Somebody, default));
        Assert.False(await world.Store.PublishAsync(world.Tenant, world.Id, 3, "", TestConsole.Somebody, default));
        Assert.Equal([(2, VersionState.Published, "b"), (1, VersionState.Retired, "a")], await world.VersionsAsync());
    }

    [Fact]
    public async Task Of_two_editors_who_began_from_the_same_draft_the_second_is_told()
    {
        // The clock stands still: even two saves within one moment must not pass for one another.
        await using var world = await World.StartAsync(new ManualClock());
        var seen = await world.NewestAsync();

        var first = await world.Store.SaveDraftAsync(world.Tenant, world.Id, seen.Number, seen.EditedAt, World.Of("first"), TestConsole.Somebody, default);
        var second = await world.Store.SaveDraftAsync(world.Tenant, world.Id, seen.Number, seen.EditedAt, World.Of("second"), TestConsole.Somebody, default);

        Assert.Equal((Saved.Done, Saved.Outdated), (first, second));
        Assert.Equal([(1, VersionState.Draft, "first")], await world.VersionsAsync());
    }

    [Fact]
    public async Task Of_ten_editors_at_once_one_saves()
    {
        await using var world = await World.StartAsync();
        var seen = await world.NewestAsync();

        var saves = await Task.WhenAll(Enumerable.Range(0, 10).Select(number =>
            world.Store.SaveDraftAsync(world.Tenant, world.Id, seen.Number, seen.EditedAt, World.Of($"{number}"), TestConsole.Somebody, default)));

        Assert.Single(saves, saved => saved is Saved.Done);
    }

    [Fact]
    public async Task An_edit_that_began_before_the_version_was_published_or_superseded_is_refused()
    {
        await using var world = await World.StartAsync();
        var seen = await world.NewestAsync();
        await world.PublishAsync(1);
        await world.SaveAsync("b");

        Assert.Equal(Saved.Outdated, await world.Store.SaveDraftAsync(world.Tenant, world.Id, 1, seen.EditedAt, World.Of("late"), TestConsole.Somebody, default));
        Assert.Equal([(2, VersionState.Draft, "b"), (1, VersionState.Published, "a")], await world.VersionsAsync());
    }

    [Fact]
    public async Task Going_back_publishes_the_old_content_under_a_new_number()
    {
        await using var world = await World.StartAsync();
        await world.PublishAsync(1);
        await world.SaveAsync("b");
        await world.PublishAsync(2);
        await world.SaveAsync("c");
        await world.PublishAsync(3);

        var number = await world.Store.RollBackAsync(world.Tenant, world.Id, 1, " too early ", TestConsole.Somebody, default);

        Assert.Equal(4, number);
        Assert.Equal(
            [(4, VersionState.Published, "a"), (3, VersionState.Retired, "c"), (2, VersionState.Retired, "b"), (1, VersionState.Retired, "a")], await world.VersionsAsync());
        var published = (await world.Store.FindPublishedAsync(world.Tenant, world.Id, default))!;
        Assert.Equal(("Back to v1: too early", TestConsole.Somebody.Name), (published.Note, published.PublishedBy));
    }

    [Fact]
    public async Task Going_back_keeps_a_draft_in_progress_on_top()
    {
        await using var world = await World.StartAsync();
        await world.PublishAsync(1);
        await world.SaveAsync("b");
        await world.PublishAsync(2);
        await world.SaveAsync("unfinished");

        var number = await world.Store.RollBackAsync(world.Tenant, world.Id, 1, "too strict", TestConsole.Somebody, default);
        var entry = (await world.Console.Get<AuditTrail>().ListAsync(world.Tenant, new AuditFilter(), null, 1, default)).Single();
        await world.SaveAsync("finished");

        Assert.Equal(3, number);
        Assert.Equal("v3 has the content of v1: too strict", entry.Detail);
        Assert.Equal("Back to v1: too strict", (await world.Store.FindPublishedAsync(world.Tenant, world.Id, default))!.Note);
        Assert.Equal(
            [(4, VersionState.Draft, "finished"), (3, VersionState.Published, "a"), (2, VersionState.Retired, "b"), (1, VersionState.Retired, "a")], await world.VersionsAsync());
        Assert.Equal("Back to v1: too strict", (await world.Store.FindPublishedAsync(world.Tenant, world.Id, default))!.Note);
    }

    [Fact]
    public async Task Going_back_needs_a_version_that_was_published_once()
    {
        await using var world = await World.StartAsync();
        await world.PublishAsync(1);
        await world.SaveAsync("b");

        Assert.Null(await world.Store.RollBackAsync(world.Tenant, world.Id, 1, "", TestConsole.Somebody, default));
        Assert.Null(await world.Store.RollBackAsync(world.Tenant, world.Id, 2, "", TestConsole.Somebody, default));
        Assert.Null(await world.Store.RollBackAsync(world.Tenant, world.Id, 9, "", TestConsole.Somebody, default));
    }

    [Fact]
    public async Task A_draft_can_be_thrown_away_but_not_the_only_version_there_is()
    {
        await using var world = await World.StartAsync();
        await world.Store.DiscardDraftAsync(world.Tenant, world.Id, TestConsole.Somebody, default);
        Assert.Equal([(1, VersionState.Draft, "a")], await world.VersionsAsync());

        await world.PublishAsync(1);
        await world.SaveAsync("b");
        await world.Store.DiscardDraftAsync(world.Tenant, world.Id, TestConsole.Somebody, default);

        Assert.Equal([(1, VersionState.Published, "a")], await world.VersionsAsync());
    }

    [Fact]
    public async Task What_was_edited_is_in_the_audit_trail_in_words()
    {
        await using var world = await World.StartAsync();

        await world.SaveAsync("b");
        var entry = (await world.Console.Get<AuditTrail>().ListAsync(world.Tenant, new AuditFilter(), null, 1, default)).Single();

        Assert.Equal(("edit", "mapping", "Customers", "draft v1: b is new: source_b; a is no longer made"), (entry.Action, entry.ObjectKind, entry.ObjectName, entry.Detail));
    }

    [Fact]
    public async Task Another_tenants_mapping_is_out_of_reach()
    {
        await using var world = await World.StartAsync();
        var stranger = await world.Console.GivenATenantAsync();
        var seen = await world.NewestAsync();

        Assert.Null(await world.Store.FindAsync(stranger, world.Id, default));
        Assert.Empty(await world.Store.ListVersionsAsync(stranger, world.Id, default));
        Assert.Equal(Saved.Outdated, await world.Store.SaveDraftAsync(stranger, world.Id, 1, seen.EditedAt, World.Of("x"), TestConsole.Somebody, default));
        Assert.False(await world.Store.PublishAsync(stranger, world.Id, 1, "", TestConsole.Somebody, default));
        Assert.Null(await world.Store.RollBackAsync(stranger, world.Id, 1, "", TestConsole.Somebody, default));
        Assert.Equal([(1, VersionState.Draft, "a")], await world.VersionsAsync());
    }

    private sealed class World : IAsyncDisposable
    {
        public required TestConsole Console { get; init; }

        public required TenantId Tenant { get; init; }

        public required Guid Id { get; init; }

        public MappingStore Store => Console.Get<MappingStore>();

        public static async Task<World> StartAsync(TimeProvider? clock = null)
        {
            var console = await TestConsole.StartAsync(clock);
            var tenant = await console.GivenATenantAsync();
            await using var session = await console.Database.InTenantAsync(tenant, default);
            var id = await console.Get<MappingStore>().CreateAsync(session, tenant, "Customers", Of("a"), TestConsole.Somebody, default);
            await session.CommitAsync(default);
            return new World { Console = console, Tenant = tenant, Id = id };
        }

        public static MappingDocument Of(string field) => Trial.Document(new FieldRule { Name = field, Source = $"source_{field.Replace(' ', '_')}" });

        public async Task<MappingVersion> NewestAsync() => (await Store.ListVersionsAsync(Tenant, Id, default))[0];

        public async Task SaveAsync(string field)
        {
            var newest = await NewestAsync();
            Assert.Equal(Saved.Done, await Store.SaveDraftAsync(Tenant, Id, newest.Number, newest.EditedAt, Of(field), TestConsole.Somebody, default));
        }

        public async Task PublishAsync(int number) => Assert.True(await Store.PublishAsync(Tenant, Id, number, "", TestConsole.Somebody, default));

        public async Task<IReadOnlyList<(int Number, VersionState State, string Field)>> VersionsAsync() =>
            [.. (await Store.ListVersionsAsync(Tenant, Id, default)).Select(version => (version.Number, version.State, version.Parsed.Fields[0].Name))];

        public ValueTask DisposeAsync() => Console.DisposeAsync();
    }
}
