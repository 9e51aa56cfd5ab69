using IntegrationConsole.Connectors.Budgets;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Sync.Replays;

/// <summary>Letters that the line may take up now.</summary>
/// <param name="Until">When it is to ask again; null where these are all, for now or for good.</param>
/// <param name="MayGoAhead">The next ones may be taken up while these are written: no pace keeps them back.</param>
/// <param name="RunsAhead">They may be written before these are recorded, too: no stage waits for these.</param>
internal sealed record ReplayClaim(IReadOnlyList<ClaimedLetter> Letters, DateTimeOffset? Until, bool MayGoAhead, bool RunsAhead);

/// <summary>
/// How a run's replay stood when its last batch was recorded: whether it went on, because what was taken up ahead is not
/// sent behind a stop, and how many letters may go together.
/// </summary>
internal sealed class ReplayGate
{
    private const int MostTogether = 8 * ReplayClaims.ChunkSize;
    private const int LargeBatch = 2 * 1024 * 1024;

    private static readonly TimeSpan AtOnce = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Slow = TimeSpan.FromSeconds(1);

    private volatile int _most = ReplayClaims.ChunkSize;
    private volatile bool _isOpen = true;

    public bool IsOpen => _isOpen;

    /// <summary>More while all of them arrive and the destination answers at once, so that calls are not what takes the time; few again when one fails.</summary>
    public int Most => _most;

    /// <summary>A batch was written.</summary>
    public void Written(FeedBatch batch, TimeSpan time)
    {
        // A destination that knows a batch by its letters has to get the same ones together after a stop.
        if (time > Slow)
        {
            _most = ReplayClaims.ChunkSize;
        }
        else if (time < AtOnce && batch.RunsAhead && !batch.Plan.IsKeyless && batch.Letters.Count >= _most / 2 && batch.Records.Bytes < LargeBatch)
        {
            _most = Math.Min(_most * 2, MostTogether);
        }
    }

    /// <summary>A batch was recorded.</summary>
    public void Recorded(bool goesOn, bool isWhole)
    {
        _isOpen = goesOn;
        _most = isWhole ? _most : ReplayClaims.ChunkSize;
    }
}

/// <summary>
/// The line's side of a replay: it takes letters up as stage and pace let them go, and says what became of them. What an
/// attempt claimed and did not record is claimed again by the next one, and known by its keys where it arrived.
/// </summary>
/// <remarks>
/// Letters are taken up in their order, so one row for each integration of a replay says how far: those in the queue up to
/// there are on the line. It is written in a transaction of its own before anything is sent; who gives letters back leaves
/// those out.
/// </remarks>
public sealed class ReplayClaims(ConsoleDatabase database, TenantSeals seals, TimeProvider clock)
{
    internal const int ChunkSize = 200;

    /// <summary>How soon a change of pace, a pause or a cancellation is noticed by who waits for the pace.</summary>
    private static readonly TimeSpan LooksAgain = TimeSpan.FromMilliseconds(500);

