using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using Npgsql.Replication;
using Npgsql.Replication.PgOutput;
using Npgsql.Replication.PgOutput.Messages;
using NpgsqlTypes;

namespace IntegrationConsole.Connectors.Postgres.Changes;

/// <summary>
/// One connection over which a server tells of changes, from a place on. Transactions come whole and in the order of
/// their commits, so a place between two of them says everything; inside one, how many of its changes are behind.
/// </summary>
internal sealed class ChangeFeed : IAsyncDisposable
{
    /// <summary>How long changes wait for others to share their batch.</summary>
    private static readonly TimeSpan Linger = TimeSpan.FromMilliseconds(50);

    /// <summary>And at most, while others keep coming.</summary>
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(1);

    /// <summary>How long the server is given to end its side.</summary>
    private static readonly TimeSpan Farewell = TimeSpan.FromSeconds(10);

    private readonly LogicalReplicationConnection _connection;
    private readonly IAsyncEnumerator<PgOutputReplicationMessage> _messages;
    private readonly CancellationTokenSource _stop;
    private readonly string _stream;
    private readonly IReadOnlySet<string> _identity;
    private readonly int _mostRecordBytes;
    private readonly TimeProvider _clock;
    private readonly Dictionary<uint, ChangeShape> _shapes = [];
    private Task<bool>? _next;
    private NpgsqlLogSequenceNumber _behind;
    private NpgsqlLogSequenceNumber? _inside;
    private readonly ChangePlace _from;
    private DateTimeOffset? _committedAt;
    private FailureException? _met;
    private long _done;
    private bool _isCut;

    /// <param name="connection">Open; closed with this.</param>
    /// <param name="slot">What remembers how far was told.</param>
    /// <param name="stream">The table as a sync knows it.</param>
    /// <param name="identity">The columns by which a row is known here, where the server tells all of them.</param>
    /// <param name="from">Behind what.</param>
    /// <param name="recorded">Up to where what was told is recorded: no more is confirmed.</param>
    /// <param name="mostRecordBytes">What is larger is passed over.</param>
    /// <param name="clock">Tells how long nothing came.</param>
    public ChangeFeed(
        LogicalReplicationConnection connection, string slot, string stream, IReadOnlySet<string> identity, ChangePlace from, NpgsqlLogSequenceNumber recorded, int mostRecordBytes, TimeProvider clock)
    {
        (_connection, _stream, _identity, _from, _behind, _mostRecordBytes, _clock) = (connection, stream, identity, from, from.Behind, mostRecordBytes, clock);
        _stop = new CancellationTokenSource();
        connection.SetReplicationStatus(recorded);
        _messages = connection.StartReplication(
            new PgOutputReplicationSlot(slot), new PgOutputReplicationOptions(slot, PgOutputProtocolVersion.V1), _stop.Token, from.Behind).GetAsyncEnumerator(_stop.Token);
    }

    /// <summary>The server need not keep what came up to here.</summary>
    public void Confirm(NpgsqlLogSequenceNumber place) => _connection.SetReplicationStatus(place);

    /// <summary>Changes until there are enough, or until nothing more comes for a while.</summary>
    /// <param name="most">How many are enough.</param>
    /// <param name="patience">How long to wait for the first.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<ChangeSet> GatherAsync(int most, TimeSpan patience, CancellationToken cancellationToken)
    {
        if (_met is { } met)
        {
            throw met;
        }

        var set = new ChangeSet();
        _isCut = false;
        var started = _clock.GetTimestamp();
        while (set.Changes.Count < most && set.Bytes < BatchBuilder.MostBytes && _met is null && !_isCut)
        {
            var elapsed = _clock.GetElapsedTime(started);
            var pause = set.Changes.Count == 0 ? patience - elapsed : elapsed < Longest ? Linger : TimeSpan.Zero;
            if (!await ArrivesAsync(set, pause, cancellationToken))
            {
                break;
            }

            await TakeAsync(_messages.Current, set, cancellationToken);
        }

        set.IsWhole = _inside is null || _done == 0;
        set.CommittedAt = _committedAt;
        set.Place = new ChangePlace(_behind.ToString()) { Inside = set.IsWhole ? null : _inside.ToString(), Done = set.IsWhole ? 0 : Math.Max(_done, Skipped) };
        return _met is null || set.Changes.Count > 0 ? set : throw _met;
    }

