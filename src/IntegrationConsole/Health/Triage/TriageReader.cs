using System.Text.Json;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.DeadLetters.Runbooks;
using IntegrationConsole.Health.Evaluation;
using IntegrationConsole.Health.Verdicts;

namespace IntegrationConsole.Health.Triage;

/// <summary>What triage shows of some tenants.</summary>
/// <param name="Integrations">How many there are.</param>
/// <param name="States">How many of them are in each state; unknown is that of which health is not computed any more.</param>
/// <param name="TenantStates">How many tenants are in each state.</param>
/// <param name="StaleSince">Since when health is not computed any more for at least one of them; null where it is.</param>
/// <param name="EvaluatedAt">When the one was looked at that was looked at longest ago.</param>
/// <param name="LastTrouble">When the last trouble ended.</param>
public sealed record TriagePicture(
    IReadOnlyList<RootCause> Causes, int Integrations, IReadOnlyDictionary<HealthState, int> States, IReadOnlyDictionary<HealthState, int> TenantStates,
    DateTimeOffset? StaleSince, DateTimeOffset? EvaluatedAt, DateTimeOffset? LastTrouble)
{
    /// <summary>The node that looked last, of those that look; empty where none has so far.</summary>
    public string Node { get; init; } = "";

    /// <summary>How many tenants have an integration in each state.</summary>
    public IReadOnlyDictionary<HealthState, int> TenantsWith { get; init; } = new Dictionary<HealthState, int>();

    /// <summary>Causes that somebody put out of sight for a time.</summary>
    public IReadOnlyList<RootCause> Snoozed { get; init; } = [];

    /// <summary>Integrations for whose state nothing but snoozed causes is known, and tenants that have no others in that state.</summary>
    public IReadOnlyDictionary<HealthState, StateCount> Asleep { get; init; } = new Dictionary<HealthState, StateCount>();

    /// <summary>There is more trouble than was looked at.</summary>
    public bool IsCut { get; init; }

    /// <summary>Records that were set aside per ten minutes of the last three hours, the oldest first, by sync.</summary>
    public IReadOnlyDictionary<Guid, IReadOnlyList<long>> Inflow { get; init; } = new Dictionary<Guid, IReadOnlyList<long>>();
}

/// <summary>How many integrations are in a state, and of how many tenants.</summary>
public sealed record StateCount(int Integrations, int Tenants);

/// <summary>Reads what is wrong with some tenants, a handful of queries for however many they are.</summary>
public sealed class TriageReader(ConsoleDatabase database, TimeProvider clock)
{
    /// <summary>How long one step of the inflow is.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMinutes(10);

    /// <summary>More things in trouble, or groups of letters, than these are not looked at: the worst and the largest are.</summary>
    private const int Most = 2_000;

    /// <summary>How many steps of inflow are shown.</summary>
    public const int Steps = 18;

    /// <param name="tenants">Those that the reader may see.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<TriagePicture> ReadAsync(IReadOnlyList<TenantId> tenants, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var ids = tenants.Select(tenant => tenant.Value).ToArray();
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var counts = await session.ListAsync<CountRow>(TriageQueries.Counts, new { ids, oldest = now - LatestHealth.GoodFor }, cancellationToken);
        var objects = await session.ListAsync<AilingRow>(TriageQueries.Ailing, new { ids, most = Most }, cancellationToken);
        var letters = await session.ListAsync<LetterRow>(TriageQueries.Letters, new { ids, most = Most }, cancellationToken);
        var circuits = await CircuitChanges.ReadAsync(session, ids, now, cancellationToken);
        var looked = await session.OneAsync<LookedRow>(TriageQueries.Looked, new { ids }, cancellationToken);
        var causes = RootCauses.Find([.. objects.Select(row => row.Ailing(now))], [.. letters.Select(row => row.Group)], NodeFaults.Find(circuits));
        var cares = causes.Count == 0 ? [] : await session.ListAsync<PartCare>(TriageQueries.Cares, new { ids }, cancellationToken);
        var shelf = await RunbookStore.ReadAsync(session, tenants, cancellationToken);
        if (now - looked.Awaited > LatestHealth.GoodFor)
        {
            var unwatched = (await session.ListAsync<TenantId>(TriageQueries.Unwatched, new { ids, oldest = now - LatestHealth.GoodFor }, cancellationToken)).ToHashSet();
            causes = [.. causes.Select(cause => cause.Tenants.All(tenant => unwatched.Contains(tenant.Id)) ? cause.AsUnknown() : cause)];
        }

