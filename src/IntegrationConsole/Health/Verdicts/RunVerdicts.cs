using System.Globalization;
using IntegrationConsole.Sync.Schedules;

namespace IntegrationConsole.Health.Verdicts;

/// <summary>Judges a sync by how its runs end: what waits for another attempt heals itself, what nobody will try again does not.</summary>
internal static class RunVerdicts
{
    public static Finding Judge(SyncFacts sync, DateTimeOffset now) => sync switch
    {
        { Waiting: { Cause: not null } waiting } => Of(waiting, $"{Sentence(waiting.Reason)} Tried again at {Moment.Time(waiting.At)}.") with { Next = new NextStep("next attempt", waiting.At) },
        { Running: { Retries: > 0 } running } => Of(running, $"The outside failed an attempt of run {running.Number}; it goes on now (retry {running.Retries})."),
        { Stream.AsOf: not null, Running: { } running } => new Finding(
            HealthDimension.Runs, HealthState.Healthy, $"Run {running.Number} goes on since {Moment.Time(running.At)}, until somebody stops it.", HealsItself: true, new Evidence(EvidenceKind.Run, running.Id)),
        { LastEnded: null } => NeverEnded(sync, now),
        { LastEnded: { IsGood: true } good } => new Finding(
            HealthDimension.Runs, HealthState.Healthy, string.Create(CultureInfo.InvariantCulture, $"Last good run {Moment.Ago(good.At)}, {Records(good.Records)}."), HealsItself: true,
            new Evidence(EvidenceKind.Run, good.Id)),
        { LastEnded: { NeedsPerson: true } failed } => Failed(failed, Sentence(failed.Reason), HealthState.Failing, healsItself: false),
        { LastEnded: { } failed } => Outside(sync, failed, now),
    };

    /// <summary>Given up for now because of the outside: whether it comes back by itself depends on who asks for the next run.</summary>
    private static Finding Outside(SyncFacts sync, EndedRun failed, DateTimeOffset now)
    {
        if ((sync.Running ?? sync.Waiting) is { } next)
        {
            return Failed(failed, $"{Sentence(failed.Reason)} Run {next.Number} {(sync.Running is null ? "waits to try it again" : "tries it again now")}.", HealthState.Degraded, healsItself: true)
                with { Next = new NextStep(sync.Running is null ? "next attempt" : "tried again now", sync.Running is null ? next.At : null) };
        }

        return sync.NextDue(now) is { } due
            ? Failed(failed, $"{Sentence(failed.Reason)} Tried again at {Moment.Time(due)}.", HealthState.Failing, healsItself: true) with { Next = new NextStep("next run", due) }
            : Failed(failed, $"{Sentence(failed.Reason)} Nothing tries it again by itself: start a run.", HealthState.Failing, healsItself: false);
    }

    private static Finding NeverEnded(SyncFacts sync, DateTimeOffset now)
    {
        var next = sync switch
        {
            { Running: { } running } => $"run {running.Number} is going since {Moment.Time(running.At)}",
            { Waiting: { } waiting } => $"run {waiting.Number} waits to start",
            { Schedule.Kind: ScheduleKind.Manual } => "runs only when somebody asks",
            _ => sync.NextDue(now) is { } due ? $"next run at {Moment.Time(due)}" : "",
        };
        var before = sync.HasRun ? "No run on record has come to its end" : "Has not run yet";
        return new Finding(HealthDimension.Runs, HealthState.Pending, next.Length > 0 ? $"{before}; {next}." : $"{before}.", HealsItself: true, Evidence.None);
    }

    private static Finding Of(OpenRun run, string reason) => new(HealthDimension.Runs, HealthState.Degraded, reason, HealsItself: true, new Evidence(EvidenceKind.Run, run.Id)) { Cause = run.Cause };

    private static Finding Failed(EndedRun run, string reason, HealthState state, bool healsItself) =>
        new(HealthDimension.Runs, state, reason, healsItself, new Evidence(EvidenceKind.Run, run.Id)) { Cause = run.Cause };

    private static string Records(long count) => count == 1 ? "1 record" : string.Create(CultureInfo.InvariantCulture, $"{count:N0} records");

    private static string Sentence(string reason)
    {
        var text = reason.Trim();
        return text.Length == 0 ? "The last run failed." : char.IsPunctuation(text[^1]) && text[^1] != ')' ? text : $"{text}.";
    }
}
