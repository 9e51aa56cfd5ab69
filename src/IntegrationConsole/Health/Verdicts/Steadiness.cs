namespace IntegrationConsole.Health.Verdicts;

/// <summary>
/// Keeps what is measured from changing its state with every hiccup: it gets worse when several looks in a row saw it
/// worse, and better after three that saw it better. What is known and not measured, such as a run that failed, counts
/// at once. Pure: what the looks before saw comes in, and goes out for the next one.
/// </summary>
internal static class Steadiness
{
    private const int ToBetter = 3;

    /// <summary>Looks come twice a minute, and after every change: those of one burst are one.</summary>
    private static readonly TimeSpan Beat = TimeSpan.FromSeconds(20);

    private static readonly HashSet<HealthDimension> Measured =
    [
        HealthDimension.Calls, HealthDimension.Errors, HealthDimension.FreshnessBudget, HealthDimension.Latency, HealthDimension.Backlog, HealthDimension.Connectivity,
        HealthDimension.Authentication, HealthDimension.Budget,

        // It opens at once; each probe would otherwise look like a recovery.
        HealthDimension.Resilience,
    ];

    /// <param name="findings">What this look saw.</param>
    /// <param name="memory">What the last one left.</param>
    /// <param name="now">The moment.</param>
    /// <returns>The findings in the state that counts, and what the next look has to know.</returns>
    public static (IReadOnlyList<Finding> Findings, SideMemory Memory) Hold(IEnumerable<Finding> findings, SideMemory memory, DateTimeOffset now)
    {
        var next = new Dictionary<HealthDimension, Remembered>();
        var held = new List<Finding>();
        foreach (var group in findings.GroupBy(finding => finding.Dimension))
        {
            // Of several that are about the same thing the worst is remembered.
            var ordered = group.OrderBy(finding => finding.State).ToList();
            var remembered = Step(ordered[0], memory.Of(group.Key), now);
            next[group.Key] = remembered;
            held.Add(Shown(ordered[0], remembered));
            held.AddRange(ordered.Skip(1));
        }

        // What has nothing to say now may say something again: its next state begins from healthy.
        foreach (var (dimension, silent) in memory.All.Where(pair => Measured.Contains(pair.Key) && !next.ContainsKey(pair.Key)))
        {
            next[dimension] = silent is { State: HealthState.Healthy, Against: 0 } ? silent : new Remembered(HealthState.Healthy, now);
        }

        return (held, new SideMemory(next));
    }

    private static Remembered Step(Finding finding, Remembered? before, DateTimeOffset now)
    {
        if (before is null)
        {
            return new Remembered(finding.State, now);
        }

        if (finding.State is HealthState.Unknown)
        {
            return before.State is HealthState.Unknown ? before with { Against = 0, CountedAt = null }
                : new Remembered(HealthState.Unknown, now, Known: before.State, KnownAt: now);
        }

        if (finding.State == before.State)
        {
            return before.Against == 0 && before.Known is null ? before : new Remembered(before.State, before.Since);
        }

        if (before.State is HealthState.Unknown || !Measured.Contains(finding.Dimension))
        {
            return new Remembered(finding.State, now);
        }

        // A look that saw the other direction begins a new count.
        var against = now - before.CountedAt < Beat ? Math.Abs(before.Against) : Math.Abs(before.Against) + 1;
        var isWorse = finding.State < before.State;
        if (isWorse != before.Against > 0)
        {
            against = 1;
        }

        return against >= (isWorse ? ToWorse(finding) : ToBetter)
            ? new Remembered(finding.State, now)
            : before with { Against = isWorse ? against : -against, CountedAt = now - before.CountedAt < Beat ? before.CountedAt : now };
    }

    private static int ToWorse(Finding finding) => finding switch
    {
        { IsSure: true } => 1,
        { Dimension: HealthDimension.Latency } => 3,
        _ => 2,
    };

    private static Finding Shown(Finding finding, Remembered remembered)
    {
        if (finding.State is HealthState.Unknown && remembered is { Known: { } known, KnownAt: { } at })
        {
            return finding with { Reason = $"{finding.Reason} Last known: {known.Words.ToLowerInvariant()}, {Moment.Ago(at)}.", Since = remembered.Since };
        }

        if (finding.State == remembered.State)
        {
            return finding with { Since = remembered.Since };
        }

        var words = remembered.Against > 0
            ? $"{finding.Reason} It counts as {finding.State.Words.ToLowerInvariant()} when the next looks see it too."
            : $"{finding.Reason} It counts as {remembered.State.Words.ToLowerInvariant()} until three looks in a row saw it better.";
        return finding with { State = remembered.State, Seen = finding.State, Reason = words, Since = remembered.Since };
    }
}
