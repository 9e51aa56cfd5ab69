using System.Data;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>
/// Fills the table beside, and swaps it in at the end of the run. Until the swap is committed the table keeps what it
/// has, wherever we stop. After it an attempt that does not know of it yet finds it written down, and goes on in the
/// table itself.
/// </summary>
internal sealed class OverwritingWriter : IDestinationWriter
{
    private readonly ReconnectingSession _line;
    private readonly PostgresWriter _writer;
    private readonly WriteRequest _request;
    private readonly TableShape _live;
    private readonly BesideTable _beside;
    private readonly AppendLedger _ledger;
    private readonly string _tokens;

    private OverwritingWriter(ReconnectingSession line, PostgresWriter writer, WriteRequest request, TableShape live, BesideTable beside, AppendLedger ledger, string tokens)
    {
        (_line, _writer, _request, _live, _beside, _ledger, _tokens) = (line, writer, request, live, beside, ledger, tokens);
    }

    public static async Task<IDestinationWriter> OpenAsync(
        ReconnectingSession line, PostgresSession session, TableShape live, WriteRequest request, CancellationToken cancellationToken)
    {
        if (live.Kind is not ('r' or 'p'))
        {
            throw new FailureException(new Failure(
                FailureCause.Configuration, $"{live.Stream} is a {TableShape.KindWords(live.Kind)}, and only a table can be replaced: name its table, or write by key."));
        }

        var run = request.Run ?? throw new InvalidOperationException("A table is replaced on behalf of a run.");
        var into = request with { Mode = request.Keys.Count > 0 ? WriteMode.Upsert : WriteMode.Append };

        // Whether the rows fit is asked of the table that people know, in its own name.
        _ = new WriteFit(live, into).Check();
        var ledger = new AppendLedger(live.Schema);
        var beside = new BesideTable(live, run);
        await ledger.PrepareAsync(session, cancellationToken);
        var isSwapped = await ledger.HoldsAsync(session, beside.Token, cancellationToken);
        var target = isSwapped ? live : await beside.MakeAsync(session, cancellationToken);
        var writer = new PostgresWriter(line, target, into);
        await writer.PrepareAsync(session, cancellationToken);

        // A table that was made anew knows nothing of the batches of the one before it.
        return new OverwritingWriter(line, writer, request, live, beside, ledger, isSwapped ? "" : $"{await NumberOfAsync(session, beside, cancellationToken)}:");
    }

    public Task<WriteResult> WriteAsync(RowBatch rows, int start, int count, string token, CancellationToken cancellationToken) =>
        _writer.WriteAsync(rows, start, count, token.Length == 0 ? "" : _tokens + token, cancellationToken);

    public Task<WriteCompletion?> CompleteAsync(CancellationToken cancellationToken) => _line.CallAsync(session => SwapAsync(session, cancellationToken), cancellationToken);

    public ValueTask DisposeAsync() => _writer.DisposeAsync();

    private async Task<WriteCompletion?> SwapAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        await using var transaction = await session.Connection.BeginTransactionAsync(IsolationLevel.ReadCommitted, cancellationToken);
        if (!await _ledger.EnterAsync(session, _beside.Token, 0, cancellationToken))
        {
            return null;
        }

        if (!await _beside.IsOursAsync(session, cancellationToken))
        {
            throw new FailureException(new Failure(FailureCause.Conflict, "Another attempt of this run goes on with its table."));
        }

        var done = await new TableSwap(session, _live, _beside, _request).RunAsync(cancellationToken);
        if (done is { Held: not null })
        {
            // Nothing happened, and the ledger must not say that it did. What was built is dropped by the next run.
            return done;
        }

        // Nobody cancels a commit: what became of it would be known to nobody.
        await transaction.CommitAsync(CancellationToken.None);
        return done;
    }

    private static async Task<long> NumberOfAsync(PostgresSession session, BesideTable beside, CancellationToken cancellationToken) =>
        (await session.ListAsync("select $1::regclass::oid::int8", [PostgresSession.Text(beside.Sql)], row => row.GetInt64(0), cancellationToken))[0];
}
