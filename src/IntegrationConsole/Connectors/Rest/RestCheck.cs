using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Json;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>Tries a REST connection: its name, one request, and whether records are where the settings say.</summary>
internal sealed class RestCheck(RestClient client)
{
    private const int MostBytes = 1024 * 1024;

    private readonly List<CheckStep> _steps = [];
    private Failure? _failure;

    public async Task<CheckReport> RunAsync(CancellationToken cancellationToken)
    {
        var stream = client.Settings.TestPath.Length > 0 ? null : client.Settings.Streams.FirstOrDefault(candidate => candidate is { CanRead: true, IsBelow: false });
        var address = stream is null ? client.AddressOf(client.Settings.TestPath) : FirstPageOf(stream with { PageSize = 1 });
        byte[] body = [];
        if (await TryAsync($"Find {client.Host}", FindAsync, cancellationToken)
            && await TryAsync($"GET {address.PathAndQuery}", AskAsync, cancellationToken)
            && stream is not null)
        {
            await TryAsync($"Read {(stream.Records.Length > 0 ? stream.Records : "the list")} of {stream.Name}", token => FirstRecordAsync(stream, body, token), cancellationToken);
        }

        return new CheckReport(_steps) { Failure = _failure };

        async Task<string> AskAsync(CancellationToken token)
        {
            (var answer, body) = await CallAsync(address, token);
            return answer;
        }
    }

    private Uri FirstPageOf(RestStream stream)
    {
        var pager = new RestPager(client, stream, new ReadRequest(stream.Name, ReadMode.Full, null, null, 1));
        return pager.AddressOf(pager.Start());
    }

    private async Task<bool> TryAsync(string tried, Func<CancellationToken, Task<string>> step, CancellationToken cancellationToken)
    {
        var started = client.Calls.Clock.GetTimestamp();
        try
        {
            var answer = await step(cancellationToken);
            _steps.Add(new CheckStep(tried, true, answer, client.Calls.Clock.GetElapsedTime(started).TotalMilliseconds));
            return true;
        }
        catch (Exception problem) when (RestClient.IsOutside(problem))
        {
            var failure = client.Classify(problem);
            _failure = failure;
            _steps.Add(new CheckStep(tried, false, failure.Sentence, client.Calls.Clock.GetElapsedTime(started).TotalMilliseconds, failure.Advice));
            return false;
        }
    }

    private async Task<string> FindAsync(CancellationToken cancellationToken)
    {
        var addresses = await client.Calls.Guard.ResolveAsync(client.Host, cancellationToken);
        client.Calls.Guard.RefuseUnencrypted(client.Home, addresses);
        return $"Found at {string.Join(", ", addresses)}, which connections may reach.";
    }

    private async Task<(string Answer, byte[] Body)> CallAsync(Uri address, CancellationToken cancellationToken)
    {
        var time = client.Time();
        var succeeded = false;
        try
        {
            using var response = await client.GetAsync(address, time, cancellationToken);
            if (!response.IsSuccessStatusCode)
            {
                throw new FailureException(await client.ExplainAsync(response, cancellationToken));
            }

            await using var content = await client.OpenBodyAsync(response, cancellationToken);
            var body = new byte[MostBytes];
            var length = await content.ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancellationToken);
            if (body.AsSpan(0, length).TrimStart(" \t\r\n"u8) is [(byte)'<', ..] && response.Content.Headers.ContentType?.MediaType is "text/html")
            {
                throw new FailureException(new Failure(
                    FailureCause.Malformed, $"{client.Host} answers with an HTML page: the address may be wrong, or a sign-in page stands before it.", "html"));
            }

            succeeded = true;
            var size = length < MostBytes ? $"{length} bytes" : "more than 1 MB";
            return ($"Answered with {(int)response.StatusCode}, {response.Content.Headers.ContentType?.MediaType ?? "no content type"}, {size}.", body[..length]);
        }
        finally
        {
            time.End(succeeded);
        }
    }

    private async Task<string> FirstRecordAsync(RestStream stream, byte[] body, CancellationToken cancellationToken)
    {
        if (body.Length == 0)
        {
            return "There is no record to read yet.";
        }

        using var reader = new JsonRecordReader(new MemoryStream(body), new JsonRecordOptions($"The answer of {client.Host}", stream.RecordsAt, client.Calls.Http.MostRecordBytes));
        try
        {
            return !await reader.ReadAsync(cancellationToken) ? "There is no record to read yet."
                : reader.Problem is { } problem ? throw new FailureException(problem)
                : "The first record can be read.";
        }
        catch (FailureException elsewhere) when (elsewhere.Failure.Code == "selector" && TopNames.Of(body) is { Count: > 0 } names)
        {
            throw new FailureException(elsewhere.Failure with { Sentence = $"{elsewhere.Failure.Sentence} At its top the answer has: {string.Join(", ", names)}." }, elsewhere);
        }
    }
}
