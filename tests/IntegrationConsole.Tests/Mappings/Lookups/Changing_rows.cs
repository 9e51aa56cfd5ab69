using IntegrationConsole.Access;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Lookups;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Mappings.Lookups;

public sealed class Changing_rows
{
    [Fact]
    public async Task A_row_is_added_changed_and_removed_and_the_next_run_knows_it()
    {
        await using var console = await TestConsole.StartAsync();
        var (tenant, table) = await GivenAsync(console, ("DE", "Germany"));
        var rows = console.Get<LookupRows>();

        Assert.Equal(LookupChange.Done, await rows.PutAsync(tenant, table, null, new LookupRow("FR", "France"), TestConsole.Somebody, default));
        Assert.Equal(LookupChange.Done, await rows.PutAsync(tenant, table, "DE", new LookupRow("D", "Deutschland"), TestConsole.Somebody, default));
        Assert.Equal([new("D", "Deutschland"), new("FR", "France")], (await rows.PageAsync(tenant, table, "", "", 10, default)).Items);
        Assert.Equal(new Dictionary<string, string> { ["D"] = "Deutschland", ["FR"] = "France" }, await LoadAsync(console, tenant));

        Assert.True(await rows.RemoveAsync(tenant, table, "D", TestConsole.Somebody, default));
        Assert.False(await rows.RemoveAsync(tenant, table, "D", TestConsole.Somebody, default));
        Assert.Equal(new Dictionary<string, string> { ["FR"] = "France" }, await LoadAsync(console, tenant));
        Assert.Equal(1, (await console.Get<LookupStore>().FindAsync(tenant, table, default))!.RowCount);
    }

    [Fact]
    public async Task A_key_stands_once_and_what_is_gone_is_said()
    {
        await using var console = await TestConsole.StartAsync();
        var (tenant, table) = await GivenAsync(console, ("DE", "Germany"), ("FR", "France"));
        var rows = console.Get<LookupRows>();

        Assert.Equal(LookupChange.Taken, await rows.PutAsync(tenant, table, null, new LookupRow("DE", "x"), TestConsole.Somebody, default));
        Assert.Equal(LookupChange.Taken, await rows.PutAsync(tenant, table, "FR", new LookupRow("DE", "x"), TestConsole.Somebody, default));
        Assert.Equal(LookupChange.Gone, await rows.PutAsync(tenant, table, "GB", new LookupRow("GB", "x"), TestConsole.Somebody, default));
        Assert.Equal(LookupChange.Gone, await rows.PutAsync(tenant, Guid.CreateVersion7(), null, new LookupRow("GB", "x"), TestConsole.Somebody, default));
        Assert.Equal(2, (await console.Get<LookupStore>().FindAsync(tenant, table, default))!.RowCount);
    }

    [Fact]
    public async Task Many_rows_are_added_and_those_that_exist_get_their_new_value()
    {
        await using var console = await TestConsole.StartAsync();
        var (tenant, table) = await GivenAsync(console, ("DE", "Germany"), ("FR", "France"), ("GB", "Britain"));

        var merged = await console.Get<LookupRows>().ImportAsync(
            tenant, table, new Dictionary<string, string> { ["FR"] = "France", ["GB"] = "United Kingdom", ["IT"] = "Italy", ["ES"] = "Spain" }, TestConsole.Somebody, default);

        Assert.Equal(new LookupMerge(2, 1, 1), merged);
        Assert.Equal(5, (await console.Get<LookupStore>().FindAsync(tenant, table, default))!.RowCount);
        Assert.Equal("United Kingdom", (await LoadAsync(console, tenant))["GB"]);
    }

