using System.Globalization;
using System.Text;
using System.Threading.Channels;
using IntegrationConsole.Bench.Mapping;

namespace IntegrationConsole.Bench.Limits;

/// <summary>A CSV file into a table, line by line.</summary>
internal static class CsvToPostgres
{
    private const int Columns = 20;

    public static Task<(long Records, long Bad)> RunAsync(LimitJob job) => Pipe.RunAsync(job, ahead => ReadAsync(job.Source, ahead));

    private static async Task ReadAsync(string source, ChannelWriter<OrderBatch> ahead)
    {
        using var file = new StreamReader(source, Encoding.UTF8, detectEncodingFromByteOrderMarks: true, new FileStreamOptions { BufferSize = 256 * 1024 });
        await file.ReadLineAsync();
        var batch = new OrderBatch();
        while (await file.ReadLineAsync() is { } line)
        {
            if (TryRead(line, out var row))
            {
                batch.Rows.Add(row);
            }
            else
            {
                batch.Bad.Add(Encoding.UTF8.GetBytes(line));
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

    private static bool TryRead(string line, out OrderRow row)
    {
        Span<Range> fields = stackalloc Range[Columns];
        Split(line, fields);
        row = new OrderRow { Shop = "main" };
        if (!decimal.TryParse(line.AsSpan(fields[5]), NumberStyles.Number, CultureInfo.InvariantCulture, out row.Total))
        {
            return false;
        }

        row.OrderNumber = line[fields[1]];
        row.OrderedAt = DateTimeOffset.Parse(line.AsSpan(fields[2]), CultureInfo.InvariantCulture);
        row.Paid = bool.Parse(line.AsSpan(fields[9]));
        row.Quantity = long.Parse(line.AsSpan(fields[10]), CultureInfo.InvariantCulture);
        row.Region = OrderSource.Regions[line[fields[12]]];
        row.Email = line[fields[13]].Trim().ToLowerInvariant();
        row.CustomerName = $"{line.AsSpan(fields[16])} {line.AsSpan(fields[17])}";
        row.City = line[fields[18]];
        return true;
    }

    /// <summary>Quoted fields may hold commas and doubled quotes; none of those that are used is quoted.</summary>
    private static void Split(ReadOnlySpan<char> line, Span<Range> fields)
    {
        var (field, start) = (0, 0);
        while (field < fields.Length)
        {
            var end = start;
            if (end < line.Length && line[end] == '"')
            {
                do
                {
                    end += line[(end + 1)..].IndexOf('"') + 2;
                }
                while (end < line.Length && line[end] == '"');
            }
            else
            {
                var comma = line[start..].IndexOf(',');
                end = comma < 0 ? line.Length : start + comma;
            }

            fields[field++] = start..end;
            start = end + 1;
        }
    }
}
