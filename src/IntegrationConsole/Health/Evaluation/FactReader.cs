using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Health.Objectives;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync.Completeness;
using IntegrationConsole.Sync.Reconciliations;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Webhooks.Deliveries;
using IntegrationConsole.Webhooks.Reading;

namespace IntegrationConsole.Health.Evaluation;

/// <summary>The facts of one tenant.</summary>
public sealed record TenantRecord(TenantFacts Tenant, IReadOnlyList<SyncFacts> Syncs, IReadOnlyList<ConnectionFacts> Connections);

/// <summary>
/// Gathers what the other rooms recorded, a handful of queries for however many tenants. What cannot be read of one
/// sync makes that one unknown and leaves the others alone.
/// </summary>
internal static class FactReader
{
    /// <param name="session">Across tenants.</param>
    /// <param name="tenants">Null for all.</param>
    /// <param name="promisedSince">What the last evaluation knew of each sync's promise.</param>
    /// <param name="memory">What it remembered of each object.</param>
    /// <param name="slow">What is not read at every look.</param>
    /// <param name="now">The moment of the evaluation.</param>
    /// <param name="cancellationToken">Stops.</param>
    public static async Task<IReadOnlyList<TenantRecord>> ReadAsync(
        DatabaseSession session, Guid[]? tenants, Func<SyncRow, Schedule?, Pause?, DateTimeOffset> promisedSince, Func<TenantId, ObjectKind, Guid, SideMemory> memory, SlowFacts slow,
        DateTimeOffset now, CancellationToken cancellationToken)
    {
        var scope = new { tenants, now, since = now - ConnectionVerdicts.Recently, quarter = now - TimeSpan.FromMinutes(15) };
        var tenantRows = await session.ListAsync<TenantRow>(FactQueries.Tenants, scope, cancellationToken);
        var deliveries = await session.ListAsync<DeliveryRow>(FactQueries.Deliveries, new { tenants, kind = WebhookConnector.Kind, most = DeliveryStore.MostCounted }, cancellationToken);
        var endpoints = deliveries.ToLookup(row => row.TenantId);
        var arrivals = deliveries.ToDictionary(row => (row.TenantId, row.SyncId), row => row.Fact);
        var open = (await session.ListAsync<OpenRunRow>(FactQueries.OpenRuns, scope, cancellationToken)).ToLookup(run => (run.TenantId, run.SyncId));
        var letters = (await session.ListAsync<LetterRow>(FactQueries.Letters, scope, cancellationToken)).ToLookup(letter => (letter.TenantId, letter.SyncId));
        var syncs = (await session.ListAsync<SyncRow>(FactQueries.Syncs, scope, cancellationToken)).ToLookup(sync => sync.TenantId);
        var connections = (await session.ListAsync<ConnectionRow>(FactQueries.Connections, scope, cancellationToken)).ToLookup(connection => connection.TenantId);
        var maintenance = await MaintenanceFacts.ReadAsync(session, tenants, now, cancellationToken);
        var measured = await MeasuredFacts.ReadAsync(session, tenants, now, cancellationToken);
        await slow.RefreshAsync(session, tenantRows.ToDictionary(row => row.Id, row => Promising(syncs[row.Id])), now, cancellationToken);
        var schedules = new Dictionary<string, Schedule?>();
        return [.. tenantRows.Select(row =>
        {
            var tenant = row.Facts() with { Deliveries = [.. endpoints[row.Id].GroupBy(waiting => waiting.Endpoint).Select(Waiting)] };
            return new TenantRecord(
                tenant,
                [.. syncs[row.Id].Select(sync =>
                {
                    var schedule = ReadSchedule(schedules, sync.Schedule);
                    var pause = sync.Pause ?? (tenant.Pause is { } whole ? whole with { OfTenant = true } : null);
                    var key = (sync.TenantId, sync.Id);
                    var planned = maintenance.OfSync(sync.TenantId, sync.Id, sync.SourceConnectionId, sync.DestinationConnectionId);
                    var held = planned?.HoldsRunsAt(now) == true;
                    var promised = promisedSince(sync, held ? null : schedule, pause);
                    var facts = sync.Facts(schedule, tenant.Zone, pause, [.. open[key]], [.. letters[key].Select(letter => letter.Count)], promised) with
                    {
                        Maintenance = planned, OldestLetter = letters[key].Min(letter => letter.Oldest), Memory = memory(sync.TenantId, ObjectKind.Sync, sync.Id),
                        Arrivals = arrivals.GetValueOrDefault(key),
                    };
                    return measured.Of(slow.Of(facts, sync.TenantId), sync.TenantId, slow.Trend, now);
                })],
                [.. connections[row.Id].Select(connection => connection.Facts(now) with
                {
                    Maintenance = maintenance.OfConnection(connection.TenantId, connection.Id), Memory = memory(connection.TenantId, ObjectKind.Connection, connection.Id),
                })]);
        })];
    }

