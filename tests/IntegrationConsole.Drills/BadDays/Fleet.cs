using System.Diagnostics;
using System.Globalization;
using System.Net;
using IntegrationConsole.Sync;
using IntegrationConsole.Tenants;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using OutsideWorld;

namespace IntegrationConsole.Drills.BadDays;

/// <summary>
/// A web node and two worker nodes on one PostgreSQL, the companies that they talk to, and the table of what each fault
/// cost. DRILL_LONG=1 makes it long; DRILL_SEED names the seed of the moments at which things happen.
/// </summary>
public sealed class Fleet : IAsyncLifetime
{
    /// <summary>Of a page, as the moves ask for it.</summary>
    internal const int PageSize = 250;

    internal const string First = "worker-1";
    internal const string Second = "worker-2";

    private readonly string _folder = Directory.CreateTempSubdirectory("console-fleet-").FullName;
    private readonly Dictionary<string, ConsoleProcess> _nodes = [];
    private readonly Stack<Func<Task>> _ends = new();
    private EmbeddedPostgres _postgres = null!;
    private ConsoleDatabase _database = null!;
    private ServiceProvider _rooms = null!;
    private Relay _wayToConsole = null!;
    private Relay _wayToDestination = null!;

    public Fleet()
    {
        var seed = Environment.GetEnvironmentVariable("DRILL_SEED") is { Length: > 0 } named ? int.Parse(named, CultureInfo.InvariantCulture) : Stopwatch.GetTimestamp().GetHashCode() & 0xFFFFFF;
        IsLong = Environment.GetEnvironmentVariable("DRILL_LONG") == "1";
#pragma warning disable RS0030 // The seed is printed, so that what a drill met can be met again.
        Random = new Random(seed);
#pragma warning restore RS0030
        Table = new DrillTable(seed, IsLong);
    }

    internal bool IsLong { get; }

    internal Random Random { get; }

    internal DrillTable Table { get; }

    internal OutsideWorldServer World { get; private set; } = null!;

    /// <summary>Round the second worker node.</summary>
    internal Fence? Fence { get; private set; }

    /// <summary>Under the console's database.</summary>
    internal SmallDisk? Disk { get; private set; }

    /// <summary>Of the first worker node.</summary>
    internal CrookedClock? Clock { get; private set; }

    /// <summary>The only way to the destination's database for the moves of the fault <c>down</c>.</summary>
    internal Relay WayThatGoesDown { get; private set; } = null!;

    /// <summary>On another machine than the nodes.</summary>
    internal Terminal Terminal { get; private set; } = null!;

    internal TenantId Tenant { get; private set; }

    internal string Destination => DatabaseNamed("destination").ConnectionString;

    internal IReadOnlyDictionary<string, ConsoleProcess> Nodes => _nodes;

