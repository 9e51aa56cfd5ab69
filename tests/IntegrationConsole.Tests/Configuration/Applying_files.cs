using System.Text;
using System.Text.Json;
using IntegrationConsole.Access;
using IntegrationConsole.Configuration;
using IntegrationConsole.Connectors;
using IntegrationConsole.Credentials;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Trials;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Mappings;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Configuration;

public sealed class Applying_files
{
    [Fact]
    public async Task A_tenant_is_made_with_everything_it_has_and_each_thing_is_a_line()
    {
        await using var world = await ApplyWorld.StartAsync();

        var (code, text) = await world.ApplyAsync(ApplyWorld.Small);

        Assert.Equal("""
            + tenant north-wind: North Wind
            + credential ERP key: apiKey
            + connection erp
            + connection tables
            + lookup States: 2 rows
            + integration orders: erp orders → tables Prices, Every 15 minutes
            + mapping orders: 2 fields
            7 changes to north-wind are made.

            """, text);
        Assert.Equal(CommandLine.Done, code);
        var tenant = await world.TenantAsync();
        var sync = (await world.Console.Get<SyncStore>().FindBySlugAsync(tenant, "orders", default))!;
        Assert.Equal(new Schedule(ScheduleKind.Interval, Minutes: 15), sync.When);
        Assert.Equal("From north-wind.yaml", (await world.Console.Get<MappingStore>().FindPublishedAsync(tenant, sync.MappingId, default))!.Note);
        var credential = Assert.Single(await world.Console.Get<CredentialStore>().ListAsync(tenant, default));
        Assert.Equal(ApplyWorld.Secret, (await world.Console.Get<CredentialStore>().OpenAsync(tenant, credential.Id, default))!.Value.Secret);
    }

    [Fact]
    public async Task A_second_time_nothing_is_written()
    {
        await using var world = await ApplyWorld.StartAsync();
        await world.ApplyAsync(ApplyWorld.Small);
        var before = await world.TracesAsync();

        Assert.Equal((CommandLine.Done, "= nothing to change\n"), await world.ApplyAsync(ApplyWorld.Small));
        Assert.Equal(before, await world.TracesAsync());
    }

    [Fact]
    public async Task Quotas_are_as_the_file_says_and_stay_where_it_says_nothing()
    {
        await using var world = await ApplyWorld.StartAsync();
        var limited = ApplyWorld.Small.Replace("Europe/Berlin }", "Europe/Berlin, quotas: { concurrentRuns: 8, letterMegabytes: 0 } }");
        var (_, made) = await world.ApplyAsync(limited);
        var tenant = await world.TenantAsync();
        var before = await world.TracesAsync();

        Assert.Contains("~ tenant north-wind: runs at the same time the default → 8; megabytes of dead letters the default → 0\n", made);
        Assert.Equal(new QuotaSettings(8, null, null, 0), await OwnAsync());
        Assert.Equal((CommandLine.Done, "= nothing to change\n"), await world.ApplyAsync(limited));
        Assert.Equal((CommandLine.Done, "= nothing to change\n"), await world.ApplyAsync(ApplyWorld.Small));
        Assert.Equal(before, await world.TracesAsync());

        var (_, text) = await world.ApplyAsync(limited.Replace("letterMegabytes: 0", "callsPerMinute: 600"));

        Assert.Contains("~ tenant north-wind: calls per minute the default → 600; megabytes of dead letters 0 → the default\n", text);
        Assert.Equal(new QuotaSettings(8, null, 600, null), await OwnAsync());

        async Task<QuotaSettings> OwnAsync() => (await world.Console.Get<QuotaStore>().FindAsync(tenant, default)).Own;
    }

