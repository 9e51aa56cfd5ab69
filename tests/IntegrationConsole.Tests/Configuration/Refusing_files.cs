using IntegrationConsole.Configuration;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Tests.Configuration;

public sealed class Refusing_files
{
    public static TheoryData<string, string, string> Changes() => new()
    {
        // What is replaced, by what, and the line that is printed.
        { "slug: north-wind, ", "", "line 1, tenant.slug: The tenant's part of the address is needed, such as slug: north-wind." },
        { "slug: north-wind", "slug: North Wind", "line 1, tenant.slug: Use 2 to 40 lower-case letters, digits and dashes, starting with a letter, such as north-wind." },
        { "Europe/Berlin", "Europe/Berln", "line 1, tenant.timeZone: Choose a time zone from the list, such as Europe/Berlin." },
        { "Europe/Berlin }", "Europe/Berlin, quotas: { concurrentRuns: 0 } }", "line 1, tenant.quotas.concurrentRuns: A whole number from 1 to 200 is expected here." },
        { "Europe/Berlin }", "Europe/Berlin, quotas: { runs: 4 } }", "line 1, tenant.quotas.runs: There is no such key here. There are concurrentRuns, recordsPerMinute, callsPerMinute, letterMegabytes." },
        { "credentials:", "credentals:", "line 2, credentals: There is no such key here. Did you mean credentials? There are tenant, credentials, connections, lookups, integrations, webhooks." },
        { "kind: apiKey", "kind: apikey", "line 4, credentials[0].kind: One of apiKey, bearer, basic, oAuth2ClientCredentials, databaseLogin, webhookSecret is expected here. Did you mean apiKey?" },
        { "place: header", "place: heder", "line 5, credentials[0].settings.place: One of header, query is expected here. Did you mean header?" },
        { "secret: { env: ERP_API_KEY }", "secret: hunter2", "line 6, credentials[0].secret: A secret never stands in the file: name the environment variable that holds it, such as secret: { env: ERP_API_KEY }. If a real secret stood here, replace it." },
        { "secret: { env: ERP_API_KEY }", "secret: { value: hunter2 }", "line 6, credentials[0].secret: A secret never stands in the file" },
        { "secret: { env: ERP_API_KEY }", "password: hunter2", "line 6, credentials[0].password: There is no such key here. There are name, kind, settings, secret, expires." },
        { "secret: { env: ERP_API_KEY }", "expires: tomorrow", "line 6, credentials[0].expires: A day is expected here" },
        { "secret: { env: ERP_API_KEY }", "", "line 3, credentials[0].secret: A new credential needs a secret" },
        { "kind: rest", "kind: rst", "line 9, connections[0].kind: One of rest, file, postgres, lookup, webhook is expected here. Did you mean rest?" },
        { "credential: ERP key", "credential: ERP keys", "line 10, connections[0].credential: There is no such credential, here or in the console. Did you mean ERP key?" },
        { "baseAddress: https", "baseAdress: https", "line 12, connections[0].settings.baseAdress: There is no such key here. Did you mean baseAddress? There are baseAddress, headers" },
        { "https://erp.example.com", "erp.example.com", "line 12, connections[0].settings.baseAddress: Base address must be an address such as https://api.example.com" },
        { "path: /orders, ", "", "line 14, connections[0].settings.streams[0].path: Path is needed." },
        { "canRead: true", "canRead: yes", "line 14, connections[0].settings.streams[0].canRead: true or false is expected here." },
        { "kind: lookup", "kind: lookup\n    credential: ERP key", "line 17, connections[1].credential: A connection of kind lookup takes no credential: remove the key." },
        { "- name: tables", "- name: ERP", "line 15, connections[1]: Another connection of this file is called ERP already." },
        { "rows: { N: new, P: paid }", "rows: { N: new, N: paid }", "line 19, N: This key stands twice." },
        { "rows: { N: new, P: paid }", "file: states.csv", "line 19, lookups[0].file: There is no such file." },
        { "rows: { N: new, P: paid }", "rows: [N]", "line 19, lookups[0].rows: Keys and values are expected here, such as DE: Germany." },
        { "{ connection: erp, stream: orders }", "{ connection: irp, stream: orders }", "line 22, integrations[0].source.connection: There is no such connection, here or in the console. Did you mean erp?" },
        { "{ connection: erp, stream: orders }", "{ connection: tables, stream: orders }", "line 22, integrations[0].source.connection: A connection of kind lookup cannot be read from." },
        { "{ connection: erp, stream: orders }", "{ connection: erp }", "line 22, integrations[0].source.stream: The name of a stream is needed: the list of records in that system." },
        { "keys: [key]", "keys: []", "line 23, integrations[0].destination.keys: Choose the destination fields that identify a record" },
        { "keys: [key]", "keys: [id]", "line 23, integrations[0].destination.keys: id is part of the key, and the mapping does not make it." },
        { "keys: [key]", "keys: [key], write: upserts", "line 23, integrations[0].destination.write: One of upsert, append, update, overwrite is expected here. Did you mean upsert?" },
        { "{ everyMinutes: 15 }", "hourly", "line 24, integrations[0].schedule: Expected here: manual, { everyMinutes: 15 } or { cron: \"30 6 * * 1-5\" }." },
        { "{ everyMinutes: 15 }", "{ everyMinutes: 0 }", "line 24, integrations[0].schedule.everyMinutes: A whole number from 1 to 10080 is expected here." },
        { "{ everyMinutes: 15 }", "{ cron: \"0 6 31 2 *\" }", "line 24, integrations[0].schedule: This never comes: check the day and the month." },
        { "required: true", "requierd: true", "line 27, integrations[0].mapping.fields[0].requierd: There is no key named requierd here; there are name, type" },
        { "source: status,", "source: status, type: sting,", "line 28, integrations[0].mapping.fields[1].type: sting is none of string, " },
        { "lookup: States", "lookup: Sates", "line 28, integrations[0].mapping.fields[1].lookup: There is no lookup table named Sates" },
        { "integrations:", "webhooks:\n  - { name: Shop, verify: hmacs, credential: ERP key }\nintegrations:", "line 21, webhooks[0].verify: One of standard, gitHub, stripe, hmac, sharedSecret is expected here. Did you mean hmac?" },
        { "integrations:", "webhooks:\n  - { name: Shop, credential: ERP key }\nintegrations:", "line 21, webhooks[0].credential: A webhook endpoint takes credentials of the kind webhookSecret." },
        { "integrations:", "webhooks:\n  - { name: Shop, verify: hmac, credential: ERP key }\nintegrations:", "line 21, webhooks[0].header: Name the header, such as X-Signature" },
        { "integrations:", "webhooks:\n  - { name: Shop, secret: s3cr3t-in-the-open }\nintegrations:", "line 21, webhooks[0].secret: There is no such key here." },
        { "{ everyMinutes: 15 }", "{ everyMinutes: 15 }\n    onArrival: true", "line 25, integrations[0].onArrival: " },
        { "{ everyMinutes: 15 }", "manual\n    reconcile: { cron: nightly }", "line 25, integrations[0].reconcile: Use the five fields of crontab" },
        { "  - name: erp\n", "\t- name: erp\n", "line 8: A tab cannot stand at the beginning of a line: use blanks." },
        { "rows: { N: new, P: paid }", "rows: &all { N: new }", "line 19: Anchors, aliases and tags cannot be used here." },
        { "connections:", "---\nconnections:", "line 7: Only one document can stand here." },
    };

