using System.Net;
using System.Text.Json;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Pages;
using IntegrationConsole.DeadLetters.Search;
using IntegrationConsole.Mappings;
using IntegrationConsole.Shell.Views;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Approvals;
using IntegrationConsole.Sync.Pages;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.DeadLetters.Groups;
using IntegrationConsole.Tests.Health;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.DeadLetters;

public sealed class Finding_letters_by_their_records
{
    private const string Record = """
        {"country":"DE","amount":10.50,"paid":false,"note":null,"empty":"","customer.name":"Ada","a|b":"x|y","day":"2026-03-04","address":{"city":"Bern","a/b":"slash"},"lines":[{"sku":"red-1"},{"sku":"Blue-2"}]}
        """;

    [Theory]
    [InlineData("country=DE", true)]
    [InlineData("country=de", false)]
    [InlineData("country = DE", true)]
    [InlineData("country=FR|DE", true)]
    [InlineData("country!=DE", false)]
    [InlineData("country!=FR", true)]
    [InlineData("nowhere!=FR", true)]
    [InlineData("amount=10.5", true)]
    [InlineData("amount>9", true)]
    [InlineData("amount<9", false)]
    [InlineData("country>9", false)]
    [InlineData("day<2026-04-01", true)]
    [InlineData("day>2026-04-01T00:00:00Z", false)]
    [InlineData("paid=false", true)]
    [InlineData("note=", true)]
    [InlineData("empty=", true)]
    [InlineData("nowhere=", true)]
    [InlineData("country=", false)]
    [InlineData("country!=", true)]
    [InlineData("address.city=Bern", true)]
    [InlineData("/address/a~1b=slash", true)]
    [InlineData("/address/a~1b~lash", true)]
    [InlineData("customer.name=Ada", true)]
    [InlineData("lines.sku=red-1", true)]
    [InlineData("lines[*].sku=red-1", true)]
    [InlineData("lines[1].sku=red-1", false)]
    [InlineData("lines.sku~blue", true)]
    [InlineData("lines.sku!~blue", false)]
    [InlineData("lines.sku!=green", true)]
    [InlineData(@"a|b=x\|y", true)]
    [InlineData("address=Bern", false)]
    public void A_condition_holds_as_it_is_written(string text, bool holds)
    {
        using var record = JsonDocument.Parse(Record);

        Assert.Equal(holds, FieldCondition.Parse(text)!.Holds(record.RootElement));
    }

    [Theory]
    [InlineData("country")]
    [InlineData("=DE")]
    [InlineData("country~")]
    [InlineData("country>|")]
    [InlineData("")]
    public void What_says_nothing_is_no_condition(string text) => Assert.Null(FieldCondition.Parse(text));

