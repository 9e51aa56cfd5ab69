using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Files.Formats;

/// <summary>Reads the records of one file in its format.</summary>
internal interface IRecordReader : IAsyncDisposable
{
    /// <summary>What all records have in common, where the format says so; known once the first was read.</summary>
    IReadOnlyList<string> FieldNames { get; }

    /// <summary>Goes to the next record.</summary>
    /// <returns>False at the end.</returns>
    ValueTask<bool> ReadAsync(CancellationToken cancellationToken);

    /// <summary>Adds the record to a batch, with its problem where it has one.</summary>
    void AddTo(BatchBuilder batch);
}
