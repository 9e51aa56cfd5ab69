using IntegrationConsole.Access;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Sync.Replays;

/// <summary>Which letters to replay: those named, or all that match.</summary>
/// <param name="Ids">Null takes the filter.</param>
/// <param name="IncludeUnknown">Also letters that were sent and whose answer was lost: they may arrive twice.</param>
public sealed record ReplaySelection(IReadOnlyList<Guid>? Ids, DeadLetterFilter Filter, bool IncludeUnknown, string Words);

/// <summary>
/// Replays as rows. Asking queues the letters; the line takes them up as it takes up any records. Each step names the
/// state it expects, so two operators who press Replay send a letter once, and a node that dies in any step leaves
/// letters that the next attempt takes up again.
/// </summary>
public sealed class ReplayStore(ConsoleDatabase database, RunQueue queue, TenantSeals seals, AuditTrail audit, TimeProvider clock)
{
    public const string Topic = "replay";
    internal const int ChunkSize = 200;

    private const string Columns = """
        p.tenant_id, p.id, p.scope, p.reason, p.requested_by, p.requested_at, p.use_original_mapping, p.state, p.total, p.finished_at, p.cancelled_by,
        i.delivered, i.failed, i.skipped
        """;

    private const string From = """
        from replay p join lateral (
            select (count(*) filter (where state = 'Delivered'))::int as delivered, (count(*) filter (where state = 'Failed'))::int as failed,
                   (count(*) filter (where state = 'Skipped'))::int as skipped
            from replay_item where tenant_id = p.tenant_id and replay_id = p.id) i on true
        """;

    /// <summary>Queues waiting letters. Letters that somebody else has queued meanwhile are left to them.</summary>
    /// <returns>The replay and how many letters it has; null when none was waiting.</returns>
    public async Task<(Guid Id, int Total)?> StartAsync(
        TenantId tenant, ReplaySelection selection, string reason, bool useOriginalMapping, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        await session.RunAsync("""
            insert into replay (tenant_id, id, scope, reason, requested_by, requested_at, use_original_mapping, state, total)
            values (@tenant, @id, @scope, @reason, @actor, @now, @useOriginalMapping, 'Running', 0)
            """, new { tenant, id, scope = selection.Words, reason, actor = actor.Name, now, useOriginalMapping }, cancellationToken);
        var total = await TakeLettersAsync(session, tenant, id, selection, cancellationToken);
        total += await TakeFollowersAsync(session, tenant, id, cancellationToken);
        if (total == 0)
        {
            return null;
        }

        await session.RunAsync("update replay set total = @total where tenant_id = @tenant and id = @id", new { tenant, id, total }, cancellationToken);
        var syncs = await session.ListAsync<Guid>("select distinct sync_id from replay_item where tenant_id = @tenant and replay_id = @id order by sync_id", new { tenant, id }, cancellationToken);
        foreach (var sync in syncs)
        {
            await queue.EnqueueBesideAsync(session, tenant, sync, new BesideWork(RunTrigger.Replay) { ReplayId = id }, actor.Name, cancellationToken);
        }

        await queue.CallAsync(session, tenant, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("replay", "dead letter", id.ToString(), selection.Words, $"{total} {(total == 1 ? "letter" : "letters")}{(reason.Length > 0 ? $": {reason}" : "")}"), cancellationToken);
        await NotifyAsync(session, tenant, id, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return (id, total);
    }

    public async Task<Page<Replay>> ListAsync(TenantId tenant, Keyset? after, int size, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var replays = await session.ListAsync<Replay>($"""
            select {Columns} {From}
            where p.tenant_id = @tenant and (@at::timestamptz is null or (p.requested_at, p.id) < (@at, @id))
            order by p.requested_at desc, p.id desc limit @size
            """, new { tenant, at = after?.At, id = after?.Id, size = size + 1 }, cancellationToken);
        return Page<Replay>.Of(replays, size, replay => new Keyset(replay.RequestedAt, replay.Id));
    }

    public async Task<Replay?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.FindAsync<Replay>($"select {Columns} {From} where p.tenant_id = @tenant and p.id = @id", new { tenant, id }, cancellationToken);
    }

