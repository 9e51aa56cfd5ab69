using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace IntegrationConsole.Bench.Measuring;

/// <summary>What was measured: a table of all goals at the end, and a file for programs.</summary>
internal sealed class Results(string file)
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    private readonly Dictionary<string, JsonElement> _benches = [];
    private readonly List<Verdict> _verdicts = [];
    private readonly long _started = Stopwatch.GetTimestamp();

    public void Add(string bench, JsonElement figures) => _benches[bench] = figures;

    /// <summary>A figure that should be at least so large.</summary>
    public void AtLeast(string bench, string figure, double value, double goal) => _verdicts.Add(new Verdict(bench, figure, value, goal, IsMost: false, value >= goal));

    /// <summary>A figure that should be at most so large.</summary>
    public void AtMost(string bench, string figure, double value, double goal) => _verdicts.Add(new Verdict(bench, figure, value, goal, IsMost: true, value <= goal));

    /// <summary>The sides did not do the same: whatever was measured means nothing, and there is no figure to judge.</summary>
    public void Differ(string bench)
    {
        _verdicts.RemoveAll(verdict => verdict.Bench == bench);
        _verdicts.Add(new Verdict(bench, "the same results", 0, 1, IsMost: false, IsMet: false));
    }

    public void Write(Pace pace)
    {
        if (_benches.Count == 0 && _verdicts.Count == 0)
        {
            return;
        }

        var took = Stopwatch.GetElapsedTime(_started);
        Summarize(took);
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(file))!);
        File.WriteAllText(file, JsonSerializer.Serialize(
            new
            {
                framework = RuntimeInformation.FrameworkDescription, cores = Environment.ProcessorCount, quick = pace == Pace.Quick, seconds = took.TotalSeconds,
                goals = _verdicts.Select(verdict => new { verdict.Bench, verdict.Figure, verdict.Value, atLeast = verdict.IsMost ? (double?)null : verdict.Goal, atMost = verdict.IsMost ? verdict.Goal : (double?)null, met = verdict.IsMet }),
                benches = _benches,
            }, Json));
        Console.WriteLine($"Written to {file}.");
    }

    private void Summarize(TimeSpan took)
    {
        if (_verdicts.Count > 0)
        {
            var table = new Table("bench: figure", "measured", "goal", "");
            foreach (var verdict in _verdicts)
            {
                table.Add(
                    $"{verdict.Bench}: {verdict.Figure}", Number(verdict.Value), $"{(verdict.IsMost ? "at most" : "at least")} {Number(verdict.Goal)}", verdict.IsMet ? "met" : "missed");
            }

            table.Print();
        }

        Console.WriteLine($"{_verdicts.Count(verdict => verdict.IsMet)} of {_verdicts.Count} goals met, in {Math.Floor(took.TotalMinutes):0} min {took.Seconds} s.");
    }

    private static string Number(double value) => value.ToString(value < 100 ? "0.##" : "N0", CultureInfo.InvariantCulture);
}
