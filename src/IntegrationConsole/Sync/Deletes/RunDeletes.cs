using System.Globalization;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Mappings.Plan;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Deletes;

/// <summary>
/// Follows a run's batches, so that the destination's ledger knows which rows the integration brought and which are
/// gone; at the end of a complete read deletes those, or asks. A batch is entered after its rows were written and before
/// it is recorded: if we stop in between, it comes again and is entered again.
/// </summary>
internal sealed class RunDeletes(ClaimedRun run, RunPlan plan, RunJournal journal) : IAsyncDisposable
{
    /// <summary>So few may go without asking, whatever share of all they are.</summary>
    public const int Few = 10;

    private const int SampleKeys = 20;
    private const int IdBatch = 5_000;

    private readonly DeletePlan? _deletes = plan.Deletes;
    private IRowLedger? _ledger;
    private bool _hasRead;

    /// <summary>An earlier run of a change stream may have ended between being told and deleting.</summary>
    private bool _mayHaveMarks = true;
    private long _withoutKey = run.Attempt > 1 ? run.Counts.SetAside : 0;
    private long _tombstonesWithoutKey;

    public async Task TakeAsync(FeedBatch batch, BatchOutcome written, CancellationToken cancellationToken)
    {
        if (_deletes is null || !written.IsComplete || batch.Records.Count == 0)
        {
            return;
        }

        _hasRead = true;
        var failed = written.Failures.Select(failure => failure.Record).ToHashSet();
        var taken = batch.Mapped.TakenRecords.Select(record => record.Record).Where(record => !failed.Contains(record)).ToHashSet();
        var setAside = batch.Mapped.Rejected.Select(rejected => rejected.Record).Concat(failed).ToHashSet();
        var known = _deletes.Keys.Apply(batch.Records, cancellationToken);
        _withoutKey += known.Rejected.Count(rejected => setAside.Contains(rejected.Record));
        var at = journal.Clock.GetUtcNow() is var now && now > run.StartedAt ? now : run.StartedAt;
        await SeeAsync(Some(known.Rows, taken.Contains), at, areWritten: true, cancellationToken);
        await SeeAsync(Some(known.Rows, setAside.Contains), at, areWritten: false, cancellationToken);
        if (_deletes.Tombstones is { } tombstones && !run.IsBeside)
        {
            var gone = tombstones.Apply(batch.Records, cancellationToken);
            _tombstonesWithoutKey += gone.Rejected.Count(rejected => !setAside.Contains(rejected.Record));
            await MarkAsync(WithoutLater(gone.Rows, known.Rows, taken), cancellationToken);
        }
    }

    /// <summary>
    /// Of a change stream, which has no end: deletes what the transactions behind the batch took away, or asks. After the
    /// first read of everything also what it did not meet, since then or since an earlier stream was lost.
    /// </summary>
    /// <returns>What was deleted or is to be asked; null where there was nothing to do.</returns>
    public async Task<RunEnding?> FollowAsync(FeedBatch batch, BatchOutcome written, CancellationToken cancellationToken)
    {
        if (_deletes is null || run.IsBeside || !written.IsComplete || batch.Records.Change is not { IsWhole: true } mark)
        {
            return null;
        }

        var since = mark.ReadSince is { } began && await MayAsync(hasRead: run.Counts.Read > 0 || _hasRead, sweeps: true) ? began : (DateTimeOffset?)null;
        if (since is null && !_mayHaveMarks)
        {
            return null;
        }

        _mayHaveMarks = false;
        return await DecideAsync(new RunEnding(RunState.Succeeded, "The change stream goes on when that is decided."), since, cancellationToken);
    }