    /// <summary>A replay's letters, those that failed first.</summary>
    public async Task<IReadOnlyList<ReplayItem>> ListItemsAsync(TenantId tenant, Guid id, ReplayItemState? state, Guid? after, int most, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<ReplayItem>("""
            select i.letter_id, i.sync_id, s.name as sync_name, d.record_key, i.state, i.message, i.finished_at
            from replay_item i
            join dead_letter d on d.tenant_id = i.tenant_id and d.id = i.letter_id
            join sync_definition s on s.tenant_id = i.tenant_id and s.id = i.sync_id
            where i.tenant_id = @tenant and i.replay_id = @id and (@state::text is null or i.state = @state) and (@after::uuid is null or i.letter_id > @after)
            order by i.letter_id limit @most
            """, new { tenant, id, state = state?.ToString(), after, most }, cancellationToken);
    }

    /// <summary>The runs in which a replay's letters go over the line, one for each sync.</summary>
    public async Task<IReadOnlyList<Run>> ListRunsAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<Run>(
            $"select {RunStore.Columns} {RunStore.From} where r.tenant_id = @tenant and r.replay_id = @id order by s.name", new { tenant, id }, cancellationToken);
    }

    /// <summary>Stops a replay after the letters on the line; the others go back to waiting.</summary>
    public async Task CancelAsync(TenantId tenant, Guid id, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var cancelled = await session.RunAsync("""
            update replay set state = 'Cancelled', cancelled_by = @actor, finished_at = @now where tenant_id = @tenant and id = @id and state = 'Running'
            """, new { tenant, id, actor = actor.Name, now }, cancellationToken);
        if (cancelled == 0)
        {
            return;
        }

        await session.RunAsync("""
            with skipped as (
                update replay_item set state = 'Skipped', message = 'Cancelled by ' || @actor, finished_at = @now
                where tenant_id = @tenant and replay_id = @id and state = 'Queued' returning letter_id)
            update dead_letter d set state = 'Waiting', version = version + 1 from skipped where d.tenant_id = @tenant and d.id = skipped.letter_id and d.state = 'Queued'
            """, new { tenant, id, actor = actor.Name, now }, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("cancel", "replay", id.ToString(), ""), cancellationToken);
        await NotifyAsync(session, tenant, id, cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    /// <summary>What an attempt that died had claimed is free again. Only the run's present holder may call this.</summary>
    internal async Task<(bool UseOriginalMapping, int Items)> BeginAsync(ClaimedRun run, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(run.Tenant, cancellationToken);
        await session.RunAsync("""
            with freed as (
                update replay_item set state = 'Queued', claimed_by = null
                where tenant_id = @tenant and replay_id = @id and sync_id = @sync and state = 'Claimed' returning letter_id)
            update dead_letter d set state = 'Queued' from freed where d.tenant_id = @tenant and d.id = freed.letter_id and d.state = 'Replaying'
            """, new { tenant = run.Tenant, id, sync = run.SyncId }, cancellationToken);
        var original = await session.OneAsync<bool>("select use_original_mapping from replay where tenant_id = @tenant and id = @id", new { tenant = run.Tenant, id }, cancellationToken);
        var items = await session.OneAsync<int>(
            "select count(*)::int from replay_item where tenant_id = @tenant and replay_id = @id and sync_id = @sync", new { tenant = run.Tenant, id, sync = run.SyncId }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return (original, items);
    }

    /// <summary>Takes up the next letters in the order in which they were set aside.</summary>
    internal async Task<IReadOnlyList<ClaimedLetter>> ClaimAsync(ClaimedRun run, Guid id, int most, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(run.Tenant, cancellationToken);
        var letters = await session.ListAsync<ClaimedLetter>("""
            with next as (
                select i.letter_id from replay_item i join dead_letter l on l.tenant_id = i.tenant_id and l.id = i.letter_id
                where i.tenant_id = @tenant and i.replay_id = @id and i.sync_id = @sync and i.state = 'Queued'
                  and exists (select from replay where tenant_id = @tenant and id = @id and state = 'Running')
                order by l.turn limit @size for update of i skip locked),
            claimed as (
                update replay_item i set state = 'Claimed', claimed_by = @by from next
                where i.tenant_id = @tenant and i.replay_id = @id and i.letter_id = next.letter_id returning i.letter_id)
            update dead_letter d set state = 'Replaying' from claimed
            where d.tenant_id = @tenant and d.id = claimed.letter_id
            returning d.id as letter_id, coalesce(d.edited, d.payload) as sealed, d.mapping_version, d.record_key, d.first_run_id, d.outcome, d.turn, d.order_key
            """, new { tenant = run.Tenant, id, sync = run.SyncId, size = most, by = $"{run.Id}/{run.Attempt}" }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        var seal = await seals.ForAsync(run.Tenant, cancellationToken);
        return [.. letters.OrderBy(letter => letter.Turn).Select(letter => letter with { Sealed = seal.Open(letter.Sealed, LetterSeals.Payload) })];
    }

    /// <summary>Saves what became of the letters of a batch, in the transaction that records the batch.</summary>
    internal async Task RecordAsync(
        DatabaseSession session, ClaimedRun run, FeedBatch batch, IReadOnlyList<RecordCasualty> casualties, LetterContext context, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var failed = casualties.ToDictionary(casualty => casualty.Record);
        var written = batch.Mapped.TakenRecords.Select(record => record.Record).ToHashSet();
        var records = Enumerable.Range(0, batch.Letters.Count).ToList();
        var arrived = records.Where(record => !failed.ContainsKey(record)).Select(record => (Letter: batch.Letters[record], Filtered: !written.Contains(record))).ToList();
        await LetterOutcomes.ArrivedAsync(session, context, run.ReplayId!.Value, arrived, now, cancellationToken);
        await LetterOutcomes.FailedAsync(session, context, run.ReplayId.Value, [.. casualties.Select(casualty => (batch.Letters[casualty.Record], casualty.Letter))], now, cancellationToken);
        await ReplayItems.CloseAsync(session, run.Tenant, run.ReplayId.Value, now, cancellationToken);
    }

    private static async Task<int> TakeLettersAsync(DatabaseSession session, TenantId tenant, Guid id, ReplaySelection selection, CancellationToken cancellationToken)
    {
        var parameters = selection.Filter.Parameters(tenant);
        parameters.Add("replay", id);
        parameters.Add("includeUnknown", selection.IncludeUnknown);
        parameters.Add("ids", selection.Ids?.ToArray());
        var where = selection.Ids is null ? DeadLetterFilter.Where : "d.tenant_id = @tenant and d.id = any(@ids)";
        return await session.RunAsync($"""
            with taken as (
                update dead_letter d set state = 'Queued', version = version + 1
                where {where} and d.state = 'Waiting' and (@includeUnknown or d.outcome <> 'Unknown')
                returning d.id, d.sync_id)
            insert into replay_item (tenant_id, replay_id, letter_id, sync_id, state) select @tenant, @replay, id, sync_id, 'Queued' from taken
            """, parameters, cancellationToken);
    }

    /// <summary>What waits behind a letter goes with it.</summary>
    private static Task<int> TakeFollowersAsync(DatabaseSession session, TenantId tenant, Guid id, CancellationToken cancellationToken) =>
        session.RunAsync("""
            with heads as (
                select d.sync_id, d.order_key, min(d.turn) as turn from replay_item i join dead_letter d on d.tenant_id = i.tenant_id and d.id = i.letter_id
                where i.tenant_id = @tenant and i.replay_id = @id and d.order_key is not null group by d.sync_id, d.order_key),
            taken as (
                update dead_letter d set state = 'Queued', version = version + 1 from heads h
                where d.tenant_id = @tenant and d.sync_id = h.sync_id and d.order_key = h.order_key and d.turn > h.turn and d.cause = 'Held' and d.state = 'Waiting'
                returning d.id, d.sync_id)
            insert into replay_item (tenant_id, replay_id, letter_id, sync_id, state) select @tenant, @id, id, sync_id, 'Queued' from taken
            """, new { tenant, id }, cancellationToken);

    private static async Task NotifyAsync(DatabaseSession session, TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await session.NotifyAsync(new Change(Topic, tenant, id), cancellationToken);
        await session.NotifyAsync(new Change(DeadLetterStore.Topic, tenant), cancellationToken);
    }
}
