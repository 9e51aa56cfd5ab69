using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Tests.Connectors.Postgres;

/// <summary>Rows written down as plain values.</summary>
internal static class RowsOf
{
    public static RowBatch Batch(IReadOnlyList<RowField> fields, params object?[][] rows)
    {
        var batch = new RowBatch(fields);
        for (var number = 0; number < rows.Length; number++)
        {
            var row = batch.NextRow();
            for (var index = 0; index < fields.Count; index++)
            {
                row[index] = Value(fields[index].Type, rows[number][index]);
            }

            batch.Commit($"{number}", number);
        }

        return batch;
    }

    public static Task<WriteResult> WriteAllAsync(this IDestinationWriter writer, RowBatch rows, string token = "batch") =>
        writer.WriteAsync(rows, 0, rows.Count, token, CancellationToken.None);

    /// <summary>Writes as the line does, which splits what is refused as a whole.</summary>
    public static async Task<(int Landed, IReadOnlyList<(int Row, Failure Failure)> Failures)> WriteSplittingAsync(this IDestinationWriter writer, RowBatch rows)
    {
        var failures = new List<(int, Failure)>();
        return (await WriteRangeAsync(0, rows.Count), [.. failures.OrderBy(failure => failure.Item1)]);

        async Task<int> WriteRangeAsync(int start, int count)
        {
            var result = await writer.WriteAsync(rows, start, count, $"{start}-{count}", CancellationToken.None);
            failures.AddRange(result.Failures.Select(failure => (failure.Key, failure.Value)));
            if (result.Refused is not { } refused)
            {
                return result.Written + result.Unchanged;
            }

            Assert.False(refused.IsSystemic, refused.ToString());
            if (count > 1)
            {
                return await WriteRangeAsync(start, count / 2) + await WriteRangeAsync(start + (count / 2), count - (count / 2));
            }

            failures.Add((start, refused));
            return 0;
        }
    }

    private static FieldValue Value(FieldType type, object? value) => value switch
    {
        null => FieldValue.Null,
        string json when type is FieldType.Json => FieldValue.OfJson(json),
        string text => FieldValue.Of(text),
        int number => FieldValue.Of((long)number),
        long number => FieldValue.Of(number),
        decimal number => FieldValue.Of(number),
        bool yes => FieldValue.Of(yes),
        DateOnly date => FieldValue.Of(date),
        DateTimeOffset instant => FieldValue.Of(instant),
        Guid uuid => FieldValue.Of(uuid),
        _ => throw new ArgumentException($"No field holds a {value.GetType().Name}."),
    };
}