    [Fact]
    public async Task The_trail_names_the_command_and_holds_what_the_pages_write_in_the_order_of_need()
    {
        await using var world = await ApplyWorld.StartAsync();
        await world.ApplyAsync(ApplyWorld.Small);

        var entries = await world.AuditAsync();

        Assert.All(entries, entry => Assert.Equal("console apply", entry.Actor));
        Assert.Equal(
            ["create tenant", "create credential", "create connection", "create connection", "create lookup table", "create mapping", "create integration", "publish mapping"],
            entries.Select(entry => $"{entry.Action} {entry.ObjectKind}"));
        Assert.Null((await world.Console.Get<AuditTrail>().VerifyAsync(await world.TenantAsync(), default)).Broken);
    }

    [Fact]
    public async Task A_plan_says_the_same_and_leaves_nothing_behind()
    {
        await using var world = await ApplyWorld.StartAsync();
        await world.ApplyAsync(ApplyWorld.Small);
        var before = await world.TracesAsync();
        var changed = ApplyWorld.Small.Replace("everyMinutes: 15", "everyMinutes: 60").Replace("P: paid", "P: payed");

        var (planCode, plan) = await world.ApplyAsync(changed, "--dry-run");
        var after = await world.TracesAsync();
        var (_, done) = await world.ApplyAsync(changed);

        Assert.Equal("~ lookup States: 1 row changed\n~ integration orders: schedule every 15 minutes → every hour\n2 changes to north-wind would be made; nothing was changed.\n", plan);
        Assert.Equal((CommandLine.Done, before), (planCode, after));
        Assert.Equal(plan.Replace("would be made; nothing was changed", "are made"), done);
    }

    [Fact]
    public async Task Each_thing_that_differs_is_changed_and_said_in_words()
    {
        await using var world = await ApplyWorld.StartAsync();
        await world.ApplyAsync(ApplyWorld.Small);
        world.Environment["ERP_API_KEY"] = "another-secret-that-nobody-prints";

        var (_, text) = await world.ApplyAsync(ApplyWorld.Small
            .Replace("name: North Wind", "name: North Wind Ltd").Replace("name: X-Api-Key", "name: X-Key").Replace("https://erp.example.com", "https://erp2.example.com")
            .Replace("P: paid", "S: shipped").Replace("{ name: value, source: status", "{ name: value, source: state").Replace("schedule:", "paused: until Monday\n    overlap: skip\n    schedule:"));

        Assert.Equal("""
            ~ tenant north-wind: name North Wind → North Wind Ltd
            ~ credential ERP key: name X-Api-Key → X-Key; secret replaced
            ~ connection erp: baseAddress https://erp.example.com → https://erp2.example.com
            ~ lookup States: 1 row added, 1 row removed
            ~ mapping orders: v2 is published: value now comes from state instead of status
            ~ integration orders: overlap queue → skip
            ~ integration orders: paused: until Monday
            7 changes to north-wind are made.

            """, text);
    }

    [Fact]
    public async Task What_the_file_does_not_name_stays()
    {
        await using var world = await ApplyWorld.StartAsync();
        await world.ApplyAsync(ApplyWorld.Small);

        Assert.Equal((CommandLine.Done, "= nothing to change\n"), await world.ApplyAsync("tenant: { slug: north-wind }"));
        Assert.Equal(2, (await world.Console.Get<ConnectionStore>().ListAsync(await world.TenantAsync(), default)).Count);
    }

    [Fact]
    public async Task What_people_paused_stays_paused_until_the_file_says_otherwise()
    {
        await using var world = await ApplyWorld.StartAsync();
        await world.ApplyAsync(ApplyWorld.Small);
        var (tenant, syncs) = (await world.TenantAsync(), world.Console.Get<SyncStore>());
        var sync = (await syncs.FindBySlugAsync(tenant, "orders", default))!;
        await syncs.SetPausedAsync(tenant, sync.Id, "the ERP is being moved", TestConsole.Somebody, default);

        Assert.Equal("= nothing to change\n", (await world.ApplyAsync(ApplyWorld.Small)).Text);
        Assert.Equal("~ integration orders: resumed\n1 change to north-wind is made.\n", (await world.ApplyAsync(ApplyWorld.Small.Replace("schedule:", "paused: false\n    schedule:"))).Text);
        Assert.Null((await syncs.FindAsync(tenant, sync.Id, default))!.PausedAt);
    }

