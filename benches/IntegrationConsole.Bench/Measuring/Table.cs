using System.Globalization;

namespace IntegrationConsole.Bench.Measuring;

/// <summary>A table on the terminal: the first column to the left, numbers to the right.</summary>
internal sealed class Table(params IReadOnlyList<string> heads)
{
    private readonly List<IReadOnlyList<string>> _rows = [heads];

    public void Add(params IReadOnlyList<string> cells) => _rows.Add(cells);

    public void Print()
    {
        var widths = Enumerable.Range(0, heads.Count).Select(column => _rows.Max(row => row[column].Length)).ToArray();
        foreach (var row in _rows)
        {
            Console.WriteLine(string.Join("  ", row.Select((cell, column) => column == 0 ? cell.PadRight(widths[0]) : cell.PadLeft(widths[column]))).TrimEnd());
            if (ReferenceEquals(row, heads))
            {
                Console.WriteLine(string.Join("  ", widths.Select(width => new string('-', width))));
            }
        }

        Console.WriteLine();
    }

    public static string Number(double value) => value.ToString("N0", CultureInfo.InvariantCulture);

    public static string Ratio(double value) => value.ToString(value < 10 ? "0.00" : "0.0", CultureInfo.InvariantCulture) + "x";
}
