using System.Runtime.CompilerServices;
using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Sync.Line;
using Npgsql;
using NpgsqlTypes;

namespace IntegrationConsole.Sync.Reconciliations;

/// <summary>
/// Compares with a destination whose own list can be read. Of both sides the key and a number for each field go into
/// temporary tables of the console's database; the records themselves do not. A field that the destination does not show
/// is not compared.
/// </summary>
internal sealed class ListComparison : IRowComparison
{
    private const int BatchSize = 5_000;

    private readonly RunPlan _plan;
    private readonly CompareRequest _request;
    private readonly ISource _list;
    private readonly NpgsqlConnection _connection;
    private readonly ComparedRows _rows;
    private bool _isFirst = true;

    private ListComparison(RunPlan plan, CompareRequest request, ISource list, NpgsqlConnection connection) =>
        (_plan, _request, _list, _connection, _rows) = (plan, request, list, connection, new ComparedRows(request));

    /// <exception cref="FailureException">The destination shows no list.</exception>
    public static async Task<IRowComparison> OpenAsync(RunPlan plan, CompareRequest request, ConsoleDatabase database, CancellationToken cancellationToken)
    {
        if (plan.Destination is not ISource list || !await CanReadAsync(list, plan.DestinationConnection, request.Stream, cancellationToken))
        {
            throw new FailureException(new Failure(
                FailureCause.Configuration, $"{request.Stream} of {plan.DestinationConnection.Name} cannot be read, so there is nothing to compare with: let the stream be read in the connection's settings."));
        }

        var comparison = new ListComparison(plan, request, list, await database.Source.OpenConnectionAsync(cancellationToken));
        try
        {
            await comparison.RunAsync(ListStatements.Make, cancellationToken);
            return comparison;
        }
        catch
        {
            await comparison.DisposeAsync();
            throw;
        }
    }

    public async Task<int> TakeAsync(RowBatch rows, CancellationToken cancellationToken)
    {
        await using (var copy = await _connection.BeginBinaryImportAsync(ListStatements.CopyHere, cancellationToken))
        {
            for (var row = 0; row < rows.Count; row++)
            {
                await WriteAsync(copy, _rows.KeyOf(rows[row]), rows.KeyOf(row), ComparedRows.HashesOf(rows[row]), cancellationToken);
            }

            await copy.CompleteAsync(cancellationToken);
        }

        await RunAsync(_isFirst ? ListStatements.KeepAll : ListStatements.KeepDoubted, cancellationToken);
        return rows.Count;
    }

    public async Task<LookResult> LookAsync(CancellationToken cancellationToken)
    {
        var count = await ReadListAsync(cancellationToken);
        foreach (var statement in _isFirst ? ListStatements.First : ListStatements.Again)
        {
            await RunAsync(statement, cancellationToken);
        }

        _isFirst = false;
        var found = new Dictionary<DifferenceKind, long>();
        var doubt = 0L;
        await using var counts = new NpgsqlCommand(ListStatements.CountFound, _connection) { CommandTimeout = 0 };
        await using var reader = await counts.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            if (reader.GetString(0) is { Length: > 0 } kind)
            {
                found[Enum.Parse<DifferenceKind>(kind)] = reader.GetInt64(1);
            }
            else
            {
                doubt = reader.GetInt64(1);
            }
        }

        return new LookResult(count, found, doubt);
    }

    public async IAsyncEnumerable<Difference> ListAsync(DifferenceKind kind, int most, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var listing = new NpgsqlCommand(ListStatements.Listing, _connection) { CommandTimeout = 0 };
        listing.Parameters.Add(new NpgsqlParameter { Value = kind.ToString() });
        listing.Parameters.Add(new NpgsqlParameter { Value = most });
        listing.Parameters.Add(new NpgsqlParameter { Value = _request.Fields.Select(field => field.Name).ToArray() });
        await using var reader = await listing.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return new Difference(kind, reader.GetString(0), reader.GetFieldValue<string[]>(1));
        }
    }

    public async ValueTask DisposeAsync()
    {
        // The connection goes back to its pool, and whoever has it next must not find them.
        if (_connection.FullState is System.Data.ConnectionState.Open)
        {
            await RunAsync(ListStatements.Drop, CancellationToken.None);
        }

        await _connection.DisposeAsync();
    }

    private static async Task<bool> CanReadAsync(ISource list, OpenConnection connection, string stream, CancellationToken cancellationToken) =>
        (await list.DiscoverAsync(connection, cancellationToken)).Any(known => known.Name == stream && known.CanRead);

    private async Task<long> ReadListAsync(CancellationToken cancellationToken)
    {
        var count = 0L;
        await RunAsync(ListStatements.EmptyThere, cancellationToken);
        await foreach (var batch in _list.ReadAsync(_plan.DestinationConnection, new ReadRequest(_request.Stream, ReadMode.Full, null, null, BatchSize), cancellationToken))
        {
            using (batch)
            {
                await using var copy = await _connection.BeginBinaryImportAsync(ListStatements.CopyThere, cancellationToken);
                for (var record = 0; record < batch.Count; record++)
                {
                    if (batch.ProblemOf(record) is { } problem)
                    {
                        throw new FailureException(problem);
                    }

                    using var shown = JsonDocument.Parse(batch[record]);
                    if (_rows.KeyOf(shown.RootElement) is { Length: > 0 } key)
                    {
                        await WriteAsync(copy, key, RecordKey.Bounded(key), _rows.HashesOf(shown.RootElement), cancellationToken);
                        count++;
                    }
                }

                await copy.CompleteAsync(cancellationToken);
            }
        }

        return count;
    }

    private static async Task WriteAsync(NpgsqlBinaryImporter copy, string key, string recordKey, long?[] hashes, CancellationToken cancellationToken)
    {
        await copy.StartRowAsync(cancellationToken);
        await copy.WriteAsync(RecordKey.Bounded(key), NpgsqlDbType.Text, cancellationToken);
        await copy.WriteAsync(recordKey, NpgsqlDbType.Text, cancellationToken);
        await copy.WriteAsync(hashes, NpgsqlDbType.Array | NpgsqlDbType.Bigint, cancellationToken);
    }

    private async Task RunAsync(string sql, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(sql, _connection) { CommandTimeout = 0 };
        await command.ExecuteNonQueryAsync(cancellationToken);
    }
}
