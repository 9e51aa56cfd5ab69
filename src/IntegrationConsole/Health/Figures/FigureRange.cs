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

    public int Steps => (int)((To - From) / Step);

    public DateTimeOffset StartOf(int step) => From + (step * Step);

    /// <summary>How much of a step has passed; a step that has just begun is measured by what there is of it.</summary>
    public TimeSpan Elapsed(int step, DateTimeOffset now)
    {
        var elapsed = now - StartOf(step);
        return elapsed >= Step ? Step : elapsed <= TimeSpan.FromSeconds(1) ? TimeSpan.FromSeconds(1) : elapsed;
    }
}
