using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using IntegrationConsole.Bench.Limits;

namespace IntegrationConsole.Bench.Line;

/// <summary>
/// Sends signed deliveries of a kibibyte over a number of connections at once, each as soon as the one before it was
/// answered. One in a hundred comes twice.
/// </summary>
internal sealed class HookSender(Uri address, string secret) : IDisposable
{
    public const int Connections = 32;
    private const int Bytes = 1_024;

    private readonly HttpClient _http = new(new SocketsHttpHandler { MaxConnectionsPerServer = Connections, UseProxy = false });
    private readonly byte[] _key = Encoding.UTF8.GetBytes(secret);

    /// <param name="first">The number of the first delivery.</param>
    /// <param name="count">How many.</param>
    /// <returns>How long it took, and how long each had to wait for its answer, in milliseconds.</returns>
    public async Task<(TimeSpan Wall, IReadOnlyCollection<double> Waits)> SendAsync(int first, int count)
    {
        var waits = new ConcurrentBag<double>();
        var next = first - 1;
        var started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, Connections).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Increment(ref next) is var number && number < first + count)
            {
                waits.Add(await SendAsync(number % 100 == 99 ? number - 1 : number));
            }
        })));
        return (Stopwatch.GetElapsedTime(started), waits);
    }

    public void Dispose() => _http.Dispose();

    private async Task<double> SendAsync(int number)
    {
        var id = number.ToString(CultureInfo.InvariantCulture);
        var body = Encoding.ASCII.GetBytes($$"""{"id":{{id}},"text":"{{new string('x', Bytes)}}"}""");
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new ByteArrayContent(body) };
        request.Headers.TryAddWithoutValidation(BareWebhook.IdHeader, id);
        request.Headers.TryAddWithoutValidation(BareWebhook.SignatureHeader, $"sha256={Convert.ToHexStringLower(HMACSHA256.HashData(_key, body))}");
        var started = Stopwatch.GetTimestamp();
        using var response = await _http.SendAsync(request);
        return response.IsSuccessStatusCode ? Stopwatch.GetElapsedTime(started).TotalMilliseconds : throw new InvalidOperationException($"Delivery {id} was answered with {(int)response.StatusCode}.");
    }
}
