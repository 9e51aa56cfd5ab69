using System.Buffers;
using System.Text.Json;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Json;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>Reads the answer to a call that succeeded, so that its connection can be used again.</summary>
internal static class Acceptance
{
    private const int MostRead = 64 * 1024;
    private const int LongestId = 200;

    /// <summary>A sign-in page, or one of a proxy, is a success too as far as HTTP can tell: but nobody took the record.</summary>
    /// <param name="client">Who was asked.</param>
    /// <param name="response">What it answered.</param>
    /// <param name="id">Where the answer has the id of the record; empty for nowhere.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async Task<(Failure? Doubt, string Id)> ReadAsync(RestClient client, HttpResponseMessage response, FieldPath id, CancellationToken cancellationToken)
    {
        if (response.Content.Headers.ContentLength == 0)
        {
            return (null, "");
        }

        var buffer = ArrayPool<byte>.Shared.Rent(MostRead);
        try
        {
            var length = await FillAsync(client, response, buffer, cancellationToken);
            var isPage = length > 0 && buffer[0] == '<' && response.Content.Headers.ContentType?.MediaType is "text/html";
            return isPage
                ? (new Failure(FailureCause.Configuration, $"{client.Host} answers with an HTML page instead of taking the record: the address may be wrong, or a sign-in page stands before it.", "html"), "")
                : (null, id.IsEmpty ? "" : IdIn(buffer.AsSpan(0, length), id));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async Task<int> FillAsync(RestClient client, HttpResponseMessage response, byte[] buffer, CancellationToken cancellationToken)
    {
        var length = 0;
        try
        {
            await using var body = await client.OpenBodyAsync(response, cancellationToken);
            while (length < MostRead && await body.ReadAsync(buffer.AsMemory(length, MostRead - length), cancellationToken) is > 0 and var count)
            {
                length += count;
            }
        }
        catch (Exception problem) when (RestClient.IsOutside(problem))
        {
            // The status came; the rest of the answer was a courtesy.
        }

        return length;
    }

    private static string IdIn(ReadOnlySpan<byte> answer, FieldPath id)
    {
        try
        {
            return id.TextIn(answer) is { Length: > 0 and <= LongestId } text ? text.Replace("\0", "", StringComparison.Ordinal) : "";
        }
        catch (JsonException)
        {
            // An answer in another form has no id for us.
            return "";
        }
    }
}
