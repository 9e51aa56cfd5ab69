using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>Reads the answer to a call that succeeded, so that its connection can be used again.</summary>
internal static class Acceptance
{
    private const int MostRead = 64 * 1024;

    /// <summary>A sign-in page, or one of a proxy, is a success too as far as HTTP can tell: but nobody took the record.</summary>
    public static async Task<Failure?> DoubtAsync(RestClient client, HttpResponseMessage response, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength == 0)
        {
            return null;
        }

        var beginning = (byte)0;
        try
        {
            await using var body = await client.OpenBodyAsync(response, cancellationToken);
            var buffer = new byte[4 * 1024];
            for (var total = 0; total < MostRead && await body.ReadAsync(buffer, cancellationToken) is > 0 and var count; total += count)
            {
                beginning = total == 0 ? buffer[0] : beginning;
            }
        }
        catch (Exception problem) when (RestClient.IsOutside(problem))
        {
            // The status came; the rest of the answer was a courtesy.
        }

        return beginning == '<' && response.Content.Headers.ContentType?.MediaType is "text/html"
            ? new Failure(FailureCause.Configuration, $"{client.Host} answers with an HTML page instead of taking the record: the address may be wrong, or a sign-in page stands before it.", "html")
            : null;
    }
}