    [Fact]
    public async Task A_saved_test_that_fails_leaves_everything_as_it_was()
    {
        await using var world = await ApplyWorld.StartAsync();
        await world.ApplyAsync(ApplyWorld.Small);
        var tenant = await world.TenantAsync();
        var sync = (await world.Console.Get<SyncStore>().FindBySlugAsync(tenant, "orders", default))!;
        await world.Console.Get<SavedTestStore>().SaveAsync(tenant, sync.MappingId, null, new TestDraft(
            "a new one", Encoding.UTF8.GetBytes("""{"id":"4711","status":"N"}"""),
            new Expectation(ExpectedEnd.Rows, [new Dictionary<string, string?> { ["key"] = "4711", ["value"] = "new" }]), Trial.Noon), TestConsole.Somebody, default);
        var before = await world.TracesAsync();

        var (code, text) = await world.ApplyAsync(ApplyWorld.Small.Replace("https://erp.example.com", "https://other.example.com").Replace("N: new", "N: brand new").Replace("source: id", "source: number"));

        Assert.Equal(CommandLine.Failed, code);
        Assert.StartsWith("The mapping of orders does not pass a saved test: a new one (", text);
        Assert.EndsWith("Nothing was changed.\n", text);
        Assert.DoesNotContain("4711", text);
        Assert.Equal(before, await world.TracesAsync());
    }

    [Fact]
    public async Task Somebodys_draft_is_not_written_over()
    {
        await using var world = await ApplyWorld.StartAsync();
        await world.ApplyAsync(ApplyWorld.Small);
        var (tenant, mappings) = (await world.TenantAsync(), world.Console.Get<MappingStore>());
        var mapping = (await world.Console.Get<SyncStore>().FindBySlugAsync(tenant, "orders", default))!.MappingId;
        var published = (await mappings.FindPublishedAsync(tenant, mapping, default))!;
        await mappings.SaveDraftAsync(tenant, mapping, 1, published.EditedAt, published.Parsed with { Filter = "id" }, TestConsole.Somebody, default);

        var (code, text) = await world.ApplyAsync(ApplyWorld.Small.Replace("source: status", "source: state"));

        Assert.Equal((CommandLine.Failed, "somebody@example.com saved a draft of the mapping of orders, and it is otherwise than the file's: publish or discard it on the page first.\nNothing was changed.\n"), (code, text));
        Assert.Equal("= nothing to change\n", (await world.ApplyAsync(ApplyWorld.Small)).Text);
    }

    [Fact]
    public async Task A_new_credential_needs_its_variable_and_one_that_exists_keeps_its_secret_without()
    {
        await using var world = await ApplyWorld.StartAsync();
        world.Environment.Clear();
        var refused = await world.ApplyAsync(ApplyWorld.Small);
        world.Environment["ERP_API_KEY"] = ApplyWorld.Secret;
        await world.ApplyAsync(ApplyWorld.Small);
        world.Environment.Clear();

        Assert.Equal((CommandLine.Misused, "north-wind.yaml, line 6, credentials[0].secret: The environment variable ERP_API_KEY is not set, or is empty, and a new credential needs a secret.\nNothing was changed.\n"), refused);
        Assert.Equal(
            (CommandLine.Done, "! credential ERP key: the environment variable ERP_API_KEY is not set, or is empty, so the secret stays as it is\n= nothing to change\n"),
            await world.ApplyAsync(ApplyWorld.Small));
    }

    [Fact]
    public async Task No_secret_is_printed_or_kept_in_the_open()
    {
        await using var world = await ApplyWorld.StartAsync();
        var texts = new List<string>();
        foreach (var secret in (string[])["first-" + ApplyWorld.Secret, ApplyWorld.Secret + "\u0007", "second-" + ApplyWorld.Secret])
        {
            world.Environment["ERP_API_KEY"] = secret;
            texts.Add((await world.ApplyAsync(ApplyWorld.Small, "--dry-run")).Text);
            texts.Add((await world.ApplyAsync(ApplyWorld.Small, "--json")).Text);
        }

        texts.AddRange((await world.AuditAsync()).Select(entry => $"{entry.ObjectName} {entry.Detail}"));
        Assert.Contains(texts, text => text.Contains("secret replaced"));
        Assert.Contains(texts, text => text.Contains("must be one line"));
        Assert.All(texts, text => Assert.DoesNotContain("s3cr3t", text));
    }

