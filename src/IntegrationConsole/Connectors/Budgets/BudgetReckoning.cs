namespace IntegrationConsole.Connectors.Budgets;

/// <summary>
/// Cuts slices off a budget. Calls are spread evenly: two slices never overlap, so that however many nodes there are,
/// no second and no minute sees more than its limit. Of what a system says is left, the first half is free, and the
/// rest is made to last until there is more. Pure.
/// </summary>
internal static class BudgetReckoning
{
    private static readonly TimeSpan LongestSlice = TimeSpan.FromSeconds(1);

    /// <summary>The share of a minute's calls that may be made at once.</summary>
    private const double MinuteBurst = 0.1;

    /// <summary>The share of what a system allows that is used before calls are spread.</summary>
    private const double FreeShare = 0.5;

    /// <param name="budget">As it is, with the limits in force.</param>
    /// <param name="wanted">How many calls; fewer are given where they would take longer than a second.</param>
    /// <param name="now">The moment.</param>
    public static (CallBudget Budget, CallLease Lease) Lease(CallBudget budget, int wanted, DateTimeOffset now)
    {
        if (NotBefore(budget, now) is { } later)
        {
            return (budget with { FreeAt = later }, new CallLease(later, 0, TimeSpan.Zero));
        }

        var second = PerSecond(budget, now);
        var minute = PerMinute(budget, now);
        var told = Told(budget, now);
        var from = Latest(Latest(second.From, minute.From), Latest(told.From, now));
        var spacing = Longest(second.Spacing, Longest(minute.Spacing, told.Spacing));
        var most = Math.Min(Math.Min(second.Most, minute.Most), Math.Min(told.Most, Left(budget, now)));
        var fits = spacing > TimeSpan.Zero ? Math.Max(1, (int)(LongestSlice / spacing)) : int.MaxValue;
        var count = Math.Max(1, Math.Min(Math.Min(wanted, most), fits));
        var end = from + (spacing * count);
        var minuteEach = budget.PerMinute is { } limit ? TimeSpan.FromMinutes(1) / limit : TimeSpan.Zero;
        var after = budget with
        {
            SecondAt = budget.PerSecond is null ? budget.SecondAt : end,
            MinuteAt = Latest(budget.MinuteAt, from) + (minuteEach * count),
            Day = CallBudget.DayOf(now),
            DayUsed = budget.UsedToday(now) + count,
            ToldRemaining = budget.IsTold(now) ? budget.ToldRemaining - count : null,
            ToldAt = end,
            FreeAt = end,
        };
        return (after, new CallLease(from, count, spacing));
    }

    /// <summary>What a system says replaces what it said before; within the same period it never gives back what was leased meanwhile.</summary>
    public static CallBudget Hear(CallBudget budget, ToldLimit told, DateTimeOffset now)
    {
        var isSame = budget.IsTold(now) && (told.ResetAt - budget.ToldResetAt!.Value).Duration() < TimeSpan.FromSeconds(2);
        var remaining = isSame ? Math.Min(budget.ToldRemaining!.Value, told.Remaining) : told.Remaining;
        var limit = told.Limit ?? Math.Max(isSame ? budget.ToldLimit ?? 0 : 0, told.Remaining);
        return budget with { ToldLimit = limit, ToldRemaining = remaining, ToldResetAt = isSame ? budget.ToldResetAt : told.ResetAt };
    }

    /// <summary>Where nothing at all is left: when there is more.</summary>
    private static DateTimeOffset? NotBefore(CallBudget budget, DateTimeOffset now)
    {
        DateTimeOffset? told = budget.IsTold(now) && budget.ToldRemaining < 1 ? budget.ToldResetAt : null;
        DateTimeOffset? tomorrow = budget.PerDay <= budget.UsedToday(now) ? CallBudget.DayOf(now).AddDays(1) : null;
        return told > tomorrow ? told : tomorrow ?? told;
    }

    private static int Left(CallBudget budget, DateTimeOffset now) => budget.PerDay - budget.UsedToday(now) ?? int.MaxValue;

    private static Pace PerSecond(CallBudget budget, DateTimeOffset now) =>
        budget.PerSecond is { } limit ? new Pace(Latest(now, budget.SecondAt), TimeSpan.FromSeconds(1 / limit), int.MaxValue) : Pace.Free(now);

    /// <summary>A few may go at once; after that each waits until one more is made up for.</summary>
    private static Pace PerMinute(CallBudget budget, DateTimeOffset now)
    {
        if (budget.PerMinute is not { } limit)
        {
            return Pace.Free(now);
        }

        var each = TimeSpan.FromMinutes(1) / limit;
        var burst = each * Math.Max(1, Math.Floor(limit * MinuteBurst));
        var atOnce = (int)((burst - (Latest(budget.MinuteAt, now) - now)) / each);
        return atOnce >= 1 ? new Pace(now, TimeSpan.Zero, atOnce) : new Pace(budget.MinuteAt - burst + each, each, int.MaxValue);
    }

    private static Pace Told(CallBudget budget, DateTimeOffset now)
    {
        if (!budget.IsTold(now))
        {
            return Pace.Free(now);
        }

        var (remaining, limit) = (budget.ToldRemaining!.Value, budget.ToldLimit ?? 0);
        var free = (int)(remaining - (limit * FreeShare));
        return free >= 1 ? new Pace(now, TimeSpan.Zero, free)
            : new Pace(Latest(now, budget.ToldAt), (budget.ToldResetAt!.Value - now) / remaining, (int)remaining);
    }

    private static DateTimeOffset Latest(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static TimeSpan Longest(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private readonly record struct Pace(DateTimeOffset From, TimeSpan Spacing, int Most)
    {
        public static Pace Free(DateTimeOffset now) => new(now, TimeSpan.Zero, int.MaxValue);
    }
}
