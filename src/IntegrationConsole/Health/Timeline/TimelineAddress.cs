using System.Globalization;

namespace IntegrationConsole.Health.Timeline;

/// <summary>How a view of the timeline stands in an address.</summary>
public static class TimelineAddress
{
    private static readonly TimeSpan Near = TimeSpan.FromMinutes(30);

    /// <summary>What changed in the half hour before something, below the tenant.</summary>
    /// <param name="at">When it happened.</param>
    /// <param name="about">The integration or connection; null for all.</param>
    public static string Before(DateTimeOffset at, Guid? about) =>
        $"timeline?kind={Write([TimelineKind.Change, TimelineKind.Deploy, TimelineKind.Health, TimelineKind.Circuit, TimelineKind.Maintenance])}&from={Write(at - Near)}&to={Write(at)}{(about is { } id ? $"&object={id}" : "")}";

    public static string Write(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <returns>Null for what is no moment.</returns>
    public static DateTimeOffset? Read(string? text) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var at) ? at : null;

    public static string Write(IEnumerable<TimelineKind> kinds) => string.Join(',', kinds.Select(kind => kind.ToString().ToLowerInvariant()));

    /// <summary>Words that name no lane are left out.</summary>
    public static IReadOnlyList<TimelineKind> Kinds(string? text) =>
    [
        .. (text ?? "").Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(word => word.All(char.IsLetter)).Select(word => Enum.TryParse<TimelineKind>(word, ignoreCase: true, out var kind) ? kind : (TimelineKind?)null).OfType<TimelineKind>().Distinct(),
    ];
}
