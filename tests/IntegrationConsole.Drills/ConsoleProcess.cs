using System.Diagnostics;
using System.Globalization;
using OutsideWorld;

namespace IntegrationConsole.Drills;

/// <summary>The console as its own process, to be killed.</summary>
internal sealed class ConsoleProcess : IDisposable
{
    private readonly Process _process;

    private ConsoleProcess(Process process) => _process = process;

    /// <param name="settings">Environment variables over those of the drill.</param>
    public static async Task<ConsoleProcess> StartAsync(IReadOnlyDictionary<string, string> settings)
    {
        var start = new ProcessStartInfo("dotnet") { RedirectStandardOutput = true, RedirectStandardError = true };
        start.ArgumentList.Add(Path.Combine(AppContext.BaseDirectory, "IntegrationConsole.dll"));
        start.Environment["ASPNETCORE_ENVIRONMENT"] = "Production";
        start.Environment["Outgoing__AllowedNetworks__0"] = "127.0.0.0/8";
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        var port = Ports.Free();
        start.Environment["ASPNETCORE_URLS"] = $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}";
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
        return new ConsoleProcess(process);
    }

    public long PeakBytes
    {
        get
        {
            _process.Refresh();
            return _process.PeakWorkingSet64;
        }
    }

    /// <summary>As the kernel does for want of memory: without a word.</summary>
    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
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
