using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Health.Pages;
using IntegrationConsole.Health.Triage;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Tests.Support;
using Finding = IntegrationConsole.Health.Verdicts.Finding;

namespace IntegrationConsole.Tests.Health.Triage;

public sealed class Looking_after_causes
{
    private static readonly Actor Ada = new(Guid.NewGuid(), "ada@example.com");
    private static readonly Actor Bo = new(Guid.NewGuid(), "bo@example.com");
    private static readonly TenantName North = new(new TenantId(Guid.NewGuid()), "north", "North");

    [Fact]
    public async Task A_cause_without_letters_is_acknowledged_assigned_and_put_to_sleep_and_the_trail_says_so()
    {
        await using var health = await IsolatedAsync();
        var (tenant, decisions) = (health.World.Tenant, DecisionsOf(health));
        var fresh = await CauseAsync(health);

        await decisions.AcknowledgeAsync(tenant, fresh, Ada, default);
        var known = await CauseAsync(health);
        await decisions.AssignAsync(tenant, fresh, "bo@example.com", Ada, default);
        var assigned = await CauseAsync(health);
        await decisions.SnoozeAsync(tenant, fresh, health.Clock.GetUtcNow().AddHours(1), "wakes in an hour", Bo, default);
        var asleep = await PictureAsync(health);
        health.Clock.Advance(TimeSpan.FromHours(1));
        await health.LookAsync();
        var awake = await CauseAsync(health);

        Assert.Equal(CauseCare.None, fresh.Care);
        Assert.Equal(("ada@example.com", "ada@example.com"), (known.Owner, known.Care.AcknowledgedBy));
        Assert.Equal(("bo@example.com", "ada@example.com"), (assigned.Owner, assigned.Care.AcknowledgedBy));
        Assert.Empty(asleep.Causes);
        Assert.Equal(fresh.Key, Assert.Single(asleep.Snoozed).Key);
        Assert.Equal(fresh.Integrations.Count, asleep.Asleep.Values.Sum(state => state.Integrations));
        Assert.StartsWith("Nothing wants a look now: the only cause of trouble is snoozed, until ", TriageSentence.Of(asleep, TimeZoneInfo.Utc, health.Clock.GetUtcNow()), StringComparison.Ordinal);
        Assert.Equal(("bo@example.com", null), (awake.Owner, awake.Care.SnoozedUntil));
        Assert.Equal(
            [("bo@example.com", "snooze", "wakes in an hour"), ("ada@example.com", "assign", "bo@example.com"), ("ada@example.com", "acknowledge", "")],
            (await health.World.Console.Get<AuditTrail>().ListAsync(tenant, new AuditFilter(ObjectKind: "cause"), null, 10, default)).Select(entry => (entry.Actor, entry.Action, entry.Detail)));
    }

    [Fact]
    public async Task Of_two_who_acknowledge_at_the_same_moment_one_does()
    {
        await using var health = await IsolatedAsync();
        var (decisions, cause) = (DecisionsOf(health), await CauseAsync(health));

        var entries = await Task.WhenAll(
            decisions.AcknowledgeAsync(health.World.Tenant, cause, Ada, default), decisions.AcknowledgeAsync(health.World.Tenant, cause, Bo, default));

        Assert.Equal([0, 1], entries.Select(one => one.Count).Order());
        Assert.Equal(entries[0].Count == 1 ? Ada.Name : Bo.Name, (await CauseAsync(health)).Owner);
    }

    [Fact]
    public async Task Each_step_is_taken_back_by_its_entry_unless_something_was_said_since()
    {
        await using var health = await IsolatedAsync();
        var (tenant, decisions, cause) = (health.World.Tenant, DecisionsOf(health), await CauseAsync(health));
        var undo = new Undo(health.World.Console.Database, [decisions], health.Clock);
        var trail = health.World.Console.Get<AuditTrail>();

        var first = Assert.Single(await decisions.AcknowledgeAsync(tenant, cause, Ada, default));
        var second = Assert.Single(await decisions.AssignAsync(tenant, cause, "bo@example.com", Ada, default));
        var possible = await undo.PossibleAsync(tenant, await trail.ListAsync(tenant, new AuditFilter(ObjectKind: "cause"), null, 10, default), default);
        var tooLate = await undo.TakeBackAsync(tenant, first, Bo, default);
        var both = await Task.WhenAll(undo.TakeBackAsync(tenant, second, Bo, default), undo.TakeBackAsync(tenant, second, Ada, default));
        var before = await CauseAsync(health);

        Assert.Equal([second], possible);
        Assert.False(tooLate);
        Assert.Single(both, done => done);
        Assert.Equal(("ada@example.com", "ada@example.com"), (before.Owner, before.Care.AcknowledgedBy));
        Assert.Equal("undo", (await trail.ListAsync(tenant, new AuditFilter(ObjectKind: "cause"), null, 1, default)).Single().Action);
    }

