using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using System.Threading.Channels;
using Npgsql;

namespace IntegrationConsole.Bench.Limits;

/// <summary>
/// A table to an API that takes many in a call and is sometimes too busy: such a call waits as long as it is told and goes
/// again. What a 429 asks for is asked of whoever calls (RFC 6585, section 4), so no other call is made meanwhile either.
/// </summary>
internal static class PostgresToRest
{
    public const int Parallel = 4;
    public const int BatchSize = 500;

    private static readonly HttpClient Http = new();

    public static async Task<(long Records, long Bad)> RunAsync(LimitJob job)
    {
        var ahead = Channel.CreateBounded<byte[]>(Parallel);
        var pause = new Pause();
        var reading = Task.Run(async () =>
        {
            try
            {
                return await ReadAsync(job, ahead.Writer);
            }
            finally
            {
                ahead.Writer.TryComplete();
            }
        });
        await Task.WhenAll(Enumerable.Range(0, Parallel).Select(async _ =>
        {
            await foreach (var body in ahead.Reader.ReadAllAsync())
            {
                await SendAsync(job.Destination, body, pause);
            }
        }));
        return (await reading, 0);
    }

    private static async Task<long> ReadAsync(LimitJob job, ChannelWriter<byte[]> ahead)
    {
        await using var connection = new NpgsqlConnection(job.Database);
        await connection.OpenAsync();
        await using var command = new NpgsqlCommand($"select id, order_number, ordered_at, total, paid, quantity, city, first_name, last_name, email, region from {job.Source} order by id", connection);
        await using var rows = await command.ExecuteReaderAsync();
        var (total, count) = (0L, 0);
        using var body = new MemoryStream();
        using var json = new Utf8JsonWriter(body);
        json.WriteStartArray();
        while (await rows.ReadAsync())
        {
            Write(json, rows);
            total++;
            if (++count == BatchSize)
            {
                await ahead.WriteAsync(Take(body, json));
                json.WriteStartArray();
                count = 0;
            }
        }

        if (count > 0)
        {
            await ahead.WriteAsync(Take(body, json));
        }

        return total;
    }

    private static void Write(Utf8JsonWriter json, NpgsqlDataReader row)
    {
        json.WriteStartObject();
        json.WriteNumber("id"u8, row.GetInt64(0));
        json.WriteString("order_number"u8, row.GetString(1));
        json.WriteString("ordered_at"u8, row.GetDateTime(2).ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", System.Globalization.CultureInfo.InvariantCulture));
        json.WriteNumber("total"u8, row.GetDecimal(3));
        json.WriteBoolean("paid"u8, row.GetBoolean(4));
        json.WriteNumber("quantity"u8, row.GetInt32(5));
        json.WriteString("city"u8, row.GetString(6));
        json.WriteString("customer_name"u8, $"{row.GetString(7)} {row.GetString(8)}");
        json.WriteString("email"u8, row.GetString(9).Trim().ToLowerInvariant());
        json.WriteString("region"u8, OrderSource.Regions[row.GetString(10)]);
        json.WriteEndObject();
    }

    private static byte[] Take(MemoryStream body, Utf8JsonWriter json)
    {
        json.WriteEndArray();
        json.Flush();
        var bytes = body.ToArray();
        body.SetLength(0);
        json.Reset(body);
        return bytes;
    }

    private static async Task SendAsync(string address, byte[] body, Pause pause)
    {
        while (true)
        {
            await pause.EndAsync();
            using var content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
            using var response = await Http.PostAsync(address, content);
            if (response.StatusCode is HttpStatusCode.TooManyRequests or HttpStatusCode.ServiceUnavailable)
            {
                var asked = response.Headers.RetryAfter?.Delta;
                if (response.StatusCode is HttpStatusCode.TooManyRequests && asked is { } all)
                {
                    pause.Begin(all);
                }

                await Task.Delay(asked ?? TimeSpan.FromMilliseconds(250));
                continue;
            }

            response.EnsureSuccessStatusCode();
            using var answer = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync());
            if (answer.RootElement.GetProperty("results").EnumerateArray().Any(result => result.GetProperty("status").GetInt32() >= 300))
            {
                throw new InvalidOperationException("A record was refused.");
            }

            return;
        }
    }

    /// <summary>The time in which nothing is sent.</summary>
    private sealed class Pause
    {
        private long _until;

        public void Begin(TimeSpan length)
        {
            var until = Environment.TickCount64 + (long)length.TotalMilliseconds;
            for (var known = Volatile.Read(ref _until); known < until; known = Volatile.Read(ref _until))
            {
                Interlocked.CompareExchange(ref _until, until, known);
            }
        }

        public async Task EndAsync()
        {
            while (Volatile.Read(ref _until) - Environment.TickCount64 is > 0 and var left)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(left));
            }
        }
    }
}
