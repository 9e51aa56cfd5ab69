using System.Globalization;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Outgoing;

namespace IntegrationConsole.Alerts.Channels;

/// <summary>Posts bodies to incoming webhooks, through the one HTTP client for outside systems.</summary>
internal sealed class HookChannel(OutgoingHttp http)
{
    public const string TimestampHeader = "X-IntegrationConsole-Timestamp";
    public const string SignatureHeader = "X-IntegrationConsole-Signature";
    public const string IdHeader = "Idempotency-Key";

    private static readonly NoAuthentication Nobody = new();

    /// <param name="address">Where to; may be secret itself.</param>
    /// <param name="body">What is sent.</param>
    /// <param name="id">The notice's: the receiver knows one that comes a second time.</param>
    /// <param name="key">Signs timestamp and body; empty where nothing is signed.</param>
    /// <param name="at">The moment that is signed with the body, so that an old message cannot be sent again by somebody else.</param>
    /// <param name="within">Most time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="FailureException">It was not taken, in words.</exception>
    public async Task SendAsync(Uri address, byte[] body, Guid id, string key, DateTimeOffset at, TimeSpan within, CancellationToken cancellationToken)
    {
        try
        {
            using var response = await http.SendAsync(() => Request(address, body, id, key, at), new SendOptions(Nobody, within), cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new FailureException(FailureClassifier.OfStatus(response.StatusCode, address.Host, RetryAfterOf(response, at)));
            }
        }
        catch (Exception problem) when (problem is HttpRequestException or TimeoutException or IOException)
        {
            throw new FailureException(FailureClassifier.Classify(problem, address.Host), problem);
        }
    }

    /// <summary>HMAC-SHA-256 over <c>timestamp.body</c>, in lower-case hexadecimal digits.</summary>
    internal static string Sign(string key, string timestamp, ReadOnlySpan<byte> body)
    {
        byte[] signed = [.. Encoding.UTF8.GetBytes($"{timestamp}."), .. body];
        return $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(key), signed))}";
    }

    private static HttpRequestMessage Request(Uri address, byte[] body, Guid id, string key, DateTimeOffset at)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/json", "utf-8");
        request.Headers.TryAddWithoutValidation(IdHeader, id.ToString());
        if (key.Length > 0)
        {
            var timestamp = at.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
            request.Headers.TryAddWithoutValidation(TimestampHeader, timestamp);
            request.Headers.TryAddWithoutValidation(SignatureHeader, Sign(key, timestamp, body));
        }

        return request;
    }

    private static TimeSpan? RetryAfterOf(HttpResponseMessage response, DateTimeOffset now) =>
        response.Headers.RetryAfter switch { { Delta: { } span } => span, { Date: { } date } when date > now => date - now, _ => null };
}
