using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Health.Pages;
using IntegrationConsole.Health.Triage;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;
using Finding = IntegrationConsole.Health.Verdicts.Finding;

namespace IntegrationConsole.Tests.Health.Triage;

public sealed class Acting_on_a_card
{
    [Fact]
    public async Task What_would_start_more_than_twenty_integrations_is_asked_first_and_does_what_was_asked()
    {
        await using var health = await HealthWorld.StartAsync();
        await using var page = await OpenAsync(health, await LateAsync(health, await GivenSyncsAsync(health, 21)));

        await page.PressAsync("Run all 21 now…");
        var asked = await page.ReadAsync();
        Assert.Equal(0, await CountRunsAsync(health));
        await page.PressAsync("Start them");

        Assert.Contains("Starts 21 integrations of North: they read from their sources and write to their destinations, live.", asked, StringComparison.Ordinal);
        Assert.Equal(21, await CountRunsAsync(health));
    }

    [Fact]
    public async Task Twenty_are_started_by_one_click()
    {
        await using var health = await HealthWorld.StartAsync();
        await using var page = await OpenAsync(health, await LateAsync(health, await GivenSyncsAsync(health, 20)));

        await page.PressAsync("Run all 20 now");

        Assert.Equal(20, await CountRunsAsync(health));
    }

    [Fact]
    public async Task What_would_touch_more_than_a_thousand_takes_the_count_to_be_typed()
    {
        await using var health = await HealthWorld.StartAsync();
        await using var page = await OpenAsync(health, await LateAsync(health, [.. Enumerable.Range(0, 1_001).Select(_ => Guid.NewGuid())]));

        await page.PressAsync("Run all 1001 now…");
        await page.PressAsync("Start them");
        var refused = await page.ReadAsync();

        Assert.Contains("Type 1001 to confirm", refused, StringComparison.Ordinal);
        Assert.Contains("This is not the same text.", refused, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_card_leads_to_each_of_its_groups_and_says_of_which_its_buttons_speak()
    {
        await using var health = await HealthWorld.StartAsync();
        var north = new TenantName(health.World.Tenant, "north", "North");
        LetterGroup Group(string message, int open) => new(
            north, Guid.NewGuid(), "orders", "Orders", Guid.NewGuid(), "wide", FailureCause.Bug, LetterStage.Map, "", message, open, 0, Given.Now, Given.Now, GroupState.Open, "", Guid.NewGuid(), Guid.NewGuid());
        var (large, small) = (Group("No room for it.", 9), Group("No name for it.", 1));
        await using var two = await OpenAsync(health, RootCauses.Find([], [small, large]).Single());
        await using var one = await OpenAsync(health, RootCauses.Find([], [small]).Single());
        var (of, only) = (await two.ReadAsync(), await one.ReadAsync());

        Assert.All(new[] { large.Href, small.Href, large.ReplayHref, small.ReplayHref }, href => Assert.Contains($"href=\"{href}\"", of, StringComparison.Ordinal));
        Assert.Contains("2 failure groups", of, StringComparison.Ordinal);
        Assert.Contains("Open the largest group", of, StringComparison.Ordinal);
        Assert.Contains("Replay its 9…", of, StringComparison.Ordinal);
        Assert.Contains("Open the group", only, StringComparison.Ordinal);
        Assert.DoesNotContain("failure groups", only, StringComparison.Ordinal);
    }

    private static Task<OpenPage> OpenAsync(HealthWorld health, RootCause cause) => OpenPage.OpenAsync<CauseCard>(health, new()
    {
        ["Cause"] = cause, ["Number"] = 1,
        ["Tenants"] = new Dictionary<TenantId, TenantAccess> { [health.World.Tenant] = new(health.World.Tenant, "north", "North", Role.Operator, IsPlatformAdmin: false) },
    });

    private static async Task<RootCause> LateAsync(HealthWorld health, IReadOnlyList<Guid> syncs)
    {
        var north = new TenantName(health.World.Tenant, (await health.World.Console.Get<TenantStore>().FindAsync(health.World.Tenant, default))!.Slug, "North");
        return RootCauses.Find([.. syncs.Select(sync => new Ailing(
            north, ObjectKind.Sync, sync, "Orders", "orders", HealthState.Failing, Given.Now,
            [new Finding(HealthDimension.Freshness, HealthState.Failing, "Late.", HealsItself: false, new Evidence(EvidenceKind.Schedule, null))]))], []).Single();
    }

    private static async Task<IReadOnlyList<Guid>> GivenSyncsAsync(HealthWorld health, int count)
    {
        var (world, syncs) = (health.World, new List<Guid>());
        for (var number = 0; number < count; number++)
        {
            var draft = new SyncDraft(
                string.Create(CultureInfo.InvariantCulture, $"Orders {number}"), world.Sync.SourceConnectionId, "things", ReadMode.Full, world.Sync.DestinationConnectionId, "things", WriteMode.Upsert, ["id"], false,
                Schedule.Manual, OverlapRule.Queue);
            var sync = await world.Console.Get<SyncStore>().CreateAsync(world.Tenant, draft, new MappingDocument([new() { Name = "id", Type = FieldType.Integer, Source = "id" }], []), TestConsole.Somebody, default);
            syncs.Add(sync.Id);
        }

        return syncs;
    }

    private static async Task<int> CountRunsAsync(HealthWorld health) =>
        (await health.World.Console.Get<RunStore>().ListAsync(health.World.Tenant, new RunFilter(), null, 100, default)).Items.Count;
}
