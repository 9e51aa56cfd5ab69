using System.Collections.Concurrent;
using System.Globalization;

namespace IntegrationConsole.Health.Telemetry;

internal enum MetricKind
{
    Counter,
    Gauge,
    Histogram,
}

/// <summary>
/// All series of one name, whichever instruments they come from. Series beyond the limit are added up under the label
/// value "other", so that a careless label costs detail and not memory; ages and moments do not add up, and are left out.
/// </summary>
internal sealed class MetricFamily(string name, string help, string unit, MetricKind kind, double[] bounds, int mostSeries)
{
    private const string Other = "other";

    /// <summary>For how many scrapes a series may be silent before it makes room, where there is none: an hour at two a minute.</summary>
    private const int SilentFor = 120;

    /// <summary>The labels that grow with the number of customers and with what they change; the rest of a folded series is kept.</summary>
    private static readonly HashSet<string> Growing = ["tenant", "integration", "connection", "endpoint", "version"];

    private readonly ConcurrentDictionary<string, MetricSeries> _pushed = new();
    private readonly Dictionary<string, MetricSeries> _observed = [];
    private readonly ConcurrentDictionary<string, byte> _folded = new();
    private int _scrapes;

    public string Name => name;

    public string Help => help;

    public MetricKind Kind => kind;

    public IReadOnlyList<double> Bounds => bounds;

    /// <summary>How many series the limit folded or left out.</summary>
    public int Folded => _folded.Count;

    public IEnumerable<MetricSeries> Series => _pushed.Values.Concat(_observed.Values);

    /// <summary>Before a scrape: what is observed during it is all there is to observe.</summary>
    public void ForgetObserved()
    {
        _observed.Clear();
        _folded.Clear();
        _scrapes++;
        if (_pushed.Count >= mostSeries && kind is not MetricKind.Gauge)
        {
            Forget();
        }
    }

    /// <summary>A measurement that was pushed at the moment of its happening.</summary>
    public void Push(double value, bool adds, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = KeyOf(tags);
        if (!_pushed.TryGetValue(key, out var series))
        {
            if (_pushed.Count >= mostSeries && !Fold(ref key, ref tags))
            {
                return;
            }

            var labels = tags.ToArray();
            series = _pushed.GetOrAdd(key, _ => new MetricSeries(labels, bounds));
        }

        series.Take(value, adds, kind);
        series.ToldAt = _scrapes;
    }

    /// <summary>A value that was asked for during a scrape. Scrapes come one at a time.</summary>
    public void Observe(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var key = KeyOf(tags);
        if (!_observed.ContainsKey(key) && _observed.Count >= mostSeries && !Fold(ref key, ref tags))
        {
            return;
        }

        // What bears the same labels within one scrape, folded or because a label was left out, is added up.
        var again = _observed.TryGetValue(key, out var series);
        if (series is null)
        {
            _observed[key] = series = new MetricSeries(tags.ToArray(), bounds);
        }

        series.Take(value, again, kind);
    }

    /// <summary>
    /// Mapping versions that nobody uses any more stay silent. What they counted was read long ago, and begins at nothing
    /// where one comes back, as counters do after a restart.
    /// </summary>
    private void Forget()
    {
        foreach (var silent in _pushed.Where(pair => _scrapes - pair.Value.ToldAt > SilentFor))
        {
            _pushed.TryRemove(silent);
        }
    }

    private bool Fold(ref string key, ref ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (_folded.Count < mostSeries)
        {
            _folded.TryAdd(key, 0);
        }

        var all = tags.ToArray();
        var some = all.Any(tag => Growing.Contains(tag.Key));
        tags = all.Select(tag => !some || Growing.Contains(tag.Key) ? new KeyValuePair<string, object?>(tag.Key, Other) : tag).ToArray();
        key = KeyOf(tags);
        return !(kind is MetricKind.Gauge && unit == "s");
    }

    /// <summary>The same labels in another order are the same series.</summary>
    private static string KeyOf(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        if (tags.Length == 0)
        {
            return "";
        }

        var parts = new string[tags.Length];
        for (var index = 0; index < tags.Length; index++)
        {
            parts[index] = string.Create(CultureInfo.InvariantCulture, $"{tags[index].Key}\u0001{tags[index].Value}");
        }

        Array.Sort(parts, StringComparer.Ordinal);
        return string.Join('\u0002', parts);
    }
}

/// <summary>One line of a family, or the lines of one histogram.</summary>
internal sealed class MetricSeries(KeyValuePair<string, object?>[] labels, double[] bounds)
{
    private readonly Lock _gate = new();
    private readonly long[] _buckets = new long[bounds.Length + 1];
    private double _value;
    private long _count;

    public IReadOnlyList<KeyValuePair<string, object?>> Labels => labels;

    /// <summary>The scrape before its last measurement.</summary>
    public int ToldAt { get; set; }

    public void Take(double value, bool adds, MetricKind kind)
    {
        lock (_gate)
        {
            if (kind is MetricKind.Histogram)
            {
                var index = Array.BinarySearch(bounds, value);
                _buckets[index >= 0 ? index : ~index]++;
                _count++;
                _value += value;
            }
            else
            {
                _value = adds ? _value + value : value;
            }
        }
    }

    /// <summary>The value, or the sum of a histogram, with its counts as of the same moment.</summary>
    public (double Value, long Count, long[] Buckets) Read()
    {
        lock (_gate)
        {
            return (_value, _count, [.. _buckets]);
        }
    }
}