    [Theory]
    [MemberData(nameof(Changes))]
    public async Task Line_key_and_what_may_stand_there_are_named_and_nothing_is_changed(string good, string bad, string expected)
    {
        await using var world = await ApplyWorld.StartAsync();
        Assert.Contains(good, ApplyWorld.Small);

        var (code, text) = await world.ApplyAsync(ApplyWorld.Small.Replace(good, bad));

        Assert.Contains($"north-wind.yaml, {expected}", text);
        Assert.EndsWith("Nothing was changed.\n", text);
        Assert.Equal(CommandLine.Misused, code);
        Assert.DoesNotContain("hunter2", text);
        Assert.Empty(await world.Console.Get<TenantStore>().ListAllAsync(default));
    }

    [Fact]
    public async Task Everything_that_is_wrong_is_said_at_once_in_the_order_of_the_file()
    {
        await using var world = await ApplyWorld.StartAsync();

        var (_, text) = await world.ApplyAsync(ApplyWorld.Small.Replace("kind: apiKey", "kind: key").Replace("stream: Prices, ", "").Replace("canRead: true", "canRead: 1"));

        Assert.Equal(["line 4", "line 14", "line 23"], text.Split('\n').Where(line => line.StartsWith("north-wind.yaml", StringComparison.Ordinal)).Select(line => line.Split(", ")[1]));
    }

