using System.Globalization;
using System.Text;

namespace IntegrationConsole.Controls;

/// <summary>What a plot draws, on a raster that is 100 high. Pure.</summary>
public static class PlotShapes
{
    private static readonly double[] Steps = [1, 2, 2.5, 5, 10];

    /// <summary>The value at the upper end of the scale: a round one, and its half too.</summary>
    public static double Top(IReadOnlyList<ChartPoint> points, IReadOnlyList<double?> before, bool stacked)
    {
        var most = points.Select(point => stacked ? point.Values.Sum(value => value ?? 0) : point.Values.Max() ?? 0).Concat(before.Select(value => value ?? 0)).DefaultIfEmpty(0).Max();
        if (most <= 0)
        {
            return 1;
        }

        var size = Math.Pow(10, Math.Floor(Math.Log10(most)));
        return size * Steps.First(step => step * size >= most * 0.999999);
    }

    /// <summary>How long each step is.</summary>
    public static TimeSpan Step(IReadOnlyList<ChartPoint> points) => points.Count > 1 ? points[1].At - points[0].At : TimeSpan.FromMinutes(1);

    /// <summary>Stretches of steps without any data.</summary>
    public static IReadOnlyList<(int From, int Steps)> Gaps(IReadOnlyList<ChartPoint> points)
    {
        var gaps = new List<(int, int)>();
        for (var step = 0; step < points.Count; step++)
        {
            var from = step;
            while (step < points.Count && points[step].Values.All(value => value is null))
            {
                step++;
            }

            if (step > from)
            {
                gaps.Add((from, step - from));
            }
        }

        return gaps;
    }

    /// <summary>Blocks that stand on each other, for each step.</summary>
    public static IReadOnlyList<(int Step, int Series, double Y, double Height)> Blocks(IReadOnlyList<ChartPoint> points, double top)
    {
        var blocks = new List<(int, int, double, double)>();
        for (var step = 0; step < points.Count; step++)
        {
            var y = 100.0;
            for (var series = 0; series < points[step].Values.Count; series++)
            {
                if (points[step].Values[series] is > 0 and var value)
                {
                    // What is there at all is seen.
                    var height = Math.Max(1, 100 * value / top);
                    y -= height;
                    blocks.Add((step, series, Math.Max(0, y), height));
                }
            }
        }

        return blocks;
    }

    /// <summary>A path through the middles of the steps, interrupted where there is nothing.</summary>
    /// <param name="values">Step for step.</param>
    /// <param name="top">At the upper end of the scale.</param>
    /// <param name="unit">How wide a step is.</param>
    public static string Line(IReadOnlyList<double?> values, double top, int unit)
    {
        var path = new StringBuilder();
        for (var step = 0; step < values.Count; step++)
        {
            if (values[step] is { } value && !StandsAlone(values, step))
            {
                path.Append(CultureInfo.InvariantCulture, $"{(step > 0 && values[step - 1] is not null ? 'L' : 'M')}{Place(step, value, top, unit)}");
            }
        }

        return path.ToString();
    }

    /// <summary>Values with nothing before and after them, which no line goes through.</summary>
    public static string Dots(IReadOnlyList<double?> values, double top, int unit) => string.Concat(
        Enumerable.Range(0, values.Count).Where(step => values[step] is not null && StandsAlone(values, step)).Select(step => $"M{Place(step, values[step]!.Value, top, unit)}h.01"));

    private static bool StandsAlone(IReadOnlyList<double?> values, int step) => (step == 0 || values[step - 1] is null) && (step == values.Count - 1 || values[step + 1] is null);

    private static string Place(int step, double value, double top, int unit) =>
        string.Create(CultureInfo.InvariantCulture, $"{(step * unit) + (unit / 2)} {100 - (100 * value / top):0.##}");
}
