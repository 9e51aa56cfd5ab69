using IntegrationConsole.Sync.Replays;

namespace IntegrationConsole.Tests.Sync.Replays;

public sealed class Removing_letters
{
    private const string Belongings = "select (select count(*) from dead_letter) || ' ' || (select count(*) from dead_letter_attempt) || ' ' || (select count(*) from replay_item)";

    [Fact]
    public async Task A_letter_takes_its_attempts_and_its_places_in_replays_with_it()
    {
        await using var world = await ReplayWorld.WithLettersAsync(5);
        await world.MoveAsync(await world.StartAsync(new ReplayOptions()));
        Assert.Equal("5 10 5", await AskAsync(world, Belongings));

        Assert.Equal("3 6 3", await AskAsync(world, Belongings, "delete from dead_letter where record_key in ('1', '2')"));
    }

    [Fact]
    public async Task An_integration_takes_all_of_that_with_it()
    {
        await using var world = await ReplayWorld.WithLettersAsync(5);
        await world.MoveAsync(await world.StartAsync(new ReplayOptions()));

        Assert.Equal("0 0 0", await AskAsync(world, Belongings, "delete from sync_definition"));
    }

    /// <summary>
    /// A reference that is checked row by row is checked with the plan of a session that began while there were no letters:
    /// each new letter was looked for among all others, and a burst of ten thousand took a third of a run's time.
    /// </summary>
    [Fact]
    public async Task Nothing_is_looked_up_for_a_letter_that_is_set_aside_in_a_burst()
    {
        await using var world = await ReplayWorld.WithLettersAsync(1);

        Assert.Equal("none", await AskAsync(world, "select coalesce(string_agg(conrelid::regclass::text, ', '), 'none') from pg_constraint where contype = 'f' and confrelid = 'dead_letter'::regclass"));
    }

    private static async Task<string> AskAsync(ReplayWorld world, string question, string? before = null)
    {
        await using var session = await world.World.Console.Database.InTenantAsync(world.World.Tenant, default);
        if (before is not null)
        {
            await session.RunAsync(before, null, default);
        }

        var answer = await session.OneAsync<string>(question, null, default);
        await session.CommitAsync(default);
        return answer;
    }
}
