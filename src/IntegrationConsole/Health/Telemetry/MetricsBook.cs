using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using IntegrationConsole.Health.Figures;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Health.Telemetry;

/// <summary>
/// Listens to our instruments and the platform's from the start of the process, and keeps what they measure for the
/// next scrape.
/// </summary>
public sealed class MetricsBook : IHostedService, IDisposable
{
    private const int MostSeries = 2_000;

    /// <summary>For histograms of something else than seconds, and without bounds of their own.</summary>
    private static readonly double[] PlainBounds = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000, 10_000_000];

    private readonly ConcurrentDictionary<string, MetricFamily> _families = new();
    private readonly MeterListener _listener = new();
    private readonly ILogger<MetricsBook> _logger;
    private readonly Lock _scrape = new();
    private readonly bool _byTenant;
    private readonly KeyValuePair<string, object?> _node;

    public MetricsBook(IOptions<TelemetryOptions> options, IOptions<DatabaseOptions> node, ILogger<MetricsBook> logger)
    {
        _byTenant = options.Value.TenantAttribute;
        _node = new("node", node.Value.NodeName);
        _logger = logger;
        _listener.InstrumentPublished = Publish;
        _listener.SetMeasurementEventCallback<byte>((_, value, tags, state) => Take(value, tags, state));
        _listener.SetMeasurementEventCallback<short>((_, value, tags, state) => Take(value, tags, state));
        _listener.SetMeasurementEventCallback<int>((_, value, tags, state) => Take(value, tags, state));
        _listener.SetMeasurementEventCallback<long>((_, value, tags, state) => Take(value, tags, state));
        _listener.SetMeasurementEventCallback<float>((_, value, tags, state) => Take(value, tags, state));
        _listener.SetMeasurementEventCallback<double>((_, value, tags, state) => Take(value, tags, state));
        _listener.SetMeasurementEventCallback<decimal>((_, value, tags, state) => Take((double)value, tags, state));
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        _listener.Start();
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public void Dispose() => _listener.Dispose();

    /// <summary>Asks those instruments that answer only when asked, and reads all families, by name.</summary>
    internal T Scrape<T>(Func<IReadOnlyList<MetricFamily>, T> read)
    {
        lock (_scrape)
        {
            foreach (var family in _families.Values)
            {
                family.ForgetObserved();
            }

            try
            {
                _listener.RecordObservableInstruments();
            }
            catch (AggregateException problem)
            {
                // Somebody's instrument failed to answer; the others did.
                _logger.LogWarning(problem, "Some instruments could not be read");
            }

            return read([.. _families.Values.OrderBy(family => family.Name, StringComparer.Ordinal)]);
        }
    }

    private void Publish(Instrument instrument, MeterListener listener)
    {
        if (!TelemetrySources.Measures(instrument.Meter.Name) || KindOf(instrument) is not { } kind)
        {
            return;
        }

        var name = PrometheusText.NameOf(instrument.Name, instrument.Unit ?? "", kind);
        var family = _families.GetOrAdd(
            name, _ => new MetricFamily(name, instrument.Description ?? "", instrument.Unit ?? "", kind, kind is MetricKind.Histogram ? BoundsOf(instrument) : [], MostSeries));

        // Two instruments of one name share a family only where they mean the same kind of number.
        if (family.Kind == kind)
        {
            listener.EnableMeasurementEvents(instrument, new Listening(family, instrument.IsObservable, Adds(instrument), TelemetrySources.KeptLabelsOf(instrument.Meter.Name, _byTenant))
            {
                // What is asked for during a scrape is the same on every node that knows it; what happened, happened here.
                Node = instrument is { IsObservable: false, Meter.Name: TelemetrySources.Own } ? _node : null,
            });
        }
    }

    private static void Take(double value, ReadOnlySpan<KeyValuePair<string, object?>> tags, object? state)
    {
        if (state is not Listening { Family: var family, IsObserved: var observed, Adds: var adds, Kept: var kept, Node: var node })
        {
            return;
        }

        if (kept is not null)
        {
            tags = Array.FindAll(tags.ToArray(), tag => kept.Contains(tag.Key));
        }

        if (node is { } here)
        {
            tags = (KeyValuePair<string, object?>[])[.. tags, here];
        }

        if (observed)
        {
            family.Observe(value, tags);
        }
        else
        {
            family.Push(value, adds, tags);
        }
    }

    private static MetricKind? KindOf(Instrument instrument)
    {
        var type = instrument.GetType();
        while (type is { IsGenericType: false, BaseType: { } parent })
        {
            type = parent;
        }

        var definition = type.IsGenericType ? type.GetGenericTypeDefinition() : type;
        return definition == typeof(Counter<>) || definition == typeof(ObservableCounter<>) ? MetricKind.Counter
            : definition == typeof(Histogram<>) ? MetricKind.Histogram
            : definition == typeof(UpDownCounter<>) || definition == typeof(ObservableUpDownCounter<>) || definition == typeof(Gauge<>) || definition == typeof(ObservableGauge<>) ? MetricKind.Gauge
            : null;
    }

    /// <summary>Whether its measurements are differences; a gauge tells the whole value each time.</summary>
    private static bool Adds(Instrument instrument) => instrument.GetType() is { IsGenericType: true } type && type.GetGenericTypeDefinition() != typeof(Gauge<>);

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds],
        Histogram<long> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds.Select(bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { Count: > 0 } bounds } => [.. bounds.Select(bound => (double)bound)],
        { Unit: "s" } => DurationBuckets.Bounds,
        _ => PlainBounds,
    };

    private sealed record Listening(MetricFamily Family, bool IsObserved, bool Adds, string[]? Kept)
    {
        /// <summary>The label that says which node it was; null for instruments that do not bear it.</summary>
        public KeyValuePair<string, object?>? Node { get; init; }
    }
}
