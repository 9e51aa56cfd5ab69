using System.Net.Sockets;
using System.Runtime.CompilerServices;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using Npgsql;
using NpgsqlTypes;

namespace IntegrationConsole.Connectors.Postgres.Changes;

/// <summary>
/// Reads a table once and then each of its changes, without a gap: the slot is made first, so that what changes during
/// the first read is told behind it. Such a change may be older than the row that was read; the last word stands in the
/// end, because rows are written by key. No transaction is held open at the source for that, and a first read that was
/// broken off goes on where it was.
/// </summary>
internal sealed class ChangeReader(
    OpenConnection connection, ReconnectingSession line, ReplicationDialer dialer, ReadRequest request, int mostRecordBytes, Backoff backoff, TimeProvider clock) : IAsyncDisposable
{
    /// <summary>After this time without a change a batch without records says how far we are.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>Until it is known for the first time how far we are.</summary>
    private static readonly TimeSpan FirstPatience = TimeSpan.FromSeconds(1);

    private readonly ChangeSlot _slot = new(request.Slot, line.What);
    private ChangeFeed? _feed;
    private ulong _recorded;
    private int _breaks;
    private (NpgsqlLogSequenceNumber End, DateTimeOffset At)? _look;
    private DateTimeOffset? _asOf;

    /// <param name="open">Begins a usual read of everything.</param>
    /// <param name="cancellationToken">Ends it: nothing else does.</param>
    public async IAsyncEnumerable<RecordBatch> ReadAsync(Func<PostgresSession, ReadRequest, Task<PageReader>> open, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (table, place) = await line.CallAsync(session => BeginAsync(session, cancellationToken), cancellationToken);
        if (place.ReadSince is { } since)
        {
            if (request.Checkpoint is null)
            {
                yield return new RecordBatch(16) { Checkpoint = place.Write(), Change = new ChangeMark(null, null, () => { }) { IsBeginning = true } };
            }

            var full = request with { Mode = ReadMode.Full, Checkpoint = place.Page };
            await using var pages = await line.CallAsync(session => open(session, full), cancellationToken);
            while (await line.CallAsync(session => pages.NextAsync(session, cancellationToken), () => pages.MayRepeat, cancellationToken) is { } page)
            {
                page.Checkpoint = (place with { Page = page.Checkpoint }).Write();
                page.Change = new ChangeMark(null, null, () => { });
                yield return page;
                cancellationToken.ThrowIfCancellationRequested();
            }

            place = new ChangePlace(place.Lsn);
            yield return new RecordBatch(16) { Checkpoint = place.Write(), Change = new ChangeMark(null, null, () => { }) { IsWhole = true, ReadSince = since } };
        }

        _recorded = (ulong)place.Behind;
        var records = new ChangeRecords(table, mostRecordBytes);
        while (true)
        {
            var set = await GatherAsync(table, place, cancellationToken);
            yield return await line.CallAsync(session => MakeAsync(records, session, set, cancellationToken), cancellationToken);
            place = set.Place!;
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (_feed is { } feed)
        {
            _feed = null;
            await feed.DisposeAsync();
        }
    }

    private async Task<(TableShape Table, ChangePlace Place)> BeginAsync(PostgresSession session, CancellationToken cancellationToken)
    {
        var table = await PostgresCatalog.GetAsync(session, request.Stream, line.What, cancellationToken);
        await TableIdentity.CheckAsync(session, table, request.KeyFields, cancellationToken);
        if (request.Checkpoint is not null)
        {
            var place = ChangePlace.Parse(request.Checkpoint, request.Stream);
            await _slot.CheckAsync(session, place, cancellationToken);
            return (table, place);
        }

        // Taken before the slot is made: rows met from here on were there.
        var since = clock.GetUtcNow();
        var from = await _slot.MakeAsync(session, table, cancellationToken);
        return (table, new ChangePlace(from.ToString()) { ReadSince = since });
    }

    private async Task<ChangeSet> GatherAsync(TableShape table, ChangePlace from, CancellationToken cancellationToken)
    {
        while (true)
        {
            _feed ??= await line.CallAsync(session => OpenAsync(session, table, from, cancellationToken), cancellationToken);
            try
            {
                var set = await _feed.GatherAsync(request.BatchSizeNow, _asOf is null ? FirstPatience : Patience, cancellationToken);
                _breaks = 0;
                return set;
            }
            catch (Exception problem) when (problem is NpgsqlException or FailureException or IOException or SocketException or TimeoutException)
            {
                await DisposeAsync();
                var failure = ReconnectingSession.Explain(problem, line.What);
                if (problem is PostgresException && !failure.IsRetryable)
                {
                    // Says in words what is wrong with the slot, where that is what it is.
                    await line.CallAsync(session => CheckAsync(session, from, cancellationToken), cancellationToken);
                }

                if (!await backoff.WaitAsync(failure, ++_breaks, cancellationToken))
                {
                    throw new FailureException(failure, problem);
                }
            }
        }
    }

    private async Task<bool> CheckAsync(PostgresSession session, ChangePlace from, CancellationToken cancellationToken)
    {
        await _slot.CheckAsync(session, from, cancellationToken);
        return true;
    }

    private async Task<ChangeFeed> OpenAsync(PostgresSession session, TableShape table, ChangePlace from, CancellationToken cancellationToken)
    {
        await _slot.CheckAsync(session, from, cancellationToken);
        return new ChangeFeed(
            await dialer.DialAsync(connection, line.Settings, cancellationToken), request.Slot, request.Stream, table.Key.Concat(request.KeyFields).ToHashSet(), from,
            (NpgsqlLogSequenceNumber)Interlocked.Read(ref _recorded), mostRecordBytes, clock);
    }

    private async Task<RecordBatch> MakeAsync(ChangeRecords records, PostgresSession session, ChangeSet set, CancellationToken cancellationToken)
    {
        var batch = await records.MakeAsync(session, set, cancellationToken);
        var end = await LookAsync(session, set, cancellationToken);
        var (behind, place) = (set.Place!.Behind, set.Place);
        batch.Checkpoint = place.Write();
        batch.Change = new ChangeMark(_asOf, end > behind ? (long)((ulong)end - (ulong)behind) : 0, () => Confirm(behind)) { IsWhole = set.IsWhole };
        return batch;
    }

    /// <summary>Nothing was at hand any more, and the server had sent all that it had when we looked the last time: we were level with it then.</summary>
    /// <returns>The end of the server's log, at the last look.</returns>
    private async Task<NpgsqlLogSequenceNumber> LookAsync(PostgresSession session, ChangeSet set, CancellationToken cancellationToken)
    {
        _asOf = set.CommittedAt > _asOf || _asOf is null ? set.CommittedAt ?? _asOf : _asOf;
        if (set.QuietAt >= _look?.End && set.IsWhole && (_asOf is null || _look!.Value.At > _asOf))
        {
            _asOf = _look!.Value.At;
        }

        if (_look is not { } last || clock.GetUtcNow() - last.At >= FirstPatience / 2)
        {
            var at = clock.GetUtcNow();
            _look = ((await session.ListAsync("select pg_current_wal_lsn()::text limit $1", [new() { Value = 1L }], row => NpgsqlLogSequenceNumber.Parse(row.GetString(0)), cancellationToken))[0], at);
        }

        return _look.Value.End;
    }

    /// <summary>By the line, when the batch is recorded: the feed may be another one by then.</summary>
    private void Confirm(NpgsqlLogSequenceNumber place)
    {
        Interlocked.Exchange(ref _recorded, (ulong)place);
        _feed?.Confirm(place);
    }
}