    /// <summary>Of several that read an endpoint, the one that is furthest behind says what waits there.</summary>
    private static WaitingDeliveries Waiting(IGrouping<string, DeliveryRow> endpoint) =>
        new(endpoint.Key, endpoint.Max(row => row.Count), endpoint.Min(row => row.Oldest));

    private static int Promising(IEnumerable<SyncRow> syncs)
    {
        var print = default(HashCode);
        foreach (var sync in syncs.Where(sync => sync.Delivery is not null || sync.Freshness is not null))
        {
            print.Add((sync.Id, sync.Delivery is null, sync.Freshness is null));
        }

        return print.ToHashCode();
    }

    private static Schedule? ReadSchedule(Dictionary<string, Schedule?> known, string text)
    {
        if (!known.TryGetValue(text, out var schedule))
        {
            try
            {
                schedule = JsonSerializer.Deserialize<Schedule>(text, JsonSerializerOptions.Web);
            }
            catch (JsonException)
            {
                // Told by the verdict: unknown.
                schedule = null;
            }

            // An interval that no form lets through would stop the arithmetic for everybody.
            schedule = schedule is { Kind: ScheduleKind.Interval, Minutes: < 1 or > Schedule.LongestMinutes } ? null : schedule;
            known[text] = schedule;
        }

        return schedule;
    }

