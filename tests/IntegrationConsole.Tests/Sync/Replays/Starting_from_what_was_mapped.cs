using System.Text;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Patches;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.Pages;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Replays.Preparation;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Health;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Sync.Replays;

public sealed class Starting_from_what_was_mapped
{
    private static readonly ReplayOptions AsMapped = new() { Origin = ReplayOrigin.Mapped };
    private static readonly ReplayOptions ByCause = new() { Origin = ReplayOrigin.ByCause };

    [Fact]
    public async Task It_is_sent_as_it_was_though_the_clock_and_the_mapping_went_on()
    {
        var clock = new ManualClock();
        await using var world = await SyncWorld.StartAsync(
            clock: clock, fields: [new() { Name = "id", Type = FieldType.Integer, Source = "id" }, new() { Name = "at", Origin = ValueOrigin.Expression, Source = "$now()" }]);
        world.GivenRecords(1);
        var sent = new List<string>();
        world.System.RefuseRow = row =>
        {
            sent.Add(row);
            return sent.Count == 1 ? new Failure(FailureCause.Conflict, "Not today.") : null;
        };
        await world.RunAsync();
        clock.Advance(TimeSpan.FromHours(5));

        var started = await world.Console.Get<ReplayStore>().StartAsync(world.Tenant, ReplayWorld.All, AsMapped, "", TestConsole.Somebody, default);
        var run = await world.MoveAsync((await world.Console.Get<ReplayStore>().ListRunsAsync(world.Tenant, started!.Value.Id, default)).Single().Id);

        Assert.Equal((1, 2), (run.Counts.Written, sent.Count));
        Assert.Equal(sent[0], sent[1]);
    }

    [Fact]
    public async Task The_attempt_names_the_version_that_had_mapped_it_and_a_stricter_one_does_not_stop_it()
    {
        await using var world = await ReplayWorld.WithLettersAsync(3);
        await world.PublishNamesUpToAsync(3);
        var letter = (await world.World.LettersAsync())[0];

        var done = await world.MoveAsync(await world.StartAsync(AsMapped));

        Assert.Equal((3, 0), (done.Delivered, done.Failed));
        Assert.Equal([1, 1], (await world.World.Console.Get<DeadLetterStore>().ListAttemptsAsync(world.World.Tenant, letter.Id, default)).Select(attempt => attempt.MappingVersion!.Value));
        Assert.Equal((ReplayOrigin.Mapped, "as they were mapped then"), (done.Options.Origin, done.Options.OriginWords));
    }

    [Fact]
    public async Task By_its_cause_the_destinations_fault_goes_as_it_was_and_the_mappings_is_mapped_again()
    {
        await using var world = await ReplayWorld.WithLettersAsync(4);
        await SetAsync(world, "cause = 'TargetDown'", "record_key in ('1', '2')");
        await world.PublishNamesUpToAsync(3);

        var count = await CountAsync(world);
        var tried = await TryAsync(world, ByCause, count);
        var done = await world.MoveAsync(await world.StartAsync(ByCause));

        Assert.Equal(new LetterRows(Kept: 4, Missing: 0, KeptOfDestination: 2, MissingOfDestination: 0), count.Rows);
        Assert.Equal((2, 2), (tried.Passed.Count, tried.Failed));
        Assert.Equal((2, 2), (done.Delivered, done.Failed));
        Assert.Equal(["1", "2"], world.World.System.Arrivals.Order());
    }

    [Fact]
    public async Task What_is_not_kept_is_mapped_again_only_where_somebody_says_so()
    {
        await using var world = await ReplayWorld.WithLettersAsync(3);
        await SetAsync(world, "mapped = null", "record_key = '2'");

        var without = await CheckAsync(world, AsMapped);
        var with = await CheckAsync(world, AsMapped with { MapsRest = true });
        var first = await world.MoveAsync(await world.StartAsync(AsMapped));
        var left = (await world.World.LettersAsync()).Single();
        var second = await world.MoveAsync(await world.StartAsync(AsMapped with { MapsRest = true }));

        Assert.Equal((CheckResult.Blocking, "2 go as they were mapped then. Of 1 no rows are kept: let it be mapped again, or start from the records."), (without.Result, without.Sentence));
        Assert.Equal((CheckResult.Warning, "2 go as they were mapped then. Of 1 no rows are kept: it is mapped again."), (with.Result, with.Sentence));
        Assert.Equal((2, 1, "not-kept"), (first.Delivered, first.Failed, left.Code));
        Assert.Equal((1, 0), (second.Delivered, second.Failed));
    }

    [Fact]
    public async Task A_correction_counts_on_the_record_on_which_it_was_made()
    {
        await using var world = await ReplayWorld.WithLettersAsync(2);
        await SetAsync(world, "cause = 'Timeout'", "true");
        var letter = (await world.World.LettersAsync()).Single(letter => letter.RecordKey == "1");
        await world.World.Console.Get<DeadLetterStore>().EditAsync(world.World.Tenant, letter.Id, letter.Version, """{"id":1,"name":"corrected"}"""u8.ToArray(), TestConsole.Somebody, default);

        var count = await CountAsync(world);
        await world.MoveAsync(await world.StartAsync(ByCause));

        Assert.Equal(new LetterRows(Kept: 1, Missing: 1, KeptOfDestination: 1, MissingOfDestination: 0), count.Rows);
        Assert.Equal(["1|corrected", "2|name 2"], world.World.System.Held.OrderBy(held => held.Key).Select(held => held.Value));
    }

