using System.Text.Json;
using IntegrationConsole.Bench.Measuring;

namespace IntegrationConsole.Bench.Line;

/// <summary>The rounds of one bench, as a table for people and as an entry of the results' file for programs.</summary>
internal sealed class LineReport(string name, double? goal, string ours, string limit, long idleBytes)
{
    private const double Mebibyte = 1024 * 1024;

    private readonly List<(LineFigures Ours, LineFigures Limit)> _rounds = [];

    public void Add(LineFigures oursFigures, LineFigures limitFigures) => _rounds.Add((oursFigures, limitFigures));

    /// <summary>Of records in a second, within each round.</summary>
    public double Ratio => Contest.Median(_rounds.Select(round => round.Ours.PerSecond / round.Limit.PerSecond));

    /// <summary>The same per second of processor time, the database's included: what is left of it on a machine that does other things too.</summary>
    public double CpuRatio => Contest.Median(_rounds.Select(round => Total(round.Limit) / Total(round.Ours)));

    public void Print(string remark)
    {
        var table = new Table("side", "records/s", "ratio", "CPU s/million", "database CPU s/million", "ratio of all CPU", "peak MiB");
        Add(table, ours, [.. _rounds.Select(round => round.Ours)], Table.Ratio(Ratio), Table.Ratio(CpuRatio));
        Add(table, limit, [.. _rounds.Select(round => round.Limit)], Table.Ratio(1), Table.Ratio(1));
        table.Print();
        var verdict = goal is { } wanted ? $"ratio {Table.Ratio(Ratio)} (goal {Table.Ratio(wanted)}), " : "";
        Console.WriteLine($"{verdict}{remark}; the console's working set: idle {Megabytes(idleBytes)} MiB, at most {Megabytes(PeakBytes - idleBytes)} MiB above");
        Console.WriteLine();
    }

    public void Keep(Results results, string remark)
    {
        results.Add(name, JsonSerializer.SerializeToElement(new
        {
            goal, ratio = Ratio, cpuRatio = CpuRatio, remark, idleBytes, peakBytes = PeakBytes,
            rounds = _rounds.Select(round => new { ours = Entry(round.Ours), limit = Entry(round.Limit) }),
        }));
        if (goal is { } wanted)
        {
            results.AtLeast(name, $"{ours} to {limit}, records/s", Ratio, wanted);
        }
    }

    private long PeakBytes => _rounds.Max(round => round.Ours.PeakBytes);

    private static double Total(LineFigures figures) => figures.CpuPerMillion + figures.DatabaseCpuPerMillion;

    private static void Add(Table table, string side, IReadOnlyList<LineFigures> rounds, string ratio, string cpuRatio) => table.Add(
        side, Table.Number(Contest.Median(rounds.Select(round => round.PerSecond))), ratio, Seconds(rounds.Select(round => round.CpuPerMillion)),
        Seconds(rounds.Select(round => round.DatabaseCpuPerMillion)), cpuRatio, Megabytes(rounds.Max(round => round.PeakBytes)));

    private static string Seconds(IEnumerable<double> values) => Contest.Median(values).ToString("0.00", System.Globalization.CultureInfo.InvariantCulture);

    private static string Megabytes(long bytes) => Table.Number(bytes / Mebibyte);

    private static object Entry(LineFigures figures) => new
    {
        records = figures.Records, seconds = figures.Wall.TotalSeconds, recordsPerSecond = figures.PerSecond, cpuSecondsPerMillion = figures.CpuPerMillion,
        databaseCpuSecondsPerMillion = figures.DatabaseCpuPerMillion, peakBytes = figures.PeakBytes,
    };
}
