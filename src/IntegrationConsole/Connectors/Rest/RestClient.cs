using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Outgoing;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>Sends the requests of one connection: its address, its headers, its proof, its timeout.</summary>
internal sealed class RestClient(RestCalls calls, OpenConnection connection)
{
    private const string Agent = "IntegrationConsole";

    private Uri? _home;

    public RestSettings Settings { get; } = RestSettings.Of(connection);

    public Guid Connection => connection.Id;

    public RestCalls Calls => calls;

    public Uri Home => _home ??= Uri.TryCreate(Settings.BaseAddress.Trim(), UriKind.Absolute, out var home)
        ? home
        : throw new FailureException(new Failure(FailureCause.Configuration, "The base address is not an address.", "settings"));

    /// <summary>Names the system in sentences.</summary>
    public string Host => Home.Host;

    public Uri AddressOf(string path) => RestAddress.Of(Home, path);

    /// <summary>The clock of a call that is about to be made.</summary>
    public CallTime Time() => new(calls.Meter, connection);

    public Task<HttpResponseMessage> GetAsync(Uri address, CallTime time, CancellationToken cancellationToken) =>
        SendAsync(() => new HttpRequestMessage(HttpMethod.Get, address), time, cancellationToken);

    /// <summary>One request past the gate: the circuit learns nothing of it.</summary>
    public Task<HttpResponseMessage> ProbeAsync(Uri address, TimeSpan within, CancellationToken cancellationToken) => calls.Http.SendAsync(
        () => Complete(new HttpRequestMessage(HttpMethod.Get, address)), new SendOptions(connection.Authentication, within < Settings.Timeout ? within : Settings.Timeout, Settings.Http2), cancellationToken);

    /// <summary>Returns when the headers of the answer are there, whatever its status. Nothing is tried again here.</summary>
    /// <exception cref="FailureException">Also where the connection's circuit does not let the call through.</exception>
    public async Task<HttpResponseMessage> SendAsync(Func<HttpRequestMessage> create, CallTime time, CancellationToken cancellationToken)
    {
        var pass = await calls.Gate.EnterHttpAsync(connection, cancellationToken);
        time.Begin();
        HttpResponseMessage response;
        try
        {
            response = await calls.Http.SendAsync(() => Complete(create()), new SendOptions(connection.Authentication, Settings.Timeout, Settings.Http2), cancellationToken);
        }
        catch (Exception problem) when (IsOutside(problem))
        {
            await calls.Gate.LeaveAsync(pass, Classify(problem));
            throw;
        }
        catch
        {
            await calls.Gate.AbandonAsync(pass);
            throw;
        }

        try
        {
            // The call is over: whatever this comes to, its place is given back here and nowhere else.
            await calls.Gate.LeaveAsync(pass, response, Host);
            return response;
        }
        catch
        {
            response.Dispose();
            throw;
        }
    }

    public Task<Stream> OpenBodyAsync(HttpResponseMessage response, CancellationToken cancellationToken) =>
        calls.Http.OpenBodyAsync(response, Host, Settings.Timeout, cancellationToken);

    public Task<Failure> ExplainAsync(HttpResponseMessage response, CancellationToken cancellationToken) => calls.Http.ExplainAsync(response, Host, cancellationToken);

    /// <summary>Whether something that was thrown is the outside's doing. Anything else is a bug, and goes on up.</summary>
    public static bool IsOutside(Exception problem) => problem is FailureException or HttpRequestException or IOException or TimeoutException;

    public Failure Classify(Exception problem) => FailureClassifier.Classify(problem, Host);

    private HttpRequestMessage Complete(HttpRequestMessage request)
    {
        foreach (var (name, value) in Settings.Headers)
        {
            // Checked when the settings were saved; whatever was kept before that must not get through either.
            if ((HeaderRules.ProblemWithName(name) ?? HeaderRules.ProblemWithValue(name, value)) is { } sentence)
            {
                throw new FailureException(new Failure(FailureCause.Configuration, sentence, "headers"));
            }

            if (!request.Headers.TryAddWithoutValidation(name, value) && request.Content is { } content)
            {
                // It describes the body, such as Content-Type: the person's wins over ours.
                content.Headers.Remove(name);
                content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        AddIfMissing(request, "Accept", "application/json");
        AddIfMissing(request, "User-Agent", Agent);
        return request;
    }

    private static void AddIfMissing(HttpRequestMessage request, string name, string value)
    {
        if (!request.Headers.Contains(name))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }
    }
}

/// <summary>What every REST connection shares.</summary>
internal sealed record RestCalls(OutgoingHttp Http, OutgoingGuard Guard, CallMeter Meter, Backoff Backoff, CallGate Gate)
{
    public TimeProvider Clock => Gate.Clock;
}
