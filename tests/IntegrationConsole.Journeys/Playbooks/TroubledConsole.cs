using System.Globalization;
using IntegrationConsole.Journeys.Support;
using OutsideWorld;

namespace IntegrationConsole.Journeys.Playbooks;

/// <summary>A console with one tenant that sends a company's orders and returns to another company, over real HTTP; a customer's orders arrive in their order.</summary>
public sealed class TroubledConsole : IAsyncLifetime
{
    public const string Tenant = "acme";
    public const int Orders = 30;

    /// <summary>The order that the customer asks about.</summary>
    public const int Asked = 8812;

    /// <summary>The order behind that one is poison, and others of its customer stand behind it, up to this one.</summary>
    public const int LastBehind = Asked + 3;

    /// <summary>What is sent while the destination is down.</summary>
    public const int FirstNew = 9001;

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"playbooks-{Guid.NewGuid():N}.yaml");
    private Site? _site;
    private OutsideWorldServer? _outside;

    internal Site Site => _site ?? throw new InvalidOperationException("The console did not start.");

    internal OutsideWorldServer Outside => _outside ?? throw new InvalidOperationException("The outside world did not start.");

    public async Task InitializeAsync()
    {
        _outside = await OutsideWorldServer.StartAsync();
        _site = await Site.StartAsync(new Dictionary<string, string> { ["Alerts__Interval"] = "00:00:05", ["Alerts__GroupWait"] = "00:00:00" });
        Fill("orders", Asked - 10, Orders);
        _outside.Datasets.Put("stock", []);
        await File.WriteAllTextAsync(_file, $$"""
            tenant: { slug: {{Tenant}}, name: Acme }
            connections:
              - name: Shop
                kind: rest
                settings:
                  baseAddress: {{_outside.Address}}
                  streams:
            {{Readable("orders")}}
            {{Readable("returns")}}
              - name: Warehouse
                kind: rest
                settings:
                  baseAddress: {{_outside.Address}}
                  streams:
                    - { name: stock, path: /page/stock, canRead: true, records: data, pagination: page, pageSize: 10, sizeParameter: limit }
            {{Writable("orders")}}
            {{Writable("returns")}}
            integrations:
            {{Integration("Orders to warehouse", "orders")}}
            {{Integration("Returns to warehouse", "returns")}}
            """);
        await _site.Console.CommandAsync("apply", _file);
    }

    /// <summary>So many records from this number on. Three orders are of one customer, as are all that are new.</summary>
    public void Fill(string name, int first, int count) => Outside.Datasets.Put(name, Enumerable.Range(first, count).Select(id => string.Create(
        CultureInfo.InvariantCulture, $$"""{"id":{{id}},"name":"order {{id}}","customer":"{{(id is > Asked and <= LastBehind or >= FirstNew ? "a customer of many orders" : $"customer {id}")}}"}""")));

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

    private static string Readable(string name) =>
        $"        - {{ name: {name}, path: /page/{name}, canRead: true, records: data, pagination: page, pageSize: 10, sizeParameter: limit, totalPath: meta.total, keyFields: id }}";

    private static string Writable(string name) =>
        $"        - {{ name: {name}, path: /sink/{name}, canRead: false, canWrite: true, upsert: put, upsertPath: \"/sink/{name}/{{key}}\" }}";

    private static string Integration(string name, string stream) => $$"""
          - name: {{name}}
            source: { connection: Shop, stream: {{stream}} }
            destination: { connection: Warehouse, stream: {{stream}}, write: upsert, keys: [id] }
            order: customer
            overlap: queue
            mapping:
              fields:
                - { name: id, type: integer, source: id, required: true }
                - { name: name, source: name, required: true }
        """;
}
