using System.Security.Cryptography;
using System.Text;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>Names calls, so that a system which sees one of them again knows that it has done it.</summary>
internal static class IdempotencyKeys
{
    private const int Length = 32;

    /// <summary>
    /// A record that is made is named by what it is: made again after a stop, in whatever batch, it has the same name.
    /// A change is named by its place in the run as well, because the same values may come back for good: open, closed,
    /// open. So is a record without a key, because two of them may be alike.
    /// </summary>
    public static string OfRow(RestClient client, RestWritePlan plan, string recordKey, int row, string token, byte[] body)
    {
        var place = plan is { IsCreate: true, HasKey: true } ? "" : $"{token}\n{row}";
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(Encoding.UTF8.GetBytes($"{client.Connection}\n{plan.Stream.Name}\n{plan.Mode}\n{recordKey.Length}:{recordKey}\n{place}\n"));
        hash.AppendData(body);
        return Convert.ToHexStringLower(hash.GetHashAndReset())[..Length];
    }

    /// <summary>The call that the ledger knows; a part of it, because it was refused as a whole, is a call of its own.</summary>
    public static string OfCall(IReadOnlyList<string> calls, int start, int count)
    {
        var call = calls[start];
        var isWhole = (start == 0 || calls[start - 1] != call) && (start + count == calls.Count || calls[start + count] != call);
        var first = start;
        while (first > 0 && calls[first - 1] == call)
        {
            first--;
        }

        return isWhole ? call : Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{call}\n{start - first}+{count}")))[..Length];
    }

    /// <summary>Rows that are sent together are named by their place in the run.</summary>
    public static string OfRows(RestClient client, RestWritePlan plan, string token, int start, int count) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{client.Connection}\n{plan.Stream.Name}\n{plan.Mode}\n{token}\n{start}+{count}")))[..Length];
}
