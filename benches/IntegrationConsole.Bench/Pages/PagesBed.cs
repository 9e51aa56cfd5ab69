using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Bench.Line;
using IntegrationConsole.Configuration;
using IntegrationConsole.Connectors;
using IntegrationConsole.Credentials;
using IntegrationConsole.Database;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Tenants;
using IntegrationConsole.Webhooks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace IntegrationConsole.Bench.Pages;

/// <summary>
/// A console as people use it, in a process of its own, on a database with much history; and the outside world. Making
/// the history takes minutes, so it is kept, and used again for as long as it would be made the same.
/// </summary>
internal sealed class PagesBed : IAsyncDisposable
{
    public static readonly Actor Measurer = new(null, "bench");

    private static readonly TimeSpan SeedPatience = TimeSpan.FromMinutes(60);

    private readonly string _folder;
    private readonly EmbeddedPostgres _postgres;
    private readonly ConsoleDatabase _database;
    private readonly ServiceProvider _services;

    private PagesBed(string folder, EmbeddedPostgres postgres, ConsoleDatabase database, ServiceProvider services) =>
        (_folder, _postgres, _database, _services) = (folder, postgres, database, services);

    public Child Console { get; private set; } = null!;

    public Child World { get; private set; } = null!;

    /// <summary>Where the console listens.</summary>
    public string Address { get; } = $"http://127.0.0.1:{OutsideWorld.Ports.Free().ToString(CultureInfo.InvariantCulture)}";

    /// <summary>Where the outside world does.</summary>
    public string Outside { get; private set; } = "";

    /// <summary>With which the first administrator chooses a password; null where there is one already.</summary>
    public string? Welcome { get; private set; }

    public int ServerId => int.Parse(File.ReadLines(Path.Combine(_folder, "postgres", "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    public static async Task<PagesBed> StartAsync(SeedSize size)
    {
        var folder = Path.GetFullPath(string.Create(CultureInfo.InvariantCulture, $".data/bench-pages/{size.Tenants}-{size.Integrations}-{size.Letters}"));
        await SeedWhereNeededAsync(folder, size);
        var options = new DatabaseOptions { DataFolder = folder };
        var postgres = await EmbeddedPostgres.StartAsync(options, besideConsole: false, NullLogger<EmbeddedPostgres>.Instance, CancellationToken.None);
        var database = await DatabaseStart.OpenAsync(postgres.ConnectionString, options, keepRunning: false, NullLoggerFactory.Instance, CancellationToken.None);
        var configuration = new ConfigurationBuilder().Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new Random(1));
        services.AddDatabase(database, new MasterKey(new byte[Sealed.KeyBytes]));
        services.AddAccess().AddTenants().AddConnectors().AddCredentials().AddMappings().AddWebhooks().AddDeadLetters(isWorker: false).AddSync(configuration, isWorker: false);
        var bed = new PagesBed(folder, postgres, database, services.BuildServiceProvider());
        await bed.StartProcessesAsync();
        return bed;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>One value over all tenants.</summary>
    public async Task<T> AskAsync<T>(string sql, object? args = null)
    {
        await using var session = await _database.AcrossTenantsAsync(default);
        return await session.OneAsync<T>(sql, args, default);
    }

    public async Task<IReadOnlyList<TenantId>> ListTenantsAsync() => [.. (await Get<TenantStore>().ListAllAsync(default)).Select(tenant => tenant.Id)];

    /// <summary>As whoever committed something does.</summary>
    public async Task NotifyAsync(IReadOnlyCollection<Change> changes)
    {
        await using var session = await _database.AcrossTenantsAsync(default);
        await session.RunAsync(
            "select pg_notify(@channel, payload) from unnest(@payloads) payload", new { channel = ChangeBroadcaster.Channel, payloads = changes.Select(change => change.ToString()).ToArray() }, default);
        await session.CommitAsync(default);
    }

    /// <summary>As autovacuum does after a while, but now: what a round left behind is not the next one's to clean up.</summary>
    public async Task TidyAsync() => await AdministerAsync("vacuum analyze dead_letter, replay_item");

    public async ValueTask DisposeAsync()
    {
        foreach (var child in (Child?[])[Console, World])
        {
            if (child is not null)
            {
                await child.DisposeAsync();
            }
        }

        await _services.DisposeAsync();
        await _database.DisposeAsync();
        await _postgres.DisposeAsync();
    }

    private static Dictionary<string, string> Settings(string folder) => new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["Console__MasterKey"] = Convert.ToBase64String(new byte[Sealed.KeyBytes]),
        ["Console__DataFolder"] = folder,
    };

    private static async Task SeedWhereNeededAsync(string folder, SeedSize size)
    {
        // The program that makes the history is a part of what it is: whoever changes it has it made again.
        var stamp = Path.Combine(folder, "made-by");
        var wanted = string.Join('\n', typeof(Seeding).Assembly.GetManifestResourceNames().Where(name => name.StartsWith("Migrations.", StringComparison.Ordinal)).Order(StringComparer.Ordinal));
        if (File.Exists(stamp) && await File.ReadAllTextAsync(stamp) == wanted)
        {
            return;
        }

        System.Console.WriteLine($"Making {size.Tenants} tenants, {size.Integrations} integrations and {size.Letters:N0} dead letters in {folder}; they are kept for the next time …");
        if (Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }

        string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
        await using var seed = Child.Start(
            "IntegrationConsole.dll", ["seed", "--tenants", Number(size.Tenants), "--integrations", Number(size.Integrations), "--letters", Number(size.Letters)], Settings(folder));
        System.Console.WriteLine((await seed.HearAsync("were made in", SeedPatience)).Trim());
        await seed.EndAsync();
        await File.WriteAllTextAsync(stamp, wanted);
        System.Console.WriteLine();
    }

    private async Task StartProcessesAsync()
    {
        await AdministerAsync("vacuum analyze");
        World = Child.Start("OutsideWorld.dll", ["http://127.0.0.1:0"], new Dictionary<string, string>());
        Console = Child.Start("IntegrationConsole.dll", [], new Dictionary<string, string>(Settings(Path.Combine(_folder, "console")))
        {
            ["ASPNETCORE_URLS"] = Address,
            ["ConnectionStrings__Console"] = _postgres.ConnectionString,
            ["Console__NodeName"] = "bench",
            ["Access__SignInsPerMinute"] = "10000",
            ["Outgoing__AllowedNetworks__0"] = "127.0.0.0/8",
        });
        Outside = (await World.HearAsync("http://")).Trim();
        await Console.HearAsync("is running at");
        var next = await Console.HearAsync("http", "Ctrl-C");
        Welcome = next.Contains("/welcome", StringComparison.Ordinal) ? next.Trim() : null;
    }

    private async Task AdministerAsync(string sql)
    {
        await using var connection = new NpgsqlConnection($"{_postgres.AdministratorConnectionString};Pooling=false;Database=console");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 600 };
        await command.ExecuteNonQueryAsync();
    }
}
