using IntegrationConsole.Connectors;

namespace IntegrationConsole.Health.Telemetry;

/// <summary>Whose measurements and traces are shown and exported.</summary>
internal static class TelemetrySources
{
    public const string Own = CallMeter.MeterName;
    private const string Web = "Microsoft.AspNetCore";

    private static readonly string[] Others = ["System.Net.Http", "Npgsql", "Quartz"];

    /// <summary>
    /// Labels of these meters that are kept. Quartz would tell one series from another by the run's id, which never ends,
    /// and Npgsql by its connection string, which is nobody's business.
    /// </summary>
    private static readonly Dictionary<string, string[]> KeptLabels = new()
    {
        ["Quartz"] =
        [
            "quartz.scheduler.id", "quartz.scheduler.name", "quartz.trigger.group", "quartz.job.result", "quartz.jobstore.operation", "quartz.jobstore.lock",
            "quartz.jobstore.lock.reason", "error.type",
        ],
        ["Npgsql"] = ["db.system.name", "db.client.connection.state", "db.response.status_code", "server.address", "server.port", "error.type"],
    };

    public static readonly string[] Meters = [Own, $"{Web}.*", .. Others, "System.Runtime"];

    public static readonly string[] Traces = [Own, Web, .. Others];

    public static bool Measures(string meter) =>
        meter is Own or "System.Runtime" || Others.Contains(meter) || meter.StartsWith($"{Web}.", StringComparison.Ordinal);

    /// <summary>All labels of our own instruments but the tenant's.</summary>
    private static readonly string[] WithoutTenant =
    [
        "integration", "connection", "credential", "channel", "group", "trigger", "result", "error.type", "stage", "outcome", "direction", "queue", "cause", "event", "state", "from", "to", "by",
        "window", "objective", "succeeded", "version", "endpoint",
    ];

    /// <param name="meter">The instrument's.</param>
    /// <param name="byTenant">Whether figures are told apart by tenant.</param>
    /// <returns>Null when all labels of a meter are kept.</returns>
    public static string[]? KeptLabelsOf(string meter, bool byTenant) => meter == Own && !byTenant ? WithoutTenant : KeptLabels.GetValueOrDefault(meter);
}
