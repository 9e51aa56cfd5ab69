using IntegrationConsole.Health.Verdicts;
using IntegrationConsole.Sync.Schedules;

namespace IntegrationConsole.Health.Evaluation;

/// <summary>What is measured of syncs at every look: the last hour's records from their minutes, and what waits for them.</summary>
internal sealed class MeasuredFacts
{
    private readonly Dictionary<(TenantId, Guid), WindowRow> _windows;
    private readonly Dictionary<(TenantId, Guid), DepthRow> _items;
    private readonly ILookup<(TenantId, Guid), BitRow> _late;

    private MeasuredFacts(IEnumerable<WindowRow> windows, IEnumerable<DepthRow> items, IEnumerable<BitRow> late)
    {
        _windows = windows.ToDictionary(row => (row.TenantId, row.SyncId));
        _items = items.ToDictionary(row => (row.TenantId, row.SyncId));
        _late = late.ToLookup(row => (row.TenantId, row.SyncId));
    }

    public static async Task<MeasuredFacts> ReadAsync(DatabaseSession session, Guid[]? tenants, DateTimeOffset now, CancellationToken cancellationToken)
    {
        DateTimeOffset Minutes(int ago) => FreshnessMinutes.Minute(now) - TimeSpan.FromMinutes(ago);
        var windows = await session.ListAsync<WindowRow>(FactQueries.Windows, new { tenants, five = Minutes(5), half = Minutes(30), hour = Minutes(60) }, cancellationToken);
        var items = await session.ListAsync<DepthRow>(FactQueries.ReplayItems, new { tenants }, cancellationToken);
        var late = await session.ListAsync<BitRow>(FactQueries.LateBits, new { tenants, last = FreshnessMinutes.Hour(now) - TimeSpan.FromHours(1) }, cancellationToken);
        return new MeasuredFacts(windows, items, late);
    }

    public SyncFacts Of(SyncFacts facts, TenantId tenant, BacklogTrend trend, DateTimeOffset now)
    {
        var key = (tenant, facts.Id);
        var recent = _windows.TryGetValue(key, out var row) ? row.Windows : RecordWindows.None;
        return facts with { Recent = recent, Backlog = BacklogOf(facts, key, trend, now), Late = facts.Late is { } late ? Late([.. _late[key]], late.Long, now) : null };
    }

    private BacklogFact BacklogOf(SyncFacts facts, (TenantId Tenant, Guid Sync) key, BacklogTrend trend, DateTimeOffset now)
    {
        var items = _items.GetValueOrDefault(key);
        var due = facts.Waiting is { Cause: null } waiting && waiting.At <= now ? waiting.At : (DateTimeOffset?)null;
        var unread = IsRead(facts) ? facts.Arrivals! : null;
        var depth = (int)Math.Min((items?.Depth ?? 0) + (due is null ? 0 : 1) + (long)(unread?.Unread ?? 0), int.MaxValue);
        DateTimeOffset?[] since = [items?.Oldest, due, unread?.Oldest];
        return trend.Note(key, new BacklogFact(depth, since.Min()), now);
    }

    /// <summary>Deliveries wait for a sync that is to read them by itself. Nobody promised to read those of one that runs only when somebody asks.</summary>
    private static bool IsRead(SyncFacts facts) => facts.Arrivals is { } arrivals && (arrivals.IsCalled || facts.Schedule is { Kind: not ScheduleKind.Manual });

    private static LateMinutes Late(BitRow[] rows, LongWindows further, DateTimeOffset now)
    {
        Share Last(int minutes)
        {
            var counted = new Share(0, 0);
            for (var ago = 0; ago < minutes; ago++)
            {
                var minute = FreshnessMinutes.Minute(now) - TimeSpan.FromMinutes(ago);
                var bit = FreshnessMinutes.Bit(minute);
                if (Array.Find(rows, row => row.Hour == FreshnessMinutes.Hour(minute)) is { } row && (row.Seen & bit) != 0)
                {
                    counted += new Share((row.Late & bit) != 0 ? 1 : 0, 1);
                }
            }

            return counted;
        }

        return new LateMinutes(Last(5), Last(30), Last(60), further);
    }

    private sealed class WindowRow
    {
        public TenantId TenantId { get; init; }

        public Guid SyncId { get; init; }

        public long BadFive { get; init; }

        public long AttemptedFive { get; init; }

        public long BadHalf { get; init; }

        public long AttemptedHalf { get; init; }

        public long BadHour { get; init; }

        public long AttemptedHour { get; init; }

        public long[] Durations { get; init; } = [];

        public RecordWindows Windows => new(new Share(BadFive, AttemptedFive), new Share(BadHalf, AttemptedHalf), new Share(BadHour, AttemptedHour), Durations);
    }

    private sealed record DepthRow(TenantId TenantId, Guid SyncId, int Depth, DateTimeOffset? Oldest);

    private sealed record BitRow(TenantId TenantId, Guid SyncId, DateTimeOffset Hour, long Seen, long Late);
}
