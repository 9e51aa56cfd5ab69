using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Connectors.Rest;

/// <summary>Writes numbered rows to a sink named people, for tests of how that goes.</summary>
public abstract class RestWriting : RestWorld
{
    private protected static readonly RowField[] Fields = [new("id", FieldType.Integer), new("name", FieldType.String)];

    private readonly HurriedClock _clock = new();

    private protected IReadOnlyList<int> Held() => [.. Server.Sinks["people"].Items.Select(item => JsonSerializer.Deserialize<JsonElement>(item).GetProperty("id").GetInt32())];

    private protected static WriteRequest Request(WriteMode mode) => new("people", mode, Fields, ["id"], CreateStream: false);

    private protected static RowBatch Rows(int count, Func<int, string>? name = null)
    {
        var rows = new RowBatch(Fields);
        for (var row = 0; row < count; row++)
        {
            var values = rows.NextRow();
            values[0] = FieldValue.Of((long)row + 1);
            values[1] = FieldValue.Of(name?.Invoke(row) ?? $"name {row + 1}");
            rows.Commit($"{row + 1}", row);
        }

        return rows;
    }

    private protected async Task<WriteResult> WriteAsync(object stream, WriteMode mode, RowBatch rows)
    {
        await using var console = await TestConsole.StartAsync(_clock);
        await using var writer = await Connector(console).OpenAsync(Connect(stream, timeoutSeconds: 200), Request(mode), CancellationToken.None);
        return await writer.WriteAsync(rows, 0, rows.Count, "token", CancellationToken.None);
    }
}
