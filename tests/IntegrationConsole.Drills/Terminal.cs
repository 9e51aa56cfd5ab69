using System.Text.Json;
using IntegrationConsole.Configuration;

namespace IntegrationConsole.Drills;

/// <summary>Where the console's commands are typed, each a process of its own, as scripts and outside harnesses do.</summary>
/// <param name="settings">Environment variables.</param>
internal sealed class Terminal(IReadOnlyDictionary<string, string> settings) : IAsyncDisposable
{
    private const int LongestRun = 900;

    private readonly List<Task> _ending = [];

    /// <summary>Makes a tenant what a file says.</summary>
    public async Task ApplyAsync(string file)
    {
        var (exitCode, output) = await TypeAsync("apply", file);
        Expect(exitCode == CommandLine.Done, output);
    }

    /// <summary>Asks for a run.</summary>
    /// <param name="place">As TENANT/INTEGRATION.</param>
    public async Task<Guid> StartRunAsync(string place)
    {
        // Its id is said when it is queued: it may be moving records before the command has ended.
        var (line, end) = await ConsoleProcess.FirstLineAsync(settings, "run", place);
        _ending.Add(end);
        return Guid.TryParse(line, out var run) ? run : throw new InvalidOperationException($"{line}\n{await end}");
    }

    /// <summary>A run from its beginning to its end, however it ends.</summary>
    public async Task<RunTotals> RunAsync(string place)
    {
        var (exitCode, output) = await TypeAsync("run", place, "--wait", "--timeout", $"{LongestRun}");
        Expect(exitCode is >= CommandLine.Done and <= RunCommand.Cancelled, output);
        return JsonSerializer.Deserialize<RunTotals>(output, JsonSerializerOptions.Web)! with { ExitCode = exitCode };
    }

    /// <summary>Dead letters, of which the records themselves are never told.</summary>
    /// <param name="words">The tenant, and which of its letters.</param>
    public async Task<IReadOnlyList<ToldLetter>> LettersAsync(params IReadOnlyList<string> words)
    {
        var (exitCode, output) = await TypeAsync(["deadletters", "--ndjson", .. words]);
        Expect(exitCode == CommandLine.Done, output);
        return [.. output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonSerializer.Deserialize<ToldLetter>(line, JsonSerializerOptions.Web)!)];
    }

    /// <summary>Waits for the ends of commands that have said all there was to hear.</summary>
    public async ValueTask DisposeAsync() => await Task.WhenAll(_ending);

    private Task<(int ExitCode, string Output)> TypeAsync(params IReadOnlyList<string> words) => ConsoleProcess.RunAsync(settings, words);

    private static void Expect(bool isWell, string output)
    {
        if (!isWell)
        {
            throw new InvalidOperationException(output);
        }
    }
}

/// <summary>What <c>console run --wait</c> says of a run, and how it ends.</summary>
internal sealed record RunTotals(string State, string Sentence, long Read, long Written, long Unchanged, long Rejected, long Failed, long Unknown, bool Balanced, double? Seconds, string? Cause)
{
    public int ExitCode { get; init; }
}

/// <summary>What <c>console deadletters</c> says of a letter.</summary>
/// <param name="Record">Its key.</param>
internal sealed record ToldLetter(string Integration, string Record, string State, string Cause);
