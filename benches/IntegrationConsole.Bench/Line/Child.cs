using System.Diagnostics;
using System.Threading.Channels;

namespace IntegrationConsole.Bench.Line;

/// <summary>One of the processes that take part, which speak line by line, and what it takes of the machine.</summary>
internal sealed class Child : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(120);

    private readonly Process _process;
    private readonly Channel<string> _said = Channel.CreateUnbounded<string>();
    private readonly Queue<string> _last = new();

    private Child(Process process) => _process = process;

    public int Id => _process.Id;

    /// <param name="program">A program of ours beside this one.</param>
    /// <param name="arguments">What it is told.</param>
    /// <param name="settings">Environment variables.</param>
    public static Child Start(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> settings)
    {
        var child = new Child(Run(program, arguments, settings));
        child._process.OutputDataReceived += (_, line) => child.Take(line.Data);
        child._process.ErrorDataReceived += (_, line) => child.Take(line.Data);
        child._process.EnableRaisingEvents = true;
        child._process.Exited += (_, _) => child._said.Writer.TryComplete();
        child._process.BeginOutputReadLine();
        child._process.BeginErrorReadLine();
        return child;
    }

    /// <summary>A program of ours, from its beginning to its end.</summary>
    /// <returns>What it said.</returns>
    public static async Task<string> FinishAsync(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> settings)
    {
        using var process = Run(program, arguments, settings);
        var errors = process.StandardError.ReadToEndAsync();
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with {process.ExitCode}:\n{output}{await errors}");
    }

    /// <summary>The next line that it says with this in it.</summary>
    public Task<string> HearAsync(string words, TimeSpan? patience = null) => HearAsync(patience ?? StartPatience, words);

    /// <summary>The next line that it says with one of these in it.</summary>
    public Task<string> HearAsync(string words, string others) => HearAsync(StartPatience, words, others);

    /// <summary>Waits until it has ended by itself.</summary>
    public Task EndAsync() => _process.WaitForExitAsync();

    public async Task SayAsync(string line)
    {
        await _process.StandardInput.WriteLineAsync(line);
        await _process.StandardInput.FlushAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
            await _process.WaitForExitAsync();
        }

        _process.Dispose();
    }

    private static Process Run(string program, IReadOnlyList<string> arguments, IReadOnlyDictionary<string, string> settings)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program), .. arguments]) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in settings)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start.");
    }

    private async Task<string> HearAsync(TimeSpan patience, params string[] words)
    {
        using var limit = new CancellationTokenSource(patience);
        await foreach (var line in _said.Reader.ReadAllAsync(limit.Token))
        {
            if (words.Any(one => line.Contains(one, StringComparison.Ordinal)))
            {
                return line;
            }
        }

        throw new InvalidOperationException($"A process ended before it said “{string.Join("” or “", words)}”:\n{string.Join('\n', _last)}");
    }

    private void Take(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_last)
        {
            _last.Enqueue(line);
            if (_last.Count > 20)
            {
                _last.Dequeue();
            }
        }

        _said.Writer.TryWrite(line);
    }
}
