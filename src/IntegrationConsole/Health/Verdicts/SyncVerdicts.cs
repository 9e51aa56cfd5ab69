using System.Globalization;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Reconciliations;
using IntegrationConsole.Sync.Schedules;

namespace IntegrationConsole.Health.Verdicts;

/// <summary>Judges a sync by what is recorded of it. Pure: the same facts at the same moment give the same verdict.</summary>
public static class SyncVerdicts
{
    /// <summary>Without a sign of progress for this long a run is no excuse for being late, unless more time than that was promised.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);

    public static Verdict Judge(SyncFacts sync, IEnumerable<ConnectionHealth> connections, DateTimeOffset now)
    {
        List<Finding> findings = [RunVerdicts.Judge(sync, now)];
        if (sync.Pause is null && sync.Maintenance?.HoldsRunsAt(now) != true && Freshness(sync, now) is { } freshness)
        {
            findings.Add(freshness);
        }

        if (VolumeVerdicts.Judge(sync.LastEnded) is { } volume)
        {
            findings.Add(volume);
        }

        if (sync.Compared is { } compared)
        {
            findings.Add(Completeness(sync, compared));
        }

        if (ChangeStreamVerdicts.Judge(sync, now) is { } stream)
        {
            findings.Add(stream);
        }

        if (Letters(sync.Letters) is { } letters)
        {
            findings.Add(letters);
        }

        findings.AddRange(connections.Where(connection => connection.Verdict.State is HealthState.Failing && sync.Uses(connection.Facts.Id)).Select(AtRisk));
        return sync.Pause is { } pause ? Verdict.Paused(Stopped(pause), findings)
            : sync.Maintenance is { } maintenance ? MaintenanceVerdicts.Over(maintenance, Verdict.Worst(findings), now)
            : Verdict.Worst(findings);
    }

    /// <summary>Who stopped it, as a finding.</summary>
    internal static Finding Stopped(Pause pause)
    {
        var why = pause.Why.Trim().TrimEnd('.');
        var sentence = $"{(pause.OfTenant ? "The tenant is paused" : "Paused")} by {pause.By} since {Moment.Time(pause.At)}{(why.Length > 0 ? $": {why}" : "")}.";
        return new Finding(HealthDimension.Pause, HealthState.Paused, sentence, HealsItself: false, Evidence.None);
    }

    /// <summary>The integration still works, or says itself that it does not; what it relies on fails.</summary>
    private static Finding AtRisk(ConnectionHealth connection) => new(
        HealthDimension.Connections, HealthState.Degraded, $"Its connection {connection.Facts.Name} is failing: {connection.Verdict.Reason}",
        connection.Verdict.HealsItself, new Evidence(EvidenceKind.Connection, connection.Facts.Id));

    private static Finding? Freshness(SyncFacts sync, DateTimeOffset now)
    {
        if (sync.Schedule is not { } schedule || sync.Zone is not { } zone)
        {
            return CannotTell(sync.Schedule is null ? "Its schedule cannot be read" : "This machine does not know the tenant's time zone");
        }

        // Time before a pause ended or the schedule was changed is not held against it.
        var basis = sync.LastGood?.At > sync.PromisedSince ? sync.LastGood.At : sync.PromisedSince;

        // Before the next time that it falls due nothing is late; only what comes after that is worth the arithmetic.
        if (schedule.Next(zone, basis) is not { } due)
        {
            return schedule.Kind is ScheduleKind.Manual ? null : CannotTell("Its schedule never comes round");
        }

        if (due > now || Promise.From(schedule, zone, basis) is not { } promise)
        {
            return InTime();
        }

        var lateness = promise.Lateness(now - basis);
        if (lateness <= 1)
        {
            return InTime();
        }

        if (OnItsWay(sync.Running, promise, now) is { } running)
        {
            return new Finding(HealthDimension.Freshness, HealthState.Healthy, $"On its way: run {running.Number} is going.", HealsItself: true, new Evidence(EvidenceKind.Run, running.Id));
        }

        return Late(sync, promise, lateness, now);
    }

    private static Finding CannotTell(string why) =>
        new(HealthDimension.Freshness, HealthState.Unknown, $"{why}: whether it is late cannot be told.", HealsItself: false, new Evidence(EvidenceKind.Schedule));

    private static Finding InTime() => new(HealthDimension.Freshness, HealthState.Healthy, "In time.", HealsItself: true, new Evidence(EvidenceKind.Schedule));

    private static Finding Late(SyncFacts sync, Promise promise, double lateness, DateTimeOffset now)
    {
        var last = sync.LastGood is { } good ? $"Last good run {Moment.Ago(good.At)}" : $"No good run since {Moment.Time(sync.PromisedSince)}";
        var next = sync.NextDue(now) is { } due ? $"; next run at {Moment.Time(due)}" : "";

        // What is late because the outside fails it comes back with the outside. Twice missed without any failure means that nothing runs it.
        var outside = sync.Waiting?.Cause is not null || sync.LastEnded is { IsGood: false, NeedsPerson: false };
        var state = lateness > 2 ? HealthState.Failing : HealthState.Degraded;
        return new Finding(
            HealthDimension.Freshness, state, $"{last}; promised {promise.Words}{next}.", HealsItself: outside || state is HealthState.Degraded, new Evidence(EvidenceKind.Schedule))
        {
            Next = sync.NextDue(now) is { } at ? new NextStep("next run", at) : null,
        };
    }

    private static OpenRun? OnItsWay(OpenRun? running, Promise promise, DateTimeOffset now)
    {
        var patience = promise.Interval + promise.Grace > Silence ? promise.Interval + promise.Grace : Silence;
        return running is not null && running.LeaseUntil > now && now - running.LastSign <= patience ? running : null;
    }

    /// <summary>Rows in excess may be other people's: they are told of, and no trouble.</summary>
    private static Finding Completeness(SyncFacts sync, ComparedSides compared)
    {
        var words = compared.Words.Trim().TrimEnd('.');
        var (state, sentence) = compared switch
        {
            { State: not ReconciliationState.Done } => (HealthState.Degraded, $"Reconciliation {compared.Number} failed: {words}."),
            { Wrong: > 0, IsRepaired: true } => (HealthState.Healthy, $"Reconciliation {compared.Number} was repaired: {words}."),
            { Wrong: > 0 } => (HealthState.Degraded, $"Reconciliation {compared.Number}: {words}. Look at it, and repair it."),
            _ => (HealthState.Healthy, $"Reconciliation {compared.Number}: {words}."),
        };
        return new Finding(HealthDimension.Completeness, state, sentence, HealsItself: state is HealthState.Healthy, new Evidence(EvidenceKind.Sync, sync.Id));
    }

    private static Finding? Letters(IReadOnlyList<CauseCount> letters)
    {
        var total = letters.Sum(letter => letter.Count);
        if (total == 0)
        {
            return null;
        }

        var causes = string.Join(", ", letters.OrderByDescending(letter => letter.Count).ThenBy(letter => letter.Cause).Select(letter =>
            string.Create(CultureInfo.InvariantCulture, $"{letter.Count:N0} {letter.Cause.Words.ToLowerInvariant()}")));
        var waits = total == 1 ? "1 record waits as a dead letter" : string.Create(CultureInfo.InvariantCulture, $"{total:N0} records wait as dead letters");
        return new Finding(
            HealthDimension.DeadLetters, HealthState.Degraded, $"{waits}: {causes}.", letters.All(letter => letter.Cause.IsTransient), new Evidence(EvidenceKind.DeadLetters));
    }
}
