using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Mappings.Lookups;

/// <summary>Writes the rows of one run into a lookup table, each call in one transaction.</summary>
internal sealed class LookupWriter(LookupRows rows, OpenConnection connection, LookupTable table, IReadOnlyList<RowField> fields) : IDestinationWriter
{
    private readonly int _key = fields.Select((field, index) => (field.Name, index)).First(field => field.Name == LookupConnector.Key).index;
    private readonly int _value = fields.Select((field, index) => (field.Name, index)).First(field => field.Name == LookupConnector.Value).index;

    public async Task<WriteResult> WriteAsync(RowBatch batch, int start, int count, string token, CancellationToken cancellationToken)
    {
        var failures = new Dictionary<int, Failure>();
        var entries = new Dictionary<string, string>(count);
        for (var row = start; row < start + count; row++)
        {
            var entry = new LookupRow(TextOf(batch[row][_key]), TextOf(batch[row][_value]));
            if (entry.Problem is { } problem)
            {
                failures[row] = new Failure(FailureCause.Validation, $"The row {problem}.", "", LookupConnector.Key);
            }
            else
            {
                // Of two rows with the same key the later one stays.
                entries[entry.Key] = entry.Value;
            }
        }

        if (await rows.FillAsync(connection.Tenant, table.Id, entries, connection.Name, cancellationToken) is not { } merged)
        {
            return WriteResult.Refuse(new Failure(
                FailureCause.Configuration, $"The lookup table {table.Name} was deleted, or would have more than {LookupStore.MostRows:N0} rows."));
        }

        var written = merged.Added + merged.Changed;
        return WriteResult.Of(written, count - failures.Count - written, failures);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>A key that is a number is written as people write it.</summary>
    private static string TextOf(FieldValue value) => value.IsNull ? "" : value.ToText();
}
