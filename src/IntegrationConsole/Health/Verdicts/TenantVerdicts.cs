namespace IntegrationConsole.Health.Verdicts;

/// <summary>What is recorded of one tenant besides its syncs and connections.</summary>
/// <param name="Zone">Null when this machine does not know it.</param>
/// <param name="QueuedRuns">Runs that wait, those whose next attempt lies ahead included.</param>
/// <param name="OldestRunDue">Since when the oldest of them could have started; null when none is due.</param>
/// <param name="QueuedItems">Dead letters that stand in a replay's queue.</param>
/// <param name="OldestItem">Since when the oldest of them waits.</param>
public sealed record TenantFacts(
    TenantId Id, string Slug, string Name, TimeZoneInfo? Zone, Pause? Pause, int QueuedRuns, DateTimeOffset? OldestRunDue, int QueuedItems, DateTimeOffset? OldestItem)
{
    /// <summary>Replays that are going.</summary>
    public int Replays { get; init; }

    /// <summary>How many of its runs may go at the same time; null for as many as the deployment says.</summary>
    public int? Places { get; init; }

    /// <summary>Messages to its alert channels that are still to be sent, those that are to be tried again included.</summary>
    public int Notices { get; init; }

    /// <summary>When the oldest of them was written; null where there is none.</summary>
    public DateTimeOffset? OldestNotice { get; init; }

    /// <summary>What its webhook endpoints received and somebody has still to read, endpoint by endpoint.</summary>
    public IReadOnlyList<WaitingDeliveries> Deliveries { get; init; } = [];
}

/// <param name="Endpoint">Its name in addresses.</param>
/// <param name="Count">Counted no further than the endpoint's page does.</param>
/// <param name="Oldest">When the first of them came; null where there is none.</param>
public sealed record WaitingDeliveries(string Endpoint, int Count, DateTimeOffset? Oldest);

/// <summary>A sync as it was judged.</summary>
public sealed record SyncHealth(SyncFacts Facts, Verdict Verdict)
{
    /// <summary>Time since its last good run in units of what it promises; null where it promises nothing now.</summary>
    public double? Lateness(DateTimeOffset now)
    {
        if (Facts is not { Pause: null, Schedule: { } schedule, Zone: { } zone } || Facts.Maintenance?.HoldsRunsAt(now) == true)
        {
            return null;
        }

        var basis = Facts.LastGood?.At > Facts.PromisedSince ? Facts.LastGood.At : Facts.PromisedSince;
        return Promise.From(schedule, zone, basis)?.Lateness(now - basis);
    }

    /// <summary>As it counts for its tenant: one that is not critical makes it degraded at worst.</summary>
    public HealthState CountedState => Verdict.State is HealthState.Failing && !Facts.Objective.IsCritical ? HealthState.Degraded : Verdict.State;
}

/// <summary>
/// Rolls a tenant's syncs and connections up: the worst trouble speaks, with its count, and a connection that brings
/// integrations down is named once as the cause. What is paused or never ran does not outweigh what works.
/// </summary>
public static class TenantVerdicts
{
    /// <summary>More than these would not be read; the tenant's page lists them all.</summary>
    private const int MostNamed = 10;

    public static Verdict Judge(TenantFacts tenant, IReadOnlyList<SyncHealth> syncs, IReadOnlyList<ConnectionHealth> connections)
    {
        var summary = Summary(syncs, connections);
        Finding[] findings = [summary, .. Named(syncs, connections)];
        if (tenant.Pause is { } pause)
        {
            return Verdict.Paused(SyncVerdicts.Stopped(pause with { OfTenant = false }), findings);
        }

        return new Verdict(summary.State, summary.Reason, summary.HealsItself, summary.Evidence, findings);
    }

    private static Finding Summary(IReadOnlyList<SyncHealth> syncs, IReadOnlyList<ConnectionHealth> connections)
    {
        var states = syncs.Select(sync => sync.CountedState).Concat(connections.Select(connection => Counted(connection, syncs))).ToList();
        var trouble = states.Where(state => state.IsTrouble).DefaultIfEmpty(HealthState.Healthy).Min();
        return trouble.IsTrouble ? Trouble(trouble, syncs, connections) : Quiet(syncs, connections);
    }

    /// <summary>A connection counts as what is done over it does: where none of that is critical, it makes the tenant degraded at worst.</summary>
    private static HealthState Counted(ConnectionHealth connection, IReadOnlyList<SyncHealth> syncs) =>
        connection.Verdict.State is HealthState.Failing && !syncs.Any(sync => sync.Facts.Objective.IsCritical && sync.Facts.Uses(connection.Facts.Id)) ? HealthState.Degraded : connection.Verdict.State;

