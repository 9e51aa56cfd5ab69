using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Credentials;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace IntegrationConsole.Drills;

/// <summary>
/// A database for consoles that run as processes of their own, and the rooms beside them, to configure a sync and to see
/// what became of it.
/// </summary>
internal sealed class Drill : IAsyncDisposable
{
    public static readonly Actor Driller = new(null, "drill");

    private readonly ServiceProvider _services;
    private readonly TestCluster _cluster;
    private readonly string _connection;
    private readonly string _folder;
    private readonly List<ConsoleProcess> _consoles = [];

    private Drill(ServiceProvider services, TestCluster cluster, string connection, ConsoleDatabase database, string destination)
    {
        _services = services;
        _cluster = cluster;
        _connection = connection;
        Database = database;
        Destination = destination;
        _folder = Directory.CreateTempSubdirectory("console-drill-").FullName;
    }

    public ConsoleDatabase Database { get; }

    /// <summary>How to reach the database that records are written to.</summary>
    public string Destination { get; }

    public static async Task<Drill> StartAsync()
    {
        var cluster = await TestCluster.GetAsync();
        var connection = await cluster.CreateConsoleDatabaseAsync();
        var database = await DatabaseStart.OpenAsync(connection, new DatabaseOptions(), keepRunning: true, NullLoggerFactory.Instance, CancellationToken.None);
        return new Drill(Rooms(database), cluster, connection, database, await cluster.CreateEmptyDatabaseAsync());
    }

    /// <summary>The rooms of a console that only asks others to move records.</summary>
    public static ServiceProvider Rooms(ConsoleDatabase database)
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Outgoing:AllowedNetworks:0"] = "127.0.0.0/8", ["Console:NodeName"] = "drill" }).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new Random(1));
        services.AddDatabase(database, new MasterKey(new byte[Sealed.KeyBytes]));
        services.AddAccess().AddTenants().AddConnectors().AddCredentials().AddMappings().AddDeadLetters().AddSync(configuration, isWorker: false);
        return services.BuildServiceProvider();
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Another node on the same database.</summary>
    public async Task<ConsoleProcess> StartConsoleAsync(string node)
    {
        var console = await ConsoleProcess.StartAsync(new Dictionary<string, string>
        {
            ["ConnectionStrings__Console"] = _connection,
            ["Console__MasterKey"] = Convert.ToBase64String(new byte[Sealed.KeyBytes]),
            ["Console__DataFolder"] = Path.Combine(_folder, node),
            ["Console__NodeName"] = node,
        });
        _consoles.Add(console);
        return console;
    }

    /// <summary>A sync from an API to a table of the destination, its mapping published.</summary>
    public async Task<(TenantId Tenant, SyncDefinition Sync)> GivenASyncAsync(
        string api, object stream, IReadOnlyList<FieldRule> fields, WriteMode mode, IReadOnlyList<string> keys, DeleteRules? deletes = null)
    {
        var tenant = await Get<TenantStore>().CreateAsync(new TenantSettings("Drill", $"drill-{Guid.NewGuid():n}"[..20], "UTC", ""), Driller, default) ?? throw new InvalidOperationException("No tenant.");
        var target = new NpgsqlConnectionStringBuilder(Destination);
        var login = await Get<CredentialStore>().CreateAsync(
            tenant, new CredentialDraft("login", AuthenticationKind.DatabaseLogin, new Dictionary<string, string> { ["user"] = target.Username! }, target.Password!, null), Driller, default);
        var settings = JsonSerializer.Serialize(new { baseAddress = api, streams = new[] { stream } });
        var from = await Get<ConnectionStore>().CreateAsync(tenant, new ConnectionDraft("api", "rest", settings, null), Driller, default);
        var database = JsonSerializer.Serialize(new { host = target.Host, port = target.Port, database = target.Database, tls = "prefer" });
        var to = await Get<ConnectionStore>().CreateAsync(tenant, new ConnectionDraft("database", "postgres", database, login), Driller, default);
        var name = JsonSerializer.SerializeToElement(stream).GetProperty("name").GetString()!;
        var draft = new SyncDraft("drill", from!.Value, name, ReadMode.Full, to!.Value, "target", mode, keys, CreateDestination: true, Schedule.Manual, OverlapRule.Queue)
        {
            Deletes = deletes ?? DeleteRules.None,
        };
        var sync = await Get<SyncStore>().CreateAsync(tenant, draft, new MappingDocument(fields, []), Driller, default);
        await Get<MappingStore>().PublishAsync(tenant, sync.MappingId, 1, "", Driller, default);
        return (tenant, sync);
    }