    [Fact]
    public async Task A_cause_that_was_over_begins_anew_when_it_comes_back_and_one_that_was_away_for_a_moment_does_not()
    {
        await using var health = await IsolatedAsync();
        var (tenant, decisions) = (health.World.Tenant, DecisionsOf(health));
        await decisions.AcknowledgeAsync(tenant, await CauseAsync(health), Ada, default);

        await HealAsync(health, CauseKeeper.GoneAfter - TimeSpan.FromMinutes(1));
        await BreakAsync(health);
        var blinked = await CauseAsync(health);
        await HealAsync(health, CauseKeeper.GoneAfter);
        var over = health.Clock.GetUtcNow();
        await BreakAsync(health);
        var back = await CauseAsync(health);
        await decisions.AssignAsync(tenant, back, "bo@example.com", Bo, default);
        var taken = await CauseAsync(health);

        Assert.Equal("ada@example.com", blinked.Care.AcknowledgedBy);
        Assert.Equal(("", "", "ada@example.com", over), (back.Owner, back.Care.AcknowledgedBy, back.Care.LastOwner, back.Care.WasOverAt));
        Assert.Equal(("bo@example.com", "", null), (taken.Owner, taken.Care.AcknowledgedBy, taken.Care.WasOverAt));
    }

    [Fact]
    public async Task Nothing_is_said_about_what_belongs_to_another_tenant()
    {
        await using var health = await IsolatedAsync();
        var other = await health.World.Console.GivenATenantAsync();

        Assert.Empty(await DecisionsOf(health).AcknowledgeAsync(other, await CauseAsync(health), Ada, default));
        Assert.Equal(CauseCare.None, (await CauseAsync(health)).Care);
    }

    [Fact]
    public void Another_integration_that_joins_those_that_are_late_has_been_seen_by_nobody()
    {
        var (one, other) = (Late("Orders"), Late("Invoices"));
        PartCare Care(Ailing sync) => new(North.Id, $"late:{sync.Id}", "ada@example.com", "ada@example.com", Given.Now.AddHours(1), nameof(HealthState.Degraded), null, null);
        var known = new[] { Care(one) }.ToLookup(care => (care.TenantId, care.Part));

        var alone = CauseCares.Of(RootCauses.Find([one], []).Single(), known, Given.Now);
        var joined = CauseCares.Of(RootCauses.Find([one, other], []).Single(), known, Given.Now);
        var worse = CauseCares.Of(RootCauses.Find([one], []).Single() with { State = HealthState.Failing }, known, Given.Now);

        Assert.Equal(("ada@example.com", "ada@example.com", Given.Now.AddHours(1)), (alone.Owner, alone.AcknowledgedBy, alone.SnoozedUntil));
        Assert.Equal(("ada@example.com", "", null), (joined.Owner, joined.AcknowledgedBy, joined.SnoozedUntil));
        Assert.Equal(("ada@example.com", null), (worse.AcknowledgedBy, worse.SnoozedUntil));
    }

    [Fact]
    public void The_list_is_narrowed_to_what_needs_the_reader_what_heals_itself_whose_it_is_and_what_sleeps()
    {
        RootCause Cause(string name, string owner, bool heals) => RootCauses.Find([Late(name)], []).Single() with { HealsItself = heals, Key = name, Care = new CauseCare(owner) };
        var picture = new TriagePicture(
            [Cause("free", "", false), Cause("adas", "Ada@example.com", false), Cause("bos", "bo@example.com", false), Cause("healing", "", true)], 4,
            new Dictionary<HealthState, int>(), new Dictionary<HealthState, int>(), null, null, null)
        { Snoozed = [Cause("asleep", "", false)] };
        string Found(string? needs, string? owner, string? cause = null) => string.Join(' ', TriageFilter.Of(needs, owner, cause).Of(picture, Ada).Select(one => one.Key));

        Assert.EndsWith("1 of 4 causes heals by itself. 1 more cause is snoozed.", TriageSentence.Of(picture with { States = Enum.GetValues<HealthState>().ToDictionary(state => state, _ => 1) }, TimeZoneInfo.Utc, Given.Now), StringComparison.Ordinal);
        Assert.Equal("free adas bos healing", Found(null, "whatever"));
        Assert.Equal("free adas", Found("you", null));
        Assert.Equal("healing", Found("self", null));
        Assert.Equal("adas", Found(null, "me"));
        Assert.Equal(4, TriageFilter.Of(null, null, null, picture.Causes[0].Since, picture.Causes[0].Since.AddSeconds(1)).Of(picture, Ada).Count);
        Assert.Empty(TriageFilter.Of(null, null, null, picture.Causes[0].Since.AddSeconds(1)).Of(picture, Ada));
        Assert.Empty(TriageFilter.Of(null, null, null, null, picture.Causes[0].Since).Of(picture, Ada));
        Assert.Equal("free healing", Found(null, "none"));
        Assert.Equal("asleep", Found("snoozed", null));
        Assert.Equal("free adas bos healing asleep", Found("all", null));
        Assert.Equal("", Found(null, null, FailureCause.Auth.Code));
    }

