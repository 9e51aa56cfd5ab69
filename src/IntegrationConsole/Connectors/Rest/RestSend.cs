using System.Globalization;
using System.Net;
using System.Net.Http.Headers;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>What became of one call.</summary>
/// <param name="Items">What the answer says of each of its rows; null when it speaks of them all together.</param>
internal sealed record Sent(Failure? Failure, bool IsUnchanged = false, IReadOnlyList<ItemResult>? Items = null)
{
    /// <summary>What came back where the answer speaks of all rows together.</summary>
    public Receipt Receipt { get; init; }
}

/// <summary>Sends one call until it is answered for good, or until there is no point in trying, or no safety.</summary>
internal sealed class RestSend(RestClient client, RestWritePlan plan)
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <param name="place">Taken; left to others while the call waits to be tried again.</param>
    /// <param name="address">Where.</param>
    /// <param name="body">JSON.</param>
    /// <param name="idempotencyKey">The same for every attempt.</param>
    /// <param name="accept">Reads the answer of a call that succeeded.</param>
    /// <param name="cancellationToken">Gives up, though the call may have been heard.</param>
    public async Task<Sent> SendAsync(
        CallPlace place, Uri address, byte[] body, string idempotencyKey, Func<HttpResponseMessage, CancellationToken, Task<Sent>> accept, CancellationToken cancellationToken)
    {
        var mayHaveHappened = false;
        for (var attempt = 1; ; attempt++)
        {
            var sent = await TryAsync(address, body, idempotencyKey, accept, cancellationToken);
            if (sent.Failure is not { } failure)
            {
                place.Succeed();
                return sent;
            }

            // The system may have made the record and not be able to say so. Asked again, it might make another.
            if (failure.MayHaveHappened && !plan.IsRepeatable)
            {
                return new Sent(AnswerLost(failure));
            }

            // An earlier attempt may have been heard, whatever became of this one: only a refusal of the record itself says that it was not.
            mayHaveHappened |= failure.MayHaveHappened;
            if (!await place.WaitAsync(client.Calls.Backoff, failure, attempt, cancellationToken) || !await place.TakeAsync(cancellationToken))
            {
                return Ended(sent, mayHaveHappened);
            }
        }
    }

    public static string CodeOf(HttpResponseMessage response) => ((int)response.StatusCode).ToString(CultureInfo.InvariantCulture);

    private Sent Ended(Sent last, bool mayHaveHappened)
    {
        var isDenied = last.Failure!.Cause.IsOfARecord && last.Failure.Cause is not FailureCause.Conflict;
        return mayHaveHappened && plan.IsCreate && !isDenied ? new Sent(AnswerLost(last.Failure)) : last;
    }

    private async Task<Sent> TryAsync(
        Uri address, byte[] body, string idempotencyKey, Func<HttpResponseMessage, CancellationToken, Task<Sent>> accept, CancellationToken cancellationToken)
    {
        var time = client.Time();
        var succeeded = false;
        try
        {
            using var response = await client.SendAsync(() => Request(address, body, idempotencyKey), time, cancellationToken);
            succeeded = response.IsSuccessStatusCode || response.StatusCode is HttpStatusCode.NotModified;
            if (succeeded)
            {
                return response.StatusCode is HttpStatusCode.NotModified ? new Sent(null, IsUnchanged: true) { Receipt = new Receipt(CodeOf(response), "") } : await accept(response, cancellationToken);
            }

            var refusal = await RefusalAsync(response, address, cancellationToken);
            succeeded = refusal.Cause.IsOfARecord;
            return new Sent(refusal);
        }
        catch (Exception problem) when (RestClient.IsOutside(problem))
        {
            return new Sent(client.Classify(problem));
        }
        finally
        {
            time.End(succeeded);
        }
    }

    private HttpRequestMessage Request(Uri address, byte[] body, string idempotencyKey)
    {
        var request = new HttpRequestMessage(plan.Method, address) { Content = new ByteArrayContent(body) };
        request.Content.Headers.ContentType = Json;
        if (plan.Stream.IdempotencyHeader.Length > 0)
        {
            request.Headers.TryAddWithoutValidation(plan.Stream.IdempotencyHeader, idempotencyKey);
        }

        return request;
    }

    /// <summary>An address that is the same for every row cannot be missing because of one of them; a record that is to be changed can.</summary>
    private async Task<Failure> RefusalAsync(HttpResponseMessage response, Uri address, CancellationToken cancellationToken)
    {
        var failure = await client.ExplainAsync(response, cancellationToken);
        return response.StatusCode is HttpStatusCode.NotFound && plan.Path.Places.Count == 0 && plan.Mode is not WriteMode.Update
            ? new Failure(FailureCause.Configuration, $"{client.Host} has nothing at {address.AbsolutePath} (404): correct the path.", failure.Code) { Answer = failure.Answer, RequestId = failure.RequestId }
            : failure;
    }

    private Failure AnswerLost(Failure failure) =>
        new(failure.Cause is FailureCause.Timeout ? FailureCause.Timeout : FailureCause.Unknown, $"{client.Host} did not say whether it made the record. {failure.Sentence}", failure.Code)
        {
            MayHaveHappened = true,
            IsRetryable = false,
            Answer = failure.Answer,
            RequestId = failure.RequestId,
        };
}