        var known = cares.ToLookup(care => (care.TenantId, care.Part));
        causes = [.. causes.Select(cause => cause with { Runbook = CauseRunbooks.Find(cause, shelf), Care = CauseCares.Of(cause, known, now) })];
        var syncs = causes.SelectMany(cause => cause.Integrations).Select(sync => sync.SyncId).Distinct().ToArray();
        var inflow = syncs.Length == 0 ? [] : await session.ListAsync<InflowRow>(
            TriageQueries.Inflow, new { ids, syncs, from = now - (Steps * Step), seconds = (int)Step.TotalSeconds }, cancellationToken);
        int Sum(ObjectKind kind, HealthState state) => counts.Where(row => row.ObjectKind == kind && row.State == state).Sum(row => row.Count);
        var states = Enum.GetValues<HealthState>();
        return new TriagePicture(
            [.. causes.Where(cause => cause.Care.SnoozedUntil is null)], counts.Where(row => row.ObjectKind is ObjectKind.Sync).Sum(row => row.Count), states.ToDictionary(state => state, state => Sum(ObjectKind.Sync, state)),
            states.ToDictionary(state => state, state => Sum(ObjectKind.Tenant, state)),
            now - looked.Awaited > LatestHealth.GoodFor ? looked.Awaited : null, looked.Oldest, looked.LastTrouble)
        {
            Node = looked.Node ?? "", Snoozed = [.. causes.Where(cause => cause.Care.SnoozedUntil is not null)],
            TenantsWith = counts.Where(row => row.ObjectKind is ObjectKind.Sync).ToDictionary(row => row.State, row => row.Tenants),
            Asleep = Asleep(objects, causes),
            IsCut = objects.Count == Most || letters.Count == Most, Inflow = inflow.GroupBy(row => row.SyncId).ToDictionary(group => group.Key, IReadOnlyList<long> (group) => Spread(group)),
        };
    }

    private static Dictionary<HealthState, StateCount> Asleep(IReadOnlyList<AilingRow> objects, IReadOnlyList<RootCause> causes)
    {
        var known = causes.ToLookup(cause => cause.Care.SnoozedUntil is not null, cause => cause.Integrations.Select(sync => sync.SyncId));
        var asleep = known[true].SelectMany(syncs => syncs).Except(known[false].SelectMany(syncs => syncs)).ToHashSet();
        return objects.Where(row => row.ObjectKind is ObjectKind.Sync).GroupBy(row => row.State).ToDictionary(
            state => state.Key,
            state => new StateCount(state.Count(row => asleep.Contains(row.ObjectId)), state.GroupBy(row => row.TenantId).Count(tenant => tenant.All(row => asleep.Contains(row.ObjectId)))));
    }

    private static long[] Spread(IEnumerable<InflowRow> rows)
    {
        var steps = new long[Steps];
        foreach (var row in rows)
        {
            steps[Math.Clamp(row.Step, 0, Steps - 1)] += row.Count;
        }

        return steps;
    }

    private sealed record CountRow(ObjectKind ObjectKind, HealthState State, int Count, int Tenants);

    private sealed record LookedRow(DateTimeOffset? Oldest, DateTimeOffset? Awaited, string? Node, DateTimeOffset? LastTrouble);

    private sealed record InflowRow(Guid SyncId, int Step, long Count);

    private sealed record AilingRow(
        TenantId TenantId, string TenantSlug, string TenantName, string TimeZone, ObjectKind ObjectKind, Guid ObjectId, string Name, string Slug, HealthState State,
        DateTimeOffset Since, string Findings, Guid? SourceId, Guid? DestinationId, Guid? CredentialId, string Address, string Connector)
    {
        public Ailing Ailing(DateTimeOffset now)
        {
            var zone = TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var known) ? known : TimeZoneInfo.Utc;
            var findings = JsonSerializer.Deserialize<List<Finding>>(Findings, HealthLedger.Json)!;
            return new Ailing(
                new TenantName(TenantId, TenantSlug, TenantName), ObjectKind, ObjectId, Name, Slug, State, Since,
                [.. findings.Select(finding => finding.InWords(zone, now))], SourceId, DestinationId, CredentialId, Host)
            { Connector = Connector };
        }

        private string Host => Uri.TryCreate(Address, UriKind.Absolute, out var address) && address.Host.Length > 0 ? address.Authority : Address;
    }

    private sealed record LetterRow(
        TenantId TenantId, string TenantSlug, string TenantName, Guid SyncId, string SyncSlug, string SyncName, Guid GroupId, string Pattern, FailureCause Cause,
        LetterStage Stage, string Field, string Message, int Open, int Waiting, DateTimeOffset First, DateTimeOffset Last, GroupState Life, string Owner, Guid SourceId, Guid DestinationId,
        string Code, string Template, string Connector)
    {
        public LetterGroup Group => new(
            new TenantName(TenantId, TenantSlug, TenantName), SyncId, SyncSlug, SyncName, GroupId, Pattern, Cause, Stage, Field, Message, Open, Waiting, First, Last, Life, Owner,
            SourceId, DestinationId)
        { Code = Code, Template = Template, Connector = Connector };
    }
}
