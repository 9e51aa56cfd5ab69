using IntegrationConsole.Connectors;

namespace IntegrationConsole.Health.Telemetry;

/// <summary>Whose measurements and traces are shown and exported.</summary>
internal static class TelemetrySources
{
    public const string Own = CallMeter.MeterName;
    private const string Web = "Microsoft.AspNetCore";

    private static readonly string[] Others = ["System.Net.Http", "Npgsql", "Quartz"];

    public static readonly string[] Meters = [Own, $"{Web}.*", .. Others, "System.Runtime"];

    public static readonly string[] Traces = [Own, Web, .. Others];

    public static bool Measures(string meter) =>
        meter is Own or "System.Runtime" || Others.Contains(meter) || meter.StartsWith($"{Web}.", StringComparison.Ordinal);
}
