using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using Npgsql;

namespace IntegrationConsole.Database;

/// <summary>
/// A private PostgreSQL cluster in the data folder, on the loopback address only. PostgreSQL refuses to run as root;
/// started by root, the cluster runs as the distribution's unprivileged <c>postgres</c> user. If the console dies,
/// the kernel tells the cluster to shut down, so nothing is left behind; if the cluster dies, it recovers at the next
/// start from its own log.
/// </summary>
internal sealed class EmbeddedPostgres : IAsyncDisposable
{
    private const string OwnerLogin = "console";
    private const string AdministratorLogin = "postgres";
    private const int PortAttempts = 5;
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan RestartPause = TimeSpan.FromSeconds(1);

    private readonly FileStream? _lock;
    private readonly Func<PostgresProcess>? _start;
    private readonly CancellationTokenSource _stopping = new();
    private readonly ILogger _logger;
    private readonly int _port;
    private readonly string _password;
    private PostgresProcess? _process;
    private Task _watching = Task.CompletedTask;
    private int _disposed;

    /// <param name="lock">Held while the cluster is ours; null beside a console that owns it.</param>
    /// <param name="start">Starts the server process; null beside a console that owns it.</param>
    private EmbeddedPostgres(FileStream? @lock, Func<PostgresProcess>? start, int port, string password, ILogger logger)
    {
        _lock = @lock;
        _start = start;
        _process = start?.Invoke();
        _port = port;
        _password = password;
        _logger = logger;
    }

    public string ConnectionString => Login(OwnerLogin, "console");

    public string AdministratorConnectionString => Login(AdministratorLogin, "postgres");

    /// <param name="options">Where the cluster lives.</param>
    /// <param name="besideConsole">Join a cluster that a running console owns, and leave it running.</param>
    /// <param name="logger">Takes the server's own messages.</param>
    /// <param name="cancellationToken">Stops waiting for it.</param>
    public static async Task<EmbeddedPostgres> StartAsync(
        DatabaseOptions options, bool besideConsole, ILogger<EmbeddedPostgres> logger, CancellationToken cancellationToken)
    {
        var folder = DataFolder.Open(options.DataFolder);
        var ownership = DataFolder.TryLock(folder);
        if (ownership is null && !besideConsole)
        {
            throw new StartProblem($"Another console is running on the data folder {folder}: stop it, or choose another folder with Console__DataFolder.");
        }

        var password = SecretFile.ReadOrCreate(Path.Combine(folder, "postgres.password"), () => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(24)));
        var cluster = Path.Combine(folder, "postgres");
        try
        {
            if (ownership is null)
            {
                var port = PostgresProcess.RunningPort(cluster)
                    ?? throw new StartProblem($"The console on the data folder {folder} is starting or stopping: try again in a moment.");
                return new EmbeddedPostgres(null, null, port, password, logger);
            }

            var embedded = await OwnAsync(options, ownership, cluster, password, logger, cancellationToken);
            await embedded.EnsureDatabaseAsync(cancellationToken);
            embedded._watching = Task.Run(() => embedded.WatchAsync(cluster), CancellationToken.None);
            return embedded;
        }
        catch
        {
            if (ownership is not null)
            {
                await ownership.DisposeAsync();
            }

            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 1)
        {
            return;
        }

        await _stopping.CancelAsync();
        await _watching;
        if (_process is not null)
        {
            await _process.StopAsync();
        }

        _stopping.Dispose();

