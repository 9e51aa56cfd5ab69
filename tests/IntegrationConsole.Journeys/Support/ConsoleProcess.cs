using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using OutsideWorld;

namespace IntegrationConsole.Journeys.Support;

/// <summary>
/// The console as an operator runs it: a process of its own with its own embedded PostgreSQL and its own data folder,
/// on a free port. Ends, with everything it started and kept, when it is disposed or when the tests end.
/// </summary>
internal sealed partial class ConsoleProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(2);
    private const int LinesKept = 1_000;
    private static readonly string Program = Path.Combine(AppContext.BaseDirectory, "IntegrationConsole.dll");

    private readonly string _folder = Directory.CreateTempSubdirectory("console-journeys-").FullName;
    private readonly Dictionary<string, string> _settings;

    // Of its own: a server that is taken away for a while finds no other one in its place.
    private readonly string _databasePort = Ports.Free().ToString(CultureInfo.InvariantCulture);
    private readonly ConcurrentQueue<string> _said = new();
    private Process? _process;

    private ConsoleProcess(Dictionary<string, string> settings)
    {
        _settings = settings;
        Address = $"http://localhost:{Ports.Free()}";
        AppDomain.CurrentDomain.ProcessExit += EndWithTheTests;
    }

    public string Address { get; }

    public string DataFolder => Path.Combine(_folder, "data");

    /// <summary>Where the first administrator chooses a password, as the console printed it.</summary>
    public string WelcomeLink { get; private set; } = "";

    /// <summary>The last that it wrote, oldest first.</summary>
    public IReadOnlyList<string> Said => [.. _said];

    /// <param name="settings">Beyond those of every test; named like environment variables.</param>
    /// <param name="prepare">Runs on the empty database before the console starts for good: arguments of console commands.</param>
    public static async Task<ConsoleProcess> StartAsync(Dictionary<string, string>? settings = null, params string[][] prepare)
    {
        var console = new ConsoleProcess(settings ?? []);
        foreach (var arguments in prepare)
        {
            await console.CommandAsync(arguments);
        }

        await console.StartAsync();
        return console;
    }

    /// <summary>Once more on the same port and data, after <see cref="KillAsync"/>.</summary>
    public async Task StartAsync()
    {
        _process = Launch([]);
        var running = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var complaints = new List<string>();
        _process.OutputDataReceived += (_, line) =>
        {
            Keep(line.Data);
            if (Link().Match(line.Data ?? "") is { Success: true } link)
            {
                WelcomeLink = link.Value;
            }

            if (line.Data?.Contains("Ctrl-C stops it", StringComparison.Ordinal) == true)
            {
                running.TrySetResult();
            }
        };
        _process.ErrorDataReceived += (_, line) =>
        {
            Keep(line.Data);
            complaints.Add(line.Data ?? "");
        };
        _process.Exited += (_, _) => running.TrySetException(new InvalidOperationException($"The console did not start: {string.Join('\n', complaints)}"));
        _process.EnableRaisingEvents = true;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await running.Task.WaitAsync(StartPatience);
    }

    /// <summary>As kill -9 does: no farewell, no clean-up.</summary>
    public async Task KillAsync()
    {
        if (_process is { } process)
        {
            process.Kill();
            await process.WaitForExitAsync();
            process.Dispose();
            _process = null;
        }
    }

    /// <summary>As when the machine loses its power: the console and these others at the same instant.</summary>
    public async Task KillTogetherWithAsync(IEnumerable<int> others)
    {
        using var kill = Process.Start("kill", ["-9", .. others.Select(id => $"{id}"), $"{_process!.Id}"]);
        await kill.WaitForExitAsync();
        await KillAsync();
    }

    /// <summary>Runs one of the console's commands beside it, or before it.</summary>
    public async Task<string> CommandAsync(params string[] arguments)
    {
        using var command = Launch(arguments);
        var output = command.StandardOutput.ReadToEndAsync();
        var complaints = command.StandardError.ReadToEndAsync();
        await command.WaitForExitAsync();
        return command.ExitCode == 0 ? await output : throw new InvalidOperationException($"{string.Join(' ', arguments)}: {await output} {await complaints}");
    }

    public ValueTask DisposeAsync()
    {
        AppDomain.CurrentDomain.ProcessExit -= EndWithTheTests;
        End();
        return ValueTask.CompletedTask;
    }

    private void Keep(string? line)
    {
        _said.Enqueue(line ?? "");
        while (_said.Count > LinesKept)
        {
            _said.TryDequeue(out _);
        }
    }

    private void EndWithTheTests(object? sender, EventArgs ended) => End();

    private void End()
    {
        // The embedded server is a child of the console; its data is of no use to anybody.
        _process?.Kill(entireProcessTree: true);
        _process?.WaitForExit();
        for (var attempt = 0; Directory.Exists(_folder) && attempt < 3; attempt++)
        {
            try
            {
                Directory.Delete(_folder, recursive: true);
            }
            catch (IOException)
            {
                // The server's last process wrote a file meanwhile.
            }
        }
    }

    private Process Launch(string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = _folder };
        start.ArgumentList.Add(Program);
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Development";
        start.Environment["ASPNETCORE_URLS"] = Address;
        start.Environment["Console__DataFolder"] = DataFolder;
        start.Environment["Console__EmbeddedPort"] = _databasePort;
        start.Environment["Access__SignInsPerMinute"] = "10000";

        // The browser's console then says what failed inside the console, not only that something did.
        start.Environment["DetailedErrors"] = "true";
        start.Environment.Remove("ConnectionStrings__Console");
        foreach (var (name, value) in _settings)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    [GeneratedRegex(@"http://\S+/welcome#\S+")]
    private static partial Regex Link();
}
