using System.Buffers;

namespace IntegrationConsole.Connectors.Outgoing;

/// <summary>What a system calls the call that it answered.</summary>
internal static class RequestName
{
    private const int Longest = 128;

    /// <summary>The usual headers, the most particular first.</summary>
    private static readonly string[] Headers =
        ["X-Request-Id", "Request-Id", "X-Correlation-Id", "x-ms-request-id", "x-amzn-RequestId", "x-amz-request-id", "X-Trace-Id", "CF-Ray"];

    private static readonly SearchValues<char> Usual = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.:/+=|");

    /// <returns>Empty where it says nothing, or nothing that looks like a name.</returns>
    public static string Of(HttpResponseMessage response)
    {
        foreach (var header in Headers)
        {
            if (response.Headers.TryGetValues(header, out var values) && values.FirstOrDefault()?.Trim() is { Length: > 0 and <= Longest } name && !name.AsSpan().ContainsAnyExcept(Usual))
            {
                return name;
            }
        }

        return "";
    }
}
