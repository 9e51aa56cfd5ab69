using System.Globalization;

namespace IntegrationConsole.Bench.Line;

/// <summary>What the kernel says of processes.</summary>
internal static class ProcessFigures
{
    /// <summary>The unit of the kernel's times, the same on every Linux.</summary>
    private const double TicksPerSecond = 100;

    public static TimeSpan CpuOf(int process) => Read(process) is { } stat ? stat.Own : TimeSpan.Zero;

    /// <summary>A server with all its workers, those that have ended included.</summary>
    public static TimeSpan CpuOfFamily(int server)
    {
        var total = Read(server) is { } own ? own.Own + own.Ended : TimeSpan.Zero;
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), CultureInfo.InvariantCulture, out var process) && Read(process) is { } stat && stat.Parent == server)
            {
                total += stat.Own;
            }
        }

        return total;
    }

    public static long WorkingSetOf(int process) => Status(process, "VmRSS:");

    public static long PeakOf(int process) => Status(process, "VmHWM:");

    /// <summary>The peak counts from here.</summary>
    public static void ForgetPeak(int process) => File.WriteAllText($"/proc/{process}/clear_refs", "5");

    private static long Status(int process, string name) =>
        File.ReadLines($"/proc/{process}/status").FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal)) is { } line
            ? long.Parse(line[name.Length..].Replace("kB", "", StringComparison.Ordinal).Trim(), CultureInfo.InvariantCulture) * 1024 : 0;

    private static (int Parent, TimeSpan Own, TimeSpan Ended)? Read(int process)
    {
        try
        {
            // The name stands in parentheses and may hold anything.
            var text = File.ReadAllText($"/proc/{process}/stat");
            var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
            TimeSpan Time(int index) => TimeSpan.FromSeconds(long.Parse(fields[index], CultureInfo.InvariantCulture) / TicksPerSecond);
            return (int.Parse(fields[1], CultureInfo.InvariantCulture), Time(11) + Time(12), Time(13) + Time(14));
        }
        catch (IOException)
        {
            return null;
        }
    }
}
