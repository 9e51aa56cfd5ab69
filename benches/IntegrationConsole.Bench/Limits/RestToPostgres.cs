using System.Buffers;
using System.Text.Json;
using System.Threading.Channels;

namespace IntegrationConsole.Bench.Limits;

/// <summary>Pages of an API into a table.</summary>
internal static class RestToPostgres
{
    private static readonly HttpClient Http = new();

    public static Task<(long Records, long Bad)> RunAsync(LimitJob job) => Pipe.RunAsync(job, ahead => ReadAsync(job.Source, ahead));

    private static async Task ReadAsync(string source, ChannelWriter<OrderBatch> ahead)
    {
        var batch = new OrderBatch();
        for (var page = 1; ; page++)
        {
            using var response = await Http.GetAsync($"{source}&page={page}", HttpCompletionOption.ResponseHeadersRead);
            response.EnsureSuccessStatusCode();
            var buffer = ArrayPool<byte>.Shared.Rent((int)response.Content.Headers.ContentLength!.Value);
            await using var body = await response.Content.ReadAsStreamAsync();
            var length = await body.ReadAtLeastAsync(buffer, (int)response.Content.Headers.ContentLength!.Value);
            var read = Parse(buffer.AsSpan(0, length), batch);
            ArrayPool<byte>.Shared.Return(buffer);
            if (read == 0)
            {
                break;
            }

            if (batch.Count >= Pipe.BatchSize)
            {
                await ahead.WriteAsync(batch);
                batch = new OrderBatch();
            }
        }

        if (batch.Count > 0)
        {
            await ahead.WriteAsync(batch);
        }
    }

    private static int Parse(ReadOnlySpan<byte> page, OrderBatch batch)
    {
        var before = batch.Count;
        var reader = new Utf8JsonReader(page);
        while (reader.Read() && !(reader.TokenType is JsonTokenType.PropertyName && reader.ValueTextEquals("data"u8)))
        {
            // The list comes first.
        }

        reader.Read();
        while (reader.Read() && reader.TokenType is JsonTokenType.StartObject)
        {
            var start = (int)reader.TokenStartIndex;
            if (OrderJson.TryRead(ref reader, OrderSource.Regions, out var row))
            {
                batch.Rows.Add(row);
            }
            else
            {
                batch.Bad.Add(page[start..(int)reader.BytesConsumed].ToArray());
            }
        }

        return batch.Count - before;
    }
}
