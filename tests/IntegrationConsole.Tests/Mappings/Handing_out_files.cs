using System.Net;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Health;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Mappings;

public sealed class Handing_out_files
{
    [Fact]
    public async Task A_lookup_table_is_downloaded_whole_in_the_form_that_is_imported()
    {
        await using var site = await HealthSite.StartAsync(isWorker: false);
        var tenant = await GivenATenantAsync(site, "north", Role.Viewer);
        var rows = Enumerable.Range(0, 25_000).ToDictionary(number => $"key {number:00000}", number => $"value; \"{number}\"");
        var table = await site.Get<LookupStore>().SaveAsync(tenant, null, "many", "", rows, TestConsole.Somebody, default);

        var answer = await site.Client.GetAsync($"/t/north/lookups/{table}/rows.csv");

        Assert.Equal(("text/csv", "many.csv"), (answer.Content.Headers.ContentType!.MediaType, answer.Content.Headers.ContentDisposition!.FileName));
        var (read, problem) = await LookupText.ReadAsync(await answer.Content.ReadAsStreamAsync(), default);
        Assert.Null(problem);
        Assert.Equal(rows, read);
    }

    [Fact]
    public async Task A_lookup_table_is_for_those_who_have_a_role_in_its_tenant()
    {
        await using var site = await HealthSite.StartAsync(isWorker: false);
        var tenant = await GivenATenantAsync(site, "north", null);
        var table = await site.Get<LookupStore>().SaveAsync(tenant, null, "codes", "", new Dictionary<string, string> { ["a"] = "b" }, TestConsole.Somebody, default);
        var address = $"/t/north/lookups/{table}/rows.csv";

        var signedOut = await site.Client.GetAsync(address);
        await GivenATenantAsync(site, "south", Role.TenantAdmin);
        var stranger = await site.Client.GetAsync(address);
        var behindOwn = await site.Client.GetAsync(address.Replace("north", "south", StringComparison.Ordinal));

        Assert.NotEqual(HttpStatusCode.OK, signedOut.StatusCode);
        Assert.Equal((HttpStatusCode.NotFound, HttpStatusCode.NotFound), (stranger.StatusCode, behindOwn.StatusCode));
        Assert.DoesNotContain("a,b", await signedOut.Content.ReadAsStringAsync() + await stranger.Content.ReadAsStringAsync() + await behindOwn.Content.ReadAsStringAsync());
    }

    [Theory]
    [InlineData("", HttpStatusCode.OK)]
    [InlineData("?version=1", HttpStatusCode.OK)]
    [InlineData("?version=2", HttpStatusCode.NotFound)]
    [InlineData("?version=newest", HttpStatusCode.NotFound)]
    [InlineData("?version=", HttpStatusCode.NotFound)]
    public async Task A_mapping_s_document_has_an_address_that_can_be_handed_on(string query, HttpStatusCode status)
    {
        await using var site = await HealthSite.StartAsync(isWorker: false);
        await GivenAnIntegrationAsync(site, await GivenATenantAsync(site, "north", Role.Viewer));

        var answer = await site.Client.GetAsync($"/t/north/integrations/things/mapping.md{query}");

        Assert.Equal(status, answer.StatusCode);
        Assert.Equal(status is HttpStatusCode.OK, (await answer.Content.ReadAsStringAsync()).StartsWith("# Mapping of Things\n", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_mapping_s_document_is_kept_as_a_file_where_that_is_asked_for_and_not_by_strangers()
    {
        await using var site = await HealthSite.StartAsync(isWorker: false);
        await GivenAnIntegrationAsync(site, await GivenATenantAsync(site, "north", Role.Viewer));
        const string address = "/t/north/integrations/things/mapping.md?version=1&download=true";

        var file = await site.Client.GetAsync(address);
        await GivenATenantAsync(site, "south", Role.TenantAdmin);
        var stranger = await site.Client.GetAsync(address);

        Assert.Equal(("text/markdown", "mapping-things-v1.md"), (file.Content.Headers.ContentType!.MediaType, file.Content.Headers.ContentDisposition!.FileName));
        Assert.True(file.Headers.CacheControl!.NoStore);
        Assert.Equal(HttpStatusCode.NotFound, stranger.StatusCode);
    }

    /// <summary>Signs somebody in who has this role in it; without a role nobody is.</summary>
    private static async Task<TenantId> GivenATenantAsync(HealthSite site, string slug, Role? role)
    {
        var tenant = (await site.Get<TenantStore>().CreateAsync(new TenantSettings(slug, slug, "Europe/Berlin", ""), TestConsole.Somebody, default))!.Value;
        if (role is not null)
        {
            await site.Get<AccessStore>().SetRoleAsync(tenant, await site.SignInAsync(platformAdmin: false), role, TestConsole.Somebody, default);
        }

        return tenant;
    }

    private static async Task GivenAnIntegrationAsync(HealthSite site, TenantId tenant)
    {
        var connection = (await site.Get<ConnectionStore>().CreateAsync(tenant, new ConnectionDraft("fake", "fake", "{}", null), TestConsole.Somebody, default))!.Value;
        var draft = new SyncDraft(
            "Things", connection, "things", ReadMode.Full, connection, "things", WriteMode.Upsert, ["id"], false, Schedule.Manual, OverlapRule.Queue);
        await site.Get<SyncStore>().CreateAsync(tenant, draft, Trial.Document(new FieldRule { Name = "id", Source = "id" }), TestConsole.Somebody, default);
    }
}