    [Fact]
    public async Task A_full_table_takes_no_new_row_and_gives_those_that_it_has_their_new_value()
    {
        await using var console = await TestConsole.StartAsync();
        var (tenant, table) = await GivenAsync(console, ("DE", "Germany"), ("FR", "France"));
        await using (var session = await console.Database.InTenantAsync(tenant, default))
        {
            await session.RunAsync("update lookup_table set row_count = @most", new { most = LookupStore.MostRows }, default);
            await session.CommitAsync(default);
        }

        var rows = console.Get<LookupRows>();

        Assert.Equal(LookupChange.Full, await rows.PutAsync(tenant, table, null, new LookupRow("IT", "Italy"), TestConsole.Somebody, default));
        Assert.Equal(LookupChange.Done, await rows.PutAsync(tenant, table, "DE", new LookupRow("DE", "Deutschland"), TestConsole.Somebody, default));
        Assert.Null(await rows.ImportAsync(tenant, table, new Dictionary<string, string> { ["IT"] = "Italy", ["FR"] = "la France" }, TestConsole.Somebody, default));
        Assert.Null(await rows.FillAsync(tenant, table, new Dictionary<string, string> { ["IT"] = "Italy", ["FR"] = "la France" }, "a run", default));
        Assert.Equal(new LookupMerge(0, 1, 0), await rows.FillAsync(tenant, table, new Dictionary<string, string> { ["FR"] = "la France" }, "a run", default));
        Assert.Equal(new Dictionary<string, string> { ["DE"] = "Deutschland", ["FR"] = "la France" }, await LoadAsync(console, tenant));
    }

    [Fact]
    public async Task The_audit_trail_says_what_became_of_the_rows_and_nothing_of_what_they_hold()
    {
        await using var console = await TestConsole.StartAsync();
        var (tenant, table) = await GivenAsync(console, ("DE", "Germany"), ("FR", "France"));
        var rows = console.Get<LookupRows>();
        await rows.PutAsync(tenant, table, null, new LookupRow("IT", "Italy"), TestConsole.Somebody, default);
        await rows.PutAsync(tenant, table, "IT", new LookupRow("IT", "Italia"), TestConsole.Somebody, default);
        await rows.RemoveAsync(tenant, table, "IT", TestConsole.Somebody, default);
        await rows.ImportAsync(tenant, table, new Dictionary<string, string> { ["FR"] = "la France", ["ES"] = "Spain" }, TestConsole.Somebody, default);
        await rows.ReplaceAsync(tenant, table, new Dictionary<string, string> { ["ES"] = "Spain" }, TestConsole.Somebody, default);

        var trail = await console.Get<AuditTrail>().ListAsync(tenant, new AuditFilter(), null, 5, default);

        Assert.Equal(
            [("import", "1 rows in place of 3"), ("import", "1 rows added, 1 changed"), ("change", "1 row removed"), ("change", "1 row changed"), ("change", "1 row added")],
            trail.Select(entry => (entry.Action, entry.Detail)));
        Assert.All(trail, entry => Assert.Equal(("lookup table", "countries"), (entry.ObjectKind, entry.ObjectName)));
    }

    [Fact]
    public async Task A_key_is_told_from_others_letter_by_letter()
    {
        await using var console = await TestConsole.StartAsync();
        var (tenant, _) = await GivenAsync(console, ("de", "German"), ("DE", "Germany"));

        var loaded = await LoadAsync(console, tenant);

        Assert.Equal(("German", "Germany", false), (loaded["de"], loaded["DE"], loaded.ContainsKey("De")));
    }

    [Fact]
    public async Task Other_rows_in_place_of_all_leave_the_tables_name_to_who_changed_it_meanwhile()
    {
        await using var console = await TestConsole.StartAsync();
        var (tenant, table) = await GivenAsync(console, ("DE", "Germany"), ("FR", "France"));
        await console.Get<LookupStore>().RenameAsync(tenant, table, "nations", "", TestConsole.Somebody, default);

        Assert.True(await console.Get<LookupRows>().ReplaceAsync(tenant, table, new Dictionary<string, string> { ["IT"] = "Italy" }, TestConsole.Somebody, default));
        Assert.False(await console.Get<LookupRows>().ReplaceAsync(tenant, Guid.CreateVersion7(), new Dictionary<string, string> { ["IT"] = "Italy" }, TestConsole.Somebody, default));

        var known = await console.Get<LookupStore>().FindAsync(tenant, table, default);
        Assert.Equal(("nations", 1), (known!.Name, known.RowCount));
        Assert.Equal(new Dictionary<string, string> { ["IT"] = "Italy" }, (await console.Get<LookupStore>().LoadAsync(tenant, ["nations"], default))["nations"]);
        Assert.Equal([new("IT", "Italy")], (await console.Get<LookupRows>().PageAsync(tenant, table, "", "", 10, default)).Items);
    }

