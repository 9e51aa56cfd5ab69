using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Webhooks.Reading;

namespace IntegrationConsole.Health.Evaluation;

/// <summary>
/// What is not read at every look: hours and days of syncs that promise something or are sent to, which change little in five minutes.
/// For one evaluation at a time.
/// </summary>
internal sealed class SlowFacts
{
    private static readonly TimeSpan GoodFor = TimeSpan.FromMinutes(5);

    private readonly Dictionary<TenantId, (DateTimeOffset At, int Promising, Dictionary<Guid, LongWindows> Records, Dictionary<Guid, LongWindows> Late, Dictionary<Guid, (DateTimeOffset Last, TimeSpan? Usual)> Quiet)> _known = [];

    public BacklogTrend Trend { get; } = new();

    /// <param name="session">Across tenants.</param>
    /// <param name="promising">The tenants at hand, each with a number that changes when its promises do: what is promised anew is read at once.</param>
    /// <param name="now">The moment.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task RefreshAsync(DatabaseSession session, IReadOnlyDictionary<TenantId, int> promising, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var old = promising.Where(pair => !_known.TryGetValue(pair.Key, out var known) || known.Promising != pair.Value || now - known.At >= GoodFor).Select(pair => pair.Key).ToList();
        if (old.Count == 0)
        {
            return;
        }

        var scope = new { ids = old.Select(tenant => tenant.Value).ToArray(), six = now - TimeSpan.FromHours(6), three = now - TimeSpan.FromDays(3), month = now - Burn.Period };
        var records = (await session.ListAsync<Row>(FactQueries.LongWindows, scope, cancellationToken)).ToLookup(row => row.TenantId);
        var late = (await session.ListAsync<Row>(FactQueries.LateHours, scope, cancellationToken)).ToLookup(row => row.TenantId);
        var quiet = (await session.ListAsync<QuietRow>(FactQueries.QuietHours, new { scope.ids, now, kind = WebhookConnector.Kind }, cancellationToken)).ToLookup(row => row.TenantId);
        foreach (var tenant in old)
        {
            _known[tenant] = (now, promising[tenant], records[tenant].ToDictionary(row => row.SyncId, row => row.Windows), late[tenant].ToDictionary(row => row.SyncId, row => row.Windows),
                quiet[tenant].GroupBy(row => row.SyncId).ToDictionary(sync => sync.Key, Quiet));
        }
    }

    public SyncFacts Of(SyncFacts facts, TenantId tenant)
    {
        var known = _known[tenant];
        var isKnown = known.Quiet.TryGetValue(facts.Id, out var quiet);
        return facts with
        {
            Arrivals = facts.Arrivals is { } arrivals && isKnown ? arrivals with { Last = arrivals.Last ?? quiet.Last, UsualQuiet = quiet.Usual } : facts.Arrivals,
            Longer = known.Records.GetValueOrDefault(facts.Id, LongWindows.None),
            Late = facts.Objective.Freshness is null ? null : new LateMinutes(default, default, default, known.Late.GetValueOrDefault(facts.Id, LongWindows.None)),
        };
    }

    private static (DateTimeOffset Last, TimeSpan? Usual) Quiet(IEnumerable<QuietRow> hours) =>
        (hours.First().Last, ArrivalFact.QuietOf(hours.GroupBy(row => row.Week).Select(week => (IReadOnlyList<DateTimeOffset>)[.. week.Select(row => row.Hour)])));

    private sealed record QuietRow(TenantId TenantId, Guid SyncId, DateTimeOffset Last, int Week, DateTimeOffset Hour);

    private sealed record Row(TenantId TenantId, Guid SyncId, long BadSix, long AttemptedSix, long BadThree, long AttemptedThree, long BadMonth, long AttemptedMonth)
    {
        public LongWindows Windows => new(new Share(BadSix, AttemptedSix), new Share(BadThree, AttemptedThree), new Share(BadMonth, AttemptedMonth));
    }
}