    [Fact]
    public async Task Texts_that_are_no_declaration_get_a_sentence()
    {
        await using var world = await ApplyWorld.StartAsync();

        Assert.StartsWith("/nowhere/at-all.yaml: There is no such file.\n", (await world.ApplyFileAsync("/nowhere/at-all.yaml")).Text);
        Assert.Contains("This file may not be read, or is a folder.", (await world.ApplyFileAsync(Path.GetTempPath())).Text);
        Assert.Contains("line 1: The file is empty: it names a tenant, and what the tenant has.", (await world.ApplyAsync("# nothing yet\n")).Text);
        Assert.Contains("Keys and values are expected here: tenant, credentials", (await world.ApplyAsync("just words")).Text);
        Assert.Contains("The key tenant is missing", (await world.ApplyAsync("connections: []")).Text);
        Assert.Contains("The file is larger than 4 MB. Put the rows of lookup tables into CSV files beside it.", (await world.ApplyAsync(new string('#', 10_000_000))).Text);
        Assert.Contains("Nothing here is nested deeper than 32 levels.", (await world.ApplyAsync(string.Concat(Enumerable.Repeat("[", 100_000)))).Text);
        File.WriteAllBytes(world.PathOf("latin.yaml"), [.. "tenant: { slug: caf"u8, 0xE9, .. " }"u8]);
        Assert.Contains("The file is not text in UTF-8.", (await world.ApplyFileAsync(world.PathOf("latin.yaml"))).Text);
    }

    [Fact]
    public async Task Files_beside_it_are_named_with_their_own_lines()
    {
        await using var world = await ApplyWorld.StartAsync();
        world.Write("orders.mapping.yaml", "fields:\n  - name: key\n    source: id\n  - name: value\n    source: status\n    lookup: Nowhere\n");
        world.Write("states.csv", "N,new\nP,paid,twice\n");
        var mapping = ApplyWorld.Small[..ApplyWorld.Small.IndexOf("mapping:", StringComparison.Ordinal)] + "mapping: { file: orders.mapping.yaml }\n";

        Assert.Contains("orders.mapping.yaml, line 6, fields[1].lookup: There is no lookup table named Nowhere", (await world.ApplyAsync(mapping)).Text);
        Assert.Contains(
            "line 19, lookups[0].file: states.csv: Line 2 has 3 columns; two are expected", (await world.ApplyAsync(ApplyWorld.Small.Replace("rows: { N: new, P: paid }", "file: states.csv"))).Text);
    }

    [Fact]
    public async Task A_kind_does_not_become_another()
    {
        await using var world = await ApplyWorld.StartAsync();
        await world.ApplyAsync(ApplyWorld.Small);

        var (code, text) = await world.ApplyAsync(ApplyWorld.Small.Replace("kind: apiKey\n    settings: { place: header, name: X-Api-Key }", "kind: bearer").Replace("kind: lookup", "kind: file"));

        Assert.Equal(CommandLine.Misused, code);
        Assert.Contains("credentials[0].kind: ERP key is of kind apiKey, and a credential does not become another kind", text);
        Assert.Contains("connections[1].kind: tables is of kind lookup, and a connection does not become another kind", text);
    }

    [Fact]
    public async Task A_new_integration_needs_a_mapping_and_one_that_exists_keeps_its_own()
    {
        await using var world = await ApplyWorld.StartAsync();
        var without = ApplyWorld.Small[..ApplyWorld.Small.IndexOf("    mapping:", StringComparison.Ordinal)];

        Assert.Contains("integrations[0]: A new integration needs a mapping", (await world.ApplyAsync(without)).Text);
        await world.ApplyAsync(ApplyWorld.Small);
        Assert.Equal("= nothing to change\n", (await world.ApplyAsync(without)).Text);
    }
}
