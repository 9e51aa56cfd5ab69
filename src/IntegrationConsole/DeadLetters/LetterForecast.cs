namespace IntegrationConsole.DeadLetters;

/// <summary>When a tenant's room for dead letters will be used up, at the pace of some time past.</summary>
public static class LetterForecast
{
    /// <param name="bytes">What open letters take up.</param>
    /// <param name="added">What of it came in that time and is still open.</param>
    /// <param name="within">That time.</param>
    /// <param name="most">What they may take up; null for any.</param>
    /// <returns>Null where no end is in sight.</returns>
    public static TimeSpan? TimeLeft(long bytes, long added, TimeSpan within, long? most)
    {
        if (most is not { } room || added <= 0 || within <= TimeSpan.Zero)
        {
            return null;
        }

        var days = Math.Max(0, room - bytes) / (added / within.TotalDays);
        return days < Furthest.TotalDays ? TimeSpan.FromDays(days) : null;
    }

    /// <summary>More than four fifths of the room is used, or it will be used up within a week.</summary>
    /// <param name="bytes">What open letters take up.</param>
    /// <param name="left">How long the room lasts; null where no end is in sight.</param>
    /// <param name="most">What they may take up; null for any.</param>
    public static bool IsFilling(long bytes, TimeSpan? left, long? most) => most is { } room && (bytes >= Much * room || left < Soon);

    private const double Much = 0.8;

    private static readonly TimeSpan Soon = TimeSpan.FromDays(7);

    /// <summary>What lies beyond is no forecast.</summary>
    private static readonly TimeSpan Furthest = TimeSpan.FromDays(365);
}
