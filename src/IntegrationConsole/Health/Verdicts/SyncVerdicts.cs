using IntegrationConsole.Sync.Reconciliations;
using IntegrationConsole.Sync.Schedules;

namespace IntegrationConsole.Health.Verdicts;

/// <summary>Judges a sync by what is recorded of it. Pure: the same facts at the same moment give the same verdict.</summary>
public static class SyncVerdicts
{
    /// <summary>Without a sign of progress for this long a run is no excuse for being late, unless more time than that was promised.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromMinutes(10);

    public static Verdict Judge(SyncFacts sync, IReadOnlyCollection<ConnectionHealth> connections, DateTimeOffset now)
    {
        var used = connections.Where(connection => sync.Uses(connection.Facts.Id)).ToList();
        var isStopped = sync.Pause is not null || sync.Maintenance?.HoldsRunsAt(now) == true;
        Finding?[] seen =
        [
            RunVerdicts.Judge(sync, now), isStopped ? null : Freshness(sync, now), isStopped ? null : ArrivalVerdicts.Judge(sync, now), FreshnessVerdicts.Judge(sync, now), VolumeVerdicts.Judge(sync.LastEnded),
            sync.Compared is { } compared ? Completeness(sync, compared) : null, ChangeStreamVerdicts.Judge(sync, now), ErrorVerdicts.Judge(sync, now), LatencyVerdicts.Judge(sync),
            BacklogVerdicts.Judge(sync, now), LetterVerdicts.Judge(sync, now), ConfigurationVerdicts.Judge(sync, now), .. used.Where(connection => connection.Verdict.State is HealthState.Failing).Select(AtRisk),
        ];
        var (held, memory) = Steadiness.Hold(seen.OfType<Finding>(), sync.Memory, now);
        List<Finding> findings = [.. held.Select(finding => finding with { Impact = sync.Objective.ImpactOf(finding.Side) }), .. ConnectionSides.Of(used)];
        var verdict = sync.Pause is { } pause ? Verdict.Paused(Stopped(pause), findings)
            : sync.Maintenance is { } maintenance ? MaintenanceVerdicts.Over(maintenance, Verdict.Worst(findings), now)
            : Verdict.Worst(findings);
        return verdict with { Memory = memory };
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
}
