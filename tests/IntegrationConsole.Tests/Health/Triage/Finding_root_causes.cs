using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Health.Triage;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Tests.Health.Triage;

public sealed class Finding_root_causes
{
    private static readonly TenantName North = new(new TenantId(Guid.CreateVersion7()), "north", "North");
    private static readonly TenantName South = new(new TenantId(Guid.CreateVersion7()), "south", "South");
    private static readonly NextStep Probe = new("next probe", Given.Now.AddSeconds(42));

    [Fact]
    public void A_connection_that_fails_is_one_cause_with_the_integrations_that_fail_because_of_it()
    {
        var shop = Connection(North, "Shop", FailureCause.Auth);
        Ailing[] ailing = [shop, Sync(North, "Orders", shop.Id, Stopped(FailureCause.Auth), Late()), Sync(North, "Items", shop.Id, AtRisk(shop.Id))];

        var cause = Assert.Single(RootCauses.Find(ailing, []));

        Assert.Equal(("Sign-in refused", "Shop", false), (cause.Title, cause.Subject, cause.HealsItself));
        Assert.Equal(["Items", "Orders"], cause.Integrations.Select(sync => sync.Name));
        Assert.Equal("Last good run 3 h ago.", cause.Promise);
        Assert.Equal(("Replace the credential", $"/t/north/credentials/{shop.CredentialId}"), (cause.Remedy.Words, cause.Remedy.Href));
    }

    [Fact]
    public void A_system_that_is_down_for_two_tenants_is_one_cause_that_is_probed_for_both()
    {
        var here = Connection(North, "Shop", FailureCause.TargetDown, Probe, host: "api.shop.example");
        var there = Connection(South, "Their shop", FailureCause.TargetDown, Probe, host: "api.shop.example");
        Ailing[] ailing = [here, there, Sync(North, "Orders", here.Id, Stopped(FailureCause.TargetDown)), Sync(South, "Invoices", there.Id, Stopped(FailureCause.TargetDown))];

        var cause = Assert.Single(RootCauses.Find(ailing, []));

        Assert.Equal(("api.shop.example", true, Probe), (cause.Subject, cause.HealsItself, cause.Next));
        Assert.Equal([North, South], cause.Tenants);
        Assert.Equal((RemedyKind.Probe, "Probe all 2"), (cause.Remedy.Kind, cause.Remedy.Words));
        Assert.Equal([(North, here.Id), (South, there.Id)], cause.Remedy.Targets);
    }

    [Fact]
    public void A_refused_sign_in_of_two_tenants_at_one_system_is_two_causes()
    {
        var here = Connection(North, "Shop", FailureCause.Auth, host: "api.shop.example");
        var there = Connection(South, "Their shop", FailureCause.Auth, host: "api.shop.example");

        Assert.Equal(2, RootCauses.Find([here, there], []).Count);
    }

    [Fact]
    public void Letters_that_a_failing_connection_made_are_counted_to_it_and_others_are_causes_of_their_own()
    {
        var shop = Connection(North, "Shop", FailureCause.TargetDown, Probe);
        var orders = Sync(North, "Orders", shop.Id, Stopped(FailureCause.TargetDown));
        LetterGroup[] letters = [Letters(orders, "down", FailureCause.TargetDown, 214, waiting: 57), Letters(orders, "tax", FailureCause.Mapping, 3, field: "/lines/*/taxCode")];

        var causes = RootCauses.Find([shop, orders], letters);

        Assert.Equal(["Mapping", "System down"], causes.Select(cause => cause.Title));
        Assert.Equal((214, 57), (causes[1].Letters, causes[1].Waiting));
        Assert.Equal(("Orders, field /lines/*/taxCode", "Open mapping at /lines/*/taxCode"), (causes[0].Subject, causes[0].Remedy.Words));
    }

