using System.Globalization;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;

namespace IntegrationConsole.Configuration;

/// <summary>Writes dead letters as the page's download does: what was recorded of each, never the record itself.</summary>
internal sealed class LettersCommand(CommandNames names, DeadLetterStore letters, TimeProvider clock)
{
    public const string Help = """
        console deadletters TENANT [--ndjson] [--integration INTEGRATION] [--cause CAUSE] [--state STATE] [--since WHEN]

        Writes the tenant's dead letters, one JSON object a line, the latest failures first, without the records. This is
        the only form; --ndjson may say so.

          --integration INTEGRATION   only those of the integration at this address
          --cause CAUSE               such as mapping or target-down
          --state STATE               waiting, queued, replaying, resolved, superseded, discarded or any; unless given, all
                                      that are open
          --since WHEN                failed last since a moment (2026-01-31, 2026-01-31T12:00:00Z) or for so long (90m, 24h, 7d)

        Ends with 0, or with 2 where the command was not understood.
        """;

    /// <returns>The options, or what is wrong with them.</returns>
    public static (CommandOptions Options, string Problem) Read(string[] words)
    {
        var (options, problem) = CommandOptions.Read(words, "TENANT", ["--ndjson"], ["--integration", "--cause", "--state", "--since"]);
        if (problem.Length == 0)
        {
            problem = options.Value("--cause") is { } cause && FailureCauses.FromCode(cause) is null ? $"--cause is one of {string.Join(", ", Enum.GetValues<FailureCause>().Select(each => each.Code))}."
                : options.Value("--state") is { } state && state != DeadLetterFilter.AnyStateInAddress && StateOf(state) is null
                    ? $"--state is one of {string.Join(", ", Enum.GetNames<LetterState>().Select(name => name.ToLowerInvariant()))}, {DeadLetterFilter.AnyStateInAddress}."
                : options.Value("--since") is { } since && Since(since, DateTimeOffset.UnixEpoch) is null ? "--since is a moment such as 2026-01-31 or 2026-01-31T12:00:00Z, or a time such as 90m, 24h or 7d."
                : "";
        }

        return (options, problem);
    }

    /// <param name="options">As they were read.</param>
    /// <param name="file">Takes the letters.</param>
    /// <param name="errors">Takes what is said where there are none to write.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The process's exit code.</returns>
    public async Task<int> RunAsync(CommandOptions options, Stream file, TextWriter errors, CancellationToken cancellationToken)
    {
        if (await names.TenantAsync(options.Subject, errors, cancellationToken) is not { } tenant)
        {
            return CommandLine.Misused;
        }

        Guid? sync = null;
        if (options.Value("--integration") is { } slug)
        {
            if (await names.IntegrationAsync($"{tenant.Slug}/{slug}", errors, cancellationToken) is not { } known)
            {
                return CommandLine.Misused;
            }

            sync = known.Id;
        }

        var since = options.Value("--since") is { } text ? Since(text, clock.GetUtcNow()) : null;
        await DeadLetterExport.WriteAsync(file, letters, tenant.Id, DeadLetterFilter.FromAddress(options.Value("--state"), sync, options.Value("--cause"), null, null, since, null), cancellationToken);
        await file.FlushAsync(cancellationToken);
        return CommandLine.Done;
    }

    private static LetterState? StateOf(string text) => text.All(char.IsLetter) && Enum.TryParse<LetterState>(text, ignoreCase: true, out var state) ? state : null;

    private static DateTimeOffset? Since(string text, DateTimeOffset now)
    {
        if (text.Length is > 1 and <= 6 && int.TryParse(text.AsSpan(0, text.Length - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var count))
        {
            TimeSpan? back = text[^1] switch { 'm' => TimeSpan.FromMinutes(count), 'h' => TimeSpan.FromHours(count), 'd' => TimeSpan.FromDays(count), _ => null };
            return back is { } time ? now.UtcDateTime.Ticks > time.Ticks ? now - time : DateTimeOffset.MinValue : null;
        }

        return DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mmK"], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment)
            ? moment.ToUniversalTime() : null;
    }
}
