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

    /// <summary>What lies beyond is no forecast.</summary>
    private static readonly TimeSpan Furthest = TimeSpan.FromDays(365);
}
