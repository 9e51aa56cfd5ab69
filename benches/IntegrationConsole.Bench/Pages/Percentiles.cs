namespace IntegrationConsole.Bench.Pages;

/// <summary>Of times in milliseconds.</summary>
internal sealed record Percentiles(double P50, double P95, int Count)
{
    public static Percentiles Of(IReadOnlyList<TimeSpan> times)
    {
        var ordered = times.Select(time => time.TotalMilliseconds).Order().ToList();
        double At(double share) => ordered.Count == 0 ? 0 : ordered[(int)Math.Ceiling(ordered.Count * share) - 1];
        return new Percentiles(At(0.5), At(0.95), ordered.Count);
    }
}