    internal sealed record TenantRow(
        TenantId Id, string Slug, string Name, string TimeZone, DateTimeOffset? PausedAt, string? PausedBy, string? PauseReason, int QueuedRuns,
        DateTimeOffset? OldestRunDue, int QueuedItems, DateTimeOffset? OldestItem, int Replays, int? Places, int Notices, DateTimeOffset? OldestNotice)
    {
        public TenantFacts Facts() => new(
            Id, Slug, Name, TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var zone) ? zone : null,
            PausedAt is { } at ? new Pause(at, PausedBy ?? "", PauseReason ?? "", OfTenant: false) : null, QueuedRuns, OldestRunDue, QueuedItems, OldestItem)
        {
            Replays = Replays, Places = Places, Notices = Notices, OldestNotice = OldestNotice,
        };
    }

    internal sealed record SyncRow(
        TenantId TenantId, Guid Id, string Slug, string Name, string Schedule, DateTimeOffset? PausedAt, string? PausedBy, string? PauseReason, long LastRunNumber,
        Guid SourceConnectionId, Guid DestinationConnectionId, DateTimeOffset CreatedAt, Guid? EndedId, long? EndedNumber, RunState? EndedState, FailureCause? EndedCause,
        bool? EndedNeedsPerson, string? EndedReason, DateTimeOffset? EndedAt, long? EndedRecords, Guid? GoodId, long? GoodNumber, RunState? GoodState, DateTimeOffset? GoodAt,
        long? GoodRecords, DateTimeOffset? EndedBegan, DateTimeOffset? GoodBegan, long? EndedBrought, long? EndedUsual, UsualOf? EndedUsualOf, int? EndedQuietRuns, long? ComparedNumber,
        ReconciliationState? ComparedState, string? ComparedWords, long? ComparedWrong, bool? ComparedRepaired, DateTimeOffset? StreamAsOf, SlotState? SlotState,
        long? SlotKeptBytes, string? LastRuns, double? Delivery, double? Freshness, int? LatencySeconds, string? Impacts, bool IsCritical, int? Published, DateTimeOffset? DraftSince)
    {
        public Pause? Pause => PausedAt is { } at ? new Pause(at, PausedBy ?? "", PauseReason ?? "", OfTenant: false) : null;

        public SyncFacts Facts(
            Schedule? schedule, TimeZoneInfo? zone, Pause? pause, IReadOnlyList<OpenRunRow> open, IReadOnlyList<CauseCount> letters, DateTimeOffset promisedSince)
        {
            var ended = EndedId is { } id
                ? new EndedRun(id, EndedNumber!.Value, EndedState!.Value, EndedCause, EndedNeedsPerson!.Value, EndedReason!, EndedAt!.Value, EndedRecords!.Value)
                {
                    Began = EndedBegan, Volume = new Volume(EndedBrought!.Value, EndedUsual, EndedUsualOf, EndedQuietRuns!.Value),
                } : null;
            var good = GoodId is { } goodId ? new EndedRun(goodId, GoodNumber!.Value, GoodState!.Value, null, false, "", GoodAt!.Value, GoodRecords!.Value) { Began = GoodBegan } : null;
            return new SyncFacts(
                Id, Slug, Name, schedule, zone, pause, LastRunNumber > open.Count, ended, ended is { IsGood: true } ? ended : good, Usual(open, RunState.Running), Usual(open, RunState.Queued),
                open.Count(run => run.State is RunState.Running), letters, promisedSince, SourceConnectionId, DestinationConnectionId)
            {
                Compared = ComparedNumber is { } number ? new ComparedSides(number, ComparedState!.Value, ComparedWords!, ComparedWrong!.Value, ComparedRepaired!.Value) : null,
                Stream = SlotState is { } state ? new ChangeStreamFact(StreamAsOf, state, SlotKeptBytes ?? 0) : null,
                LastRuns = [.. (LastRuns ?? "").Select(letter => letter == 'g')],
                Objective = ObjectiveStore.Of(Delivery, Freshness, LatencySeconds, Impacts, IsCritical),
                Mapping = new MappingFact(Published, DraftSince, open.FirstOrDefault(run => run is { State: RunState.Running, IsReplay: false })?.MappingVersion),
            };
        }

        private static OpenRun? Usual(IEnumerable<OpenRunRow> open, RunState state) => open.FirstOrDefault(run => run.State == state && !run.IsReplay)?.Facts();
    }

    internal sealed record OpenRunRow(
        TenantId TenantId, Guid SyncId, Guid Id, long Number, RunState State, bool IsReplay, FailureCause? Cause, string Reason, int Retries, int? MappingVersion,
        DateTimeOffset At, DateTimeOffset? LeaseUntil, DateTimeOffset? MovedAt)
    {
        public OpenRun Facts() => new(Id, Number, Cause, Reason, Retries, At, LeaseUntil, MovedAt);
    }

    private sealed record DeliveryRow(TenantId TenantId, Guid SyncId, bool OnArrival, string Endpoint, int Count, DateTimeOffset? Oldest, DateTimeOffset? Last, long Depth)
    {
        public ArrivalFact Fact => new((int)Math.Min(Depth, int.MaxValue), Oldest, Last, OnArrival);
    }

    internal sealed record LetterRow(TenantId TenantId, Guid SyncId, FailureCause Cause, int Letters, DateTimeOffset? Oldest)
    {
        public CauseCount Count => new(Cause, Letters);
    }
}
