using IntegrationConsole.Mappings;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Keeping_lookup_tables
{
    private static readonly Dictionary<string, string> Two = new() { ["DE"] = "Germany", ["FR"] = "France" };

    [Fact]
    public async Task Saving_replaces_all_rows_in_one_step_and_the_next_run_has_the_new_ones()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var store = console.Get<LookupStore>();
        var id = (await store.SaveAsync(tenant, null, "countries", "", Two, TestConsole.Somebody, default))!.Value;
        var before = await LoadAsync(store, tenant, "countries");

        await store.SaveAsync(tenant, id, "countries", "changed", new Dictionary<string, string> { ["DE"] = "Deutschland" }, TestConsole.Somebody, default);
        var after = await LoadAsync(store, tenant, "countries");

        Assert.Equal(Two, before);
        Assert.Equal(new Dictionary<string, string> { ["DE"] = "Deutschland" }, after);
        Assert.Equal((1, 2, "changed"), ((await store.FindAsync(tenant, id, default)) is { } table ? (table.RowCount, table.Version, table.Description) : default));
    }

    [Fact]
    public async Task What_has_not_changed_is_not_read_again_and_what_is_gone_is_gone()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var store = console.Get<LookupStore>();
        var id = (await store.SaveAsync(tenant, null, "countries", "", Two, TestConsole.Somebody, default))!.Value;

        Assert.Same(await LoadAsync(store, tenant, "countries"), await LoadAsync(store, tenant, "countries"));

        await store.DeleteAsync(tenant, id, TestConsole.Somebody, default);

        Assert.Empty(await store.LoadAsync(tenant, ["countries"], default));
        Assert.Empty(await store.ListRowsAsync(tenant, id, "", 10, default));
    }

    [Fact]
    public async Task A_name_is_given_once_whatever_its_letters()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var store = console.Get<LookupStore>();
        await store.SaveAsync(tenant, null, "countries", "", Two, TestConsole.Somebody, default);
        var other = await store.SaveAsync(tenant, null, "other", "", Two, TestConsole.Somebody, default);

        Assert.Null(await store.SaveAsync(tenant, null, " Countries ", "", Two, TestConsole.Somebody, default));
        Assert.Null(await store.SaveAsync(tenant, other, "COUNTRIES", "", new Dictionary<string, string>(), TestConsole.Somebody, default));
        Assert.Equal(Two, await LoadAsync(store, tenant, "other"));
    }

    [Fact]
    public async Task A_hundred_thousand_rows_are_kept_and_loaded()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var store = console.Get<LookupStore>();
        var rows = Enumerable.Range(0, 100_000).ToDictionary(number => $"key {number}", number => $"value ' {number} \\ é");

        await store.SaveAsync(tenant, null, "many", "", rows, TestConsole.Somebody, default);
        var loaded = await LoadAsync(store, tenant, "many");

        Assert.Equal(100_000, loaded.Count);
        Assert.Equal("value ' 99999 \\ é", loaded["key 99999"]);
        Assert.Equal("value ' 0 \\ é", loaded["key 0"]);
    }

    [Fact]
    public async Task Rows_are_found_by_a_part_of_their_key_or_value()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var store = console.Get<LookupStore>();
        var id = (await store.SaveAsync(tenant, null, "countries", "", new Dictionary<string, string> { ["DE"] = "100%", ["FR"] = "France", ["GB"] = "a_b" }, TestConsole.Somebody, default))!.Value;

        Assert.Equal([("FR", "France")], await store.ListRowsAsync(tenant, id, "fRAN", 10, default));
        Assert.Equal([("DE", "100%")], await store.ListRowsAsync(tenant, id, "%", 10, default));
        Assert.Equal([("GB", "a_b")], await store.ListRowsAsync(tenant, id, "_", 10, default));
        Assert.Equal([("DE", "100%"), ("FR", "France")], await store.ListRowsAsync(tenant, id, "", 2, default));
    }

    [Fact]
    public async Task Another_tenants_table_of_the_same_name_is_another_table()
    {
        await using var console = await TestConsole.StartAsync();
        var tenant = await console.GivenATenantAsync();
        var stranger = await console.GivenATenantAsync();
        var store = console.Get<LookupStore>();
        var id = (await store.SaveAsync(tenant, null, "countries", "", Two, TestConsole.Somebody, default))!.Value;

        Assert.Empty(await store.LoadAsync(stranger, ["countries"], default));
        Assert.Null(await store.FindAsync(stranger, id, default));
        Assert.Empty(await store.ListRowsAsync(stranger, id, "", 10, default));
        await store.DeleteAsync(stranger, id, TestConsole.Somebody, default);
        await store.SaveAsync(stranger, id, "countries", "", new Dictionary<string, string> { ["DE"] = "mine" }, TestConsole.Somebody, default);

        Assert.Equal(Two, await LoadAsync(store, tenant, "countries"));
    }

    private static async Task<IReadOnlyDictionary<string, string>> LoadAsync(LookupStore store, TenantId tenant, string name) => (await store.LoadAsync(tenant, [name], default))[name];
}
