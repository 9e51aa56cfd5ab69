using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>
/// Writes the rows of one run into one table, each call in one transaction. If the connection breaks before or during the
/// commit, the same rows are written again over a new one: an upsert or an update finds them as they are, an append finds
/// its token.
/// </summary>
internal sealed class PostgresWriter : IDestinationWriter
{
    private readonly TableWrite _table;
    private readonly WritingSession _session;
    private readonly AppendLedger? _ledger;

    public PostgresWriter(ReconnectingSession line, TableShape table, WriteRequest request)
    {
        _table = new TableWrite(table, request);
        _session = new WritingSession(line, [_table]);
        _ledger = request.Mode is WriteMode.Append ? new AppendLedger(table.Schema) : null;
    }

    /// <summary>Makes what writing needs at the destination, so that a login that may not do it is told before the first row.</summary>
    public async Task PrepareAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        if (_ledger is not null)
        {
            await _ledger.PrepareAsync(session, cancellationToken);
        }

        await _session.PrepareAsync(session, cancellationToken);
    }

    public async Task<WriteResult> WriteAsync(RowBatch rows, int start, int count, string token, CancellationToken cancellationToken)
    {
        var failures = _table.Encode(new RowRange(rows, start, count));
        if (_table.Rows == 0)
        {
            return WriteResult.Of(0, 0, failures);
        }

        try
        {
            var effect = await _session.CommitAsync(session => WriteAsync(session, token, cancellationToken), cancellationToken);
            foreach (var row in effect?.Missing ?? [])
            {
                failures[row] = _table.NothingToUpdate();
            }

            var written = effect?.Written ?? 0;
            return WriteResult.Of(written, count - failures.Count - written, failures, effect?.Changed);
        }
        catch (FailureException refused)
        {
            return WriteResult.Refuse(_session.Judge(refused, _table));
        }
    }

    public ValueTask DisposeAsync() => _session.DisposeAsync();

    /// <returns>Null where an append was there already.</returns>
    private async Task<TableEffect?> WriteAsync(PostgresSession session, string token, CancellationToken cancellationToken) =>
        _ledger is not null && !await _ledger.EnterAsync(session, token, _table.Rows, cancellationToken) ? null : await _table.RunAsync(session, cancellationToken);
}
