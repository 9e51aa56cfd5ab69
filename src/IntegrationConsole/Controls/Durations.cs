using System.Globalization;

namespace IntegrationConsole.Controls;

/// <summary>Lengths of time and sizes in words, short enough for a table.</summary>
public static class Durations
{
    public static string Ago(DateTimeOffset at, DateTimeOffset now)
    {
        var span = now - at;
        return span < TimeSpan.Zero ? $"in {Words(-span)}" : span < TimeSpan.FromSeconds(5) ? "just now" : $"{Words(span)} ago";
    }

    public static string Words(TimeSpan span) => span.TotalSeconds switch
    {
        < 1 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalMilliseconds:0} ms"),
        < 10 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0.0} s"),
        < 60 => string.Create(CultureInfo.InvariantCulture, $"{span.TotalSeconds:0} s"),
        < 3600 => span.Seconds > 0 && span.TotalMinutes < 10 ? $"{(int)span.TotalMinutes} min {span.Seconds} s" : $"{(int)span.TotalMinutes} min",
        < 86_400 => span.Minutes > 0 ? $"{(int)span.TotalHours} h {span.Minutes} min" : $"{(int)span.TotalHours} h",
        < 172_800 => "1 day",
        _ => $"{(int)span.TotalDays} days",
    };

    public static string Bytes(long bytes) => bytes switch
    {
        < 1024 => $"{bytes} B",
        < 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KB"),
        < 1024L * 1024 * 1024 => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024):0.#} MB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024.0 * 1024 * 1024):0.##} GB"),
    };

    /// <summary>Exact up to 9,999, then shortened.</summary>
    public static string Count(long count) => count switch
    {
        < 10_000 => count.ToString("N0", CultureInfo.InvariantCulture),
        < 1_000_000 => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(count / 100.0) / 10:0.#} k"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(count / 10_000.0) / 100:0.##} M"),
    };

    public static string Exact(long count) => count.ToString("N0", CultureInfo.InvariantCulture);
}