        if (_lock is not null)
        {
            await _lock.DisposeAsync();
        }
    }

    private static async Task<EmbeddedPostgres> OwnAsync(
        DatabaseOptions options, FileStream ownership, string cluster, string password, ILogger logger, CancellationToken cancellationToken)
    {
        var account = PostgresAccount.For(cluster);
        var exists = File.Exists(Path.Combine(cluster, "PG_VERSION"));
        var binaries = PostgresBinaries.Find(options.PostgresBinaries, exists ? ClusterMajor(cluster) : null);
        if (!exists)
        {
            logger.LogInformation("Creating a PostgreSQL {Version} cluster in {Folder}", binaries.Major, cluster);
            Initialise(account, binaries, cluster, password);
        }

        for (var attempt = 1; ; attempt++)
        {
            // A console that was killed takes its cluster along, but the cluster needs a moment to shut down.
            await PostgresProcess.WaitUntilGoneAsync(cluster, StartPatience, cancellationToken);
            var port = FreePort(options.EmbeddedPort);
            var embedded = new EmbeddedPostgres(ownership, () => PostgresProcess.Start(account, binaries, cluster, port, logger), port, password, logger);
            if (await embedded.IsReadyAsync(cluster, cancellationToken))
            {
                return embedded;
            }

            // Another program took the port between our look at it and the server's: the next look finds another one.
            if (attempt == PortAttempts || IsFree(port))
            {
                throw new StartProblem($"The embedded PostgreSQL stopped while starting: {embedded._process!.LastMessage}");
            }
        }
    }

    /// <summary>A server that ends on its own, killed for want of memory perhaps, is started again on the same port.</summary>
    private async Task WatchAsync(string cluster)
    {
        try
        {
            while (true)
            {
                await _process!.WaitForExitAsync(_stopping.Token);
                _logger.LogError("The embedded PostgreSQL ended on its own ({Message}); starting it again", _process.LastMessage);
                await PostgresProcess.WaitUntilGoneAsync(cluster, StartPatience, _stopping.Token);
                await Task.Delay(RestartPause, TimeProvider.System, _stopping.Token);
                _process = _start!();
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The console stops, and the server with it.
        }
    }

    /// <summary>Made beside and moved into place, so that a start that was cut off leaves nothing half made.</summary>
    private static void Initialise(PostgresAccount account, PostgresBinaries binaries, string cluster, string password)
    {
        var fresh = cluster + ".new";
        var passwordFile = cluster + ".pw";
        if (Directory.Exists(fresh))
        {
            Directory.Delete(fresh, recursive: true);
        }

        Directory.CreateDirectory(fresh, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        try
        {
            SecretFile.Write(passwordFile, password);
            account.TakeOver(fresh);
            account.TakeOver(passwordFile);
            var (exitCode, output) = account.Run(
                binaries.Initdb, "-D", fresh, "-U", AdministratorLogin, "-A", "scram-sha-256", "--pwfile", passwordFile,
                "-E", "UTF8", "--locale=C.UTF-8", "--data-checksums");
            if (exitCode != 0)
            {
                throw new StartProblem($"PostgreSQL could not create its cluster in {cluster}: {LastLine(output)}");
            }

            Directory.Move(fresh, cluster);
        }
        finally
        {
            File.Delete(passwordFile);
        }
    }

    /// <summary>
    /// Whether the server answers; false when it ended. Asked over the port only once our own cluster says that it
    /// listens there: whoever answered before that would be somebody else's server.
    /// </summary>
    private async Task<bool> IsReadyAsync(string cluster, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        while (!_process!.HasExited)
        {
            if (PostgresProcess.IsReady(cluster) || waited.Elapsed > StartPatience)
            {
                try
                {
                    await using var connection = new NpgsqlConnection(AdministratorConnectionString + ";Pooling=false;Timeout=5");
                    await connection.OpenAsync(cancellationToken);
                    return true;
                }
                catch (NpgsqlException notYet) when (waited.Elapsed < StartPatience
                    && (notYet.InnerException is SocketException or IOException or TimeoutException || notYet.SqlState == PostgresErrorCodes.CannotConnectNow))
                {
                    // It recovers from its log first.
                }
                catch (PostgresException refused) when (refused.SqlState is PostgresErrorCodes.InvalidPassword)
                {
                    throw new StartProblem("The embedded PostgreSQL does not accept the password in postgres.password: restore that file from a backup of the data folder.", refused);
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
        }

        return false;
    }

    private async Task EnsureDatabaseAsync(CancellationToken cancellationToken)
    {
        await GuestDatabase.CreateAsync(AdministratorConnectionString, OwnerLogin, _password, cancellationToken);
    }

    private string Login(string user, string database) =>
        new NpgsqlConnectionStringBuilder
        {
            Host = "127.0.0.1",
            Port = _port,
            Username = user,
            Password = _password,
            Database = database,
            SslMode = SslMode.Disable,
        }.ConnectionString;

    private static int ClusterMajor(string cluster) =>
        int.TryParse(File.ReadAllText(Path.Combine(cluster, "PG_VERSION")).Trim(), out var major) ? major : 0;

    private static int FreePort(int wanted)
    {
        if (IsFree(wanted))
        {
            return wanted;
        }

        using var any = new TcpListener(IPAddress.Loopback, 0);
        any.Start();
        return ((IPEndPoint)any.LocalEndpoint).Port;
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private static string LastLine(string output) =>
        output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).LastOrDefault() ?? "it gave no reason";
}
