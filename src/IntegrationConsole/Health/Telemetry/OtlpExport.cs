using System.Diagnostics.Metrics;
using System.Reflection;
using IntegrationConsole.Connectors;
using IntegrationConsole.Health.Figures;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Exporter;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;

namespace IntegrationConsole.Health.Telemetry;

/// <summary>Sends traces and metrics to a collector, where one is named. What is still held back at the stop is sent then.</summary>
public sealed class OtlpExport(IOptions<TelemetryOptions> options, IOptions<DatabaseOptions> node) : IHostedService, IDisposable
{
    private TracerProvider? _traces;
    private MeterProvider? _metrics;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.IsExporting)
        {
            _traces = Sdk.CreateTracerProviderBuilder()
                .ConfigureResource(Describe)
                .AddSource(TelemetrySources.Traces)
                .AddOtlpExporter(exporter => Aim(exporter, "v1/traces"))
                .Build();
            _metrics = Sdk.CreateMeterProviderBuilder()
                .ConfigureResource(Describe)
                .AddMeter(TelemetrySources.Meters)
                .AddView(Shape)
                .AddOtlpExporter(exporter => Aim(exporter, "v1/metrics"))
                .Build();
        }

        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    public void Dispose()
    {
        _traces?.Dispose();
        _metrics?.Dispose();
        (_traces, _metrics) = (null, null);
    }

    /// <summary>The usual OTEL variables describe the console too, and win over what we say of ourselves.</summary>
    private void Describe(ResourceBuilder resource) => resource
        .AddService("integration-console", serviceVersion: Assembly.GetExecutingAssembly().GetName().Version?.ToString(), serviceInstanceId: node.Value.NodeName)
        .AddEnvironmentVariableDetector();

    private MetricStreamConfiguration? Shape(Instrument instrument)
    {
        var kept = TelemetrySources.KeptLabelsOf(instrument.Meter.Name, options.Value.TenantAttribute);
        return instrument.Name == CallMeter.Instrument ? new ExplicitBucketHistogramConfiguration { Boundaries = DurationBuckets.Bounds, TagKeys = kept }
            : kept is not null ? new MetricStreamConfiguration { TagKeys = kept }
            : null;
    }

    private void Aim(OtlpExporterOptions exporter, string path)
    {
        // An address that is set here must be the whole one; from the environment the exporter makes it itself.
        if (options.Value.OtlpEndpoint is { Length: > 0 } endpoint)
        {
            exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
            exporter.Endpoint = new Uri($"{endpoint.TrimEnd('/')}/{path}");
        }
        else if (!options.Value.EnvironmentNamesProtocol)
        {
            exporter.Protocol = OtlpExportProtocol.HttpProtobuf;
        }
    }
}