    /// <param name="ending">Of a run that read to its end.</param>
    /// <param name="hasRead">Whether there was any record.</param>
    /// <param name="cancellationToken">Ends it early.</param>
    public async Task<RunEnding> CompleteAsync(RunEnding ending, bool hasRead, CancellationToken cancellationToken)
    {
        if (run.Approved is { } approved)
        {
            var deleted = await (await LedgerAsync(approved.Run, cancellationToken)).DeleteAsync(approved.UnseenSince, cancellationToken);
            return ending with { Deleted = deleted, Reason = $"{Rows(deleted)} deleted, as {run.RequestedBy} approved." };
        }

        if (_deletes is null || run.IsBeside || !await MayAsync(hasRead, _deletes.Rules.Signal is DeleteSignal.Sweep))
        {
            return ending;
        }

        if (_deletes.Ids is { } ids)
        {
            await ReadIdsAsync(ids, cancellationToken);
        }

        return await DecideAsync(ending, _deletes.Rules.Signal is DeleteSignal.Sweep ? run.StartedAt : null, cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        if (_ledger is { } ledger)
        {
            await ledger.DisposeAsync();
        }
    }

    private async Task<bool> MayAsync(bool hasRead, bool sweeps)
    {
        if (_tombstonesWithoutKey > 0)
        {
            await journal.WriteAsync(run, RunLogLevel.Warning, $"{_tombstonesWithoutKey:N0} records say that they were deleted and have no key: nobody knows which rows are theirs.");
        }

        if (!sweeps)
        {
            return true;
        }

        var why = !hasRead ? "The run met no record at all: nothing is deleted for that."
            : _withoutKey > 0 ? $"{_withoutKey:N0} records were set aside of which it is not known which rows are theirs: nothing is deleted until all have a key."
            : null;
        if (why is not null)
        {
            await journal.WriteAsync(run, RunLogLevel.Warning, why);
        }

        return why is null;
    }

    private async Task<RunEnding> DecideAsync(RunEnding ending, DateTimeOffset? since, CancellationToken cancellationToken)
    {
        var rules = _deletes!.Rules;
        var ledger = await LedgerAsync(run.Id, cancellationToken);
        if (run.Undecided is { } earlier && since is null && rules.Signal is not DeleteSignal.Changes)
        {
            await ledger.AdoptAsync(earlier, cancellationToken);
        }

        var pending = await ledger.CountAsync(since, SampleKeys, cancellationToken);
        if (pending.Rows > Few && pending.Rows * 100m > pending.Owned * (decimal)rules.Share)
        {
            var share = ((decimal)pending.Rows / pending.Owned).ToString("0.#%", CultureInfo.InvariantCulture);
            return ending with
            {
                State = RunState.Held, Held = new HeldDeletes(pending, since),
                Reason = $"{Rows(pending.Rows)} of {pending.Owned:N0} are to be deleted, {share}; more than {rules.Share} % are not deleted without approval. {ending.Reason}",
            };
        }

        var deleted = pending.Rows == 0 ? 0 : await ledger.DeleteAsync(since, cancellationToken);
        return deleted == 0 ? ending : ending with { Deleted = deleted, Reason = $"{ending.Reason} {Rows(deleted)} deleted." };
    }

    /// <summary>Not records of the run: they bring nothing and are not counted.</summary>
    private async Task ReadIdsAsync(MappingPlan ids, CancellationToken cancellationToken)
    {
        var request = new ReadRequest(_deletes!.Rules.Stream, ReadMode.Full, null, null, IdBatch);
        var (listed, unread) = (0L, 0L);
        await foreach (var batch in plan.Source.ReadAsync(plan.SourceConnection, request, cancellationToken))
        {
            using (batch)
            {
                var gone = ids.Apply(batch, cancellationToken);
                (listed, unread) = (listed + gone.Rows.Count, unread + gone.Rejected.Count);
                await MarkAsync(gone.Rows, cancellationToken);
            }
        }

        await journal.WriteAsync(
            run, unread > 0 ? RunLogLevel.Warning : RunLogLevel.Info,
            $"{_deletes.Rules.Stream} lists {listed:N0} deleted records{(unread > 0 ? $"; {unread:N0} more have no key that could be read" : "")}.");
    }

    /// <summary>Without those whose record comes again behind it in the batch.</summary>
    private static RowBatch WithoutLater(RowBatch gone, RowBatch known, HashSet<int> taken)
    {
        var last = new Dictionary<string, int>();
        for (var row = 0; row < known.Count && gone.Count > 0; row++)
        {
            if (taken.Contains(known.RecordOf(row)))
            {
                last[known.KeyOf(row)] = known.RecordOf(row);
            }
        }

        var number = 0;
        return Some(gone, record => !last.TryGetValue(gone.KeyOf(number++), out var later) || later < record);
    }

    private static RowBatch Some(RowBatch rows, Func<int, bool> isWanted)
    {
        var some = new RowBatch(rows.Fields, rows.Count);
        for (var row = 0; row < rows.Count; row++)
        {
            if (isWanted(rows.RecordOf(row)))
            {
                rows[row].CopyTo(some.NextRow());
                some.Commit(rows.KeyOf(row), rows.RecordOf(row));
            }
        }

        return some;
    }

    private async Task SeeAsync(RowBatch keys, DateTimeOffset at, bool areWritten, CancellationToken cancellationToken)
    {
        if (keys.Count > 0)
        {
            await (await LedgerAsync(run.Id, cancellationToken)).SeeAsync(keys, at, areWritten, cancellationToken);
        }
    }

    private async Task MarkAsync(RowBatch keys, CancellationToken cancellationToken)
    {
        if (keys.Count > 0)
        {
            _mayHaveMarks = true;
            await (await LedgerAsync(run.Id, cancellationToken)).MarkGoneAsync(keys, cancellationToken);
        }
    }

    private async Task<IRowLedger> LedgerAsync(Guid of, CancellationToken cancellationToken) =>
        _ledger ??= await plan.Destination.OpenLedgerAsync(
            plan.DestinationConnection,
            new LedgerRequest(
                plan.Sync.DestinationStream, (_deletes ?? throw Forgotten()).Keys.Fields, run.SyncId, MarksOf(of),
                _deletes.Rules.Policy is DeletePolicy.Soft ? _deletes.Rules.Column : null),
            cancellationToken);

    /// <summary>
    /// Under which name deleted records are marked. Those of a change stream outlive its runs, for each deletion is told
    /// once; until somebody refuses to delete them.
    /// </summary>
    private Guid MarksOf(Guid of) => plan.Sync.ReadMode is ReadMode.ChangeStream ? run.Refused ?? run.SyncId : of;

    private static FailureException Forgotten() => new(new Failure(
        FailureCause.Configuration, "The integration leaves deleted records where they are by now: nothing was deleted."));

    private static string Rows(long count) => count == 1 ? "1 row" : $"{count:N0} rows";
}
