using System.Text.Json;
using IntegrationConsole.Bench.Measuring;

namespace IntegrationConsole.Bench.Pages;

/// <summary>How long a person waited for each thing, round by round, beside how long they may have to.</summary>
internal sealed class PageTimes
{
    private readonly List<(string What, double? Goal, List<double> Rounds)> _lines = [];

    /// <param name="what">In words.</param>
    /// <param name="goal">In milliseconds; null where there is none.</param>
    /// <param name="took">One more round.</param>
    public void Add(string what, double? goal, TimeSpan took)
    {
        var line = _lines.FirstOrDefault(known => known.What == what);
        if (line.Rounds is null)
        {
            _lines.Add(line = (what, goal, []));
        }

        line.Rounds.Add(took.TotalMilliseconds);
    }

    /// <summary>The medians count.</summary>
    public bool AreMet => _lines.All(line => line.Goal is not { } goal || Contest.Median(line.Rounds) <= goal);

    public void Print()
    {
        var table = new Table("what somebody waits for", "median ms", "worst ms", "goal ms", "");
        foreach (var (what, goal, rounds) in _lines)
        {
            var median = Contest.Median(rounds);
            table.Add(what, Table.Number(median), Table.Number(rounds.Max()), goal is { } most ? Table.Number(most) : "", goal is null ? "" : median <= goal ? "met" : "missed");
        }

        table.Print();
    }

    public void Judge(Results results)
    {
        foreach (var (what, goal, rounds) in _lines)
        {
            if (goal is { } most)
            {
                results.AtMost("pages", $"{what}, ms", Contest.Median(rounds), most);
            }
        }
    }

    public JsonElement ToJson() => JsonSerializer.SerializeToElement(_lines.Select(line => new
    {
        what = line.What, goalMilliseconds = line.Goal, medianMilliseconds = Contest.Median(line.Rounds), worstMilliseconds = line.Rounds.Max(), met = line.Goal is null || Contest.Median(line.Rounds) <= line.Goal,
        rounds = line.Rounds,
    }));
}