    private static Finding Trouble(HealthState state, IReadOnlyList<SyncHealth> syncs, IReadOnlyList<ConnectionHealth> connections)
    {
        var affected = syncs.Where(sync => sync.CountedState == state).ToList();
        var causes = Causes(syncs, connections);
        var bad = connections.Where(connection => Counted(connection, syncs) == state).ToList();
        var count = affected.Count > 0 ? Of(affected.Count, syncs.Count, "integration") : Of(bad.Count, connections.Count, "connection");
        var caused = affected.Count(sync => causes.Exists(cause => sync.Facts.Uses(cause.Facts.Id)));
        var because = caused == 0 ? ""
            : $", {(caused < affected.Count ? $"{caused} of them " : "")}because of {string.Join(" and ", causes.Select(cause => $"the connection {cause.Facts.Name}"))}";
        var lesser = state is HealthState.Failing ? syncs.Count(sync => sync.CountedState is HealthState.Degraded) : 0;
        var reason = $"{state.Words}: {count}{because}{(lesser > 0 ? $"; {lesser} degraded" : "")}.";
        var healsItself = affected.All(sync => sync.Verdict.HealsItself) && bad.All(connection => connection.Verdict.HealsItself);
        var evidence = causes.Count > 0 ? new Evidence(EvidenceKind.Connection, causes[0].Facts.Id)
            : affected.Count > 0 ? new Evidence(EvidenceKind.Sync, affected[0].Facts.Id)
            : new Evidence(EvidenceKind.Connection, bad[0].Facts.Id);
        return new Finding(HealthDimension.Integrations, state, reason, healsItself, evidence);
    }

    private static Finding Quiet(IReadOnlyList<SyncHealth> syncs, IReadOnlyList<ConnectionHealth> connections)
    {
        int In(HealthState state) => syncs.Count(sync => sync.Verdict.State == state);
        if (syncs.Count == 0)
        {
            var reason = connections.Count == 0 ? "Nothing is set up yet." : "There is no integration yet.";
            return new Finding(HealthDimension.Integrations, HealthState.Pending, reason, HealsItself: false, Evidence.None);
        }

        var healthy = In(HealthState.Healthy);
        HealthState[] present = [.. new[] { HealthState.Healthy, HealthState.Maintenance, HealthState.Paused, HealthState.Pending }.Where(state => In(state) > 0)];
        var words = string.Join(", ", present.Select((state, index) =>
            index == 0 ? $"{state.Words}: {Of(In(state), syncs.Count, "integration")}" : $"{In(state)} {state.Words.ToLowerInvariant()}"));
        return new Finding(HealthDimension.Integrations, healthy > 0 ? HealthState.Healthy : present[0], $"{words}.", HealsItself: true, Evidence.None);
    }

    /// <summary>Failing connections with integrations that are in trouble.</summary>
    private static List<ConnectionHealth> Causes(IReadOnlyList<SyncHealth> syncs, IReadOnlyList<ConnectionHealth> connections) =>
        [.. connections.Where(connection => connection.Verdict.State is HealthState.Failing && syncs.Any(sync => sync.Verdict.State.IsTrouble && sync.Facts.Uses(connection.Facts.Id)))];

    private static IEnumerable<Finding> Named(IReadOnlyList<SyncHealth> syncs, IReadOnlyList<ConnectionHealth> connections)
    {
        var causes = Causes(syncs, connections);
        var ofConnections = connections.Where(connection => connection.Verdict.State.IsTrouble).Select(connection => new Finding(
            HealthDimension.Connections, connection.Verdict.State, $"{connection.Facts.Name}: {connection.Verdict.Reason}", connection.Verdict.HealsItself,
            new Evidence(EvidenceKind.Connection, connection.Facts.Id)));
        var ofSyncs = syncs.Where(sync => sync.Verdict.State.IsTrouble && !causes.Exists(cause => sync.Facts.Uses(cause.Facts.Id))).Select(sync => new Finding(
            HealthDimension.Integrations, sync.Verdict.State, $"{sync.Facts.Name}: {sync.Verdict.Reason}", sync.Verdict.HealsItself,
            new Evidence(EvidenceKind.Sync, sync.Facts.Id)));
        return ofConnections.Concat(ofSyncs).OrderBy(finding => finding.State).ThenBy(finding => finding.HealsItself).Take(MostNamed);
    }

    private static string Of(int count, int total, string what) => $"{count} of {total} {what}{(total == 1 ? "" : "s")}";
}
