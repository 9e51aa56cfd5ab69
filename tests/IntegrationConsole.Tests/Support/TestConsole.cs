using System.Collections.Concurrent;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Outgoing;
using IntegrationConsole.Credentials;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Tenants;
using IntegrationConsole.Webhooks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace IntegrationConsole.Tests.Support;

/// <summary>The console's rooms on a database of their own, without its pages and without a scheduler.</summary>
internal sealed class TestConsole : IAsyncDisposable
{
    private static int _tenants;

    private readonly ServiceProvider _services;
    private readonly ConcurrentBag<string> _customers = [];

    private TestConsole(ServiceProvider services, ConsoleDatabase database)
    {
        _services = services;
        Database = database;
    }

    public static readonly Actor Somebody = new(Guid.Parse("00000000-0000-7000-8000-000000000001"), "somebody@example.com");

    public ConsoleDatabase Database { get; }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <param name="clock">Another clock than the system's.</param>
    /// <param name="settings">Configuration, such as <c>Outgoing:AllowedNetworks:0</c>; loopback may be reached unless it says otherwise.</param>
    /// <param name="configure">Changes to what the rooms register.</param>
    /// <param name="beside">Another node: this one shares its database.</param>
    /// <param name="connections">What its connections ask of the database server, such as <c>-c lock_timeout=1s</c>.</param>
    public static async Task<TestConsole> StartAsync(
        TimeProvider? clock = null, Dictionary<string, string?>? settings = null, Action<IServiceCollection>? configure = null, TestConsole? beside = null,
        string connections = "")
    {
        var cluster = await TestCluster.GetAsync();
        var connection = beside is null
            ? await cluster.CreateConsoleDatabaseAsync()
            : new NpgsqlConnectionStringBuilder(beside.Database.Source.ConnectionString) { Password = beside.Database.ConnectionPassword }.ConnectionString;
        var database = await DatabaseStart.OpenAsync(
            new NpgsqlConnectionStringBuilder(connection) { Options = connections }.ConnectionString, new DatabaseOptions(), keepRunning: true, NullLoggerFactory.Instance, CancellationToken.None);
        var services = new ServiceCollection();
        services.AddLogging();
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(
            settings ?? new Dictionary<string, string?> { [$"{OutgoingOptions.Section}:AllowedNetworks:0"] = "127.0.0.0/8" }).Build();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton(clock ?? TimeProvider.System);
        services.AddSingleton(new Random(42));
        services.AddDatabase(database, new MasterKey(new byte[Sealed.KeyBytes]));
        services.AddAccess().AddTenants().AddConnectors().AddCredentials().AddMappings().AddWebhooks().AddDeadLetters().AddSync(configuration, isWorker: false);
        configure?.Invoke(services);
        return new TestConsole(services.BuildServiceProvider(), database);
    }

    public async Task<TenantId> GivenATenantAsync(string zone = "Europe/Berlin")
    {
        var slug = $"tenant-{Interlocked.Increment(ref _tenants)}";
        return await Get<TenantStore>().CreateAsync(new TenantSettings(slug, slug, zone, ""), Somebody, CancellationToken.None)
            ?? throw new InvalidOperationException("The tenant could not be created.");
    }

    /// <summary>Returns when this node hears what any node commits.</summary>
    public async Task ListenAsync()
    {
        var listening = new TaskCompletionSource();
        using var subscription = Get<ChangeBroadcaster>().Subscribe(_ => listening.TrySetResult());
        await Get<ChangeBroadcaster>().StartAsync(CancellationToken.None);
        await listening.Task;
    }

    /// <summary>Completes when this node hears of the next change of a kind; the rooms that subscribed earlier have heard of it then.</summary>
    public Task NextChangeAsync(string topic)
    {
        var heard = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Get<ChangeBroadcaster>().Subscribe(change =>
        {
            if (change.Topic == topic)
            {
                heard.TrySetResult();
            }
        });
        return heard.Task;
    }

    /// <summary>A database of a customer, which goes when the console goes.</summary>
    public async Task<string> GivenADatabaseAsync()
    {
        var connection = await (await TestCluster.GetAsync()).CreateEmptyDatabaseAsync();
        _customers.Add(connection);
        return connection;
    }

    public async ValueTask DisposeAsync()
    {
        var name = Database.Source.ConnectionString;
        await Get<ChangeBroadcaster>().StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
        await Database.DisposeAsync();
        var cluster = await TestCluster.GetAsync();
        foreach (var database in _customers.Append(name))
        {
            await cluster.DropAsync(database);
        }
    }
}
