using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Credentials;
using IntegrationConsole.Database;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tenants;
using IntegrationConsole.Webhooks;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace IntegrationConsole.Bench.Line;

/// <summary>
/// Everything that a measurement through the product needs, each in a process of its own: a PostgreSQL as the console
/// starts it, a console that is a worker, the outside world, and the limit. This process sets up and measures.
/// </summary>
internal sealed class LineBed : IAsyncDisposable
{
    /// <summary>The tenant of most benches.</summary>
    public const string Bench = "bench";

    /// <summary>With which webhooks are signed.</summary>
    public const string HookSecret = "a secret of the bench";

    private static readonly Actor Measurer = new(null, "bench");

    private readonly string _folder;
    private readonly EmbeddedPostgres _postgres;
    private readonly ConsoleDatabase _database;
    private readonly ServiceProvider _services;
    private readonly NpgsqlDataSource _destination;

    private LineBed(string folder, EmbeddedPostgres postgres, ConsoleDatabase database, ServiceProvider services, string destination)
    {
        (_folder, _postgres, _database, _services, Destination) = (folder, postgres, database, services, destination);
        _destination = NpgsqlDataSource.Create(destination);
    }

    /// <summary>The database that both sides read from or write to.</summary>
    public string Destination { get; }

    public string FilesFolder => Path.Combine(_folder, "files");

    /// <summary>As soon as a file was applied.</summary>
    public TenantId Tenant { get; private set; }

    public Child Console { get; private set; } = null!;

    public Child World { get; private set; } = null!;

    public Child Limit { get; private set; } = null!;

    /// <summary>Where the outside world listens.</summary>
    public string Address { get; private set; } = "";

    /// <summary>The console's working set before it has done anything.</summary>
    public long IdleBytes { get; private set; }

    public int ServerId => int.Parse(File.ReadLines(Path.Combine(_folder, "postgres", "postmaster.pid")).First(), CultureInfo.InvariantCulture);