    [Fact]
    public async Task Pages_go_on_behind_the_last_key_and_find_by_text()
    {
        await using var console = await TestConsole.StartAsync();
        var (tenant, table) = await GivenAsync(console, [.. Enumerable.Range(0, 120).Select(number => ($"k{number:000}", number % 2 == 0 ? "Even" : "odd"))]);
        var rows = console.Get<LookupRows>();

        var first = await rows.PageAsync(tenant, table, "", "", 50, default);
        var second = await rows.PageAsync(tenant, table, "", first.Next!, 50, default);
        var even = await rows.PageAsync(tenant, table, "EVEN", "k110", 50, default);

        Assert.Equal(("k000", "k049", "k049"), (first.Items[0].Key, first.Items[^1].Key, first.Next));
        Assert.Equal(("k050", "k099"), (second.Items[0].Key, second.Items[^1].Key));
        Assert.Equal(["k112", "k114", "k116", "k118"], even.Items.Select(row => row.Key));
        Assert.Null(even.Next);
        Assert.Equal(120, await rows.ReadAsync(tenant, table, default).CountAsync());
    }

    [Fact]
    public async Task Another_tenant_neither_sees_nor_changes_them()
    {
        await using var console = await TestConsole.StartAsync();
        var (tenant, table) = await GivenAsync(console, ("DE", "Germany"));
        var stranger = await console.GivenATenantAsync();
        var rows = console.Get<LookupRows>();

        Assert.Empty((await rows.PageAsync(stranger, table, "", "", 10, default)).Items);
        Assert.Equal(LookupChange.Gone, await rows.PutAsync(stranger, table, "DE", new LookupRow("DE", "mine"), TestConsole.Somebody, default));
        Assert.False(await rows.RemoveAsync(stranger, table, "DE", TestConsole.Somebody, default));
        Assert.Null(await rows.ImportAsync(stranger, table, new Dictionary<string, string> { ["DE"] = "mine" }, TestConsole.Somebody, default));
        Assert.Equal("Germany", (await LoadAsync(console, tenant))["DE"]);
    }

    [Theory]
    [InlineData("", "x", "has nothing to look up")]
    [InlineData("a\0b", "x", "holds a character that cannot be kept")]
    [InlineData("a", "", null)]
    [InlineData("🚀", "Zoë", null)]
    public void What_cannot_be_kept_is_said(string key, string value, string? problem) => Assert.Equal(problem, new LookupRow(key, value).Problem);

    [Fact]
    public void Half_a_character_cannot_be_kept() => Assert.Equal("holds a character that cannot be kept", new LookupRow("a", "\ud800").Problem);

    [Fact]
    public void A_key_or_value_has_a_greatest_length()
    {
        Assert.Null(new LookupRow(new string('k', 500), new string('v', 4_000)).Problem);
        Assert.Equal("has a key of more than 500 characters", new LookupRow(new string('k', 501), "").Problem);
        Assert.Equal("has a value of more than 4000 characters", new LookupRow("k", new string('v', 4_001)).Problem);
    }

    private static async Task<(TenantId Tenant, Guid Table)> GivenAsync(TestConsole console, params (string Key, string Value)[] rows)
    {
        var tenant = await console.GivenATenantAsync();
        var table = await console.Get<LookupStore>().SaveAsync(tenant, null, "countries", "", rows.ToDictionary(row => row.Key, row => row.Value), TestConsole.Somebody, default);
        return (tenant, table!.Value);
    }

    private static async Task<IReadOnlyDictionary<string, string>> LoadAsync(TestConsole console, TenantId tenant) =>
        (await console.Get<LookupStore>().LoadAsync(tenant, ["countries"], default))["countries"];
}
