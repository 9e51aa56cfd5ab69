using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Credentials;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tenants;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace IntegrationConsole.Drills;

/// <summary>
/// A database for consoles that run as processes of their own. What they move is made by the console's own commands; the
/// rooms beside them are to see what became of it.
/// </summary>
internal sealed class Drill : IAsyncDisposable
{
    public static readonly Actor Driller = new(null, "drill");

    private readonly ServiceProvider _services;
    private readonly TestCluster _cluster;
    private readonly string _connection;
    private readonly string _folder;
    private readonly List<ConsoleProcess> _consoles = [];
    private readonly Terminal _terminal;

    private Drill(ServiceProvider services, TestCluster cluster, string connection, ConsoleDatabase database, string destination)
    {
        _services = services;
        _cluster = cluster;
        _connection = connection;
        Database = database;
        Destination = destination;
        _folder = Directory.CreateTempSubdirectory("console-drill-").FullName;
        _terminal = new Terminal(Settings("command"));
    }

    public ConsoleDatabase Database { get; }

    /// <summary>As the file that was applied has it.</summary>
    public TenantId Tenant { get; private set; }

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
        var console = await ConsoleProcess.StartAsync(Settings(node));
        _consoles.Add(console);
        return console;
    }

    /// <summary>Makes the tenant what a file says while a node starts: neither waits for the other.</summary>
    public async Task<ConsoleProcess> BeginAsync(DrillFile file, string node = "node-1")
    {
        var console = StartConsoleAsync(node);
        await Task.WhenAll(console, ApplyAsync(file));
        return await console;
    }

    /// <summary>Makes the tenant what a file says.</summary>
    public async Task ApplyAsync(DrillFile file)
    {
        await _terminal.ApplyAsync(file.Write(_folder, new NpgsqlConnectionStringBuilder(Destination)));
        Tenant = (await Get<TenantStore>().FindBySlugAsync(DrillFile.Tenant, default))!.Id;
    }

    public Task<Guid> StartRunAsync() => _terminal.StartRunAsync(Integration);

    public Task<RunTotals> RunAsync() => _terminal.RunAsync(Integration);

    /// <summary>Those that are open.</summary>
    public Task<IReadOnlyList<ToldLetter>> LettersAsync() => _terminal.LettersAsync(DrillFile.Tenant);

    /// <summary>Replays every waiting letter with the published mapping, to the end.</summary>
    public async Task<Replay> ReplayAllAsync()
    {
        var replays = Get<ReplayStore>();
        var (id, _) = await replays.StartAsync(Tenant, new ReplaySelection(null, new DeadLetterFilter(), IncludeUnknown: false, "all"), "", useOriginalMapping: false, Driller, default) ?? throw new InvalidOperationException("No letter waits.");
        return await Look.UntilAsync(async () => (await replays.FindAsync(Tenant, id, default))!, replay => !replay.IsOpen, TimeSpan.FromMinutes(2));
    }

    /// <summary>Looks until the run is as wanted.</summary>
    public Task<Run> WaitAsync(Guid run, Func<Run, bool> wanted, TimeSpan patience) =>
        Look.UntilAsync(async () => (await Get<RunStore>().FindAsync(Tenant, run, default))!, wanted, patience);

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
        await _terminal.DisposeAsync();
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
    private static string Integration => $"{DrillFile.Tenant}/{DrillFile.Integration}";

    private Dictionary<string, string> Settings(string node) => new()
    {
        ["ConnectionStrings__Console"] = _connection,
        ["Console__MasterKey"] = Convert.ToBase64String(new byte[Sealed.KeyBytes]),
        ["Console__DataFolder"] = Path.Combine(_folder, node),
        ["Console__NodeName"] = node,
        [DrillFile.Password] = new NpgsqlConnectionStringBuilder(Destination).Password!,
    };
}
