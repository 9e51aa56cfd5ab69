using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Configuration;

/// <summary>Asks for a run as the page's button does, and waits for its end if that is wanted.</summary>
internal sealed class RunCommand(CommandNames names, RunQueue queue, RunWatch watch)
{
    public const int SetAside = 1;
    public const int RunFailed = 2;
    public const int Cancelled = 3;
    public const int NotStarted = 4;
    public const int NotEnded = 5;
    public const int Misused = 64;
    public const int Interrupted = 130;

    public const string Help = """
        console run TENANT/INTEGRATION [--wait] [--timeout SECONDS]

        Queues a run as the page's button does, by the same rules, and prints its id. The run is done by a worker node.

          --wait              waits until the run has ended and prints its totals as one JSON object; Ctrl-C ends the
                              waiting, and not the run
          --timeout SECONDS   waits no longer than this

        Ends with
          0   without --wait: the run is queued; with it: it succeeded and every record is accounted for
          1   the run ended, and records were set aside as dead letters, or a deletion or a replaced table waits for approval
          2   the run failed
          3   the run was cancelled
          4   no run was queued: the integration or its tenant is paused, or a run waits already
          5   the waiting ended before the run: the time was over, or no worker node takes it up
          64  the command was not understood, or there is no such integration
          130 the waiting was interrupted
        """;

    private static readonly Actor Actor = new(null, "console run");

    /// <returns>The options, or what is wrong with them.</returns>
    public static (CommandOptions Options, string Problem) Read(string[] words)
    {
        var (options, problem) = CommandOptions.Read(words, "TENANT/INTEGRATION", ["--wait"], ["--timeout"]);
        return (options, problem.Length > 0 || options.Value("--timeout") is null || Timeout(options) is not null ? problem : "--timeout is a number of seconds from 1 to 604800.");
    }

    /// <param name="options">As they were read.</param>
    /// <param name="output">Takes what is said of the run.</param>
    /// <param name="errors">Takes what is said where there is no such integration.</param>
    /// <param name="interrupted">Ends the waiting, and not the run.</param>
    /// <param name="cancellationToken">Stops.</param>
    /// <returns>The process's exit code.</returns>
    public async Task<int> RunAsync(CommandOptions options, TextWriter output, TextWriter errors, CancellationToken interrupted, CancellationToken cancellationToken)
    {
        if (await names.IntegrationAsync(options.Subject, errors, cancellationToken) is not { } sync)
        {
            return Misused;
        }

        var request = await queue.RequestAsync(sync.TenantId, sync.Id, RunTrigger.Command, Actor, cancellationToken);
        if (!options.Has("--wait"))
        {
            await output.WriteLineAsync(request.RunId?.ToString() ?? request.Answer);
            return request.RunId is null ? NotStarted : CommandLine.Done;
        }

        if (request.RunId is not { } runId)
        {
            await PrintAsync(output, new Report(null, null, options.Subject, "refused", request.Answer));
            return NotStarted;
        }

        try
        {
            var (run, end) = await watch.WaitAsync(sync.TenantId, runId, Timeout(options), interrupted, cancellationToken);
            await PrintAsync(output, Report.Of(run, options.Subject, end, end is WatchEnd.NoWorker ? "" : await watch.WhyAsync(run, cancellationToken)));
            return CodeOf(run, end);
        }
        catch (FailureException gone)
        {
            await PrintAsync(output, new Report(runId, null, options.Subject, "gone", gone.Failure.Sentence));
            return RunFailed;
        }
    }

    private static int CodeOf(Run run, WatchEnd end) => end switch
    {
        WatchEnd.RunEnded => CodeOf(run),
        WatchEnd.NoWorker or WatchEnd.TimeIsOver => NotEnded,
        WatchEnd.Interrupted => Interrupted,
    };

    private static int CodeOf(Run run) => run.State switch
    {
        RunState.Succeeded => run.Counts.Balances ? CommandLine.Done : SetAside,
        RunState.Partial or RunState.Held => SetAside,
        RunState.Cancelled => Cancelled,
        RunState.Failed or RunState.Skipped => RunFailed,
        RunState.Queued or RunState.Running => NotEnded,
    };

    private static TimeSpan? Timeout(CommandOptions options) =>
        int.TryParse(options.Value("--timeout"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 1 and <= 604_800
            ? TimeSpan.FromSeconds(seconds) : null;

    private static Task PrintAsync(TextWriter output, Report report) => output.WriteLineAsync(JsonSerializer.Serialize(report, ApplyCommand.Json));

    /// <summary>What is printed of a run; the numbers are there as soon as there is a run.</summary>
    private sealed record Report(Guid? Run, long? Number, string Integration, string State, string Sentence)
    {
        public long Read { get; init; }

        public long Written { get; init; }

        public long Unchanged { get; init; }

        public long Filtered { get; init; }

        public long Rejected { get; init; }

        public long Failed { get; init; }

        public long Unknown { get; init; }

        /// <summary>Rows at the destination; apart from the records.</summary>
        public long Deleted { get; init; }

        public bool Balanced { get; init; }

        /// <summary>Of the records that were read, whatever their order.</summary>
        public string? SourceHash { get; init; }

        /// <summary>Of the rows that the destination took.</summary>
        public string? DestinationHash { get; init; }

        public DateTimeOffset? Queued { get; init; }

        public DateTimeOffset? Started { get; init; }

        public DateTimeOffset? Ended { get; init; }

        public double? Seconds { get; init; }

        public string? Cause { get; init; }

        /// <summary>Why it had not started when the waiting ended: which quota holds it, its number in the line, and whose runs come before.</summary>
        public string? Waiting { get; init; }

        public static Report Of(Run run, string place, WatchEnd end, string why) => new(run.Id, run.Number, place, JsonNamingPolicy.CamelCase.ConvertName(run.State.ToString()), SentenceOf(run, end))
        {
            Read = run.RecordsRead, Written = run.Written, Unchanged = run.Unchanged, Filtered = run.Filtered, Rejected = run.Rejected, Failed = run.Failed, Unknown = run.Unknown,
            Deleted = run.Deleted, Balanced = run.Counts.Balances, SourceHash = run.SourceHash, DestinationHash = run.DestinationHash, Queued = run.QueuedAt, Started = run.StartedAt, Ended = run.FinishedAt,
            Seconds = run is { StartedAt: { } started, FinishedAt: { } ended } ? Math.Round((ended - started).TotalSeconds, 3) : null, Cause = run.Cause?.Code,
            Waiting = why.Length > 0 ? why : null,
        };

        private static string SentenceOf(Run run, WatchEnd end) => end switch
        {
            WatchEnd.RunEnded => run.Reason.Length > 0 ? run.Reason : run.State.Words,
            WatchEnd.NoWorker => "No worker node is running, or all are on standby: the run is queued, and starts when there is one.",
            WatchEnd.TimeIsOver => "The time to wait is over; the run goes on.",
            WatchEnd.Interrupted => "The waiting was interrupted; the run goes on.",
        };
    }
}