    /// <summary>What an attempt that died had claimed is free again. Only the run's present holder may call this.</summary>
    internal async Task<(ReplayMapping Mapping, int? Version, int Items)> BeginAsync(ClaimedRun run, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(run.Tenant, cancellationToken);
        await ReplayItems.FreeAsync(session, run.Tenant, id, run.SyncId, cancellationToken);
        await session.RunAsync(
            "insert into replay_taken (tenant_id, replay_id, sync_id, taken_by) values (@tenant, @id, @sync, @by)", new { tenant = run.Tenant, id, sync = run.SyncId, by = NameOf(run) }, cancellationToken);
        var asked = await session.OneAsync<Asked>(
            "select use_original_mapping, mapping_version from replay where tenant_id = @tenant and id = @id", new { tenant = run.Tenant, id }, cancellationToken);
        var items = await session.OneAsync<int>(
            "select count(*)::int from replay_item where tenant_id = @tenant and replay_id = @id and sync_id = @sync", new { tenant = run.Tenant, id, sync = run.SyncId }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return (asked.UseOriginalMapping ? ReplayMapping.Original : asked.MappingVersion is null ? ReplayMapping.Published : ReplayMapping.Chosen, asked.MappingVersion, items);
    }

    /// <summary>Takes up the next letters in the order in which they were set aside.</summary>
    /// <param name="run">For which run.</param>
    /// <param name="id">The replay.</param>
    /// <param name="destination">The connection to which they go, whose calls are counted.</param>
    /// <param name="most">How many at most.</param>
    /// <param name="together">Whether they have to come in one portion, whatever the pace.</param>
    /// <param name="cancellationToken">Gives up.</param>
    internal async Task<ReplayClaim> ClaimAsync(ClaimedRun run, Guid id, Guid destination, int most, bool together, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.PreparedAsync(run.Tenant, cancellationToken);

        // The replay's row before all others: whoever pauses, stops or cancels it does the same.
        var replay = await session.OneAsync<Standing>(
            "select state, stage, pace, budget_share, free_at, use_original_mapping, origin, maps_rest from replay where tenant_id = @tenant and id = @id for update", new { tenant = run.Tenant, id }, cancellationToken);
        if (replay.State is not ReplayState.Running || replay.FreeAt > now)
        {
            return new ReplayClaim([], replay.State is ReplayState.Running ? replay.FreeAt : null, MayGoAhead: false, RunsAhead: false);
        }

        var budget = replay.BudgetShare < 100 ? await BudgetStore.FindAsync(session, run.Tenant, destination, cancellationToken) : null;
        var rate = ReplayPace.Of(replay.Pace, replay.BudgetShare, budget, now);

        // By their keys, as a list: joined, the planner may look through all letters of a large replay.
        var letters = await session.ListAsync<ClaimedLetter>($"""
            with before as (select stage, turn from replay_taken where tenant_id = @tenant and replay_id = @id and sync_id = @sync and taken_by = @by),
            next as (
                select letter_id, stage, turn from replay_item
                where tenant_id = @tenant and replay_id = @id and sync_id = @sync and state = 'Queued' and stage <= @stage
                  and (stage, turn) > ((select stage from before), (select turn from before))
                order by stage, turn limit @size),
            taken as (
                update replay_taken t set stage = l.stage, turn = l.turn from (select stage, turn from next order by stage desc, turn desc limit 1) l
                where t.tenant_id = @tenant and t.replay_id = @id and t.sync_id = @sync and t.taken_by = @by)
            select d.id as letter_id, coalesce(d.edited, d.payload) as sealed,
                case when @original then coalesce((select a.mapping_version from dead_letter_attempt a where a.tenant_id = d.tenant_id and a.letter_id = d.id and a.number = 1), d.mapping_version)
                end as mapping_version, d.record_key, d.first_run_id, d.outcome, d.turn, d.order_key, m.as_mapped, case when m.as_mapped then d.mapped end as mapped
            from dead_letter d cross join lateral (select {ReplayOrigins.IsAsMapped}) m (as_mapped) where d.tenant_id = @tenant and d.id = any(array(select letter_id from next))
            """,
            new
            {
                tenant = run.Tenant, id, sync = run.SyncId, stage = replay.Stage, size = together ? most : ReplayPace.Portion(rate, most), by = NameOf(run),
                original = replay.UseOriginalMapping, origin = replay.Origin.ToString(), mapsRest = replay.MapsRest, destinationCauses = ReplayOrigins.OfTheDestination,
            },
            cancellationToken);
        if (ReplayPace.FreeAt(replay.FreeAt, letters.Count, rate, now) is { } free)
        {
            await session.RunAsync("update replay set free_at = @free where tenant_id = @tenant and id = @id", new { tenant = run.Tenant, id, free }, cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
        var seal = await seals.ForAsync(run.Tenant, cancellationToken);
        var opened = letters.OrderBy(letter => letter.Turn).Select(letter => letter with
        {
            Sealed = seal.Open(letter.Sealed, LetterSeals.Payload), Mapped = letter.Mapped is null ? null : seal.Open(letter.Mapped, LetterSeals.Mapped),
        });
        return new ReplayClaim([.. opened], null, MayGoAhead: rate == 0, RunsAhead: rate == 0 && replay.Stage == StageRule.Last);
    }

    /// <summary>Whether the replay goes on, for whoever sends more before the last were recorded.</summary>
    internal async Task<bool> IsGoingAsync(ClaimedRun run, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.PreparedAsync(run.Tenant, cancellationToken);
        return await session.OneAsync<bool>("select state = 'Running' from replay where tenant_id = @tenant and id = @id", new { tenant = run.Tenant, id }, cancellationToken);
    }

    internal Task WaitAsync(DateTimeOffset until, CancellationToken cancellationToken)
    {
        var wait = until - clock.GetUtcNow();
        return wait <= TimeSpan.Zero ? Task.CompletedTask : Task.Delay(wait < LooksAgain ? wait : LooksAgain, clock, cancellationToken);
    }

    /// <summary>Saves what became of the letters of a batch, in the transaction that records the batch.</summary>
    internal async Task RecordAsync(
        DatabaseSession session, ClaimedRun run, FeedBatch batch, IReadOnlyList<RecordCasualty> casualties, LetterContext context, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var replay = run.ReplayId!.Value;
        var failed = casualties.ToDictionary(casualty => casualty.Record);
        var written = batch.Mapped.TakenRecords.Select(record => record.Record).ToHashSet();
        var records = Enumerable.Range(0, batch.Letters.Count).ToList();
        var arrived = records.Where(record => !failed.ContainsKey(record)).Select(record => (Letter: batch.Letters[record], Filtered: !written.Contains(record))).ToList();
        var good = await LetterOutcomes.ArrivedAsync(session, context, replay, arrived, now, cancellationToken);
        var seal = await seals.ForAsync(run.Tenant, cancellationToken);
        var bad = await LetterOutcomes.FailedAsync(session, context, replay, [.. casualties.Select(casualty => (batch.Letters[casualty.Record], casualty.Letter))], seal, now, cancellationToken);
        var goesOn = await ReplayItems.AdvanceAsync(session, run.Tenant, replay, bad with { Delivered = good.Delivered, Skipped = good.Skipped }, byCount: true, now, cancellationToken);
        batch.Gate?.Recorded(goesOn, isWhole: casualties.Count == 0);
    }

    private static string NameOf(ClaimedRun run) => $"{run.Id}/{run.Attempt}";

    private sealed record Asked(bool UseOriginalMapping, int? MappingVersion);

    private sealed record Standing(ReplayState State, int Stage, double Pace, int BudgetShare, DateTimeOffset? FreeAt, bool UseOriginalMapping, ReplayOrigin Origin, bool MapsRest);
}