    [Theory]
    [InlineData(FailureCause.Auth, false)]
    [InlineData(FailureCause.TargetDown, true)]
    public void A_refused_sign_in_does_not_heal_when_fewer_calls_fail(FailureCause cause, bool heals)
    {
        var shop = Connection(North, "Shop", cause, Probe);
        var orders = Sync(North, "Orders", shop.Id, Stopped(cause));

        var found = RootCauses.Find([shop, orders], [Letters(orders, "refused", cause, 214)]);

        Assert.Equal((heals, heals ? Probe : null), (found[0].HealsItself, found[0].Next));
    }

    [Fact]
    public void Letters_of_one_failure_at_two_tenants_are_one_cause_where_it_is_mended_once_for_all()
    {
        var orders = Sync(North, "Orders", Guid.NewGuid());
        var invoices = Sync(South, "Invoices", Guid.NewGuid());

        var cause = Assert.Single(RootCauses.Find([], [Letters(orders, "same", FailureCause.Bug, 40), Letters(invoices, "same", FailureCause.Bug, 2)]));

        Assert.Equal((42, "2 integrations"), (cause.Letters, cause.Subject));
        Assert.Equal([North, South], cause.Tenants);
        Assert.Equal(2, RootCauses.Find([], [Letters(orders, "same", FailureCause.Mapping, 40), Letters(invoices, "same", FailureCause.Mapping, 2)]).Count);
    }

    [Fact]
    public void A_run_that_the_same_failure_stopped_belongs_to_its_letters()
    {
        var orders = Sync(North, "Orders", Guid.NewGuid(), Stopped(FailureCause.Mapping), Late());

        var cause = Assert.Single(RootCauses.Find([orders], [Letters(orders, "tax", FailureCause.Mapping, 5)]));

        Assert.Equal((HealthState.Failing, 5, "Last good run 3 h ago."), (cause.State, cause.Letters, cause.Promise));
    }

    [Fact]
    public void What_is_late_although_nothing_failed_is_one_cause_however_many_integrations_there_are()
    {
        var late = Enumerable.Range(1, 40).Select(number => Sync(North, $"Sync {number}", Guid.NewGuid(), Late())).ToList();

        var cause = Assert.Single(RootCauses.Find(late, []));

        Assert.Equal(("Late", "40 integrations", 40), (cause.Title, cause.Subject, cause.Integrations.Count));
        Assert.Equal((RemedyKind.RunNow, 40), (cause.Remedy.Kind, cause.Remedy.Targets.Count));
    }

    [Fact]
    public void A_sender_that_is_silent_is_looked_after_and_no_run_is_offered()
    {
        var silent = Sync(North, "Orders", Guid.NewGuid(), Late() with { Reason = "Nothing has arrived.", Evidence = new Evidence(EvidenceKind.Figures) });

        var cause = Assert.Single(RootCauses.Find([silent], []));

        Assert.Equal(("Nothing arrives", "Open the integration"), (cause.Title, cause.Remedy.Words));
        Assert.NotEqual(RemedyKind.RunNow, cause.Remedy.Kind);
    }

    [Fact]
    public void Too_few_records_and_sides_that_differ_stand_beside_a_failing_connection()
    {
        var shop = Connection(North, "Shop", FailureCause.RateLimit, Probe);
        var run = Guid.NewGuid();
        var orders = Sync(
            North, "Orders", shop.Id, Stopped(FailureCause.RateLimit),
            new Finding(HealthDimension.Completeness, HealthState.Degraded, "3 differ.", false, new Evidence(EvidenceKind.Sync)));
        var items = Sync(North, "Items", Guid.NewGuid(), new Finding(HealthDimension.Volume, HealthState.Failing, "Nothing came.", false, new Evidence(EvidenceKind.Run, run)));

        var causes = RootCauses.Find([shop, orders, items], []);

        Assert.Equal(["Unusual volume", "Sides differ", "Rate limit"], causes.Select(cause => cause.Title));
        Assert.Equal($"/t/north/runs/{run}", causes[0].Remedy.Href);
        Assert.Equal($"/t/north/circuits?tab=budgets&slow={shop.Id}", causes[2].Remedy.Href);
    }