    [Fact]
    public async Task The_second_of_two_at_once_is_told()
    {
        await using var world = await ApplyWorld.StartAsync();
        await world.ApplyAsync(ApplyWorld.Small);
        var changed = ApplyWorld.Small.Replace("P: paid", "P: payed");

        // Another process's apply, which has not ended.
        await using var other = await TestConsole.StartAsync(beside: world.Console);
        var told = await other.Database.TogetherAsync(async joint =>
        {
            await joint.TryLockAsync("apply north-wind", default);
            return await Task.Run(() => world.ApplyAsync(changed));
        }, default);

        Assert.Equal((CommandLine.Failed, "Somebody else is applying to north-wind at this moment: apply again when that has ended.\nNothing was changed.\n"), told);
        Assert.Equal(CommandLine.Done, (await world.ApplyAsync(changed)).Code);
    }

    [Fact]
    public async Task A_stop_in_the_middle_leaves_nothing_and_the_next_apply_does_all()
    {
        await using var world = await ApplyWorld.StartAsync();

        // The same way, up to the commit, that a process that dies would not reach.
        var (code, _) = await world.ApplyAsync(ApplyWorld.Small, "--dry-run");
        var left = await world.Console.Get<TenantStore>().ListAllAsync(default);
        var (_, text) = await world.ApplyAsync(ApplyWorld.Small);

        Assert.Equal((CommandLine.Done, 0), (code, left.Count));
        Assert.Contains("7 changes to north-wind are made.", text);
    }

    [Fact]
    public async Task A_slug_lets_an_integration_be_renamed()
    {
        await using var world = await ApplyWorld.StartAsync();
        await world.ApplyAsync(ApplyWorld.Small.Replace("- name: Orders", "- name: Orders\n    slug: erp-orders"));

        var (_, text) = await world.ApplyAsync(ApplyWorld.Small.Replace("- name: Orders", "- name: All orders\n    slug: erp-orders"));

        Assert.Equal("~ integration erp-orders: name Orders → All orders\n1 change to north-wind is made.\n", text);
    }

    [Fact]
    public async Task Another_time_zone_moves_the_schedules()
    {
        await using var world = await ApplyWorld.StartAsync();
        var daily = ApplyWorld.Small.Replace("{ everyMinutes: 15 }", "{ cron: \"0 6 * * *\" }");
        await world.ApplyAsync(daily);
        await world.ApplyAsync(daily.Replace("Europe/Berlin", "Asia/Tokyo"));

        await using var command = world.Console.Database.Source.CreateCommand("select time_zone_id from quartz.qrtz_cron_triggers");
        Assert.Equal("Asia/Tokyo", await command.ExecuteScalarAsync());
    }

    [Fact]
    public async Task As_json_it_is_one_object()
    {
        await using var world = await ApplyWorld.StartAsync();

        var good = JsonSerializer.Deserialize<JsonElement>((await world.ApplyAsync(ApplyWorld.Small, "--json")).Text);
        var bad = JsonSerializer.Deserialize<JsonElement>((await world.ApplyAsync("tenant: { slug: north-wind, nam: x }", "--json")).Text);

        Assert.Equal(("north-wind", 7, "create"), (good.GetProperty("tenant").GetString(), good.GetProperty("changes").GetArrayLength(), good.GetProperty("changes")[0].GetProperty("action").GetString()));
        Assert.Equal((1, "tenant.nam"), (bad.GetProperty("problems")[0].GetProperty("line").GetInt32(), bad.GetProperty("problems")[0].GetProperty("key").GetString()));
    }
}
