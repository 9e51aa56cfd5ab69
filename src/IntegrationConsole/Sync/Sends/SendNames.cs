using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Sync.Sends;

/// <summary>Makes what the ledger knows rows and calls by.</summary>
internal static class SendNames
{
    private const int Length = 16;

    /// <summary>Tells whether a row has the values that it had before, and nothing else of them.</summary>
    public static byte[] ContentOf(TenantSeal seal, RowBatch rows, int row, ArrayBufferWriter<byte> buffer)
    {
        buffer.ResetWrittenCount();
        var values = rows[row];
        for (var index = 0; index < values.Length; index++)
        {
            buffer.Write(Encoding.UTF8.GetBytes(rows.Fields[index].Name));
            values[index].AppendTo(buffer);
        }

        return seal.Fingerprint(buffer.WrittenSpan)[..Length];
    }

    /// <summary>
    /// Gives each row that is to be sent its call, made of tenant, sync, stream, record key, content and revision. Rows
    /// that went together and go again keep the call that they had.
    /// </summary>
    /// <returns>The rows in the order in which they are sent: those of one call stand together.</returns>
    public static IReadOnlyList<Send> Name(SendScope scope, SendTerms terms, IEnumerable<Send> sends)
    {
        var again = sends.Where(send => send.Step is SendStep.Again).ToList();
        again.ForEach(send => send.Call = send.Entry!.Call);
        var fresh = sends.Where(send => send.Step is SendStep.Send).ToList();
        fresh.ForEach(send => send.Revision = (send.Entry?.Revision ?? 0) + 1);
        foreach (var call in fresh.Chunk(terms.RowsInCall))
        {
            var name = CallOf(scope, terms, call, send => send.Revision);
            Array.ForEach(call, send => send.Call = name);
        }

        return terms.RowsInCall == 1 ? [.. again.Concat(fresh).OrderBy(send => send.Row)] : [.. again.GroupBy(send => Convert.ToHexString(send.Call)).SelectMany(call => call), .. fresh];
    }

    /// <summary>Whether these are all rows of the call that they were sent in, as they were: only then does the destination know it again.</summary>
    public static bool IsWholeCall(SendScope scope, SendTerms terms, IReadOnlyList<Send> call) =>
        call.All(send => send.IsSameAsBefore) && CallOf(scope, terms, call, send => send.Entry!.Revision).AsSpan().SequenceEqual(call[0].Entry!.Call);

    private static byte[] CallOf(SendScope scope, SendTerms terms, IReadOnlyList<Send> call, Func<Send, int> revisionOf)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var send in call)
        {
            hash.AppendData(Encoding.UTF8.GetBytes($"{scope.Tenant}\n{scope.Sync}\n{scope.Stream}\n{send.Key.Length}:{send.Key}\n{revisionOf(send)}\n{(terms.RowsInCall == 1 ? 1 : call.Count)}\n"));
            hash.AppendData(send.Content);
        }

        return hash.GetHashAndReset()[..Length];
    }
}
