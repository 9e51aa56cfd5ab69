using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text.Json;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Outgoing;
using IntegrationConsole.Connectors.Postgres.Changes;
using IntegrationConsole.Connectors.Records;
using Microsoft.Extensions.Options;
using Npgsql;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>PostgreSQL databases of customers, as sources and as destinations.</summary>
public sealed class PostgresConnector(OutgoingGuard guard, IOptions<OutgoingOptions> limits, CallMeter meter, Backoff backoff, CallGate gate) : ISource, IDestination, IDisposable
{
    private static readonly TimeSpan CountingPatience = TimeSpan.FromSeconds(2);

    private readonly PostgresDialer _dialer = new(guard, limits.Value, gate.Clock);
    private readonly IdleSessions _idle = new(gate.Clock);

    public ConnectorDescriptor Descriptor => PostgresForm.Descriptor;

    public IReadOnlyList<SettingProblem> Validate(JsonElement settings) => PostgresForm.Validate(settings);

    public Task<CheckReport> CheckAsync(OpenConnection connection, CancellationToken cancellationToken) =>
        new PostgresCheck(connection, _dialer, gate.Clock).RunAsync(cancellationToken);

    public async Task<ProbeReport?> ProbeAsync(OpenConnection connection, bool mayAsk, CancellationToken cancellationToken) =>
        await new PostgresProbe(_dialer, new Reach(limits.Value, gate.Clock), connection.Read<PostgresSettings>()).RunAsync(cancellationToken);

    public async Task<IReadOnlyList<StreamInfo>> DiscoverAsync(OpenConnection connection, CancellationToken cancellationToken)
    {
        await using var line = LineTo(connection);
        var tables = await line.CallAsync(session => PostgresCatalog.ListAsync(session, line.Settings.Schemas, cancellationToken), cancellationToken);
        return
        [
            .. tables.Where(table => table.CanRead || table.CanWrite).Select(table => InfoOf(table, line.Settings)),
            .. (line.Settings.Queries ?? []).Select(query => new StreamInfo(
                query.Name, "query", CanRead: true, CanWrite: false, SupportsIncremental: !string.IsNullOrWhiteSpace(query.Cursor), query.KeyNames)),
        ];
    }

    public async Task<IReadOnlyList<StreamField>> DescribeAsync(OpenConnection connection, string stream, CancellationToken cancellationToken)
    {
        await using var line = LineTo(connection);
        return await line.CallAsync(
            async session =>
            {
                if (line.Settings.FindQuery(stream) is { } query)
                {
                    return StreamShape.Fields(await ColumnShapes.OfQueryAsync(session, query, cancellationToken), query.KeyNames);
                }

                var table = await PostgresCatalog.GetAsync(session, stream, line.What, cancellationToken);
                return StreamShape.Fields(table.Columns, table.Key);
            },
            cancellationToken);
    }

