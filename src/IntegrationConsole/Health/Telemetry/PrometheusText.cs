using System.Globalization;
using System.Text;

namespace IntegrationConsole.Health.Telemetry;

/// <summary>The Prometheus text format, version 0.0.4.</summary>
internal static class PrometheusText
{
    public const string ContentType = "text/plain; version=0.0.4; charset=utf-8";

    private static readonly Dictionary<string, string> Units = new()
    {
        ["s"] = "seconds", ["ms"] = "milliseconds", ["us"] = "microseconds", ["ns"] = "nanoseconds", ["By"] = "bytes", ["KBy"] = "kilobytes", ["MBy"] = "megabytes",
        ["%"] = "percent", ["1"] = "ratio",
    };

    /// <summary>An instrument's name there: underscores, the unit spelt out, <c>_total</c> behind a counter.</summary>
    public static string NameOf(string instrument, string unit, MetricKind kind)
    {
        var name = Clean(instrument);

        // What stands in curly braces says what is counted, and is not a unit.
        var words = Units.GetValueOrDefault(unit) ?? (unit.Length == 0 || unit.StartsWith('{') ? "" : Clean(unit));
        if (words.Length > 0 && !(words is "ratio" && kind is not MetricKind.Gauge) && !name.EndsWith($"_{words}", StringComparison.Ordinal))
        {
            name = $"{name}_{words}";
        }

        return kind is MetricKind.Counter && !name.EndsWith("_total", StringComparison.Ordinal) ? $"{name}_total" : name;
    }

    public static string Render(IReadOnlyList<MetricFamily> families, ObjectNames names)
    {
        var text = new StringBuilder(64 * 1024);
        foreach (var family in families)
        {
            Render(text, family, names);
        }

        RenderFolded(text, families);
        return text.ToString();
    }

    private static void Render(StringBuilder text, MetricFamily family, ObjectNames names)
    {
        var lines = new SortedDictionary<string, (double Value, long Count, long[] Buckets)>(StringComparer.Ordinal);
        foreach (var series in family.Series)
        {
            if (LabelsOf(series, names) is { } labels)
            {
                var read = series.Read();

                // Two series may come to bear the same labels, when one was pushed and one was asked for.
                lines[labels] = lines.TryGetValue(labels, out var there)
                    ? (there.Value + read.Value, there.Count + read.Count, [.. there.Buckets.Zip(read.Buckets, (one, other) => one + other)])
                    : read;
            }
        }

        if (lines.Count == 0)
        {
            return;
        }

        Head(text, family.Name, family.Help, family.Kind.ToString().ToLowerInvariant());
        foreach (var (labels, (value, count, buckets)) in lines)
        {
            if (family.Kind is MetricKind.Histogram)
            {
                Histogram(text, family, labels, value, count, buckets);
            }
            else
            {
                Line(text, family.Name, labels, value);
            }
        }
    }

    private static void Histogram(StringBuilder text, MetricFamily family, string labels, double sum, long count, long[] buckets)
    {
        var below = 0L;
        for (var index = 0; index < family.Bounds.Count; index++)
        {
            below += buckets[index];
            Line(text, $"{family.Name}_bucket", Join(labels, $"le=\"{Number(family.Bounds[index])}\""), below);
        }

        Line(text, $"{family.Name}_bucket", Join(labels, "le=\"+Inf\""), count);
        Line(text, $"{family.Name}_sum", labels, sum);
        Line(text, $"{family.Name}_count", labels, count);
    }

    /// <summary>A limit that was reached is itself a figure: nobody should take what is shown for all there is.</summary>
    private static void RenderFolded(StringBuilder text, IReadOnlyList<MetricFamily> families)
    {
        const string Name = "intconsole_metrics_folded_series";
        var folded = families.Where(family => family.Folded > 0).ToList();
        if (folded.Count > 0)
        {
            Head(text, Name, "Series above the limit of their family, shown as other or left out", "gauge");
            foreach (var family in folded)
            {
                Line(text, Name, $"family=\"{family.Name}\"", family.Folded);
            }
        }
    }

    private static void Head(StringBuilder text, string name, string help, string type)
    {
        if (help.Length > 0)
        {
            text.Append("# HELP ").Append(name).Append(' ').Append(help.Replace("\\", "\\\\", StringComparison.Ordinal).ReplaceLineEndings("\\n")).Append('\n');
        }

        text.Append("# TYPE ").Append(name).Append(' ').Append(type).Append('\n');
    }

    private static void Line(StringBuilder text, string name, string labels, double value)
    {
        text.Append(name);
        if (labels.Length > 0)
        {
            text.Append('{').Append(labels).Append('}');
        }

        text.Append(' ').Append(Number(value)).Append('\n');
    }

    /// <returns>Null when a label stands for something without a name.</returns>
    private static string? LabelsOf(MetricSeries series, ObjectNames names)
    {
        var labels = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in series.Labels)
        {
            if (names.Of(name, value) is not { } words)
            {
                return null;
            }

            if (words.Length > 0)
            {
                labels[Clean(name)] = words;
            }
        }

        return string.Join(',', labels.Select(label => $"{label.Key}=\"{Escape(label.Value)}\""));
    }

    private static string Join(string labels, string more) => labels.Length == 0 ? more : $"{labels},{more}";

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("\n", "\\n", StringComparison.Ordinal);

    private static string Number(double value) => value switch
    {
        double.PositiveInfinity => "+Inf",
        double.NegativeInfinity => "-Inf",
        double.NaN => "NaN",
        _ => value.ToString("R", CultureInfo.InvariantCulture),
    };

    private static string Clean(string name)
    {
        var clean = string.Create(name.Length, name, (span, text) =>
        {
            for (var index = 0; index < text.Length; index++)
            {
                span[index] = char.IsAsciiLetterOrDigit(text[index]) ? text[index] : '_';
            }
        });
        return char.IsAsciiDigit(clean[0]) ? $"_{clean}" : clean;
    }
}
