using System.Diagnostics;
using System.Globalization;
using System.Net.Security;
using System.Text.Json;
using IntegrationConsole.Credentials;
using IntegrationConsole.Webhooks.Receiving;
using IntegrationConsole.Webhooks.Verification;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace IntegrationConsole.Webhooks;

/// <summary>What came back for a delivery that the console sent itself.</summary>
public sealed record TrialAnswer(bool Passed, string Sentence, double Milliseconds);

/// <summary>
/// Sends a signed sample to an endpoint, from this console to this console over HTTP: through the server, the limits, the
/// verification and into the database. No integration reads it.
/// </summary>
public sealed class TrialDelivery(CredentialBroker secrets, TrialMark mark, IServer server, TimeProvider clock) : IDisposable
{
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(15);

    // It goes to this process and nowhere else: a certificate is made out to the name that senders use, and not to this one.
    private readonly HttpClient _http = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false, UseProxy = false,
        SslOptions = { RemoteCertificateValidationCallback = (_, _, _, errors) => errors is SslPolicyErrors.None or SslPolicyErrors.RemoteCertificateNameMismatch },
    })
    { Timeout = Within };

    /// <param name="endpoint">Where to.</param>
    /// <param name="host">The name by which people reach the console.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<TrialAnswer> SendAsync(WebhookEndpoint endpoint, string host, CancellationToken cancellationToken)
    {
        if (OwnAddress() is not { } address)
        {
            return new TrialAnswer(false, "nothing, for this console has no address of its own", 0);
        }

        var started = Stopwatch.GetTimestamp();
        try
        {
            using var request = await RequestAsync(endpoint, new Uri(address, endpoint.Path), cancellationToken);
            request.Headers.Host = host;
            using var response = await _http.SendAsync(request, cancellationToken);
            var status = ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);
            return new TrialAnswer(response.IsSuccessStatusCode, $"{status} ({await WordAsync(response, cancellationToken)})", Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
        catch (Exception problem) when (problem is HttpRequestException || (problem is OperationCanceledException && !cancellationToken.IsCancellationRequested))
        {
            return new TrialAnswer(false, problem is HttpRequestException ? "nothing, for the connection broke" : "nothing in time", Stopwatch.GetElapsedTime(started).TotalMilliseconds);
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<HttpRequestMessage> RequestAsync(WebhookEndpoint endpoint, Uri address, CancellationToken cancellationToken)
    {
        var (_, secret) = await secrets.OpenAsync(endpoint.TenantId, endpoint.CredentialId, cancellationToken);
        var now = clock.GetUtcNow();
        var id = $"trial-{Guid.CreateVersion7(now)}";
        var body = JsonSerializer.SerializeToUtf8Bytes(new { id, type = "console.trial", createdAt = now });
        var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = new("application/json");
        request.Headers.TryAddWithoutValidation(TrialMark.Header, mark.Value);
        request.Headers.TryAddWithoutValidation("User-Agent", "IntegrationConsole trial");
        foreach (var (name, value) in Verifier.Sign(endpoint.Rules, SigningKey.Of(endpoint.Rules.Scheme, secret), id, body, now))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private Uri? OwnAddress()
    {
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        var first = addresses.OrderBy(address => address.StartsWith("https", StringComparison.OrdinalIgnoreCase)).FirstOrDefault();
        return first is null ? null : new Uri(first.Replace("//+", "//127.0.0.1", StringComparison.Ordinal).Replace("//*", "//127.0.0.1", StringComparison.Ordinal)
            .Replace("//0.0.0.0", "//127.0.0.1", StringComparison.Ordinal).Replace("//[::]", "//[::1]", StringComparison.Ordinal));
    }

    private static async Task<string> WordAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        try
        {
            using var answer = JsonDocument.Parse(await response.Content.ReadAsStringAsync(cancellationToken));
            return answer.RootElement.TryGetProperty("status", out var word) ? word.GetString() ?? "" : "";
        }
        catch (JsonException)
        {
            // Something stands before the letterbox and answered in its place.
            return response.ReasonPhrase ?? "";
        }
    }
}
