using System.Security.Cryptography;
using System.Text.Json;
using IntegrationConsole.Connectors.Json;
using IntegrationConsole.Webhooks.Verification;

namespace IntegrationConsole.Webhooks.Deliveries;

/// <summary>What tells one delivery from another: what the sender calls it, or a hash of its body.</summary>
internal static class DeliveryIds
{
    public const string GitHubHeader = "x-github-delivery";
    private const string StripePath = "id";
    private const int MostCharacters = 200;

    public static string Of(WebhookSettings settings, ReceivedHeaders headers, ReadOnlySpan<byte> body)
    {
        var (header, path) = Place(settings);
        var named = header.Length > 0 ? headers[header].Trim() : path.Length > 0 ? InBody(path, body) : "";

        // The database takes no NUL, and an index no text of any length.
        return named.Length is > 0 and <= MostCharacters && !named.Any(char.IsControl) ? named
            : named.Length > 0 ? Hash(Signature.Bytes(named)) : Hash(body);
    }

    /// <summary>Where the id stands: as the endpoint says, or as its scheme has it.</summary>
    public static (string Header, string Path) Place(WebhookSettings settings) => settings switch
    {
        { IdHeader.Length: > 0 } => (settings.IdHeader, ""),
        { IdPath.Length: > 0 } => ("", settings.IdPath),
        { Scheme: WebhookScheme.Standard } => (StandardSignature.IdHeader, ""),
        { Scheme: WebhookScheme.GitHub } => (GitHubHeader, ""),
        { Scheme: WebhookScheme.Stripe } => ("", StripePath),
        _ => ("", ""),
    };

    private static string InBody(string path, ReadOnlySpan<byte> body)
    {
        try
        {
            return FieldPath.TryParse(path, out var parsed) ? parsed.TextIn(body)?.Trim() ?? "" : "";
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            // No JSON, or half a character: it is told apart by all of it.
            return "";
        }
    }

    private static string Hash(ReadOnlySpan<byte> bytes) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";
}
