namespace IntegrationConsole.Connectors.Budgets;

/// <summary>The moment of a call.</summary>
/// <param name="IsGiven">Whether the call may be made then; otherwise it is worth asking again.</param>
internal readonly record struct BudgetTurn(DateTimeOffset At, bool IsGiven);

/// <summary>What one node holds of a budget. All but <see cref="IsFree"/> and <see cref="IsNews"/> under its gate.</summary>
internal sealed class BudgetSlices
{
    private const int MostWanted = 64;
    private static readonly TimeSpan FreeFor = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan NewsEvery = TimeSpan.FromSeconds(1);

    /// <summary>A slice without spacing is good for this long: what is told meanwhile may be less.</summary>
    private static readonly TimeSpan LooseFor = TimeSpan.FromSeconds(2);

    private readonly Lock _news = new();
    private CallLease _lease = new(default, 0, TimeSpan.Zero);
    private int _used;
    private long _freeUntil;
    private DateTimeOffset _heardAt;
    private double _heard = double.MaxValue;

    private bool IsLimited => Interlocked.Read(ref _freeUntil) == 0;

    public SemaphoreSlim Gate { get; } = new(1, 1);

    /// <summary>Twice as many as last time where they were used up, and as many as were used where they were not.</summary>
    public int Wanted { get; private set; } = 1;

    public bool IsFree(DateTimeOffset now) => now.UtcTicks < Interlocked.Read(ref _freeUntil);

    public void Free(DateTimeOffset now) => Interlocked.Exchange(ref _freeUntil, (now + FreeFor).UtcTicks);

    public void Limit() => Interlocked.Exchange(ref _freeUntil, 0);

    /// <summary>Whether it is worth saving: not with every answer, but always when little is left, or more again.</summary>
    public bool IsNews(ToldLimit told, DateTimeOffset now)
    {
        lock (_news)
        {
            var isNews = now - _heardAt >= NewsEvery || told.Remaining < 1 || told.Remaining < _heard / 2 || told.Remaining > _heard || !IsLimited;
            if (isNews)
            {
                (_heardAt, _heard) = (now, told.Remaining);
            }

            return isNews;
        }
    }

    public void Take(CallLease lease) => (_lease, _used) = (lease, 0);

    /// <summary>The next moment of the slice at hand; null when another slice is needed.</summary>
    public BudgetTurn? Next(DateTimeOffset moment)
    {
        // Moments that went by unused are not made up for: that would be a burst.
        while (_used < _lease.Count)
        {
            var at = _lease.From + (_lease.Spacing * _used);
            if (_lease.Spacing == TimeSpan.Zero ? moment - at > LooseFor : moment - at > _lease.Spacing)
            {
                Wanted = Math.Max(1, _used);
                if (_lease.Spacing == TimeSpan.Zero)
                {
                    break;
                }

                _used++;
                continue;
            }

            _used++;
            if (_used == _lease.Count)
            {
                Wanted = Math.Min(MostWanted, Wanted * 2);
            }

            return new BudgetTurn(at, IsGiven: true);
        }

        _lease = _lease with { Count = 0 };
        return null;
    }
}
