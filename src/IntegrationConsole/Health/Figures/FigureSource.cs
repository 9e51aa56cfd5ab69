namespace IntegrationConsole.Health.Figures;

/// <summary>
/// Where the figures of a range are read from: from sums as far as those are made, and from what they are made of behind
/// that. No moment is read twice.
/// </summary>
internal static class FigureSource
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Day = TimeSpan.FromDays(1);

    /// <summary>Rows with a moment called <c>minute</c>, of one tenant and a range: <c>@tenant</c>, <c>@from</c>, <c>@to</c>.</summary>
    /// <param name="what"><c>sync</c> or <c>connection</c>.</param>
    /// <param name="columns">What is read of each row.</param>
    /// <param name="range">Its steps say how coarse the rows may be.</param>
    public static string Of(string what, string columns, FigureRange range) => Of(what, columns, range, "tenant_id = @tenant");

    /// <summary>The same of several tenants: <c>@tenants</c>.</summary>
    public static string OfMany(string what, string columns, FigureRange range) => Of(what, columns, range, "tenant_id = any(@tenants)");

    private static string Of(string what, string columns, FigureRange range, string whose)
    {
        var hours = range.Step >= Hour && range.Step.Ticks % Hour.Ticks == 0;
        var days = range.Step >= Day && range.From.TimeOfDay == TimeSpan.Zero;
        var parts = new List<string>();
        if (days)
        {
            parts.Add(Part(what, "day", columns, whose, "and day < least(@to, (select coalesce(max(until), '-infinity') from figure_sum where step = 'day'))"));
        }

        if (hours)
        {
            var after = days ? "and hour >= (select coalesce(max(until), '-infinity') from figure_sum where step = 'day')" : "";
            parts.Add(Part(what, "hour", columns, whose, $"{after} and hour < least(@to, (select coalesce(max(until), '-infinity') from figure_sum where step = 'hour'))"));
        }

        parts.Add(Part(what, "minute", columns, whose, hours ? "and minute >= (select coalesce(max(until), '-infinity') from figure_sum where step = 'hour') and minute < @to" : "and minute < @to"));
        return $"({string.Join(" union all ", parts)})";
    }

    private static string Part(string what, string step, string columns, string whose, string bounds) =>
        $"select tenant_id, {what}_id, {step} as minute, {columns} from {what}_{step} where {whose} and {step} >= @from {bounds}";
}