    [Fact]
    public async Task A_card_takes_one_press_to_acknowledge_and_one_to_take_it_back()
    {
        await using var health = await IsolatedAsync();
        await using var page = await OpenPage.OpenAsync<TriagePage>(health);
        await page.WaitForAsync("Needs you");

        await page.PressAsync("Acknowledge");
        var known = await page.WaitForAsync(", knows of it");
        await page.UndoAsync();
        var back = await page.WaitForAsync(">Acknowledge<");

        Assert.DoesNotContain(">Acknowledge<", known, StringComparison.Ordinal);
        Assert.DoesNotContain(", knows of it", back, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_address_says_which_causes_are_shown()
    {
        await using var health = await IsolatedAsync();
        await using var nobodys = await OpenPage.OpenAsync<TriagePage>(health, query: "?owner=none");
        await using var mine = await OpenPage.OpenAsync<TriagePage>(health, query: "?owner=me");
        var (shown, hidden) = (await nobodys.WaitForAsync("Which causes"), await mine.WaitForAsync("0 of 1 causes match"));

        Assert.Contains("Stopped by hand", shown[shown.IndexOf("class=\"triage\"", StringComparison.Ordinal)..], StringComparison.Ordinal);
        Assert.DoesNotContain("data-card", hidden, StringComparison.Ordinal);
        Assert.Contains(">Mine 0<", hidden, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_cause_of_nothing_but_letters_is_decided_about_in_its_groups()
    {
        await using var health = await HealthWorld.StartAsync();
        health.World.GivenRecords(5);
        health.World.System.Refuse = keys => keys.Contains("3") ? new Failure(FailureCause.Validation, "The shop wants a name.", "422") : null;
        await health.World.RunAsync();
        await health.LookAsync();
        var (tenant, decisions) = (health.World.Tenant, DecisionsOf(health));

        await decisions.AcknowledgeAsync(tenant, await CauseAsync(health), Ada, default);
        var known = await CauseAsync(health);
        await decisions.SnoozeAsync(tenant, known, health.Clock.GetUtcNow().AddHours(1), "wakes in an hour", Ada, default);

        Assert.Equal(("ada@example.com", GroupState.Acknowledged), (known.Care.AcknowledgedBy, known.Groups.Single().Life));
        Assert.Empty((await PictureAsync(health)).Causes);
        Assert.Equal(GroupState.Snoozed, (await health.World.Console.Get<FailureGroupStore>().FindAsync(tenant, known.Groups.Single().GroupId, default))!.State);
    }

    private static Ailing Late(string name) => new(
        North, ObjectKind.Sync, Guid.NewGuid(), name, name, HealthState.Degraded, Given.Now,
        [new Finding(HealthDimension.Freshness, HealthState.Degraded, "Late.", HealsItself: false, new Evidence(EvidenceKind.Schedule, null))]);

    private static CauseDecisions DecisionsOf(HealthWorld health) =>
        new(health.World.Console.Database, health.World.Console.Get<GroupDecisions>(), health.World.Console.Get<AuditTrail>(), health.Clock);

    private static async Task<HealthWorld> IsolatedAsync()
    {
        var health = await HealthWorld.StartAsync();
        health.World.GivenRecords(5);
        await health.World.RunAsync();
        await BreakAsync(health);
        return health;
    }

    private static async Task BreakAsync(HealthWorld health)
    {
        await health.World.Console.Get<CircuitStore>().IsolateAsync(health.World.Tenant, health.World.Sync.DestinationConnectionId, "the vendor asked", null, TestConsole.Somebody, default);
        health.Clock.Advance(TimeSpan.FromMinutes(1));
        await health.LookAsync();
        await KeepAsync(health);
    }

    private static async Task HealAsync(HealthWorld health, TimeSpan forSoLong)
    {
        await health.World.Console.Get<CircuitStore>().CloseAsync(health.World.Tenant, health.World.Sync.DestinationConnectionId, TestConsole.Somebody, default);
        health.Clock.Advance(TimeSpan.FromMinutes(1));
        await health.LookAsync();
        await KeepAsync(health);
        health.Clock.Advance(forSoLong);
        await health.LookAsync();
        await KeepAsync(health);
    }

    private static Task KeepAsync(HealthWorld health) =>
        new CauseKeeper(health.World.Console.Database, new TriageReader(health.World.Console.Database, health.Clock), health.Clock).LookAsync(default);

    private static Task<TriagePicture> PictureAsync(HealthWorld health) => new TriageReader(health.World.Console.Database, health.Clock).ReadAsync([health.World.Tenant], default);

    private static async Task<RootCause> CauseAsync(HealthWorld health) => Assert.Single((await PictureAsync(health)).Causes);
}
