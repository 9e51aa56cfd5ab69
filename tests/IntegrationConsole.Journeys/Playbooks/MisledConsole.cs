using System.Globalization;
using IntegrationConsole.Journeys.Support;
using OutsideWorld;

namespace IntegrationConsole.Journeys.Playbooks;

/// <summary>A console with one tenant whose integrations suffer from what somebody set, over real HTTP.</summary>
public sealed class MisledConsole : IAsyncLifetime
{
    public const string Tenant = "north";
    public const int WithWrongCountry = 8;
    public const int Parked = 214;
    public const int Stock = 300;

    /// <summary>Where those on call are told.</summary>
    public const string OnCall = "on-call";

    private const string TokenOfLastYear = "token-of-last-year";

    private const int Records = 30;

    private static readonly string[] Lists = ["stock", "orders", "parcels", "clients", "visits"];

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"playbooks-{Guid.NewGuid():N}.yaml");
    private Site? _site;
    private OutsideWorldServer? _outside;

    internal Site Site => _site ?? throw new InvalidOperationException("The console did not start.");

    internal OutsideWorldServer Outside => _outside ?? throw new InvalidOperationException("The outside world did not start.");

    public async Task InitializeAsync()
    {
        _outside = await OutsideWorldServer.StartAsync();
        Environment.SetEnvironmentVariable("PLAYBOOK_TOKEN", TokenOfLastYear);

        // A circuit is well again when three looks saw it so, which takes a minute: here the run alone tells of the token.
        _site = await Site.StartAsync(new Dictionary<string, string> { ["Alerts__Interval"] = "00:00:05", ["Alerts__GroupWait"] = "00:00:00", ["Circuits__RefusalsInARow"] = "50" });
        foreach (var name in Lists)
        {
            Fill(name);
        }

        // The shop takes the token for some of the stock, and then no more: whatever was not sent by then is parked.
        _outside.Datasets.Put("stock", Enumerable.Range(1, Stock).Select(id => string.Create(CultureInfo.InvariantCulture, $$"""{"id":{{id}}}""")));
        _outside.Faults.Add(new Fault("/sink/stock", FaultKind.Status) { Status = 401, Authorization = $"Bearer {TokenOfLastYear}", After = Stock - Parked });

        // Every code is text; most of them are numbers too, which is what the second version takes them for.
        await ApplyAsync(code: "{ name: code, source: code, required: true }");
        await ApplyAsync(code: "{ name: code, source: code, type: integer, required: true }");
    }

    public void Fill(string name) => Outside.Datasets.Put(name, Enumerable.Range(1, Records).Select(id => string.Create(
        CultureInfo.InvariantCulture, $$"""{"id":{{id}},"code":"{{(id % 10 is 3 or 5 or 7 or 9 ? $"A{id}" : $"{id}")}}","country":"{{(id <= WithWrongCountry ? "XK" : "DE")}}"}""")));

    public void Empty(string name) => Outside.Datasets.Put(name, []);

    public async Task DisposeAsync()
    {
        File.Delete(_file);
        if (_site is { } site)
        {
            await site.DisposeAsync();
        }

        if (_outside is { } outside)
        {
            await outside.DisposeAsync();
        }
    }

    private async Task ApplyAsync(string code)
    {
        await File.WriteAllTextAsync(_file, $$"""
            tenant: { slug: {{Tenant}}, name: North }
            credentials:
              - { name: Shop token, kind: bearer, secret: { env: PLAYBOOK_TOKEN } }
            lookups:
              - { name: Countries, rows: { DE: DE, RS: RS } }
            connections:
              - name: Company
                kind: rest
                settings:
                  baseAddress: {{Outside.Address}}
                  streams:
            {{Streams()}}
              - name: Busy company
                kind: rest
                settings:
                  baseAddress: {{Outside.Address}}
                  streams:
            {{Streams()}}
              - name: Shop
                kind: rest
                credential: Shop token
                settings:
                  baseAddress: {{Outside.Address}}
                  streams:
            {{Streams()}}
            integrations:
            {{Integration("stock to shop", "stock", "Shop", "").Replace("write: upsert, keys: [id]", "write: append", StringComparison.Ordinal)}}
            {{Integration("orders to books", "orders", "Company", $", {code}")}}
            {{Integration("parcels to carrier", "parcels", "Company", ", { name: country, source: country, lookup: Countries, required: true }")}}
            {{Integration("clients to list", "clients", "Company", "")}}
            {{Integration("visits to archive", "visits", "Company", "").Replace("connection: Company, stream: visits }", "connection: Busy company, stream: visits }", StringComparison.Ordinal)}}
            """);
        await Site.Console.CommandAsync("apply", _file);
    }

    private static string Streams() => string.Join('\n', Lists.SelectMany(name => new[]
    {
        $"        - {{ name: {name}, path: /page/{name}, canRead: true, records: data, pagination: page, pageSize: {(name is "stock" ? Stock : 10)}, sizeParameter: limit, totalPath: meta.total, keyFields: id }}",
        $"        - {{ name: {name} there, path: /sink/{name}, canRead: false, canWrite: true, upsert: put, upsertPath: \"/sink/{name}/{{key}}\" }}",
    }));

    private static string Integration(string name, string stream, string destination, string fields) => $$"""
          - name: {{name}}
            source: { connection: Company, stream: {{stream}} }
            destination: { connection: {{destination}}, stream: {{stream}} there, write: upsert, keys: [id] }
            overlap: queue
            mapping:
              fields: [{ name: id, type: integer, source: id, required: true }{{fields}}]
        """;
}
