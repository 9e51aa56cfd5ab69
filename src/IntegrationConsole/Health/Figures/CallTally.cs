namespace IntegrationConsole.Health.Figures;

/// <summary>Which calls are counted together.</summary>
internal readonly record struct CallKey(TenantId Tenant, Guid Connection, DateTimeOffset Minute);

/// <summary>Calls that were counted and not saved yet. For use by many threads at once.</summary>
internal sealed class CallTally(int most)
{
    /// <summary>When too much waits, neighbouring minutes are counted as one, in growing steps: time gets coarser, no call is forgotten.</summary>
    private static readonly TimeSpan[] CoarserSteps = [TimeSpan.FromMinutes(10), TimeSpan.FromHours(1), TimeSpan.FromDays(1)];

    private readonly Lock _gate = new();
    private Dictionary<CallKey, CallCount> _counts = [];

    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _counts.Count;
            }
        }
    }

    public void Count(TenantId tenant, Guid connection, DateTimeOffset at, double seconds, bool succeeded)
    {
        lock (_gate)
        {
            At(new CallKey(tenant, connection, Floor(at, TimeSpan.FromMinutes(1)))).Add(seconds, succeeded);
        }
    }

    /// <summary>Of the calls that are counted besides, so many were replays'.</summary>
    public void CountReplays(TenantId tenant, Guid connection, DateTimeOffset at, long calls)
    {
        lock (_gate)
        {
            At(new CallKey(tenant, connection, Floor(at, TimeSpan.FromMinutes(1)))).AddReplays(calls);
        }
    }

    /// <summary>Takes everything out, to save it.</summary>
    public IReadOnlyDictionary<CallKey, CallCount> Take()
    {
        lock (_gate)
        {
            var taken = _counts;
            _counts = [];
            return taken;
        }
    }

    /// <summary>What could not be saved is counted again with what came meanwhile.</summary>
    public void PutBack(IReadOnlyDictionary<CallKey, CallCount> counts)
    {
        lock (_gate)
        {
            Merge(counts, key => key);
            foreach (var step in CoarserSteps)
            {
                if (_counts.Count <= most)
                {
                    return;
                }

                var finer = _counts;
                _counts = [];
                Merge(finer, key => key with { Minute = Floor(key.Minute, step) });
            }
        }
    }

    private void Merge(IReadOnlyDictionary<CallKey, CallCount> counts, Func<CallKey, CallKey> keyOf)
    {
        foreach (var (key, count) in counts)
        {
            At(keyOf(key)).Add(count);
        }
    }

    private CallCount At(CallKey key)
    {
        if (!_counts.TryGetValue(key, out var count))
        {
            _counts[key] = count = new CallCount();
        }

        return count;
    }

    private static DateTimeOffset Floor(DateTimeOffset at, TimeSpan step) => new(at.UtcTicks - (at.UtcTicks % step.Ticks), TimeSpan.Zero);
}

/// <summary>How many calls, how many of them failed, and how long they took.</summary>
internal sealed class CallCount
{
    public long Calls { get; private set; }

    public long Failures { get; private set; }

    /// <summary>Of the calls, those of replays.</summary>
    public long Replays { get; private set; }

    public int[] Durations { get; } = new int[DurationBuckets.Count];

    public void Add(double seconds, bool succeeded)
    {
        Calls++;
        Failures += succeeded ? 0 : 1;
        Durations[DurationBuckets.Of(seconds)]++;
    }

    public void AddReplays(long calls) => Replays += calls;

    public void Add(CallCount more)
    {
        Replays += more.Replays;
        Calls += more.Calls;
        Failures += more.Failures;
        for (var bucket = 0; bucket < Durations.Length; bucket++)
        {
            Durations[bucket] += more.Durations[bucket];
        }
    }
}