    public async Task InitializeAsync()
    {
        // The server has a user of its own, who has to reach its files.
        File.SetUnixFileMode(_folder, File.GetUnixFileMode(_folder) | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        Fence = Fence.WhyNot is null ? Opened(Fence.Build()) : null;
        Clock = CrookedClock.WhyNot is null ? CrookedClock.Make(_folder) : null;
        var here = Fence?.Here ?? IPAddress.Loopback;
        World = await OutsideWorldServer.StartAsync($"http://{here}:0");
        _ends.Push(() => World.DisposeAsync().AsTask());
        await StartDatabasesAsync();
        var port = DatabaseNamed("fleet").Port;
        _wayToConsole = Opened(Relay.Open(here, port));
        _wayToDestination = Opened(Relay.Open(here, port));
        WayThatGoesDown = Opened(Relay.Open(here, port));
        Terminal = new Terminal(Settings("command", null));
        _ends.Push(() => Terminal.DisposeAsync().AsTask());
        await ApplyAsync();
        await Task.WhenAll(StartNodeAsync("web"), StartNodeAsync(First), StartNodeAsync(Second));
    }

    /// <summary>Ends what was started, the last one first.</summary>
    public async Task DisposeAsync()
    {
        Table.Save(Environment.GetEnvironmentVariable("DRILL_RESULTS") is { Length: > 0 } named ? named : AppContext.BaseDirectory);
        while (_ends.TryPop(out var end))
        {
            await end();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private T Opened<T>(T opened)
        where T : IDisposable
    {
        _ends.Push(() =>
        {
            opened.Dispose();
            return Task.CompletedTask;
        });
        return opened;
    }

    /// <summary>Calls take longer than rows.</summary>
    internal static int RecordsOf(MoveKind kind) => kind is MoveKind.Table ? 10_000 : 2_500;

    internal T Get<T>()
        where T : notnull => _rooms.GetRequiredService<T>();

    internal async Task StartNodeAsync(string name)
    {
        var isInside = name == Second && Fence is not null;
        var settings = Settings(name, isInside ? _wayToConsole.Here : null);
        settings["Console__Roles"] = name == "web" ? "web" : "worker";
        foreach (var (key, value) in name == First && Clock is not null ? Clock.Environment : new Dictionary<string, string>())
        {
            settings[key] = value;
        }

        var node = await ConsoleProcess.StartAsync(settings, isInside ? Fence!.Prefix : []);
        lock (_nodes)
        {
            _nodes[name] = Opened(node);
        }
    }

    /// <summary>Whatever a drill left behind that did not get to its end.</summary>
    internal async Task MendAsync()
    {
        Clock?.Set(TimeSpan.Zero);
        Fence?.Open();
        Disk?.Free();
        WayThatGoesDown.Mend();
        foreach (var (name, _) in _nodes.Where(node => node.Value.HasExited).ToList())
        {
            await StartNodeAsync(name);
        }
    }

    /// <summary>Asks for a run to a table and one to a company, whose pages come with a pause before each.</summary>
    internal async Task<IReadOnlyList<Move>> StartMovesAsync(string fault, TimeSpan pause)
    {
        Prepare(fault, pause);
        return await Task.WhenAll(StartAsync(fault, MoveKind.Table), StartAsync(fault, MoveKind.Company));
    }

    internal void Prepare(string fault, TimeSpan pause)
    {
        World.Faults.Add(new Fault($"/page/{fault}", FaultKind.Late) { Delay = pause });
        World.Faults.Add(new Fault($"/sink/{fault}", FaultKind.Late) { Method = "POST", Delay = TimeSpan.FromMilliseconds(8) });
    }

    internal async Task<SyncDefinition> SyncAsync(string fault, MoveKind kind) =>
        await Get<SyncStore>().FindBySlugAsync(Tenant, FleetFile.SlugOf(fault, kind), default) ?? throw new InvalidOperationException($"There is no integration {FleetFile.SlugOf(fault, kind)}.");

    internal async Task<Move> StartAsync(string fault, MoveKind kind)
    {
        var sync = await SyncAsync(fault, kind);
        return new Move(this, fault, kind, sync, await Terminal.StartRunAsync($"{FleetFile.Tenant}/{sync.Slug}"));
    }

    /// <summary>Ends the server without a word, or as its own immediate stop does; it is started again at once.</summary>
    internal async Task EndPostgresAsync(string signal)
    {
        var pid = (await File.ReadAllLinesAsync(Path.Combine(_folder, "postgres", "postmaster.pid")))[0];
        const string Started = "select (extract(epoch from pg_postmaster_start_time()) * 1000)::bigint";
        var before = await AskAsync(Started);
        SystemProgram.Run("kill", signal, pid);
        await Look.UntilAsync(() => AskAsync(Started), started => started > before, TimeSpan.FromMinutes(2));
    }

    private async Task StartDatabasesAsync()
    {
        Disk = SmallDisk.WhyNot is null ? Opened(SmallDisk.Mount(Path.Combine(_folder, "disk"))) : null;
        var data = new DatabaseOptions { DataFolder = _folder, EmbeddedPort = Ports.Free() };
        _postgres = await EmbeddedPostgres.StartAsync(data, besideConsole: false, NullLogger<EmbeddedPostgres>.Instance, CancellationToken.None);
        _ends.Push(() => _postgres.DisposeAsync().AsTask());

        // What is committed outlives the server; what the machine's disk has of it, no drill asks.
        await AdministerAsync("alter system set fsync = off");
        await AdministerAsync("select pg_reload_conf()");
        await AdministerAsync("create database destination owner console");
        if (Disk is not null)
        {
            var inside = Directory.CreateDirectory(Path.Combine(Disk.Folder, "tables")).FullName;
            SystemProgram.Run("chown", "postgres", inside);
            await AdministerAsync($"create tablespace small location '{inside}'");
        }

        await AdministerAsync($"create database fleet owner console {(Disk is null ? "" : "tablespace small")}");
        _database = await DatabaseStart.OpenAsync(DatabaseNamed("fleet").ConnectionString, data, keepRunning: true, NullLoggerFactory.Instance, CancellationToken.None);
        _ends.Push(() => _database.DisposeAsync().AsTask());
        _rooms = Drill.Rooms(_database);
        _ends.Push(() => _rooms.DisposeAsync().AsTask());
    }

    private async Task ApplyAsync()
    {
        var faults = Enumerable.Range(1, 20).Select(number => $"kill-{number:00}").Concat(["nothing", "postgres-1", "postgres-2", "down", "cut", "busy", "ahead", "partition", "disk", "same", "deploy-1", "deploy-2"]).ToList();
        foreach (var kind in Enum.GetValues<MoveKind>())
        {
            List<string>[] things = [.. ((bool[])[false, true]).Select(hasSpoilt => Enumerable.Range(1, RecordsOf(kind)).Select(id => Thing.Json(id, kind, hasSpoilt)).ToList())];
            faults.ForEach(fault => World.Put(FleetFile.SlugOf(fault, kind), things[FleetFile.HasSpoilt(fault) ? 1 : 0]));
        }

        var file = Path.Combine(_folder, "drill.yaml");
        await File.WriteAllTextAsync(file, FleetFile.Write(faults, World.Address, fault => (fault == "down" ? WayThatGoesDown : _wayToDestination).Here));
        await Terminal.ApplyAsync(file);
        Tenant = (await Get<TenantStore>().FindBySlugAsync(FleetFile.Tenant, default))!.Id;
    }

    private Dictionary<string, string> Settings(string node, IPEndPoint? way)
    {
        var database = DatabaseNamed("fleet");
        (database.Host, database.Port) = way is null ? (database.Host, database.Port) : (way.Address.ToString(), way.Port);
        return new Dictionary<string, string>
        {
            ["ConnectionStrings__Console"] = database.ConnectionString,
            ["Console__MasterKey"] = Convert.ToBase64String(new byte[Sealed.KeyBytes]),
            ["Console__DataFolder"] = Path.Combine(_folder, node),
            ["Console__NodeName"] = node,
            ["Outgoing__AllowedNetworks__1"] = "10.213.0.0/16",
            [FleetFile.Password] = database.Password!,
        };
    }

    private NpgsqlConnectionStringBuilder DatabaseNamed(string name) => new(_postgres.ConnectionString) { Database = name };

    private async Task<long> AskAsync(string sql)
    {
        await using var command = _database.Source.CreateCommand(sql);
        return Convert.ToInt64(await command.ExecuteScalarAsync(), CultureInfo.InvariantCulture);
    }

    private async Task AdministerAsync(string sql)
    {
        await using var connection = new NpgsqlConnection(_postgres.AdministratorConnectionString + ";Pooling=false");
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand(sql, connection);
        await command.ExecuteNonQueryAsync();
    }
}
