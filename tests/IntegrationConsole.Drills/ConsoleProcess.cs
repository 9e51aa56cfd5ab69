using System.Diagnostics;
using System.Globalization;
using OutsideWorld;

namespace IntegrationConsole.Drills;

/// <summary>The console as its own process, to be killed.</summary>
internal sealed class ConsoleProcess : IDisposable
{
    private readonly Process _process;
    private readonly List<string> _said;

    private ConsoleProcess(Process process, string address, List<string> said)
    {
        _process = process;
        _said = said;
        Address = address;
    }

    /// <param name="settings">Environment variables over those of the drill.</param>
    /// <param name="prefix">Stands before the command line: programs that run another one in other circumstances.</param>
    public static async Task<ConsoleProcess> StartAsync(IReadOnlyDictionary<string, string> settings, params IReadOnlyList<string> prefix)
    {
        var start = Program(settings, [], prefix);
        var address = $"http://127.0.0.1:{Ports.Free().ToString(CultureInfo.InvariantCulture)}";
        start.Environment["ASPNETCORE_URLS"] = address;
        var process = Process.Start(start) ?? throw new InvalidOperationException("The console did not start.");
        var ready = new TaskCompletionSource();
        var said = new List<string>();
        void Take(string? line)
        {
            if (line is null)
            {
                return;
            }

            lock (said)
            {
                said.Add(line);
            }

            if (line.Contains("is running at", StringComparison.Ordinal))
            {
                ready.TrySetResult();
            }
        }

        process.OutputDataReceived += (_, line) => Take(line.Data);
        process.ErrorDataReceived += (_, line) => Take(line.Data);
        process.EnableRaisingEvents = true;
        process.Exited += (_, _) => ready.TrySetException(new InvalidOperationException($"The console ended while starting: {string.Join('\n', said.TakeLast(20))}"));
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await ready.Task.WaitAsync(TimeSpan.FromSeconds(90));
        return new ConsoleProcess(process, address, said);
    }

    /// <summary>A command of the console, to its end.</summary>
    public static async Task<(int ExitCode, string Output)> RunAsync(IReadOnlyDictionary<string, string> settings, params IReadOnlyList<string> words)
    {
        using var process = Process.Start(Program(settings, words, [])) ?? throw new InvalidOperationException("The console did not start.");
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, output + await errors);
    }

    /// <summary>The first line that a command says, as soon as it says it.</summary>
    /// <returns>The line, and the end of the command with what else it said.</returns>
    public static async Task<(string Line, Task<string> End)> FirstLineAsync(IReadOnlyDictionary<string, string> settings, params IReadOnlyList<string> words)
    {
        var process = Process.Start(Program(settings, words, [])) ?? throw new InvalidOperationException("The console did not start.");
        var line = await process.StandardOutput.ReadLineAsync() ?? "";
        return (line, EndAsync());

        async Task<string> EndAsync()
        {
            using (process)
            {
                var errors = process.StandardError.ReadToEndAsync();
                var output = await process.StandardOutput.ReadToEndAsync();
                await process.WaitForExitAsync();
                return output + await errors;
            }
        }
    }

    private static ProcessStartInfo Program(IReadOnlyDictionary<string, string> settings, IReadOnlyList<string> words, IReadOnlyList<string> prefix)
    {
        string[] line = [.. prefix, "dotnet", Path.Combine(AppContext.BaseDirectory, "IntegrationConsole.dll"), .. words];
        var start = new ProcessStartInfo(line[0], line[1..]) { RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["Outgoing__AllowedNetworks__0"] = "127.0.0.0/8";
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return start;
    }

    public string Address { get; }

    /// <summary>What it said last.</summary>
    public string LastWords
    {
        get
        {
            lock (_said)
            {
                return string.Join('\n', _said.TakeLast(40));
            }
        }
    }

    public long PeakBytes
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    public bool HasExited => _process.HasExited;

    /// <summary>As the kernel does for want of memory: without a word.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <summary>As a deployment does: it is told to end, and ends when it has put down what it holds.</summary>
    /// <returns>Its exit code.</returns>
    public async Task<int> StopAsync()
    {
        SystemProgram.Run("kill", "-TERM", _process.Id.ToString(CultureInfo.InvariantCulture));
        await _process.WaitForExitAsync();
        return _process.ExitCode;
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            Kill();
        }

        _process.Dispose();
    }
}