    [Fact]
    public async Task The_list_shows_letters_whose_records_hold_a_value_and_all_that_match_go_together()
    {
        await using var world = await GivenCountriesAsync();
        await using var page = await OpenAsync(world, "t/x/dead-letters?value=country%3DDE");

        var found = WebUtility.HtmlDecode(await page.ReadAsync());

        Assert.Equal(["berlin", "bonn"], KeysIn(found));
        Assert.Contains("2 open letters match", found, StringComparison.Ordinal);
        Assert.Contains("Looked into all 4 records.", found, StringComparison.Ordinal);
        Assert.Contains("dead-letters/letters.ndjson?value=country%3DDE", found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_somebody_corrected_counts_as_it_would_be_sent()
    {
        await using var world = await GivenCountriesAsync();
        var rome = (await world.Letters.ListAsync(world.Tenant, new DeadLetterFilter(Text: "rome"), null, 1, default)).Items.Single();
        await world.Letters.EditAsync(world.Tenant, rome.Id, rome.Version, """{"country":"DE"}"""u8.ToArray(), TestConsole.Somebody, default);

        var finding = await LookAsync(world, "country=DE");

        Assert.Equal(3, finding.Ids.Count);
        Assert.Contains(rome.Id, finding.Ids);
    }

    [Fact]
    public async Task Several_values_narrow_together_and_with_the_other_filters()
    {
        await using var world = await GivenCountriesAsync();

        Assert.Equal(["bonn"], await KeysAsync(world, await LookAsync(world, "country=DE", "size>5")));
        Assert.Equal(["berlin", "bonn"], await KeysAsync(world, await world.Console.Get<RecordSearch>().LookAsync(
            world.Tenant, new DeadLetterFilter(Text: "b"), [FieldCondition.Parse("size>0")!], TestConsole.Somebody, default)));
    }

    [Fact]
    public async Task Only_the_newest_are_looked_into_and_it_says_so()
    {
        await using var world = await GroupWorld.StartAsync();
        await world.FailAsync("no", 1, [.. Enumerable.Range(0, RecordSearch.MostLetters).Select(number => $"{number}")]);
        world.Clock.Advance(TimeSpan.FromSeconds(1));
        await world.FailAsync("no", 1, "newest");
        await world.RunAsync("update dead_letter set last_failed_at = last_failed_at - interval '1 hour' where record_key = '7'");

        Assert.Equal((0, RecordSearch.MostLetters, false), await OfAsync("key=7"));
        Assert.Equal((1, RecordSearch.MostLetters, false), await OfAsync("key=newest"));

        await using var page = await OpenAsync(world, "t/x/dead-letters?value=key%3Dnewest");
        Assert.Contains("Looked into the newest 10,000 records; for older ones choose days before them.", WebUtility.HtmlDecode(await page.ReadAsync()), StringComparison.Ordinal);

        async Task<(int, int, bool)> OfAsync(string condition) => await LookAsync(world, condition) is var finding ? (finding.Ids.Count, finding.Looked, finding.IsAll) : default;
    }

    [Fact]
    public async Task Who_may_not_see_records_does_not_find_letters_by_them_either()
    {
        await using var world = await GivenCountriesAsync();
        var viewer = await OpenPage.InviteAsync(world.Console, mayAll: false);
        await world.Console.Get<AccessStore>().SetRoleAsync(world.Tenant, viewer, Role.Viewer, TestConsole.Somebody, default);
        await using var page = await OpenPage.OpenAsync<DeadLettersPage>(world.Console, world.Clock, world.Tenant, "t/x/dead-letters?value=country%3DDE", viewer);

        var shown = WebUtility.HtmlDecode(await page.ReadAsync());

        Assert.Equal(["berlin", "bonn", "paris", "rome"], KeysIn(shown));
        Assert.Contains("Needs the role Operator; that part of it is left out.", shown, StringComparison.Ordinal);
        Assert.Empty(await RevealsAsync(world));
    }

    [Fact]
    public async Task A_file_of_letters_that_were_found_is_for_those_who_may_see_records()
    {
        await using var site = await HealthSite.StartAsync(isWorker: false);
        var reader = await site.SignInAsync(platformAdmin: false);
        var slug = $"t{Guid.NewGuid():n}"[..20];
        var tenant = (await site.Get<TenantStore>().CreateAsync(new TenantSettings("Acme", slug, "Europe/Berlin", ""), TestConsole.Somebody, default))!.Value;
        await GivenALetterAsync(site, tenant, "berlin", """{"country":"DE"}""");
        await GivenALetterAsync(site, tenant, "paris", """{"country":"FR"}""");
        var address = $"/t/{slug}/dead-letters/letters.ndjson";

        await site.Get<AccessStore>().SetRoleAsync(tenant, reader, Role.Viewer, TestConsole.Somebody, default);
        Assert.Equal(2, (await site.Client.GetStringAsync(address)).Trim().Split('\n').Length);
        Assert.Equal(HttpStatusCode.Forbidden, (await site.Client.GetAsync($"{address}?value=country%3DDE")).StatusCode);

        await site.Get<AccessStore>().SetRoleAsync(tenant, reader, Role.Operator, TestConsole.Somebody, default);
        var found = await site.Client.GetStringAsync($"{address}?value=country%3DDE");
        Assert.Contains("\"berlin\"", found, StringComparison.Ordinal);
        Assert.DoesNotContain("\"paris\"", found, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_trail_says_by_which_field_somebody_looked_and_not_for_what()
    {
        await using var world = await GivenCountriesAsync();
        await LookAsync(world, "country=DE");
        await LookAsync(world, "country=FR");

        var entry = Assert.Single(await RevealsAsync(world));

        Assert.Equal(("found by their records", "country"), (entry.ObjectName, entry.Detail));
    }

    [Fact]
    public async Task The_composer_takes_the_letters_that_were_found_and_keeps_no_value_of_a_record()
    {
        await using var world = await GivenCountriesAsync();
        await using var page = await OpenPage.OpenAsync<ReplayComposerPage>(world.Console, world.Clock, world.Tenant, "t/x/replays/new?value=country%3DDE");
        Assert.Contains("2 letters", await page.WaitForAsync("Their records were looked into: all 4 that wait."), StringComparison.Ordinal);

        await page.PressAsync("Save as draft");

        var draft = (await world.Console.Get<ReplayStore>().ListAsync(world.Tenant, new ReplayFilter(), null, 10, default)).Items.Single();
        Assert.Equal("Letters found by country", draft.Scope);
        Assert.DoesNotContain("DE", draft.Address, StringComparison.Ordinal);
        Assert.Contains("found=country", draft.Address, StringComparison.Ordinal);
        await using var again = await OpenPage.OpenAsync<ReplayComposerPage>(world.Console, world.Clock, world.Tenant, draft.Address!.TrimStart('/'));
        Assert.Contains("2 letters found by country", await again.WaitForAsync("found by country"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_replay_of_all_that_match_keeps_their_ids_and_not_the_value()
    {
        await using var world = await GivenCountriesAsync();
        var finding = await LookAsync(world, "country=DE");
        var selection = new ReplaySelection(null, new DeadLetterFilter { Among = finding.Ids }, false, "all 2 letters that match");

        var replay = await world.Console.Get<SecondPerson>().ReplayAsync(world.Tenant, selection, ReplayOptions.Standard, "because", TestConsole.Somebody, 0, default);

        Assert.Equal(2, replay!.Letters);
        Assert.Equal(["paris", "rome"], (await world.LettersAsync(new DeadLetterFilter(State: LetterState.Waiting))).Order());
        Assert.DoesNotContain("DE", selection.Kept, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Failures_are_narrowed_to_the_groups_of_letters_that_were_found_and_to_days()
    {
        await using var world = await GivenCountriesAsync();
        world.Clock.Advance(TimeSpan.FromDays(2));
        await world.FailWithAsync("something else", "wien", """{"country":"AT"}""");
        var today = world.Clock.GetUtcNow().ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var before = world.Clock.GetUtcNow().AddDays(-1).ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);

        Assert.Equal(["no"], await OfAsync("value=country%3DDE"));
        Assert.Equal(["something else"], await OfAsync("value=country%3DAT"));
        Assert.Equal([], await OfAsync("value=country%3DXX"));
        Assert.Equal(["something else"], await OfAsync($"from={today}"));
        Assert.Equal(["no"], await OfAsync($"to={before}"));

        async Task<IReadOnlyList<string>> OfAsync(string query)
        {
            await using var page = await OpenPage.OpenAsync<FailuresPage>(world.Console, world.Clock, world.Tenant, $"t/x/failures?{query}");
            return [.. System.Text.RegularExpressions.Regex.Matches(await page.ReadAsync(), "row-link\" href=\"/t/[^/]+/failures/[0-9a-f-]{36}\">([^<]+)<").Select(match => match.Groups[1].Value)];
        }
    }

    [Fact]
    public void A_saved_view_keeps_no_value_of_a_record() =>
        Assert.Equal("cause=validation", ViewAddress.Of(new Uri("http://console/t/x/dead-letters?value=country%3DDE&cause=validation&sel=1"), "x").Query);

    private static async Task<GroupWorld> GivenCountriesAsync()
    {
        var world = await GroupWorld.StartAsync();
        await world.FailWithAsync("no", "berlin", """{"country":"DE","size":3}""");
        await world.FailWithAsync("no", "bonn", """{"country":"DE","size":7}""");
        await world.FailWithAsync("no", "paris", """{"country":"FR","size":9}""");
        await world.FailWithAsync("no", "rome", "no json");
        return world;
    }

    private static async Task GivenALetterAsync(HealthSite site, TenantId tenant, string key, string record)
    {
        var sync = await site.Get<SyncStore>().ListAsync(tenant, default) is [var known, ..] ? known : await GivenASyncAsync(site, tenant);
        await using var session = await site.Database.InTenantAsync(tenant, default);
        var casualty = new Casualty(key, LetterStage.Write, LetterOutcome.Rejected, new Failure(FailureCause.Validation, "no"), System.Text.Encoding.UTF8.GetBytes(record));
        await site.Get<DeadLetterParking>().ParkAsync(session, new LetterContext(tenant, sync.Id, Guid.NewGuid(), 1, "node", "somebody"), [casualty], default);
        await session.CommitAsync(default);
    }

    private static async Task<SyncDefinition> GivenASyncAsync(HealthSite site, TenantId tenant)
    {
        var connection = (await site.Get<ConnectionStore>().CreateAsync(tenant, new ConnectionDraft("fake", "fake", "{}", null), TestConsole.Somebody, default))!.Value;
        var draft = new SyncDraft("Job", connection, "things", ReadMode.Full, connection, "things", WriteMode.Upsert, ["id"], false, Schedule.Manual, OverlapRule.Queue);
        return await site.Get<SyncStore>().CreateAsync(tenant, draft, new MappingDocument([new() { Name = "id", Source = "id" }], []), TestConsole.Somebody, default);
    }

    private static Task<OpenPage> OpenAsync(GroupWorld world, string address) => OpenPage.OpenAsync<DeadLettersPage>(world.Console, world.Clock, world.Tenant, address);

    private static Task<RecordFinding> LookAsync(GroupWorld world, params string[] conditions) => world.Console.Get<RecordSearch>().LookAsync(
        world.Tenant, new DeadLetterFilter(), [.. conditions.Select(condition => FieldCondition.Parse(condition)!)], TestConsole.Somebody, default);

    private static async Task<IReadOnlyList<string>> KeysAsync(GroupWorld world, RecordFinding finding) =>
        [.. (await world.LettersAsync(new DeadLetterFilter { Among = finding.Ids })).Order(StringComparer.Ordinal)];

    private static Task<IReadOnlyList<AuditEntry>> RevealsAsync(GroupWorld world) =>
        world.Console.Get<AuditTrail>().ListAsync(world.Tenant, new AuditFilter(Action: "reveal"), null, 20, default);

    private static IReadOnlyList<string> KeysIn(string html) =>
        [.. System.Text.RegularExpressions.Regex.Matches(html, "row-link mono\" href=\"[^\"]+\"[^>]*>([^<]+)<").Select(match => match.Groups[1].Value).Order(StringComparer.Ordinal)];
}
