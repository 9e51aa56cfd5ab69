namespace IntegrationConsole.Health.Figures;

/// <summary>The ranges that charts offer.</summary>
public enum RangePreset
{
    Hour,
    Day,
    Week,
    Month,
    Quarter,
    Year,
}

/// <summary>A stretch of time cut into equal steps. Both ends lie on whole steps, so a chart does not shiver as time passes.</summary>
/// <param name="To">The end of the last step: now or a little later.</param>
public sealed record FigureRange(DateTimeOffset From, DateTimeOffset To, TimeSpan Step)
{
    public static FigureRange Last(RangePreset preset, DateTimeOffset now)
    {
        var (length, step) = preset switch
        {
            RangePreset.Hour => (TimeSpan.FromHours(1), TimeSpan.FromMinutes(1)),
            RangePreset.Day => (TimeSpan.FromDays(1), TimeSpan.FromMinutes(15)),
            RangePreset.Week => (TimeSpan.FromDays(7), TimeSpan.FromHours(2)),
            RangePreset.Month => (TimeSpan.FromDays(30), TimeSpan.FromHours(8)),
            RangePreset.Quarter => (TimeSpan.FromDays(90), TimeSpan.FromDays(1)),
            RangePreset.Year => (TimeSpan.FromDays(364), TimeSpan.FromDays(7)),
        };
        var to = new DateTimeOffset(((now.UtcTicks / step.Ticks) + 1) * step.Ticks, TimeSpan.Zero);
        return new FigureRange(to - length, to, step);
    }

    /// <summary>Between two moments, in about a hundred steps.</summary>
    public static FigureRange Between(DateTimeOffset from, DateTimeOffset to)
    {
        var length = to - from;
        var step = length.TotalHours switch
        {
            <= 2 => TimeSpan.FromMinutes(1),
            <= 26 => TimeSpan.FromMinutes(15),
            <= 24 * 8 => TimeSpan.FromHours(2),
            <= 24 * 32 => TimeSpan.FromHours(8),
            <= 24 * 100 => TimeSpan.FromDays(1),
            _ => TimeSpan.FromDays(7),
        };
        var start = new DateTimeOffset(from.UtcTicks / step.Ticks * step.Ticks, TimeSpan.Zero);
        var steps = Math.Clamp((int)Math.Ceiling((to - start) / step), 1, 200);
        return new FigureRange(start, start + (steps * step), step);
    }

    /// <summary>Steps no finer than an hour, whose figures are summed already: for many tenants at once.</summary>
    public FigureRange InHours() => Step >= TimeSpan.FromHours(1) || To - From < TimeSpan.FromHours(3) ? this
        : new FigureRange(From.AddTicks(-(From.UtcTicks % TimeSpan.TicksPerHour)), To.AddTicks((TimeSpan.TicksPerHour - (To.UtcTicks % TimeSpan.TicksPerHour)) % TimeSpan.TicksPerHour), TimeSpan.FromHours(1));

    public FigureRange Earlier(TimeSpan by) => this with { From = From - by, To = To - by };

    public int Steps => (int)((To - From) / Step);

    public DateTimeOffset StartOf(int step) => From + (step * Step);

    /// <summary>How much of a step has passed; a step that has just begun is measured by what there is of it.</summary>
    public TimeSpan Elapsed(int step, DateTimeOffset now)
    {
        var elapsed = now - StartOf(step);
        return elapsed >= Step ? Step : elapsed <= TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : elapsed;
    }
}