    [Fact]
    public void What_needs_somebody_comes_first_then_what_fails_then_what_reaches_far()
    {
        var shop = Connection(North, "Shop", FailureCause.TargetDown, Probe);
        var small = Sync(North, "Small", Guid.NewGuid(), Stopped(FailureCause.Configuration));
        var (one, two) = (Sync(North, "One", Guid.NewGuid()), Sync(South, "Two", Guid.NewGuid()));

        var causes = RootCauses.Find(
            [shop, Sync(North, "Orders", shop.Id, Stopped(FailureCause.TargetDown)), small],
            [Letters(one, "wide", FailureCause.Bug, 1), Letters(two, "wide", FailureCause.Bug, 1), Letters(one, "deep", FailureCause.Mapping, 900)]);

        Assert.Equal(["Configuration", "Our bug", "Mapping", "System down"], causes.Select(cause => cause.Title));
    }

    [Fact]
    public void The_sentence_says_what_why_for_whom_since_when_and_whether_it_heals()
    {
        var shop = Connection(North, "Shop", FailureCause.Auth);
        var causes = RootCauses.Find(
            [shop, Sync(North, "Orders", shop.Id, Stopped(FailureCause.Auth))], [Letters(Sync(South, "Invoices", Guid.NewGuid()), "tax", FailureCause.Mapping, 214)]);

        Assert.Equal(
            "1 integration is failing, 1 degraded. Main cause: sign-in refused (Shop) since 08:12. 214 records wait as dead letters. None of the 2 causes heals by itself.",
            TriageSentence.Of(Picture(causes, failing: 1, degraded: 1), Given.Berlin, Given.Now));
    }

    [Fact]
    public void When_nothing_is_wrong_the_sentence_says_so()
    {
        Assert.Equal(
            "All 41 integrations keep their promises. The last problem ended 3 days ago.",
            TriageSentence.Of(Picture([]) with { LastTrouble = Given.Now.AddDays(-3) }, Given.Berlin, Given.Now));
        Assert.Equal("There is no integration yet.", TriageSentence.Of(Picture([]) with { Integrations = 0 }, Given.Berlin, Given.Now));
    }

    [Fact]
    public void The_sentence_counts_the_tenants_in_which_an_integration_fails_and_no_others()
    {
        var causes = RootCauses.Find([], [Letters(Sync(North, "Orders", Guid.NewGuid()), "tax", FailureCause.Mapping, 3), Letters(Sync(South, "Invoices", Guid.NewGuid()), "vat", FailureCause.Mapping, 3)]);
        var three = Picture(causes, failing: 3, degraded: 4) with { TenantsWith = new Dictionary<HealthState, int> { [HealthState.Failing] = 2, [HealthState.Degraded] = 9 } };

        Assert.StartsWith("3 integrations of 2 tenants are failing, 4 degraded. ", TriageSentence.Of(three, Given.Berlin, Given.Now), StringComparison.Ordinal);
        Assert.StartsWith("4 integrations of 9 tenants are degraded. ", TriageSentence.Of(three with { States = Picture([], degraded: 4).States }, Given.Berlin, Given.Now), StringComparison.Ordinal);
        Assert.StartsWith("2 things of 2 tenants need a look. ", TriageSentence.Of(three with { States = Picture([]).States }, Given.Berlin, Given.Now), StringComparison.Ordinal);
    }

