using System.Text;
using IntegrationConsole.DeadLetters.Patches;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync.Replays;

public sealed class Keeping_drafts
{
    private static readonly LetterPatch Renaming = new([new PatchStep(PatchAction.Set, "name", "Secret Name", WhenField: "id", WhenValue: "2")]);

    [Fact]
    public async Task A_draft_is_opened_as_it_was_left()
    {
        await using var world = await ReplayWorld.WithLettersAsync(3);
        var only = (await world.World.LettersAsync()).Take(2).Select(letter => letter.Id).ToList();
        var asOf = world.Clock.GetUtcNow();
        world.Clock.Advance(TimeSpan.FromDays(1));

        var id = await SaveAsync(world, "/t/acme/replays/new?cause=validation", new ReplayDraft("fixed at the source", asOf, Renaming, only));
        var kept = await world.Replays.FindDraftAsync(world.World.Tenant, id, default);

        Assert.NotNull(kept);
        Assert.Equal(("fixed at the source", asOf), (kept.Reason, kept.AsOf));
        Assert.Equal(Renaming.Steps, kept.Patch.Steps);
        Assert.Equal(only, kept.Only);
        Assert.Equal($"/t/acme/replays/new?cause=validation&draft={id}", (await world.FindAsync(id)).Address);
    }

    [Fact]
    public async Task What_a_draft_would_change_is_sealed()
    {
        await using var world = await ReplayWorld.WithLettersAsync(1);

        var id = await SaveAsync(world, "/t/acme/replays/new", new ReplayDraft("", world.Clock.GetUtcNow(), Renaming, null));

        await using var session = await world.World.Console.Database.InTenantAsync(world.World.Tenant, default);
        var (patch, row) = await session.OneAsync<Stored>("select patch, to_jsonb(r)::text as row from replay r where tenant_id = @tenant and id = @id", new { tenant = world.World.Tenant, id }, default);
        Assert.DoesNotContain("Secret Name", Encoding.UTF8.GetString(patch), StringComparison.Ordinal);
        Assert.DoesNotContain("Secret Name", row, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_draft_without_changes_or_picked_letters_is_all_of_its_address()
    {
        await using var world = await ReplayWorld.WithLettersAsync(1);

        var id = await SaveAsync(world, "/t/acme/replays/new", new ReplayDraft("", world.Clock.GetUtcNow(), LetterPatch.None, null));
        var kept = await world.Replays.FindDraftAsync(world.World.Tenant, id, default);

        Assert.Equal((true, null), (kept!.Patch.IsEmpty, kept.Only));
        Assert.Equal($"/t/acme/replays/new?draft={id}", (await world.FindAsync(id)).Address);
    }

    [Fact]
    public async Task A_cancelled_draft_is_none_any_more()
    {
        await using var world = await ReplayWorld.WithLettersAsync(1);
        var id = await SaveAsync(world, "/t/acme/replays/new", new ReplayDraft("", world.Clock.GetUtcNow(), Renaming, null));

        await world.Controls.CancelAsync(world.World.Tenant, id, TestConsole.Somebody, default);

        Assert.Null(await world.Replays.FindDraftAsync(world.World.Tenant, id, default));
    }

    private static Task<Guid> SaveAsync(ReplayWorld world, string address, ReplayDraft draft) =>
        world.Replays.SaveDraftAsync(world.World.Tenant, "all", address, draft, TestConsole.Somebody, default);

    private sealed record Stored(byte[] Patch, string Row);
}