    /// <summary>A server that does not answer a farewell holds nobody up: the connection goes when it does.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        var closing = CloseAsync(_next);
        if (await Task.WhenAny(closing, Task.Delay(Farewell, _clock, CancellationToken.None)) == closing)
        {
            await closing;
        }
    }

    private async Task CloseAsync(Task<bool>? pending)
    {
        if (pending is not null)
        {
            // However it ends: nobody waits for it any more.
            await pending.ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
        }

        await _connection.DisposeAsync();
        _stop.Dispose();
    }

    /// <summary>How many changes of the transaction at hand the place that it began from had behind it.</summary>
    private long Skipped => _inside is { } inside && _from.Inside == inside.ToString() ? _from.Done : 0;

    /// <returns>False when nothing came.</returns>
    private async Task<bool> ArrivesAsync(ChangeSet set, TimeSpan pause, CancellationToken cancellationToken)
    {
        _next ??= _messages.MoveNextAsync().AsTask();
        if (!_next.IsCompleted)
        {
            // Asked before the wait: what is sent meanwhile lies behind it. Everything before it was taken already.
            var sent = _connection.LastReceivedLsn;
            if (pause > TimeSpan.Zero)
            {
                await Task.WhenAny(_next, Task.Delay(pause, _clock, cancellationToken));
                cancellationToken.ThrowIfCancellationRequested();
            }

            if (!_next.IsCompleted)
            {
                if (_inside is null && sent > _behind)
                {
                    _behind = sent;
                }

                set.QuietAt = sent;
                return false;
            }
        }

        var next = _next;
        _next = null;
        return await next ? true : throw new FailureException(new Failure(FailureCause.TargetDown, "The server has ended the stream of changes."));
    }

    private async Task TakeAsync(PgOutputReplicationMessage message, ChangeSet set, CancellationToken cancellationToken)
    {
        switch (message)
        {
            case BeginMessage begin:
                (_inside, _done) = (begin.TransactionFinalLsn, 0);
                break;
            case CommitMessage commit:
                (_behind, _inside, _done, _committedAt) = (commit.TransactionEndLsn, null, 0, new DateTimeOffset(commit.TransactionCommitTimestamp, TimeSpan.Zero));
                break;
            case RelationMessage relation:
                Meet(relation, set);
                break;
            case TruncateMessage:
                _met = new FailureException(new Failure(
                    FailureCause.Conflict, $"{_stream} was emptied at its source by TRUNCATE, which names no row: nothing is deleted for that. Let the integration begin again from the start: "
                    + "it reads everything, and finds what is gone.", "truncate"));
                break;
            case InsertMessage or UpdateMessage or DeleteMessage:
                if (++_done > Skipped)
                {
                    await TakeChangeAsync(message, set, cancellationToken);
                }

                break;
        }
    }

    private void Meet(RelationMessage relation, ChangeSet set)
    {
        var tellsAll = relation.ReplicaIdentity is RelationMessage.ReplicaIdentitySetting.AllColumns;
        var shape = new ChangeShape(
            [.. relation.Columns.Select(column => column.ColumnName)], [.. relation.Columns.Select(column => column.DataTypeId)],
            [.. relation.Columns.Select(column => tellsAll ? _identity.Contains(column.ColumnName) : column.Flags.HasFlag(RelationMessage.Column.ColumnFlags.PartOfKey))]);
        if (shape.Names.Contains(ChangeMark.DeletedField))
        {
            _met = new FailureException(new Failure(
                FailureCause.SchemaChange, $"{_stream} has a column {ChangeMark.DeletedField}, which is how a change stream says that a row was deleted: rename it, or read another way.",
                "", ChangeMark.DeletedField));
        }
        else if (_shapes.TryGetValue(relation.RelationId, out var before) && shape.DifferenceFrom(before) is { } difference)
        {
            _met = new FailureException(new Failure(
                FailureCause.SchemaChange, $"{_stream} was altered while its changes were read: {difference}. Look at the mapping, then start a run: it goes on from here.", "altered"));
        }

        // The records of a batch are made together, of the same columns.
        _isCut = set.Changes.Count > 0;
        _shapes[relation.RelationId] = shape;
    }

    private async Task TakeChangeAsync(PgOutputReplicationMessage message, ChangeSet set, CancellationToken cancellationToken)
    {
        switch (message)
        {
            case InsertMessage insert:
                Add(set, ShapeOf(insert.Relation), await ReadAsync(insert.NewRow, insert.Relation, cancellationToken), null);
                break;
            case FullUpdateMessage full:
                var old = await ReadAsync(full.OldRow, full.Relation, cancellationToken);
                Add(set, ShapeOf(full.Relation), (await ReadAsync(full.NewRow, full.Relation, cancellationToken)).Over(old), old);
                break;
            case IndexUpdateMessage moved:
                var key = await ReadAsync(moved.Key, moved.Relation, cancellationToken);
                Add(set, ShapeOf(moved.Relation), await ReadAsync(moved.NewRow, moved.Relation, cancellationToken), key);
                break;
            case DefaultUpdateMessage update:
                Add(set, ShapeOf(update.Relation), await ReadAsync(update.NewRow, update.Relation, cancellationToken), null);
                break;
            case KeyDeleteMessage delete:
                AddDeleted(set, ShapeOf(delete.Relation), await ReadAsync(delete.Key, delete.Relation, cancellationToken));
                break;
            case FullDeleteMessage delete:
                AddDeleted(set, ShapeOf(delete.Relation), await ReadAsync(delete.OldRow, delete.Relation, cancellationToken));
                break;
        }
    }

    private ChangeShape ShapeOf(RelationMessage relation) => _shapes[relation.RelationId];

    private Task<ChangeRow> ReadAsync(ReplicationTuple tuple, RelationMessage relation, CancellationToken cancellationToken) =>
        ChangeRow.ReadAsync(tuple, relation.Columns.Count, _mostRecordBytes, cancellationToken);

    /// <param name="set">Takes it.</param>
    /// <param name="shape">Its columns.</param>
    /// <param name="row">As it is now.</param>
    /// <param name="before">What is known of it before; null where what identifies it did not change.</param>
    private static void Add(ChangeSet set, ChangeShape shape, ChangeRow row, ChangeRow? before)
    {
        if (before is not null && HasMoved(shape, before, row))
        {
            AddDeleted(set, shape, before);
        }

        set.Add(shape, new Change(row.IsTooLarge ? ChangeKind.TooLarge : row.IsPartial ? ChangeKind.Partial : ChangeKind.Upsert, row.Values), row.Bytes);
    }

    private static void AddDeleted(ChangeSet set, ChangeShape shape, ChangeRow row) => set.Add(shape, new Change(ChangeKind.Delete, row.Values), row.Bytes);

    private static bool HasMoved(ChangeShape shape, ChangeRow before, ChangeRow row) =>
        Enumerable.Range(0, shape.Keys.Count).Any(column => shape.Keys[column] && !row.IsUntold[column] && before.Values[column] != row.Values[column]);
}