    public async IAsyncEnumerable<RecordBatch> ReadAsync(OpenConnection connection, ReadRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await using var line = LineTo(connection);
        if (request.Mode is ReadMode.ChangeStream)
        {
            await using var changes = new ChangeReader(connection, line, new ReplicationDialer(_dialer), request, limits.Value.MostRecordBytes, backoff, gate.Clock);
            await foreach (var batch in changes.ReadAsync((session, full) => PagesAsync(session, line.Settings, full, cancellationToken), cancellationToken))
            {
                yield return batch;
            }

            yield break;
        }

        line.LeavesItsSession = true;
        await using var pages = await line.CallAsync(session => PagesAsync(session, line.Settings, request, cancellationToken), cancellationToken);
        while (await line.CallAsync(session => pages.NextAsync(session, cancellationToken), () => pages.MayRepeat, cancellationToken) is { } batch)
        {
            yield return batch;
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public async Task<IReadOnlyList<KeyRange>> CutAsync(OpenConnection connection, string stream, int parts, CancellationToken cancellationToken)
    {
        await using var line = LineTo(connection);
        return await line.CallAsync(
            async session => await KeyCuts.OfAsync(session, await StreamShape.LoadAsync(session, line.Settings, stream, cancellationToken), parts, cancellationToken), cancellationToken);
    }

    public async Task<SlotReport> LookAsync(OpenConnection connection, string slot, CancellationToken cancellationToken)
    {
        await using var line = LineTo(connection);
        return await line.CallAsync(session => new ChangeSlot(slot, line.What).LookAsync(session, cancellationToken), cancellationToken);
    }

    public async Task ReleaseAsync(OpenConnection connection, string slot, CancellationToken cancellationToken)
    {
        await using var line = LineTo(connection);
        await line.CallAsync(
            async session =>
            {
                await new ChangeSlot(slot, line.What).ReleaseAsync(session, cancellationToken);
                return true;
            },
            cancellationToken);
    }

    public async Task<IDestinationWriter> OpenAsync(OpenConnection connection, WriteRequest request, CancellationToken cancellationToken)
    {
        var line = LineTo(connection);
        try
        {
            return await line.CallAsync(session => WriterAsync(line, session, request, cancellationToken), cancellationToken);
        }
        catch
        {
            await line.DisposeAsync();
            throw;
        }
    }

    public async Task<IJointWriter?> OpenJointAsync(OpenConnection connection, IReadOnlyList<WriteRequest> requests, CancellationToken cancellationToken)
    {
        var line = LineTo(connection);
        try
        {
            return await line.CallAsync(session => JointWriterAsync(line, session, requests, cancellationToken), cancellationToken);
        }
        catch
        {
            await line.DisposeAsync();
            throw;
        }
    }

    public async Task<IRowLedger> OpenLedgerAsync(OpenConnection connection, LedgerRequest request, CancellationToken cancellationToken)
    {
        var line = LineTo(connection);
        try
        {
            return await line.CallAsync(session => PostgresRowLedger.OpenAsync(line, session, request, cancellationToken), cancellationToken);
        }
        catch
        {
            await line.DisposeAsync();
            throw;
        }
    }

    public async Task<IRowComparison?> OpenComparisonAsync(OpenConnection connection, CompareRequest request, CancellationToken cancellationToken)
    {
        var line = LineTo(connection);
        try
        {
            return await line.CallAsync(session => PostgresComparison.OpenAsync(line, session, request, cancellationToken), () => false, cancellationToken);
        }
        catch
        {
            await line.DisposeAsync();
            throw;
        }
    }

    public void Dispose() => _idle.Dispose();

    private ReconnectingSession LineTo(OpenConnection connection) => new(connection, _dialer, _idle, backoff, meter, gate);

    private static StreamInfo InfoOf(ListedTable table, PostgresSettings settings)
    {
        var name = TableShape.StreamName(table.Schema, table.Name);
        var rows = table.EstimatedRows is { } estimate ? string.Create(CultureInfo.InvariantCulture, $", about {estimate:N0} rows") : "";
        var tellsChanges = (settings.CursorOf(name) ?? StreamShape.CursorAmong(table.Instants)) is not null;
        return new StreamInfo(name, TableShape.KindWords(table.Kind) + rows, table.CanRead, table.CanWrite, tellsChanges, table.PrimaryKey);
    }

    private async Task<PageReader> PagesAsync(PostgresSession session, PostgresSettings settings, ReadRequest request, CancellationToken cancellationToken)
    {
        var stream = await StreamShape.LoadAsync(session, settings, request.Stream, cancellationToken);
        var plan = new ReadPlan(stream, request, TimeSpan.FromSeconds(settings.Overlap ?? 0), limits.Value.MostRecordBytes);
        if (stream.KeyIsPromised && request.Checkpoint is null)
        {
            var (sql, parameters) = plan.RowWithoutKey();
            if ((await session.ListAsync(sql, parameters, row => row.GetInt32(0), cancellationToken)).Count > 0)
            {
                throw new FailureException(new Failure(
                    FailureCause.Configuration, $"A key column of {request.Stream} is null in some rows, which would be passed by: choose others in the connection's settings.", "key"));
            }
        }

        return new PageReader(plan, request, await CountAsync(session, plan, cancellationToken));
    }

    /// <summary>Counting a large table takes longer than knowing about how large it is.</summary>
    private static async Task<long?> CountAsync(PostgresSession session, ReadPlan plan, CancellationToken cancellationToken)
    {
        try
        {
            var (sql, parameters) = plan.Count();
            return (await session.ListAsync(sql, parameters, row => row.GetInt64(0), CountingPatience, cancellationToken))[0];
        }
        catch (PostgresException slow) when (slow.SqlState is PostgresErrorCodes.QueryCanceled)
        {
            return plan.IsIncremental ? null : plan.Stream.EstimatedRows;
        }
    }

    private static async Task<TableShape> TableAsync(ReconnectingSession line, PostgresSession session, WriteRequest request, CancellationToken cancellationToken)
    {
        if (request.CreateStream)
        {
            if (await PostgresCatalog.FindAsync(session, request.Stream, cancellationToken) is { } found)
            {
                return found;
            }

            await TableCreation.CreateAsync(session, request, cancellationToken);
        }

        return await PostgresCatalog.GetAsync(session, request.Stream, line.What, cancellationToken);
    }

    private static async Task<IJointWriter?> JointWriterAsync(
        ReconnectingSession line, PostgresSession session, IReadOnlyList<WriteRequest> requests, CancellationToken cancellationToken)
    {
        var streams = new List<(TableShape, WriteRequest)>();
        foreach (var request in requests)
        {
            streams.Add((await TableAsync(line, session, request, cancellationToken), request));
        }

        return await PostgresJointWriter.OpenAsync(line, session, streams, cancellationToken);
    }

    private static async Task<IDestinationWriter> WriterAsync(ReconnectingSession line, PostgresSession session, WriteRequest request, CancellationToken cancellationToken)
    {
        var table = await TableAsync(line, session, request, cancellationToken);
        if (request.Mode is WriteMode.Overwrite)
        {
            return await OverwritingWriter.OpenAsync(line, session, table, request, cancellationToken);
        }

        line.LeavesItsSession = true;
        var writer = new PostgresWriter(line, table, request);
        await writer.PrepareAsync(session, cancellationToken);
        return writer;
    }
}
