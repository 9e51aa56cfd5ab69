using System.Globalization;
using IntegrationConsole.Journeys.Support;
using OutsideWorld;

namespace IntegrationConsole.Journeys.Playbooks;

/// <summary>A console with one tenant that sends a company's orders to another company, over real HTTP.</summary>
public sealed class TroubledConsole : IAsyncLifetime
{
    public const string Tenant = "acme";
    public const int Orders = 30;

    /// <summary>The order that the customer asks about.</summary>
    public const int Asked = 8812;

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"playbooks-{Guid.NewGuid():N}.yaml");
    private Site? _site;
    private OutsideWorldServer? _outside;

    internal Site Site => _site ?? throw new InvalidOperationException("The console did not start.");

    internal OutsideWorldServer Outside => _outside ?? throw new InvalidOperationException("The outside world did not start.");

    public async Task InitializeAsync()
    {
        _outside = await OutsideWorldServer.StartAsync();
        _site = await Site.StartAsync();
        _outside.Datasets.Put("orders", Enumerable.Range(Asked - 10, Orders).Select(id => string.Create(CultureInfo.InvariantCulture, $$"""{"id":{{id}},"name":"order {{id}}"}""")));
        await File.WriteAllTextAsync(_file, $$"""
            tenant: { slug: {{Tenant}}, name: Acme }
            connections:
              - name: Shop
                kind: rest
                settings:
                  baseAddress: {{_outside.Address}}
                  streams:
                    - { name: orders, path: /page/orders, canRead: true, records: data, pagination: page, pageSize: 10, sizeParameter: limit, totalPath: meta.total, keyFields: id }
              - name: Warehouse
                kind: rest
                settings:
                  baseAddress: {{_outside.Address}}
                  streams:
                    - { name: stock, path: /page/orders, canRead: true, records: data, pagination: page, pageSize: 10, sizeParameter: limit }
                    - { name: orders, path: /sink/orders, canRead: false, canWrite: true, upsert: put, upsertPath: "/sink/orders/{key}" }
            integrations:
              - name: Orders to warehouse
                source: { connection: Shop, stream: orders }
                destination: { connection: Warehouse, stream: orders, write: upsert, keys: [id] }
                overlap: queue
                mapping:
                  fields:
                    - { name: id, type: integer, source: id, required: true }
                    - { name: name, source: name, required: true }
            """);
        await _site.Console.CommandAsync("apply", _file);
    }

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
}
