using System.Globalization;
using System.Net.Sockets;
using IntegrationConsole.Journeys.Support;
using Npgsql;
using OutsideWorld;

namespace IntegrationConsole.Journeys.Playbooks;

/// <summary>
/// A console and a worker of its own, called b, on one database, and a company that listens on IPv6 only, which b's network
/// does not speak: a real fault of one node, and of nothing else.
/// </summary>
public sealed class SplitConsole : IAsyncLifetime
{
    public const string Tenant = "north";
    public const string Node = "b";
    public const int Integrations = 12;

    private const int Records = 5;

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"playbooks-{Guid.NewGuid():N}.yaml");
    private Site? _site;
    private ConsoleProcess? _worker;
    private OutsideWorldServer? _outside;

    /// <summary>Why it cannot be tried on this machine; null where it can.</summary>
    public static string? WhyNot => Socket.OSSupportsIPv6 && File.Exists("/proc/net/if_inet6") ? null : "This machine has no IPv6, which one node would reach and the other not.";

    internal Site Site => _site ?? throw new InvalidOperationException("The console did not start.");

    public async Task InitializeAsync()
    {
        if (WhyNot is not null)
        {
            return;
        }

        _outside = await OutsideWorldServer.StartAsync("http://[::1]:0");
        _outside.Datasets.Put("orders", Enumerable.Range(1, Records).Select(id => string.Create(CultureInfo.InvariantCulture, $$"""{"id":{{id}},"name":"order {{id}}"}""")));
        var hurry = new Dictionary<string, string> { ["Circuits__FewestCalls"] = "2", ["Circuits__FirstBreak"] = "00:00:01", ["Circuits__LongestBreak"] = "00:00:02", ["Console__NodeName"] = "a", ["Worker__ConcurrentRuns"] = "1" };
        _site = await Site.StartAsync(hurry);
        var worker = ConsoleProcess.StartAsync(new Dictionary<string, string>(hurry)
        {
            ["Console__Roles"] = "worker", ["Console__NodeName"] = Node, ["Worker__ConcurrentRuns"] = "8", ["DOTNET_SYSTEM_NET_DISABLEIPV6"] = "1",
            ["Console__MasterKeyFile"] = Path.Combine(_site.Console.DataFolder, "master.key"),
            ["ConnectionStrings__Console"] = new NpgsqlConnectionStringBuilder
            {
                Host = "127.0.0.1", Port = _site.Server.Port, Username = "postgres", Database = "console", SslMode = SslMode.Disable,
                Password = (await File.ReadAllTextAsync(Path.Combine(_site.Console.DataFolder, "postgres.password"))).Trim(),
            }.ConnectionString,
        });
        await File.WriteAllTextAsync(_file, $$"""
            tenant: { slug: {{Tenant}}, name: North }
            connections:
              - name: Shop
                kind: rest
                settings:
                  baseAddress: {{_outside.Address}}
                  streams:
                    - { name: orders, path: /page/orders, canRead: true, records: data, pagination: page, pageSize: 10, sizeParameter: limit, totalPath: meta.total, keyFields: id }
            {{string.Join('\n', Enumerable.Range(1, Integrations).Select(number => $"        - {{ name: list {number}, path: /sink/list{number}, canRead: false, canWrite: true, upsert: put, upsertPath: \"/sink/list{number}/{{key}}\" }}"))}}
            integrations:
            {{string.Join('\n', Enumerable.Range(1, Integrations).Select(Integration))}}
            """);
        await _site.Console.CommandAsync("apply", _file);
        _worker = await worker;
    }

    public async Task DisposeAsync()
    {
        File.Delete(_file);
        foreach (var part in new IAsyncDisposable?[] { _worker, _site, _outside }.OfType<IAsyncDisposable>())
        {
            await part.DisposeAsync();
        }
    }

    private static string Integration(int number) => $$"""
          - name: orders {{number}}
            source: { connection: Shop, stream: orders }
            destination: { connection: Shop, stream: list {{number}}, write: upsert, keys: [id] }
            overlap: queue
            mapping:
              fields: [{ name: id, type: integer, source: id, required: true }]
        """;
}