    public static async Task<LineBed> StartAsync()
    {
        var folder = Directory.CreateTempSubdirectory("console-bench-").FullName;
        var options = new DatabaseOptions { DataFolder = folder };
        var postgres = await EmbeddedPostgres.StartAsync(options, besideConsole: false, NullLogger<EmbeddedPostgres>.Instance, CancellationToken.None);
        var database = await DatabaseStart.OpenAsync(postgres.ConnectionString, options, keepRunning: false, NullLoggerFactory.Instance, CancellationToken.None);
        await AdministerAsync(postgres, "create database destination owner console");
        var destination = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Database = "destination" }.ConnectionString;
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Outgoing:AllowedNetworks:0"] = "127.0.0.0/8" }).Build();
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IConfiguration>(configuration);
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(new Random(1));
        services.AddDatabase(database, new MasterKey(new byte[Sealed.KeyBytes]));
        services.AddAccess().AddTenants().AddConnectors().AddCredentials().AddMappings().AddWebhooks().AddDeadLetters().AddSync(configuration, isWorker: false);
        var bed = new LineBed(folder, postgres, database, services.BuildServiceProvider(), destination);
        Directory.CreateDirectory(bed.FilesFolder);
        await bed.StartProcessesAsync();
        return bed;
    }

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>Makes a tenant have what a file says, with <c>console apply</c>.</summary>
    /// <param name="tenant">Its slug.</param>
    /// <param name="file">All but the tenant and the login to the destination's database.</param>
    /// <param name="beside">Files that it names, and what is in them.</param>
    public async Task<TenantId> ApplyAsync(string tenant, string file, params IReadOnlyList<(string Name, IEnumerable<string> Lines)> beside)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_folder, "apply")).FullName;
        foreach (var (name, lines) in beside)
        {
            await File.WriteAllLinesAsync(Path.Combine(folder, name), lines);
        }

        var target = new NpgsqlConnectionStringBuilder(Destination);
        var path = Path.Combine(folder, $"{tenant}.yaml");
        await File.WriteAllTextAsync(path, $$"""
            tenant: { slug: {{tenant}}, name: {{tenant}} }
            credentials:
              - { name: login, kind: databaseLogin, settings: { user: {{target.Username}} }, secret: { env: BENCH_PASSWORD } }
              - { name: hooks, kind: webhookSecret, secret: { env: BENCH_HOOKS } }
            {{file}}

            """);
        await Child.FinishAsync("IntegrationConsole.dll", ["apply", path], new Dictionary<string, string>(Settings("apply")) { ["BENCH_PASSWORD"] = target.Password!, ["BENCH_HOOKS"] = HookSecret });
        var id = (await Get<TenantStore>().FindBySlugAsync(tenant, default))!.Id;
        Tenant = tenant == Bench ? id : Tenant;
        return id;
    }

    /// <summary>Beside the others of a file: a connection to the destination's database.</summary>
    public string DatabaseNamed(string name)
    {
        var target = new NpgsqlConnectionStringBuilder(Destination);
        return string.Create(CultureInfo.InvariantCulture, $"{{ name: {name}, kind: postgres, credential: login, settings: {{ host: \"{target.Host}\", port: {target.Port}, database: {target.Database}, tls: prefer }} }}");
    }

    public async Task<IReadOnlyList<Guid>> SyncsAsync(TenantId tenant, IReadOnlyList<string> slugs)
    {
        var known = (await Get<SyncStore>().ListAsync(tenant, default)).ToDictionary(sync => sync.Slug, sync => sync.Id);
        return [.. slugs.Select(slug => known[slug])];
    }

    public async Task<Guid> RequestAsync(Guid sync)
    {
        var request = await Get<RunQueue>().RequestAsync(Tenant, sync, RunTrigger.Command, Measurer, default);
        return request.RunId ?? throw new InvalidOperationException(request.Answer);
    }

    /// <summary>Waits for the end of a run, and looks on.</summary>
    public async Task<Run> WaitAsync(Guid id, Action<Run>? look = null)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        while (await timer.WaitForNextTickAsync())
        {
            var run = await Get<RunStore>().FindAsync(Tenant, id, default) ?? throw new InvalidOperationException("The run is gone.");
            look?.Invoke(run);
            if (!run.IsOpen)
            {
                return run.State is RunState.Succeeded or RunState.Partial ? run : throw new InvalidOperationException($"The run ended as {run.State}: {run.Reason}");
            }

            if (run.Retries > 0)
            {
                throw new InvalidOperationException($"The run had to be tried again: {run.Reason}");
            }
        }

        throw new InvalidOperationException("The timer ended.");
    }

    /// <summary>What a process and the database take while something is done.</summary>
    public async Task<LineFigures> MeasureAsync(Child mover, Func<Task<(long Records, TimeSpan Wall)>> work)
    {
        await AdministerAsync(_postgres, "checkpoint");
        ProcessFigures.ForgetPeak(mover.Id);
        var (cpu, databaseCpu) = (ProcessFigures.CpuOf(mover.Id), ProcessFigures.CpuOfFamily(ServerId));
        var (records, wall) = await work();
        return new LineFigures(
            records, wall, ProcessFigures.CpuOf(mover.Id) - cpu, ProcessFigures.CpuOfFamily(ServerId) - databaseCpu, ProcessFigures.PeakOf(mover.Id));
    }

    /// <summary>The console's side of a round.</summary>
    public Task<LineFigures> RunAsync(Guid sync, Action<Run>? look = null) => MeasureAsync(Console, async () =>
    {
        var run = await WaitAsync(await RequestAsync(sync), look);
        return (run.RecordsRead, run.FinishedAt!.Value - run.StartedAt!.Value);
    });

    /// <summary>The limit's side of a round.</summary>
    public Task<LineFigures> RunLimitAsync(Limits.LimitJob job) => MeasureAsync(Limit, async () =>
    {
        await Limit.SayAsync(JsonSerializer.Serialize(job));
        var line = await Limit.HearAsync("{\"Records\"", TimeSpan.FromMinutes(60));
        var done = JsonSerializer.Deserialize<Limits.LimitResult>(line)!;
        return (done.Records, TimeSpan.FromSeconds(done.Seconds));
    });

    /// <summary>Runs statements at the destination and gives the last one's single value as text.</summary>
    public async Task<string> AskAsync(string sql)
    {
        await using var command = _destination.CreateCommand(sql);
        command.CommandTimeout = 600;
        return Convert.ToString(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture) ?? "";
    }

    /// <summary>An empty table, and no letters of earlier rounds: each round is a first load for both sides.</summary>
    public async Task ClearAsync(string table)
    {
        await AskAsync($"truncate {table}; select 1");
        await using var session = await _database.InTenantAsync(Tenant, default);
        await session.RunAsync("delete from dead_letter where tenant_id = @tenant", new { tenant = Tenant }, default);
        await session.CommitAsync(default);
        await AdministerAsync(_postgres, "vacuum", "console");
    }

    /// <summary>As autovacuum does after a while, but now: plans are made from what is there.</summary>
    public Task TidyAsync(string tables, string database) => AdministerAsync(_postgres, $"vacuum analyze {tables}", database);

    /// <summary>Stands for all rows of a table, in whatever order they lie.</summary>
    public Task<string> ChecksumAsync(string table) => AskAsync($"select count(*) || ' rows, ' || coalesce(sum(hashtextextended(t::text, 0)), 0) from {table} t");

    public async ValueTask DisposeAsync()
    {
        foreach (var child in (Child?[])[Console, World, Limit])
        {
            if (child is not null)
            {
                await child.DisposeAsync();
            }
        }

        await _destination.DisposeAsync();
        await _services.DisposeAsync();
        await _database.DisposeAsync();
        await _postgres.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private async Task StartProcessesAsync()
    {
        World = Child.Start("OutsideWorld.dll", ["http://127.0.0.1:0"], new Dictionary<string, string>());
        Limit = Child.Start("IntegrationConsole.Bench.dll", ["--limit"], new Dictionary<string, string>());
        Console = Child.Start("IntegrationConsole.dll", [], new Dictionary<string, string>(Settings("console"))
        {
            ["ASPNETCORE_URLS"] = $"http://127.0.0.1:{OutsideWorld.Ports.Free().ToString(CultureInfo.InvariantCulture)}",
            ["Console__Roles"] = "worker",
        });
        Address = (await World.HearAsync("http://")).Trim();
        await Limit.HearAsync("ready");
        await Console.HearAsync("is running at");
        IdleBytes = ProcessFigures.WorkingSetOf(Console.Id);
    }

    /// <summary>One more node beside the console, which serves and moves nothing.</summary>
    public async Task<Child> StartWebAsync(string address)
    {
        var child = Child.Start("IntegrationConsole.dll", [], new Dictionary<string, string>(Settings("web"))
        {
            ["ASPNETCORE_URLS"] = address,
            ["Console__Roles"] = "web",
            ["Letterbox__MostRequestsPerMinute"] = "100000000",
            ["Letterbox__MostKeptPerMinute"] = "100000000",
        });
        await child.HearAsync("is running at");
        return child;
    }

    private Dictionary<string, string> Settings(string node) => new()
    {
        ["ASPNETCORE_ENVIRONMENT"] = "Production",
        ["ConnectionStrings__Console"] = _postgres.ConnectionString,
        ["Console__MasterKey"] = Convert.ToBase64String(new byte[Sealed.KeyBytes]),
        ["Console__DataFolder"] = Path.Combine(_folder, node),
        ["Console__NodeName"] = node,
        ["Outgoing__AllowedNetworks__0"] = "127.0.0.0/8",
        ["Files__AllowedFolders__0"] = FilesFolder,
    };

    private static async Task AdministerAsync(EmbeddedPostgres postgres, string sql, string database = "postgres")
    {
        await using var connection = new NpgsqlConnection($"{postgres.AdministratorConnectionString};Pooling=false;Database={database}");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection) { CommandTimeout = 300 };
        await command.ExecuteNonQueryAsync();
    }
}
