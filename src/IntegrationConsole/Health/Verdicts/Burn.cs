namespace IntegrationConsole.Health.Verdicts;

/// <summary>How fast a budget is used up.</summary>
public enum BurnLevel
{
    /// <summary>It lasts.</summary>
    None,

    /// <summary>It does not last the 30 days.</summary>
    Slow,

    /// <summary>It is gone in days, or hours.</summary>
    Fast,
}

/// <summary>
/// Burn rates of an objective: the observed bad share in units of the allowed one. Judged over two windows each, a long
/// one that says it matters and a short one that says it still goes on.
/// </summary>
/// <param name="Allowed">The allowed bad share.</param>
public sealed record Burn(double Allowed, Share FiveMinutes, Share HalfHour, Share Hour, LongWindows Long)
{
    public static readonly TimeSpan Period = TimeSpan.FromDays(30);

    private const double FastHour = 14.4;
    private const double FastSixHours = 6;

    /// <summary>How many times as fast as allowed; zero where nothing was attempted.</summary>
    public double Rate(Share share) => share.Of is not { } bad || bad == 0 ? 0 : Allowed <= 0 ? double.PositiveInfinity : bad / Allowed;

    public BurnLevel Level =>
        (Rate(Hour) >= FastHour && Rate(FiveMinutes) >= FastHour) || (Rate(Long.SixHours) >= FastSixHours && Rate(HalfHour) >= FastSixHours) ? BurnLevel.Fast
        : Rate(Long.ThreeDays) >= 1 && Rate(Long.SixHours) >= 1 ? BurnLevel.Slow
        : BurnLevel.None;

    /// <summary>How many bad ones the period allows, from what it had so far.</summary>
    public long Budget => (long)Math.Floor(Long.Month.Attempted * Allowed + 1e-9);

    public long Used => Long.Month.Bad;

    /// <summary>The share of the budget that is left; negative when more than that is used; null where nothing was attempted.</summary>
    public double? Left => Long.Month.Attempted == 0 ? null : 1 - (Allowed <= 0 ? (Used > 0 ? double.PositiveInfinity : 0) : Long.Month.Of!.Value / Allowed);

    /// <summary>What is left to the hundredth, and no less than all of it used up once more: figures that stay the same for a while.</summary>
    public double? LeftRounded => Left is { } left ? Math.Round(Math.Max(left, -1), 2) : null;

    /// <summary>When the budget is gone at the pace of the last three days; null where it lasts, or is gone.</summary>
    public DateTimeOffset? GoneAt(DateTimeOffset now)
    {
        var left = Budget - Used;
        var pace = Long.ThreeDays.Bad / 3.0;
        return left <= 0 || pace <= 0 || TimeSpan.FromDays(Math.Min(left / pace, 3_650)) is var lasts && lasts > Period ? null : now + TimeSpan.FromDays(left / pace);
    }
}
