using System.Net;
using System.Net.Http.Headers;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>Takes back rows that were made: by deleting them, or by the call that the stream names for it.</summary>
internal sealed class RestTakeBack(RestClient client, RestWritePlan plan, CallPlaces places)
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    /// <returns>Why it stands; null when it is gone.</returns>
    public async Task<Failure?> RunAsync(RowBatch rows, int row, string id, CancellationToken cancellationToken)
    {
        if (plan.PathOf(plan.TakeBack!, rows, row, id) is not { } path)
        {
            return new Failure(FailureCause.Configuration, $"{client.Host} did not say under which id it keeps the record.", "take-back");
        }

        using var place = new CallPlace(places, places.Next());
        for (var attempt = 1; ; attempt++)
        {
            if (!await place.TakeAsync(cancellationToken))
            {
                return places.End!;
            }

            // Told twice it does no harm: a lost answer is only another reason to tell it again.
            var failure = await TryAsync(client.AddressOf(path), cancellationToken);
            if (failure is null || !await place.WaitAsync(client.Calls.Backoff, failure, attempt, cancellationToken))
            {
                return failure is null ? null : failure with { MayHaveHappened = false };
            }
        }
    }

    private async Task<Failure?> TryAsync(Uri address, CancellationToken cancellationToken)
    {
        var time = client.Time();
        var succeeded = false;
        try
        {
            using var response = await client.SendAsync(() => Request(address), time, cancellationToken);
            succeeded = response.IsSuccessStatusCode || response.StatusCode is HttpStatusCode.NotFound or HttpStatusCode.Gone;
            return succeeded ? null : await client.ExplainAsync(response, cancellationToken);
        }
        catch (Exception problem) when (RestClient.IsOutside(problem))
        {
            return client.Classify(problem);
        }
        finally
        {
            time.End(succeeded);
        }
    }

    private HttpRequestMessage Request(Uri address)
    {
        var request = new HttpRequestMessage(new HttpMethod(plan.Stream.TakeBackMethod), address);
        if (request.Method != HttpMethod.Delete)
        {
            request.Content = new ByteArrayContent("{}"u8.ToArray());
            request.Content.Headers.ContentType = Json;
        }

        return request;
    }
}
