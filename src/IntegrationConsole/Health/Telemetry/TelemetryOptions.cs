using System.ComponentModel.DataAnnotations;

namespace IntegrationConsole.Health.Telemetry;

/// <summary>How other systems watch the console.</summary>
public sealed class TelemetryOptions
{
    public const string Section = "Telemetry";

    /// <summary>
    /// With this, <c>/metrics</c> also answers to <c>Authorization: Bearer</c> and the token, for a scraper that cannot
    /// sign in; empty lets platform admins in only.
    /// </summary>
    [RegularExpression(@"^(|\S{16,})$", ErrorMessage = "Telemetry__MetricsToken needs at least 16 characters, without spaces; leave it empty to let platform admins in only.")]
    public string MetricsToken { get; set; } = "";

    /// <summary>
    /// Where traces and metrics are sent to over OTLP (HTTP with protobuf), such as <c>http://collector:4318</c>; empty
    /// looks at <c>OTEL_EXPORTER_OTLP_ENDPOINT</c>, and sends nothing where that is empty too.
    /// </summary>
    [RegularExpression(@"^(|https?://\S+)$", ErrorMessage = "Telemetry__OtlpEndpoint must be an address such as http://collector:4318.")]
    public string OtlpEndpoint { get; set; } = "";

    /// <summary>Whether figures are told apart by tenant; without it those of all tenants are added up.</summary>
    public bool TenantAttribute { get; set; } = true;

    /// <summary>What the environment says in the variable that all OTLP exporters know; read in the feature.</summary>
    internal string EnvironmentEndpoint { get; set; } = "";

    /// <summary>The environment also says how to speak to it.</summary>
    internal bool EnvironmentNamesProtocol { get; set; }

    internal bool IsExporting => OtlpEndpoint.Length > 0 || EnvironmentEndpoint.Length > 0;
}