    [Fact]
    public async Task What_a_replay_changes_is_a_correction_too()
    {
        await using var world = await ReplayWorld.WithLettersAsync(2);
        await SetAsync(world, "cause = 'Timeout'", "true");
        var patch = new LetterPatch([new PatchStep(PatchAction.Replace, "name", "patched", From: "name 1")]);

        await world.MoveAsync(await world.StartAsync(ByCause, ReplayWorld.All with { Patch = patch }));

        Assert.Equal(["1|patched", "2|name 2"], world.World.System.Held.OrderBy(held => held.Key).Select(held => held.Value));
    }

    [Fact]
    public async Task A_letter_keeps_the_rows_of_its_last_try_and_those_of_a_newer_record()
    {
        await using var world = await ReplayWorld.WithLettersAsync(1);
        world.World.System.Refuse = _ => new Failure(FailureCause.Timeout, "Too slow.");
        world.World.System.Records = ["""{"id":1,"name":"newer"}"""];
        await world.World.RunAsync();
        await world.MoveAsync(await world.StartAsync(new ReplayOptions()));
        await world.PublishNamesUpToAsync(3);
        await world.MoveAsync(await world.StartAsync(new ReplayOptions()));
        world.World.System.Refuse = _ => null;

        var done = await world.MoveAsync(await world.StartAsync(AsMapped));

        Assert.Equal((1, "1|newer"), (done.Delivered, world.World.System.Held["1"]));
    }

    [Fact]
    public async Task Kept_rows_are_sealed()
    {
        await using var world = await ReplayWorld.WithLettersAsync(1);

        await using var session = await world.World.Console.Database.InTenantAsync(world.World.Tenant, default);
        var mapped = await session.OneAsync<byte[]>("select mapped from dead_letter where tenant_id = @tenant", new { tenant = world.World.Tenant }, default);

        Assert.DoesNotContain("name 1", Encoding.UTF8.GetString(mapped), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_composer_starts_from_what_the_cause_suggests_and_says_how_many()
    {
        await using var world = await ReplayWorld.WithLettersAsync(3);
        await SetAsync(world, "cause = 'TargetDown'", "record_key <> '3'");
        await SetAsync(world, "mapped = null", "record_key = '2'");
        await using var page = await OpenAsync(world);

        var blocked = await page.WaitForAsync("no rows are kept");
        await page.PressAsync("Map them again");
        var allowed = await page.WaitForAsync("it is mapped again");
        await page.GoAsync($"{page.Where}&origin=record");
        await page.WaitForAsync(html => html.Contains("Mapped with the published mapping", StringComparison.Ordinal) && !html.Contains("Start from.", StringComparison.Ordinal), "mapped, and no check of rows");

        Assert.Contains("As they were mapped then where the destination was at fault, the others mapped with the published mapping", blocked, StringComparison.Ordinal);
        Assert.Contains("1 goes as it was mapped then. Of 1 no rows are kept: let it be mapped again", blocked, StringComparison.Ordinal);
        Assert.Contains("rest=map", page.Where, StringComparison.Ordinal);
        Assert.Contains("Map again those of which no rows are kept", allowed, StringComparison.Ordinal);
    }

    private static Task<OpenPage> OpenAsync(ReplayWorld world) =>
        OpenPage.OpenAsync<ReplayComposerPage>(world.World.Console, world.Clock, world.World.Tenant, $"t/x/replays/new?sync={world.World.Sync.Id}");

    private static async Task SetAsync(ReplayWorld world, string set, string where)
    {
        await using var session = await world.World.Console.Database.InTenantAsync(world.World.Tenant, default);
        await session.RunAsync($"update dead_letter set {set} where tenant_id = @tenant and {where}", new { tenant = world.World.Tenant }, default);
        await session.CommitAsync(default);
    }

    private static Task<SelectionCount> CountAsync(ReplayWorld world) =>
        world.World.Console.Get<SelectedLetters>().CountAsync(world.World.Tenant, ReplayWorld.All with { AsOf = world.Clock.GetUtcNow() }, default);

    private static Task<RehearsalReport> TryAsync(ReplayWorld world, ReplayOptions options, SelectionCount count) => world.World.Console.Get<Rehearsal>().TryAsync(
        world.World.Tenant, ReplayWorld.All with { AsOf = world.Clock.GetUtcNow() }, options, count.Syncs, Rehearsal.Most, _ => { }, default);

    private static async Task<ReplayCheck> CheckAsync(ReplayWorld world, ReplayOptions options)
    {
        var tenant = (await world.World.Console.Get<TenantStore>().FindAsync(world.World.Tenant, default))!;
        return (await world.World.Console.Get<ReplayChecks>().CheckAsync(tenant, await CountAsync(world), options, false, default)).Single(check => check.Name == ReplayChecks.OriginName);
    }
}
