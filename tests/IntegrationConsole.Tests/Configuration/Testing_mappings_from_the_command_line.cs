using System.Text;
using IntegrationConsole.Configuration;
using IntegrationConsole.Mappings;
using IntegrationConsole.Mappings.Trials;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Mappings;
using IntegrationConsole.Tests.Support;
using IntegrationConsole.Tests.Sync;

namespace IntegrationConsole.Tests.Configuration;

public sealed class Testing_mappings_from_the_command_line
{
    [Fact]
    public async Task Each_test_is_a_line_without_values_and_one_that_fails_ends_the_command_with_1()
    {
        await using var world = await SyncWorld.StartAsync();
        await KeepAsync(world, "good", """{"id":1,"name":"Ada"}""", ("name", "Ada"));
        var passed = await RunAsync(world, "things");
        await KeepAsync(world, "wrong", """{"id":2,"name":"Bob"}""", ("id", "3"), ("name", "Rob"));
        var failed = await RunAsync(world, "things");

        Assert.Equal((0, "passed  good\nThings, v1 (published): 1 of 1 tests passed.\n"), passed);
        Assert.Equal((1, "passed  good\nFAILED  wrong: id differs; name differs\nThings, v1 (published): 1 of 2 tests passed.\n"), failed);
    }

    [Fact]
    public async Task The_draft_is_tested_when_it_is_asked_for()
    {
        await using var world = await SyncWorld.StartAsync();
        await KeepAsync(world, "good", """{"id":1,"name":"Ada"}""", ("name", "Ada"));
        var none = await RunAsync(world, "things", draft: true);
        var store = world.Console.Get<MappingStore>();
        var newest = (await store.ListVersionsAsync(world.Tenant, world.Sync.MappingId, default))[0];
        await store.SaveDraftAsync(world.Tenant, world.Sync.MappingId, 1, newest.EditedAt, new MappingDocument(
            [new() { Name = "id", Source = "id" }, new() { Name = "name", Source = "name", Case = LetterCase.Upper }], []), TestConsole.Somebody, default);

        Assert.Equal(2, none.Code);
        Assert.EndsWith("has no draft: leave out --draft to test what is published.\n", none.Text);
        Assert.Equal((1, "FAILED  good: name differs\nThings, v2 (draft): 0 of 1 tests passed.\n"), await RunAsync(world, "things", draft: true));
    }

    [Fact]
    public async Task A_mapping_without_tests_says_so() =>
        await With(async world => Assert.Equal((0, "Things, v1 (published) has no saved tests.\n"), await RunAsync(world, "things")));

    [Fact]
    public async Task An_unknown_name_is_answered_with_the_names_there_are() => await With(async world =>
    {
        var tenant = (await world.Console.Get<TenantStore>().FindAsync(world.Tenant, default))!.Slug;
        var (code, text) = await RunAsync(world, "thing");
        var output = new StringWriter { NewLine = "\n" };
        var nobody = await Command(world).RunAsync("nobody/things", false, output, default);
        await Command(world).RunAsync(tenant, false, output, default);

        Assert.Equal((2, $"{tenant} has no integration thing.\nIntegrations: {tenant}/things\n"), (code, text));
        Assert.Equal((2, $"There is no tenant nobody.\nTenants: {tenant}\nName the integration as TENANT/INTEGRATION.\nIntegrations: {tenant}/things\n"), (nobody, output.ToString()));
    });

    private static async Task With(Func<SyncWorld, Task> act)
    {
        await using var world = await SyncWorld.StartAsync();
        await act(world);
    }

    private static MappingTests Command(SyncWorld world) => new(
        new CommandNames(world.Console.Get<TenantStore>(), world.Console.Get<IntegrationConsole.Sync.SyncStore>()), world.Console.Get<MappingStore>(), world.Console.Get<TestBench>());

    private static async Task<(int Code, string Text)> RunAsync(SyncWorld world, string slug, bool draft = false)
    {
        var output = new StringWriter { NewLine = "\n" };
        var tenant = (await world.Console.Get<TenantStore>().FindAsync(world.Tenant, default))!.Slug;
        return (await Command(world).RunAsync($"{tenant}/{slug}", draft, output, default), output.ToString());
    }

    private static Task<TestSaving> KeepAsync(SyncWorld world, string name, string record, params (string Field, string? Text)[] row) => world.Console.Get<SavedTestStore>().SaveAsync(
        world.Tenant, world.Sync.MappingId, null,
        new TestDraft(name, Encoding.UTF8.GetBytes(record), new Expectation(ExpectedEnd.Rows, [row.ToDictionary(pair => pair.Field, pair => pair.Text)]), Trial.Noon), TestConsole.Somebody, default);
}
