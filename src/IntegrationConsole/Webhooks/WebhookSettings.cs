using System.Text.Json;

namespace IntegrationConsole.Webhooks;

/// <summary>How an endpoint verifies, tells deliveries apart, and what it makes of them. Never a secret.</summary>
public sealed record WebhookSettings
{
    public const int UsualMinutes = 5;
    public const int UsualBytes = 1024 * 1024;
    public const int MostBytesOfAll = 20 * 1024 * 1024;

    public static readonly WebhookSettings Usual = new();

    public WebhookScheme Scheme { get; init; } = WebhookScheme.Standard;

    /// <summary>For an HMAC or a secret in a header: which header.</summary>
    public string Header { get; init; } = "";

    public SignatureAlgorithm Algorithm { get; init; } = SignatureAlgorithm.Sha256;

    public SignatureEncoding Encoding { get; init; } = SignatureEncoding.Hex;

    /// <summary>What stands in the header before the signature, such as <c>sha256=</c>.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>How far the time of a signature may lie from ours.</summary>
    public int ReplayMinutes { get; init; } = UsualMinutes;

    /// <summary>The header that holds the delivery's id; empty for the scheme's own, or none.</summary>
    public string IdHeader { get; init; } = "";

    /// <summary>The path to the delivery's id in its body; empty for the scheme's own, or none.</summary>
    public string IdPath { get; init; } = "";

    /// <summary>The path to the list of records in a body; empty where the body is one record.</summary>
    public string Records { get; init; } = "";

    /// <summary>The largest body that is taken.</summary>
    public int MostBytes { get; init; } = UsualBytes;

    /// <summary>Headers that are kept besides those that always are.</summary>
    public IReadOnlyList<string> Headers { get; init; } = [];

    public static WebhookSettings Of(string json) => JsonSerializer.Deserialize<WebhookSettings>(json, JsonSerializerOptions.Web) ?? Usual;

    public string ToJson() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    /// <remarks>Two lists of the same headers are the same.</remarks>
    public bool Equals(WebhookSettings? other) => other is not null && ToJson() == other.ToJson();

    public override int GetHashCode() => ToJson().GetHashCode(StringComparison.Ordinal);
}
