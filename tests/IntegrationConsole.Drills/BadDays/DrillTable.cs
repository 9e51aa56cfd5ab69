using System.Globalization;
using System.Text;
using System.Text.Json;

namespace IntegrationConsole.Drills.BadDays;

/// <param name="Records">How many records the source had, over all moves.</param>
/// <param name="Letters">Dead letters, one for each spoilt record.</param>
/// <param name="Lost">Records that are not where they should be, or not as they should be.</param>
/// <param name="Doubled">Records that are there twice, came under two keys, or have a letter too many.</param>
/// <param name="Seconds">Until somebody did work again; null where it was not interrupted.</param>
internal sealed record DrillRow(string Fault, int Records, int Letters, int Lost, int Doubled, double? Seconds);

/// <summary>What each fault cost, for people and for programs.</summary>
internal sealed class DrillTable(int seed, bool isLong)
{
    private readonly List<DrillRow> _rows = [];

    private static IEnumerable<string> Skipped => ((string?[])[CrookedClock.WhyNot, Fence.WhyNot, SmallDisk.WhyNot]).OfType<string>();

    public void Add(DrillRow row)
    {
        lock (_rows)
        {
            _rows.Add(row);
        }
    }

    /// <summary>Writes both beside each other: <c>drills.txt</c> and <c>drills.json</c>.</summary>
    public void Save(string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "drills.txt"), ToString());
        File.WriteAllText(Path.Combine(folder, "drills.json"), JsonSerializer.Serialize(new { seed, @long = isLong, faults = _rows, skipped = Skipped }, JsonSerializerOptions.Web));
    }

    public override string ToString()
    {
        var text = new StringBuilder().AppendLine(CultureInfo.InvariantCulture, $"{"fault",-46} {"records",8} {"letters",8} {"lost",5} {"doubled",8} {"seconds to recover",19}");
        foreach (var row in _rows)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"{row.Fault,-46} {row.Records,8} {row.Letters,8} {row.Lost,5} {row.Doubled,8} {(row.Seconds is { } seconds ? seconds.ToString("0.0", CultureInfo.InvariantCulture) : "–"),19}");
        }

        foreach (var reason in Skipped)
        {
            text.AppendLine(CultureInfo.InvariantCulture, $"skipped: {reason}");
        }

        return text.AppendLine(CultureInfo.InvariantCulture, $"seed {seed}").ToString();
    }
}
