using System.Net;
using System.Net.Sockets;
using IntegrationConsole.Connectors.Failures;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Connectors.Outgoing;

/// <summary>How one request is to be sent.</summary>
/// <param name="Authentication">Proves who we are, to the request's own origin only.</param>
/// <param name="Timeout">Until the headers of the answer are there, redirects included.</param>
/// <param name="PriorKnowledgeHttp2">Speak HTTP/2 without asking first; otherwise TLS decides, and HTTP/1.1 is used without it.</param>
public sealed record SendOptions(IAuthentication Authentication, TimeSpan Timeout, bool PriorKnowledgeHttp2 = false);

/// <summary>
/// The one HTTP client for outside systems: goes only where the guard allows, follows redirects itself so that each is
/// judged and no proof of identity travels to another origin, sends <c>traceparent</c> (W3C Trace Context), keeps no cookies.
/// </summary>
public sealed class OutgoingHttp : IDisposable
{
    private const int MostRedirects = 5;

    private readonly OutgoingGuard _guard;
    private readonly OutgoingOptions _options;
    private readonly TimeProvider _clock;
    private readonly HttpMessageInvoker _invoker;

    public OutgoingHttp(OutgoingGuard guard, IOptions<OutgoingOptions> options, TimeProvider clock)
    {
        _guard = guard;
        _options = options.Value;
        _clock = clock;
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            UseCookies = false,
            UseProxy = false,
            ConnectTimeout = _options.ConnectWithin,
            PooledConnectionLifetime = TimeSpan.FromMinutes(5),
            PooledConnectionIdleTimeout = TimeSpan.FromMinutes(1),
            MaxConnectionsPerServer = 64,
            EnableMultipleHttp2Connections = true,
            KeepAlivePingDelay = TimeSpan.FromSeconds(30),
            ConnectCallback = ConnectAsync,
        });
    }

    internal OutgoingOptions Limits => _options;

    /// <summary>Most bytes of one record in an answer.</summary>
    public int MostRecordBytes => _options.MostRecordBytes;

    public int MostAnswerRecords => _options.MostAnswerRecords;

    /// <summary>
    /// Sends a request and returns as soon as the headers of its answer are there, whatever the status; the body is
    /// read through <see cref="OpenBodyAsync"/>. A 401 is answered once with a renewed proof.
    /// </summary>
    /// <param name="create">Makes the request; called again for a redirect or a renewed proof.</param>
    /// <param name="options">How to send it.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="TimeoutException">No headers in time.</exception>
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> create, SendOptions options, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(options.Timeout, _clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            var response = await FollowAsync(create, options, either.Token);
            if (response.StatusCode is HttpStatusCode.Unauthorized && await options.Authentication.RenewAsync(response.RequestMessage!, either.Token))
            {
                response.Dispose();
                response = await FollowAsync(create, options, either.Token);
            }

            return response;
        }
        catch (OperationCanceledException) when (timeout.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
        catch (OperationCanceledException unconnected) when (unconnected.InnerException is TimeoutException && !cancellationToken.IsCancellationRequested)
        {
            // Without a connection nothing was sent: unlike after other timeouts, nothing can have happened there.
            throw new FailureException(
                new Failure(FailureCause.TargetDown, $"{create().RequestUri!.Host} cannot be reached: no connection within {_options.ConnectWithin.TotalSeconds:0} s.", "connect"), unconnected);
        }
    }

    /// <summary>The body, decompressed and limited in size, in the time between two pieces, and in what is waited for all of it.</summary>
    public Task<Stream> OpenBodyAsync(HttpResponseMessage response, string what, TimeSpan silence, CancellationToken cancellationToken) =>
        OpenAsync(response, what, silence, _options.AnswerWithin, cancellationToken);

    /// <summary>The body of an answer that is small, so that all of it has to come within the time that others may be silent.</summary>
    public Task<Stream> OpenSmallBodyAsync(HttpResponseMessage response, string what, TimeSpan within, CancellationToken cancellationToken) =>
        OpenAsync(response, what, within, within, cancellationToken);

    /// <summary>What a failed answer says: cause, sentence, when to come back, and the beginning of its body.</summary>
    public async Task<Failure> ExplainAsync(HttpResponseMessage response, string what, CancellationToken cancellationToken)
    {
        const int MostCharacters = 2_000;
        var answer = "";
        try
        {
            using var reader = new StreamReader(await OpenSmallBodyAsync(response, what, TimeSpan.FromSeconds(5), cancellationToken));
            var buffer = new char[MostCharacters];
            answer = new string(buffer, 0, await reader.ReadBlockAsync(buffer, cancellationToken));
        }
        catch (Exception unreadable) when (unreadable is FailureException or HttpRequestException or IOException or InvalidDataException or TimeoutException)
        {
            // The status says enough; its body was a courtesy.
        }

        return FailureClassifier.OfStatus(response.StatusCode, what, RetryAfter.Of(response, _clock)) with { Answer = answer, RequestId = RequestName.Of(response) };
    }

    public void Dispose() => _invoker.Dispose();

    private async Task<Stream> OpenAsync(HttpResponseMessage response, string what, TimeSpan silence, TimeSpan whole, CancellationToken cancellationToken) =>
        new LimitedStream(await response.Content.ReadAsStreamAsync(cancellationToken), _options.MostAnswerBytes, silence, whole, what, _clock);

    private async Task<HttpResponseMessage> FollowAsync(Func<HttpRequestMessage> create, SendOptions options, CancellationToken cancellationToken)
    {
        Uri? next = null;
        for (var redirects = 0; ; redirects++)
        {
            var request = create();
            var origin = request.RequestUri!;
            request.RequestUri = next ?? origin;
            request.Version = options.PriorKnowledgeHttp2 || request.RequestUri.Scheme == Uri.UriSchemeHttps ? HttpVersion.Version20 : HttpVersion.Version11;
            request.VersionPolicy = options.PriorKnowledgeHttp2 ? HttpVersionPolicy.RequestVersionExact : HttpVersionPolicy.RequestVersionOrLower;
            if (IsSameOrigin(origin, request.RequestUri))
            {
                await options.Authentication.AuthorizeAsync(request, cancellationToken);
            }
            else
            {
                KeepToOurselves(request);
            }

            var response = await _invoker.SendAsync(request, cancellationToken);
            if (Target(request, response) is not { } target)
            {
                return response;
            }

            response.Dispose();
            if (redirects == MostRedirects)
            {
                throw new FailureException(new Failure(FailureCause.Configuration, $"{origin.Host} redirects in circles (more than {MostRedirects} times).", "redirect"));
            }

            next = target;
        }
    }

    /// <summary>Headers that a person set may prove who we are too. A stranger is only told what we can read.</summary>
    private static void KeepToOurselves(HttpRequestMessage request)
    {
        var told = request.Headers.Where(header => header.Key is "Accept" or "User-Agent").ToList();
        request.Headers.Clear();
        foreach (var (name, values) in told)
        {
            request.Headers.TryAddWithoutValidation(name, values);
        }
    }

    /// <summary>Only reads are redirected: a write that is sent somewhere else is for a person to decide.</summary>
    private static Uri? Target(HttpRequestMessage request, HttpResponseMessage response)
    {
        var isRedirect = response.StatusCode is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.SeeOther
            or HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect;
        if (!isRedirect || request.Method != HttpMethod.Get || response.Headers.Location is not { } location)
        {
            return null;
        }

        var target = new Uri(request.RequestUri!, location);
        if (target.Scheme is not ("http" or "https") || (request.RequestUri!.Scheme == "https" && target.Scheme == "http"))
        {
            throw new FailureException(new Failure(FailureCause.Configuration, $"{request.RequestUri!.Host} redirects to an unencrypted address, which is not followed.", "redirect"));
        }

        return target;
    }

    private static bool IsSameOrigin(Uri one, Uri other) => one.Scheme == other.Scheme && one.Host == other.Host && one.Port == other.Port;

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellationToken)
    {
        var host = context.DnsEndPoint.Host;
        var addresses = await _guard.ResolveAsync(host, cancellationToken);
        _guard.RefuseUnencrypted(context.InitialRequestMessage.RequestUri!, addresses);
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync([.. addresses], context.DnsEndPoint.Port, cancellationToken);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
