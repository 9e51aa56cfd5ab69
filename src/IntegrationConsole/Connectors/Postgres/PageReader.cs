using System.Text.Unicode;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using Npgsql;

namespace IntegrationConsole.Connectors.Postgres;

/// <summary>
/// Reads batch after batch of one plan. A statement gives one batch, or several where its rows are large; after a
/// failure the next call begins a new statement behind the last batch that was handed over.
/// </summary>
internal sealed class PageReader(ReadPlan plan, ReadRequest request, long? expected) : IAsyncDisposable
{
    /// <summary>What a row is taken to be large before any was seen: the first page should not be many batches.</summary>
    private const int FirstGuess = 16 * 1024;

    private readonly OrderValues _last = new(plan.Order.Count);
    private Place? _place = request.Checkpoint is null ? plan.Beginning : plan.Parse(request.Checkpoint);
    private string? _watermark = request.Cursor;
    private PostgresSession? _session;
    private NpgsqlDataReader? _rows;
    private byte[] _record = new byte[4096];
    private long _limit;
    private long _taken;
    private int _averageBytes = FirstGuess;
    private bool _gaveSome;

    /// <summary>Without a key there is no way to go on in the middle.</summary>
    public bool MayRepeat => plan.HasKey || !_gaveSome;

    /// <returns>Null when there is nothing more.</returns>
    public async Task<RecordBatch?> NextAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        while (_place is not null)
        {
            var batch = new RecordBatch();
            try
            {
                _rows ??= await OpenAsync(session, _place, cancellationToken);
                var isAtEnd = await FillAsync(batch, cancellationToken);
                if (isAtEnd is not null)
                {
                    await CloseAsync();
                }

                if (batch.Count > 0)
                {
                    Advance(batch, isAtEnd ?? false);
                    return batch;
                }

                batch.Dispose();
                _place = _place.InNulls ? new Place(false, null) : null;
            }
            catch (NpgsqlException)
            {
                batch.Dispose();
                await CloseAsync();
                throw;
            }
            catch
            {
                batch.Dispose();
                await DisposeAsync();
                throw;
            }
        }

        return null;
    }

    public async ValueTask DisposeAsync()
    {
        if (_rows is { } rows)
        {
            _rows = null;
            await _session!.AbandonAsync(rows);
        }
    }

    private async Task<NpgsqlDataReader> OpenAsync(PostgresSession session, Place place, CancellationToken cancellationToken)
    {
        // A statement of a whole table lasts as long as its reader takes: only silence ends it.
        _limit = plan.HasKey ? Math.Clamp(BatchBuilder.MostBytes / _averageBytes, 1, request.BatchSizeNow) : long.MaxValue - 1;
        _taken = 0;
        _session = session;
        var (sql, parameters) = plan.Page(place, _limit + 1);
        return await session.ReadAsync(sql, parameters, plan.HasKey ? null : TimeSpan.Zero, cancellationToken);
    }

    /// <returns>True at the end of the part, false at the end of a page, null when the statement has more.</returns>
    private async Task<bool?> FillAsync(RecordBatch batch, CancellationToken cancellationToken)
    {
        while (_taken == _limit || (batch.Count < request.BatchSizeNow && batch.Bytes < BatchBuilder.MostBytes))
        {
            if (!await _rows!.ReadAsync(cancellationToken))
            {
                return true;
            }

            if (_taken == _limit)
            {
                return plan.Stream.KeyIsPromised && _last.AreThoseOf(_rows) ? throw NotAKey() : false;
            }

            Add(batch, _rows);
            _last.Remember(_rows);
            _taken++;
        }

        return null;
    }

    private void Add(RecordBatch batch, NpgsqlDataReader row)
    {
        if (row.IsDBNull(0))
        {
            batch.Add(Bytes(row, 1), new Failure(FailureCause.TooLarge, "The row is larger than a record may be."));
            return;
        }

        var record = Bytes(row, 0);

        // A database in SQL_ASCII keeps any bytes.
        batch.Add(record, Utf8.IsValid(record) ? null : new Failure(FailureCause.Malformed, "The row holds text that is not valid UTF-8.", "utf-8"));
    }

    private ReadOnlySpan<byte> Bytes(NpgsqlDataReader row, int column)
    {
        var length = (int)row.GetBytes(column, 0, null, 0, 0);
        if (length > _record.Length)
        {
            _record = new byte[Math.Max(length, _record.Length * 2)];
        }

        row.GetBytes(column, 0, _record, 0, length);
        return _record.AsSpan(0, length);
    }

    private void Advance(RecordBatch batch, bool isEndOfPart)
    {
        var values = _last.Texts();
        if (plan.IsIncremental && values[0] is { } cursor)
        {
            _watermark = cursor;
        }

        var here = _place! with { Behind = values };
        batch.Checkpoint = plan.HasKey ? ReadPlan.Write(here) : null;
        batch.Watermark = plan.IsIncremental ? _watermark : null;
        batch.Expected = expected;
        _averageBytes = Math.Max(1, batch.Bytes / batch.Count);
        _gaveSome = true;
        _place = !isEndOfPart ? here : here.InNulls ? new Place(false, null) : null;
    }

    private async Task CloseAsync()
    {
        if (_rows is { } rows)
        {
            _rows = null;
            await rows.DisposeAsync();
        }
    }

    private FailureException NotAKey() => new(new Failure(
        FailureCause.Configuration, $"Several rows of {request.Stream} have the same key, so that some would be passed by: name all its key columns.", "key"));
}
