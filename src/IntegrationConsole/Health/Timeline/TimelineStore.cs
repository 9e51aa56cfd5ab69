using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Controls;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Health.Timeline;

/// <summary>Puts what the rooms have recorded on one axis of time. Records nothing of its own.</summary>
public sealed class TimelineStore(ConsoleDatabase database, TimeProvider clock)
{
    /// <summary>The newest first.</summary>
    public async Task<Page<TimelineEvent>> ListAsync(TenantId tenant, TimelineFilter filter, Keyset? after, int size, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var objects = filter.ObjectId is { } id ? await session.ListAsync<Guid>(TimelineQueries.Related, new { tenant, @object = id }, cancellationToken) : null;
        var zone = await session.FindAsync<string>("select time_zone from tenant where id = @tenant", new { tenant }, cancellationToken);
        var kinds = filter.Kinds.Count > 0 ? filter.Kinds : Enum.GetValues<TimelineKind>();
        var rows = await session.ListAsync<Row>(
            $"select * from ({string.Join(" union all ", kinds.Distinct().Select(TimelineQueries.Of))}) x order by at desc, id desc limit @most",
            new { tenant, from = filter.From, to = filter.To, objects = objects?.ToArray(), by = filter.By, before = after?.At, beforeId = after?.Id, most = size + 1 }, cancellationToken);
        var (reader, now) = (zone is not null && TimeZoneInfo.TryFindSystemTimeZoneById(zone, out var known) ? known : TimeZoneInfo.Utc, clock.GetUtcNow());
        return Page<TimelineEvent>.Of([.. rows.Select(row => Told(row, reader, now))], size, one => new Keyset(one.At, one.Id));
    }

    /// <summary>What was changed and published in a range, the oldest first: the marks of a chart.</summary>
    public async Task<IReadOnlyList<TimelineEvent>> ChangesAsync(TenantId tenant, Guid? about, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        const int Most = 100;
        TimelineKind[] kinds = [TimelineKind.Change, TimelineKind.Deploy, TimelineKind.Circuit, TimelineKind.Maintenance];
        var page = await ListAsync(tenant, new TimelineFilter(kinds, about, "", from, to), null, Most, cancellationToken);
        return [.. page.Items.Where(one => one.Kind is not TimelineKind.Circuit || one.Tone is Tone.Bad or Tone.Good or Tone.Info).Reverse()];
    }

    private static TimelineEvent Told(Row row, TimeZoneInfo zone, DateTimeOffset now)
    {
        TimelineEvent Say(string words, string path, Tone tone) => new(row.Kind, row.At, row.Id, words, row.Actor ?? "", row.ObjectId, row.ObjectName ?? "", path, tone);
        var why = row.Detail.Length > 0 ? $": {row.Detail}" : "";
        return row.Kind switch
        {
            TimelineKind.Run => Say($"Run {row.Extra} {Enum.Parse<RunState>(row.What).Words.ToLowerInvariant()}{why}", $"runs/{row.Target}", ToneOf(Enum.Parse<RunState>(row.What))),
            TimelineKind.Change or TimelineKind.Deploy => Say($"{row.Extra}: {row.What}{why}", PathOf(row.Extra, row.Target), Tone.Info),
            TimelineKind.Health => Health(row, Say, zone, now),
            TimelineKind.Circuit => Say($"{Enum.Parse<CircuitState>(row.What).Words}{why}", "circuits", Enum.Parse<CircuitState>(row.What) switch
            {
                CircuitState.Closed => Tone.Good,
                CircuitState.Open => Tone.Bad,
                CircuitState.HalfOpen => Tone.Warn,
                CircuitState.Isolated => Tone.Info,
            }),
            TimelineKind.Alert => Say(row.What == "Firing" ? $"Alert fired: {Moment.InWords(row.Detail, zone, now, namesZone: true)}" : $"Alert resolved{why}", "alerts", row.What == "Firing" ? Tone.Bad : Tone.Good),
            TimelineKind.Replay => Say(row.What == "Asked" ? $"Replay of {row.Extra} asked for{why}" : $"Replay {row.What.ToLowerInvariant()}", $"replays/{row.Target}", row.What == "Done" ? Tone.Good : Tone.Info),
            TimelineKind.Maintenance => Say($"Maintenance {row.What.ToLowerInvariant()}{why}", "alerts?tab=maintenance", Tone.Info),
        };
    }

    private static TimelineEvent Health(Row row, Func<string, string, Tone, TimelineEvent> say, TimeZoneInfo zone, DateTimeOffset now)
    {
        var before = row.Extra.Length > 0 ? $"{Enum.Parse<HealthState>(row.Extra).Words} → " : "";
        var state = Enum.Parse<HealthState>(row.What);
        var path = Guid.TryParse(row.Target, out _) ? $"connections/{row.Target}" : row.Target.Length > 0 ? $"integrations/{row.Target}" : "";
        return say($"{before}{state.Words}: {Moment.InWords(row.Detail, zone, now, namesZone: true)}", path, state.IsTrouble ? Tone.Bad : Tone.Good);
    }

    private static Tone ToneOf(RunState state) => state switch
    {
        RunState.Succeeded => Tone.Good,
        RunState.Failed => Tone.Bad,
        RunState.Partial => Tone.Warn,
        _ => Tone.Calm,
    };

    private static string PathOf(string kind, string id) => kind switch
    {
        "connection" => $"connections/{id}",
        "credential" => $"credentials/{id}",
        "lookup table" => $"lookups/{id}",
        "alert rule" => "alerts?tab=rules",
        "alert channel" => "alerts?tab=channels",
        "silence" => "alerts?tab=silences",
        "quotas" => "quotas",
        _ => "",
    };

    private sealed class Row
    {
        public TimelineKind Kind { get; init; }

        public DateTimeOffset At { get; init; }

        public Guid Id { get; init; }

        public string? Actor { get; init; }

        public Guid? ObjectId { get; init; }

        public string? ObjectName { get; init; }

        public string What { get; init; } = "";

        public string Extra { get; init; } = "";

        public string Detail { get; init; } = "";

        public string Target { get; init; } = "";
    }
}
