using System.Diagnostics.Metrics;
using IntegrationConsole.Connectors.Circuits;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Health.Evaluation;
using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Tenants;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Health.Telemetry;

/// <summary>
/// What the evaluator found last, as gauges. Read from memory: a scrape costs the database nothing, and says nothing
/// about states that are too old. The worst come first, so that a limit on the number of series leaves out the healthy ones.
/// </summary>
public sealed class HealthGauges : IHostedService, IDisposable
{
    private static readonly CircuitState[] CircuitStates = Enum.GetValues<CircuitState>();
    private static readonly HealthState[] States = Enum.GetValues<HealthState>();

    private readonly LatestHealth _latest;
    private readonly QuotaOptions _quotas;
    private readonly TimeProvider _clock;
    private readonly Meter _meter = new(TelemetrySources.Own);

    public HealthGauges(LatestHealth latest, IOptions<QuotaOptions> quotas, TimeProvider clock)
    {
        _latest = latest;
        _quotas = quotas.Value;
        _clock = clock;
        _meter.CreateObservableGauge("intconsole.health.state", HealthStates, null, "1 for the state that an integration is in, 0 for the others");
        _meter.CreateObservableGauge("intconsole.sync.run.active", ActiveRuns, "{run}", "Runs that are going");
        _meter.CreateObservableGauge("intconsole.sync.last_success.time", LastSuccesses, "s", "When an integration last ran well, as a Unix time");
        _meter.CreateObservableGauge("intconsole.sync.lag", Lags, "s", "How far behind its source an integration is: since what moment nothing is certain to have arrived");
        _meter.CreateObservableGauge("intconsole.sync.lateness", Lateness, "1", "Time since the last good run, in units of what is promised");
        _meter.CreateObservableGauge("intconsole.fleet.lag", FleetLag, "s", "How far behind its source the integration is that is furthest behind of those that are to run by themselves");
        _meter.CreateObservableGauge("intconsole.fleet.backlog", FleetBacklog, "{item}", "What waits to be worked on, of all tenants together");
        _meter.CreateObservableGauge("intconsole.slo.burn_rate", BurnRates, "1", "How many times as fast as allowed what an objective allows is used up");
        _meter.CreateObservableGauge("intconsole.replay.active", ActiveReplays, "{replay}", "Replays that are going");
        _meter.CreateObservableGauge("intconsole.bulkhead.limit", PlaceLimits, "{slot}", "Runs of a tenant that may go at the same time");
        _meter.CreateObservableGauge("intconsole.bulkhead.usage", PlaceUses, "{slot}", "Runs of a tenant that go");
        _meter.CreateObservableGauge("intconsole.deadletter.depth", Letters, "{item}", "Open dead letters");
        _meter.CreateObservableGauge("intconsole.queue.depth", Queues, "{item}", "What waits to be worked on");
        _meter.CreateObservableGauge("intconsole.queue.oldest.age", OldestWaiting, "s", "How long the oldest of it has waited");
        _meter.CreateObservableGauge("intconsole.credential.validity", Credentials, "s", "Time until a connection's credential expires; negative when it has");
        _meter.CreateObservableGauge("intconsole.circuit.state", Circuits, null, "1 for the state that a connection's circuit is in, 0 for the others");
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _meter.Dispose();

    private IEnumerable<(TenantHealth Tenant, SyncHealth Sync)> Syncs() =>
        _latest.Current.SelectMany(tenant => tenant.Syncs.Select(sync => (tenant, sync))).OrderBy(pair => pair.sync.Verdict.State);

    private IEnumerable<Measurement<int>> HealthStates() =>
        from pair in Syncs()
        from state in States
        select new Measurement<int>(
            pair.Sync.Verdict.State == state ? 1 : 0, Tag("tenant", pair.Tenant.Facts.Slug), Tag("integration", pair.Sync.Facts.Slug), Tag("state", state.Words.ToLowerInvariant()));

    private IEnumerable<Measurement<int>> ActiveRuns() =>
        Syncs().Select(pair => new Measurement<int>(pair.Sync.Facts.RunsGoing, Tag("tenant", pair.Tenant.Facts.Slug), Tag("integration", pair.Sync.Facts.Slug)));

    private IEnumerable<Measurement<long>> LastSuccesses() =>
        from pair in Syncs()
        where pair.Sync.Facts.LastGood is not null
        select new Measurement<long>(
            pair.Sync.Facts.LastGood!.At.ToUnixTimeSeconds(), Tag("tenant", pair.Tenant.Facts.Slug), Tag("integration", pair.Sync.Facts.Slug));

    private IEnumerable<Measurement<double>> Lags()
    {
        var now = _clock.GetUtcNow();
        return from pair in Syncs()
               let level = Level(pair.Sync)
               where level is not null
               select new Measurement<double>((now - level.Value).TotalSeconds, Tag("tenant", pair.Tenant.Facts.Slug), Tag("integration", pair.Sync.Facts.Slug));
    }

    /// <summary>Nothing while nothing is to run by itself: what is paused, or started by hand, is behind nobody.</summary>
    private IEnumerable<Measurement<double>> FleetLag()
    {
        var now = _clock.GetUtcNow();
        var last = (from pair in Syncs()
                    where pair.Sync.Facts is { Pause: null, Stream: not null } || pair.Sync.Lateness(now) is not null
                    select Level(pair.Sync)).Min();
        return last is { } level ? [new Measurement<double>((now - level).TotalSeconds)] : [];
    }

    private IEnumerable<Measurement<int>> FleetBacklog() => _latest.Current.Count == 0 ? [] :
    [
        .. _latest.Current.SelectMany(Waiting).GroupBy(waiting => waiting.Queue).Select(queue => new Measurement<int>(queue.Sum(waiting => waiting.Depth), Tag("queue", queue.Key))),
        new Measurement<int>(Syncs().Sum(pair => pair.Sync.Facts.Letters.Sum(letters => letters.Count)), Tag("queue", "deadletters")),
    ];

    /// <summary>What came to the source while the last good run went may have come behind where it read: only what was there when it began is certain.</summary>
    private static DateTimeOffset? Level(SyncHealth sync) => sync.Facts.Stream?.AsOf ?? sync.Facts.LastGood?.Began ?? sync.Facts.LastGood?.At;

    private IEnumerable<Measurement<double>> Lateness()
    {
        var now = _clock.GetUtcNow();
        return from pair in Syncs()
               let late = pair.Sync.Lateness(now)
               where late is not null
               select new Measurement<double>(late.Value, Tag("tenant", pair.Tenant.Facts.Slug), Tag("integration", pair.Sync.Facts.Slug));
    }

    private IEnumerable<Measurement<double>> BurnRates() =>
        from pair in Syncs()
        from objective in new[] { (Name: "delivery", Burn: ErrorVerdicts.BurnOf(pair.Sync.Facts)), (Name: "freshness", Burn: FreshnessVerdicts.BurnOf(pair.Sync.Facts)) }
        where objective.Burn is not null
        from window in new[]
        {
            ("5m", objective.Burn!.FiveMinutes), ("30m", objective.Burn.HalfHour), ("1h", objective.Burn.Hour), ("6h", objective.Burn.Long.SixHours), ("3d", objective.Burn.Long.ThreeDays),
        }
        select new Measurement<double>(
            objective.Burn.Rate(window.Item2), Tag("tenant", pair.Tenant.Facts.Slug), Tag("integration", pair.Sync.Facts.Slug), Tag("objective", objective.Name), Tag("window", window.Item1));

    private IEnumerable<Measurement<int>> ActiveReplays() => _latest.Current.Select(tenant => new Measurement<int>(tenant.Facts.Replays, Tag("tenant", tenant.Facts.Slug)));

    private IEnumerable<Measurement<int>> PlaceLimits() => _latest.Current.Select(tenant => new Measurement<int>(tenant.Facts.Places ?? _quotas.ConcurrentRuns, Tag("group", tenant.Facts.Slug)));

    private IEnumerable<Measurement<int>> PlaceUses() =>
        _latest.Current.Select(tenant => new Measurement<int>(tenant.Syncs.Where(sync => sync.Facts.Stream is null).Sum(sync => sync.Facts.RunsGoing), Tag("group", tenant.Facts.Slug)));

    private IEnumerable<Measurement<int>> Letters() =>
        from pair in Syncs()
        from letters in pair.Sync.Facts.Letters
        select new Measurement<int>(
            letters.Count, Tag("tenant", pair.Tenant.Facts.Slug), Tag("integration", pair.Sync.Facts.Slug), Tag("cause", letters.Cause.Code));

    private IEnumerable<Measurement<int>> Queues() =>
        _latest.Current.SelectMany(tenant => Waiting(tenant).Select(waiting => new Measurement<int>(waiting.Depth, TagsOf(tenant, waiting))));

    private IEnumerable<Measurement<double>> OldestWaiting()
    {
        var now = _clock.GetUtcNow();
        return _latest.Current.SelectMany(tenant => Waiting(tenant).Select(waiting => new Measurement<double>(Age(waiting.Oldest, now), TagsOf(tenant, waiting))));
    }

    /// <summary>Each queue of a tenant; what was delivered waits at its endpoint.</summary>
    private static IEnumerable<(string Queue, string? Endpoint, int Depth, DateTimeOffset? Oldest)> Waiting(TenantHealth tenant) =>
    [
        ("runs", null, tenant.Facts.QueuedRuns, tenant.Facts.OldestRunDue), ("replay", null, tenant.Facts.QueuedItems, tenant.Facts.OldestItem),
        ("notices", null, tenant.Facts.Notices, tenant.Facts.OldestNotice),
        .. tenant.Facts.Deliveries.Select(at => ("deliveries", (string?)at.Endpoint, at.Count, at.Oldest)),
    ];

    private static KeyValuePair<string, object?>[] TagsOf(TenantHealth tenant, (string Queue, string? Endpoint, int Depth, DateTimeOffset? Oldest) waiting) =>
    [
        Tag("tenant", tenant.Facts.Slug), Tag("queue", waiting.Queue), .. waiting.Endpoint is { } endpoint ? [Tag("endpoint", endpoint)] : Array.Empty<KeyValuePair<string, object?>>(),
    ];

    private IEnumerable<Measurement<double>> Credentials()
    {
        var now = _clock.GetUtcNow();
        return from tenant in _latest.Current
               from connection in tenant.Connections
               where connection.Facts.CredentialExpires is not null
               orderby connection.Facts.CredentialExpires
               select new Measurement<double>(
                   (connection.Facts.CredentialExpires!.Value - now).TotalSeconds, Tag("tenant", tenant.Facts.Slug), Tag("connection", connection.Facts.Name));
    }

    private IEnumerable<Measurement<int>> Circuits() =>
        from tenant in _latest.Current
        from connection in tenant.Connections
        orderby connection.Facts.Circuit is null or { State: CircuitState.Closed }
        from state in CircuitStates
        select new Measurement<int>(
            (connection.Facts.Circuit?.State ?? CircuitState.Closed) == state ? 1 : 0, Tag("tenant", tenant.Facts.Slug), Tag("connection", connection.Facts.Name), Tag("state", state.Code));

    private static double Age(DateTimeOffset? since, DateTimeOffset now) => since is { } at && at < now ? (now - at).TotalSeconds : 0;

    private static KeyValuePair<string, object?> Tag(string name, string value) => new(name, value);
}
