using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace IntegrationConsole.Database;

/// <summary>The running server process of the embedded cluster.</summary>
internal sealed partial class PostgresProcess
{
    private const int Interrupt = 2;
    private const int Quit = 3;
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(20);

    private readonly Process _process;
    private readonly string _cluster;
    private volatile string _lastMessage = "it gave no reason";

    private PostgresProcess(Process process, string cluster)
    {
        _process = process;
        _cluster = cluster;
    }

    public bool HasExited => _process.HasExited;

    public string LastMessage => _lastMessage;

    public Task WaitForExitAsync(CancellationToken cancellationToken) => _process.WaitForExitAsync(cancellationToken);

    public static PostgresProcess Start(PostgresAccount account, PostgresBinaries binaries, string cluster, int port, ILogger logger)
    {
        var command = account.Guarded(binaries.Postgres);
        var start = new ProcessStartInfo(command[0]) { RedirectStandardError = true, RedirectStandardOutput = true, RedirectStandardInput = true, WorkingDirectory = "/" };
        string[] settings =
        [
            "-D", cluster,
            "-p", port.ToString(CultureInfo.InvariantCulture),
            "-c", "listen_addresses=127.0.0.1",
            "-c", "unix_socket_directories=",
            "-c", "max_connections=200",
            "-c", "log_min_messages=warning",
            "-c", "jit=off",
        ];
        foreach (var argument in (string[])[.. command[1..], .. settings])
        {
            start.ArgumentList.Add(argument);
        }

        Process? process = null;
        using var started = new ManualResetEventSlim();

        // The kernel's notice of a parent's death follows the thread that created the child, and pool threads come
        // and go: this one stays for as long as the server runs.
        var keeper = new Thread(() =>
        {
            process = Process.Start(start);
            started.Set();
            process?.WaitForExit();
        })
        { IsBackground = true, Name = "PostgreSQL keeper" };
        keeper.Start();
        started.Wait();

        var server = new PostgresProcess(process ?? throw new StartProblem($"{command[0]} could not be started."), cluster);
        server.Listen(logger);
        return server;
    }

    /// <returns>The port of a server that runs on this cluster, or null.</returns>
    public static int? RunningPort(string cluster)
    {
        var lines = PidFile(cluster);
        return lines is { Length: > 3 } && RunningPid(cluster, lines) is not null
            && int.TryParse(lines[3], NumberStyles.None, CultureInfo.InvariantCulture, out var port) ? port : null;
    }

    /// <summary>Whether the server that runs on this cluster says, on the eighth line of its pid file, that it takes connections.</summary>
    public static bool IsReady(string cluster) => PidFile(cluster) is { Length: > 7 } lines && lines[7].Trim() == "ready";

    /// <summary>
    /// Waits until nobody works on the cluster, and takes away the pid file of a server that was killed: where nobody
    /// collects dead processes at once, or the number belongs to somebody else by now, PostgreSQL would believe that it
    /// still runs, and not start. Whoever calls this holds the data folder's lock.
    /// </summary>
    public static async Task WaitUntilGoneAsync(string cluster, TimeSpan patience, CancellationToken cancellationToken)
    {
        var waited = Stopwatch.StartNew();
        var asked = false;
        while (WorkersOn(cluster) is [var worker, ..])
        {
            if (!asked && PidFile(cluster) is { } lines && RunningPid(cluster, lines) is { } pid)
            {
                Signal(pid, Interrupt);
                asked = true;
            }

            if (waited.Elapsed > patience)
            {
                throw new StartProblem($"A PostgreSQL server (process {worker}) still runs on {cluster} and does not stop: end it by hand.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System, cancellationToken);
        }

        File.Delete(Path.Combine(cluster, "postmaster.pid"));
    }

    /// <summary>Asks for a fast shutdown, and ends it hard (to be recovered at the next start) when that takes too long.</summary>
    public async Task StopAsync()
    {
        foreach (var signal in (int[])[Interrupt, Quit])
        {
            if (_process.HasExited)
            {
                return;
            }

            if (PidFile(_cluster) is { } lines && RunningPid(_cluster, lines) is { } pid)
            {
                Signal(pid, signal);
            }

            using var patience = new CancellationTokenSource(StopPatience);
            try
            {
                await _process.WaitForExitAsync(patience.Token);
                return;
            }
            catch (OperationCanceledException)
            {
                // Next, harder signal.
            }
        }
    }

    private void Listen(ILogger logger)
    {
        void Take(string? line)
        {
            if (!string.IsNullOrWhiteSpace(line))
            {
                _lastMessage = line;
                logger.LogDebug("PostgreSQL: {Message}", line);
            }
        }

        _process.ErrorDataReceived += (_, message) => Take(message.Data);
        _process.OutputDataReceived += (_, message) => Take(message.Data);
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
    }

    private static string[]? PidFile(string cluster)
    {
        try
        {
            return File.ReadAllLines(Path.Combine(cluster, "postmaster.pid"));
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>The server's main process and its workers: each of them stands in the cluster's folder.</summary>
    private static IReadOnlyList<int> WorkersOn(string cluster) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Select(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var pid) ? pid : 0)
            .Where(pid => pid > 0 && StandsIn(pid, cluster) && IsPostgres(pid)),
    ];

    /// <summary>A pid file may be older than its process: the number can belong to somebody else by now.</summary>
    private static int? RunningPid(string cluster, string[] lines)
    {
        if (lines.Length == 0 || !int.TryParse(lines[0], NumberStyles.None, CultureInfo.InvariantCulture, out var pid))
        {
            return null;
        }

        return StandsIn(pid, cluster) ? pid : null;
    }

    private static bool StandsIn(int pid, string folder)
    {
        try
        {
            return File.ResolveLinkTarget($"/proc/{pid}/cwd", returnFinalTarget: false)?.FullName == folder;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>Somebody's shell may stand there too.</summary>
    private static bool IsPostgres(int pid)
    {
        try
        {
            return File.ReadAllText($"/proc/{pid}/comm").StartsWith("postgres", StringComparison.Ordinal);
        }
        catch (IOException)
        {
            // It has ended meanwhile.
            return false;
        }
    }

    private static void Signal(int pid, int signal) => _ = Kill(pid, signal);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
