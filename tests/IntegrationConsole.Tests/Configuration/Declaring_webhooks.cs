using IntegrationConsole.Configuration;
using IntegrationConsole.Credentials;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Reconciliations;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Webhooks;

namespace IntegrationConsole.Tests.Configuration;

public sealed class Declaring_webhooks
{
    private const string File = """
        tenant: { slug: north-wind, name: North Wind }
        credentials:
          - { name: New secret, kind: webhookSecret, secret: { env: ERP_API_KEY } }
          - { name: Old secret, kind: webhookSecret, secret: { env: OLD_SECRET } }
        connections:
          - { name: Webhooks, kind: webhook }
          - { name: tables, kind: lookup }
        webhooks:
          - name: Shop, orders
            verify: hmac
            credential: New secret
            oldCredential: Old secret
            header: X-Sign
            encoding: base64
            id: { path: event.id }
            records: data.items
            headers: [X-Topic]
            maxBytes: 2097152
        integrations:
          - name: Orders
            source: { connection: Webhooks, stream: shop-orders, read: incremental }
            destination: { connection: tables, stream: Prices, keys: [key], create: true }
            onArrival: true
            reconcile: { cron: "0 2 * * *" }
            mapping: { fields: [{ name: key, source: body.id, required: true }, { name: value, source: body.status }] }

        """;

    [Fact]
    public async Task Endpoints_runs_on_arrival_and_comparisons_are_made_and_a_second_time_nothing_is_written()
    {
        await using var world = await GivenAsync();
        Assert.Contains("+ webhook shop-orders: HMAC in a header\n", (await world.ApplyAsync(File)).Text, StringComparison.Ordinal);

        var tenant = await world.TenantAsync();
        var endpoint = Assert.Single(await world.Console.Get<WebhookStore>().ListAsync(tenant, default));
        Assert.Equal(("Shop, orders", "shop-orders", true), (endpoint.Name, endpoint.Slug, endpoint.Enabled));
        Assert.Equal(ApplyWorld.Secret, (await world.Console.Get<CredentialStore>().OpenAsync(tenant, endpoint.CredentialId, default))!.Value.Secret);
        Assert.Equal(
            new WebhookSettings { Scheme = WebhookScheme.Hmac, Header = "X-Sign", Encoding = SignatureEncoding.Base64, IdPath = "event.id", Records = "data.items", Headers = ["X-Topic"], MostBytes = 2_097_152 },
            endpoint.Rules);
        var sync = (await world.Console.Get<SyncStore>().FindBySlugAsync(tenant, "orders", default))!;
        Assert.True(sync.OnArrival);
        Assert.Equal(new Schedule(ScheduleKind.Cron, Expression: "0 2 * * *"), await world.Console.Get<ReconciliationStore>().ScheduleOfAsync(tenant, sync.Id, default));
        var before = await world.TracesAsync();
        Assert.Equal("= nothing to change\n", (await world.ApplyAsync(File)).Text);
        Assert.Equal(before, await world.TracesAsync());
    }

    [Fact]
    public async Task The_address_that_the_console_gave_out_is_said_where_it_was_given_out_and_to_scripts_always()
    {
        await using var world = await GivenAsync();
        var (_, tried) = await world.ApplyAsync(File, "--dry-run");
        var (_, made) = await world.ApplyAsync(File);
        var (_, again) = await world.ApplyAsync(File, "--json");

        var path = $"/hooks/{await AddressAsync(world)}";
        Assert.DoesNotContain("/hooks/", tried, StringComparison.Ordinal);
        Assert.Contains($"! webhook shop-orders: its sender delivers to {path} behind this console's address\n", made, StringComparison.Ordinal);
        Assert.Contains($"\"webhooks\":[{{\"slug\":\"shop-orders\",\"path\":\"{path}\"}}]", again, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_differs_is_changed_and_its_address_stays()
    {
        await using var world = await GivenAsync();
        await world.ApplyAsync(File);
        var address = await AddressAsync(world);

        var (_, text) = await world.ApplyAsync(File.Replace("    oldCredential: Old secret\n", "").Replace("base64", "hex").Replace("    onArrival: true\n", "").Replace("0 2 * * *", "0 3 * * *"));

        Assert.Contains("~ webhook shop-orders: old credential Old secret → (none); encoding base64 → hex\n", text, StringComparison.Ordinal);
        Assert.Contains("~ integration orders: on arrival yes → no\n", text, StringComparison.Ordinal);
        Assert.Contains("~ integration orders: reconciliation 0 2 * * * → 0 3 * * *\n", text, StringComparison.Ordinal);
        Assert.Equal(address, await AddressAsync(world));
    }

    [Fact]
    public async Task An_exported_tenant_makes_the_same_endpoints_elsewhere()
    {
        await using var world = await GivenAsync();
        await world.ApplyAsync(File);
        var text = await ExportAsync(world);
        Assert.EndsWith("= nothing to change\n", (await world.ApplyAsync(text)).Text, StringComparison.Ordinal);

        await using var other = await GivenAsync();
        other.Environment["NORTH_WIND_NEW_SECRET"] = ApplyWorld.Secret;
        other.Environment["NORTH_WIND_OLD_SECRET"] = "the old secret";
        Assert.Equal(CommandLine.Done, (await other.ApplyAsync(text)).Code);

        Assert.Equal(text, await ExportAsync(other));
        Assert.DoesNotContain(await AddressAsync(world), text, StringComparison.Ordinal);
        Assert.DoesNotContain(ApplyWorld.Secret, text, StringComparison.Ordinal);
    }

    private static async Task<ApplyWorld> GivenAsync()
    {
        var world = await ApplyWorld.StartAsync();
        world.Environment["OLD_SECRET"] = "the old secret";
        return world;
    }

    private static async Task<string> AddressAsync(ApplyWorld world) => Assert.Single(await world.Console.Get<WebhookStore>().ListAsync(await world.TenantAsync(), default)).PublicId;

    private static async Task<string> ExportAsync(ApplyWorld world)
    {
        var output = new StringWriter { NewLine = "\n" };
        await world.Console.Get<ExportCommand>().RunAsync(ExportCommand.Read([ApplyWorld.Slug]).Options, output, TextWriter.Null, default);
        return output.ToString();
    }
}