    [Fact]
    public void What_only_snoozed_causes_explain_is_not_counted_in_the_sentence()
    {
        var causes = RootCauses.Find([Connection(North, "Shop", FailureCause.Auth)], []);
        var picture = Picture(causes, failing: 5, degraded: 2) with
        {
            TenantsWith = new Dictionary<HealthState, int> { [HealthState.Failing] = 3, [HealthState.Degraded] = 1 },
            Asleep = new Dictionary<HealthState, StateCount> { [HealthState.Failing] = new(3, 1), [HealthState.Degraded] = new(2, 1) },
        };

        Assert.StartsWith("2 integrations of 2 tenants are failing. Main cause: ", TriageSentence.Of(picture, Given.Berlin, Given.Now), StringComparison.Ordinal);
    }

    [Fact]
    public void The_sentence_claims_nothing_of_what_nobody_looks_at_any_more()
    {
        var since = Given.Now.AddMinutes(-20);
        var stale = Picture([], unknown: 41) with { StaleSince = since };
        var shop = Connection(North, "Shop", FailureCause.Auth);
        var known = stale with { Causes = RootCauses.Find([shop], []) };

        Assert.Equal("How 41 integrations are doing is not known since 08:40.", TriageSentence.Of(stale, Given.Berlin, Given.Now));
        Assert.Equal("How 41 integrations are doing is not known since 08:40. The main cause known then: sign-in refused (Shop) since 08:12.", TriageSentence.Of(known, Given.Berlin, Given.Now));
        Assert.EndsWith(
            "How 40 integrations are doing is not known since 08:40.",
            TriageSentence.Of(known with { States = Picture([], failing: 1, unknown: 40).States }, Given.Berlin, Given.Now), StringComparison.Ordinal);
    }

    private static TriagePicture Picture(IReadOnlyList<RootCause> causes, int failing = 0, int degraded = 0, int unknown = 0) => new(
        causes, 41,
        Enum.GetValues<HealthState>().ToDictionary(state => state, state => state switch { HealthState.Failing => failing, HealthState.Degraded => degraded, HealthState.Unknown => unknown, _ => 0 }),
        new Dictionary<HealthState, int>(), null, Given.Now, null);

    private static Ailing Connection(TenantName tenant, string name, FailureCause cause, NextStep? next = null, string host = "")
    {
        var id = Guid.NewGuid();
        var finding = new Finding(HealthDimension.Resilience, HealthState.Failing, $"{name} fails.", next is not null, new Evidence(EvidenceKind.Connection, id)) { Cause = cause, Next = next };
        return new Ailing(tenant, ObjectKind.Connection, id, name, "", HealthState.Failing, Given.Minutes(48), [finding], CredentialId: Guid.NewGuid(), Host: host);
    }

    private static Ailing Sync(TenantName tenant, string name, Guid destination, params Finding[] findings) => new(
        tenant, ObjectKind.Sync, Guid.NewGuid(), name, name.ToLowerInvariant(), HealthState.Failing, Given.Minutes(30), findings, Guid.NewGuid(), destination);

    private static Finding Stopped(FailureCause cause) =>
        new(HealthDimension.Runs, HealthState.Failing, $"A run failed: {cause}.", cause.IsTransient, new Evidence(EvidenceKind.Run, Guid.NewGuid())) { Cause = cause };

    private static Finding Late() => new(HealthDimension.Freshness, HealthState.Failing, "Last good run 3 h ago.", false, new Evidence(EvidenceKind.Schedule));

    private static Finding AtRisk(Guid connection) =>
        new(HealthDimension.Connections, HealthState.Degraded, "Its connection is failing.", false, new Evidence(EvidenceKind.Connection, connection));

    private static LetterGroup Letters(Ailing sync, string pattern, FailureCause cause, int open, int waiting = 0, string field = "") => new(
        sync.Tenant, sync.Id, sync.Slug, sync.Name, Guid.NewGuid(), pattern, cause, LetterStage.Write, field, "It was refused.", open, waiting, Given.Minutes(20),
        Given.Minutes(2), GroupState.Open, "", sync.SourceId!.Value, sync.DestinationId!.Value);
}