    /// <summary>A sync from one list of an API to another, its mapping published.</summary>
    public async Task<(TenantId Tenant, SyncDefinition Sync)> GivenASendAsync(string api, object source, object target, IReadOnlyList<FieldRule> fields, WriteMode mode, IReadOnlyList<string> keys, ChildTable? children = null, object? childStream = null, bool batchBreaker = true)
    {
        static string NameOf(object stream) => JsonSerializer.SerializeToElement(stream).GetProperty("name").GetString()!;
        var tenant = await Get<TenantStore>().CreateAsync(new TenantSettings("Drill", $"drill-{Guid.NewGuid():n}"[..20], "UTC", ""), Driller, default) ?? throw new InvalidOperationException("No tenant.");
        var settings = JsonSerializer.Serialize(new { baseAddress = api, streams = childStream is null ? [source, target] : (object[])[source, target, childStream] });
        var connection = await Get<ConnectionStore>().CreateAsync(tenant, new ConnectionDraft("api", "rest", settings, null), Driller, default);
        var draft = new SyncDraft(
            "drill", connection!.Value, NameOf(source), ReadMode.Full, connection.Value, NameOf(target), mode, keys, CreateDestination: false, Schedule.Manual, OverlapRule.Queue)
        { BatchBreaker = batchBreaker };
        var document = new MappingDocument(fields, []) { Children = children is null ? [] : [children] };
        var sync = await Get<SyncStore>().CreateAsync(tenant, draft, document, Driller, default);
        await Get<MappingStore>().PublishAsync(tenant, sync.MappingId, 1, "", Driller, default);
        return (tenant, sync);
    }

    public async Task<Guid> RequestAsync(TenantId tenant, SyncDefinition sync)
    {
        var request = await Get<RunQueue>().RequestAsync(tenant, sync.Id, RunTrigger.Manual, Driller, default);
        return request.RunId ?? throw new InvalidOperationException(request.Answer);
    }

    /// <summary>The sync's mapping from the next run on.</summary>
    public async Task PublishAsync(TenantId tenant, SyncDefinition sync, MappingDocument document)
    {
        var mappings = Get<MappingStore>();
        var newest = (await mappings.ListVersionsAsync(tenant, sync.MappingId, default)).MaxBy(version => version.Number)!;
        await mappings.SaveDraftAsync(tenant, sync.MappingId, newest.Number, newest.EditedAt, document, Driller, default);
        await mappings.PublishAsync(tenant, sync.MappingId, newest.Number + 1, "", Driller, default);
    }

    /// <summary>Replays every waiting letter with the published mapping, to the end.</summary>
    public async Task<Replay> ReplayAllAsync(TenantId tenant)
    {
        var replays = Get<ReplayStore>();
        var (id, _) = await replays.StartAsync(tenant, new ReplaySelection(null, new DeadLetterFilter(), IncludeUnknown: false, "all"), "", useOriginalMapping: false, Driller, default) ?? throw new InvalidOperationException("No letter waits.");
        return await Look.UntilAsync(async () => (await replays.FindAsync(tenant, id, default))!, replay => !replay.IsOpen, TimeSpan.FromMinutes(2));
    }

    /// <summary>Looks until the run is as wanted.</summary>
    public Task<Run> WaitAsync(TenantId tenant, Guid run, Func<Run, bool> wanted, TimeSpan patience) =>
        Look.UntilAsync(async () => (await Get<RunStore>().FindAsync(tenant, run, default))!, wanted, patience);

    public async Task<int> OpenLettersAsync(TenantId tenant) => (await Get<DeadLetterStore>().CountAsync(tenant, new DeadLetterFilter(), default)).Value;

    /// <summary>One value out of the destination.</summary>
    public async Task<string> AskAsync(string sql)
    {
        await using var source = NpgsqlDataSource.Create(Destination);
        await using var command = source.CreateCommand(sql);
        return Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture) ?? "";
    }

    /// <summary>Throws everybody out of the console's database, as a restart of the server does.</summary>
    public Task CutDatabaseAsync() => _cluster.CutAsync(_connection);

    public async ValueTask DisposeAsync()
    {
        foreach (var console in _consoles)
        {
            console.Dispose();
        }

        await _services.DisposeAsync();
        await Database.DisposeAsync();
        await _cluster.DropAsync(_connection);
        await _cluster.DropAsync(Destination);
        Directory.Delete(_folder, recursive: true);
    }
}
