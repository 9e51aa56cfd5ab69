using System.Text;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.DeadLetters;

public sealed record CauseCount(FailureCause Cause, int Count);

/// <summary>Letters of one integration and cause that were discarded together.</summary>
internal sealed record ClosedLetters(Guid SyncId, FailureCause Cause, int Count, string FirstKey);

/// <summary>What was discarded by one command.</summary>
/// <param name="Entry">Its number in the audit trail; null where no letter was.</param>
public readonly record struct Discarded(int Letters, long? Entry);

/// <summary>What a command changed, as the audit trail names it: one letter by its key, several by their number.</summary>
internal sealed record ChangedLetters(int Count, string? FirstKey)
{
    public string Name => Count == 1 ? FirstKey! : $"{Count} letters";
}

/// <summary>A number that is exact up to a limit, so that counting a million rows does not keep a page waiting.</summary>
public readonly record struct BoundedCount(int Value, bool IsExact)
{
    public override string ToString() => IsExact ? Value.ToString("N0", System.Globalization.CultureInfo.InvariantCulture)
        : Value.ToString("N0", System.Globalization.CultureInfo.InvariantCulture) + "+";
}

/// <summary>The records that the line set aside, and what people decide about them.</summary>
public sealed class DeadLetterStore(ConsoleDatabase database, TenantSeals seals, AuditTrail audit, TimeProvider clock)
{
    public const string Topic = "dead-letter";
    private const int CountedAtMost = 10_000;

    internal const string Columns = """
        d.tenant_id, d.id, d.sync_id, s.name as sync_name, s.slug as sync_slug, d.record_key, d.stage, d.cause, d.outcome, d.code, d.field, d.place, d.message,
        d.state, d.attempts, d.mapping_version, d.payload_size, d.edited is not null as is_edited, d.edited_by, d.edited_at, d.first_run_id,
        d.last_run_id, d.first_failed_at, d.last_failed_at, d.closed_at, d.closed_by, d.close_reason, d.version, d.group_id,
        greatest(d.back_at, (select h.released_at from failure_group h where h.tenant_id = d.tenant_id and h.id = d.group_id)) as back_at, d.body_deleted_at,
        exists (select from failure_group h where h.tenant_id = d.tenant_id and h.id = d.group_id and h.held_at is not null) as is_held,
        case when d.order_key is null or d.cause = 'Held' or d.state not in ('Waiting', 'Queued', 'Replaying') then 0 else (
            select count(*)::int from dead_letter w
            where w.tenant_id = d.tenant_id and w.sync_id = d.sync_id and w.order_key = d.order_key and w.turn > d.turn and w.cause = 'Held'
              and w.state in ('Waiting', 'Queued', 'Replaying')) end as waiting_behind
        """;

    private const string From = "from dead_letter d join sync_definition s on s.tenant_id = d.tenant_id and s.id = d.sync_id";

    /// <summary>The most recent failures first; those of one moment by their key.</summary>
    public async Task<Page<DeadLetter>> ListAsync(TenantId tenant, DeadLetterFilter filter, Keyset? after, int size, CancellationToken cancellationToken)
    {
        var parameters = filter.Parameters(tenant);
        parameters.Add("at", after?.At);
        parameters.Add("id", after?.Id);
        parameters.Add("size", size + 1);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);

        // The page is cut out first, along an index: joined before, all letters that match are fetched and sorted for it.
        var letters = await session.ListAsync<DeadLetter>($"""
            select {Columns}
            from (
                select d.* from dead_letter d
                where {DeadLetterFilter.Where}
                  and (@at::timestamptz is null or (d.last_failed_at <= @at and (d.last_failed_at < @at or (d.record_key, d.id) >
                       (coalesce((select l.record_key from dead_letter l where l.tenant_id = @tenant and l.id = @id), ''), @id))))
                order by d.last_failed_at desc, d.record_key, d.id limit @size) d
            join sync_definition s on s.tenant_id = d.tenant_id and s.id = d.sync_id
            order by d.last_failed_at desc, d.record_key, d.id
            """, parameters, cancellationToken);
        return Page<DeadLetter>.Of(letters, size, letter => new Keyset(letter.LastFailedAt, letter.Id));
    }

    /// <summary>How many match, counted as far as a page can wait for it.</summary>
    public Task<BoundedCount> CountAsync(TenantId tenant, DeadLetterFilter filter, CancellationToken cancellationToken) => CountAsync(tenant, filter, CountedAtMost, cancellationToken);

    /// <summary>How many match, however long it takes.</summary>
    public Task<BoundedCount> CountExactlyAsync(TenantId tenant, DeadLetterFilter filter, CancellationToken cancellationToken) => CountAsync(tenant, filter, int.MaxValue - 1, cancellationToken);

    /// <summary>Letters that are shown already, as they are now; those that are gone are absent.</summary>
    public async Task<IReadOnlyList<DeadLetter>> ListAgainAsync(TenantId tenant, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<DeadLetter>($"select {Columns} {From} where d.tenant_id = @tenant and d.id = any(@ids)", new { tenant, ids = ids.ToArray() }, cancellationToken);
    }

    /// <summary>How many letters are open, by cause, the most frequent first.</summary>
    public async Task<IReadOnlyList<CauseCount>> CountByCauseAsync(TenantId tenant, Guid? syncId, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<CauseCount>("""
            select cause, count(*)::int as count from dead_letter
            where tenant_id = @tenant and (@syncId::uuid is null or sync_id = @syncId) and state in ('Waiting', 'Queued', 'Replaying')
            group by cause order by count(*) desc
            """, new { tenant, syncId }, cancellationToken);
    }

    /// <summary>How many letters each sync has open; syncs without any are absent.</summary>
    public async Task<IReadOnlyDictionary<Guid, int>> CountBySyncAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var counts = await session.ListAsync<SyncCount>("""
            select sync_id, count(*)::int as count from dead_letter
            where tenant_id = @tenant and state in ('Waiting', 'Queued', 'Replaying') group by sync_id
            """, new { tenant }, cancellationToken);
        return counts.ToDictionary(count => count.SyncId, count => count.Count);
    }

    public async Task<DeadLetter?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.FindAsync<DeadLetter>($"select {Columns} {From} where d.tenant_id = @tenant and d.id = @id", new { tenant, id }, cancellationToken);
    }

    /// <summary>The open letter that this one waits for: the first of its order key; null where it waits for none.</summary>
    public async Task<DeadLetter?> FindAheadAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.FindAsync<DeadLetter>($"""
            select {Columns} {From}
            where d.tenant_id = @tenant and d.id = (
                select b.id from dead_letter l
                join dead_letter b on b.tenant_id = l.tenant_id and b.sync_id = l.sync_id and b.order_key = l.order_key and b.turn < l.turn
                where l.tenant_id = @tenant and l.id = @id and l.cause = 'Held' and l.state in ('Waiting', 'Queued', 'Replaying')
                  and b.state in ('Waiting', 'Queued', 'Replaying')
                order by b.turn limit 1)
            """, new { tenant, id }, cancellationToken);
    }

    /// <summary>Letters of the same record that are closed, in any integration, the latest first.</summary>
    public async Task<IReadOnlyList<DeadLetter>> ListClosedOfAsync(DeadLetter letter, int most, CancellationToken cancellationToken)
    {
        if (letter.RecordKey is ['#', ..])
        {
            return [];
        }

        await using var session = await database.InTenantAsync(letter.TenantId, cancellationToken);
        return await session.ListAsync<DeadLetter>($"""
            select {Columns} {From}
            where d.tenant_id = @TenantId and d.record_key = @RecordKey and d.state in ('Resolved', 'Superseded', 'Discarded', 'Expired') and d.id <> @Id
            order by d.closed_at desc limit @most
            """, new { letter.TenantId, letter.RecordKey, letter.Id, most }, cancellationToken);
    }

    /// <summary>Open letters of the same record in other integrations, the latest first.</summary>
    /// <remarks>Asked integration by integration, each of which has at most one.</remarks>
    public async Task<IReadOnlyList<DeadLetter>> ListRelatedAsync(TenantId tenant, DeadLetter letter, int most, CancellationToken cancellationToken)
    {
        if (letter.RecordKey is ['#', ..])
        {
            return [];
        }

        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<DeadLetter>($"""
            select {Columns} {From}
            where d.tenant_id = @tenant and d.id in (
                select o.id from sync_definition a
                cross join lateral (
                    select l.id from dead_letter l
                    where l.tenant_id = a.tenant_id and l.sync_id = a.id and l.record_key = @RecordKey and l.state in ('Waiting', 'Queued', 'Replaying') limit 1) o
                where a.tenant_id = @tenant and a.id <> @SyncId)
            order by d.last_failed_at desc, d.id limit @most
            """, new { tenant, letter.RecordKey, letter.SyncId, most }, cancellationToken);
    }

    /// <summary>The last letter of the same record that a replay delivered.</summary>
    public async Task<DeadLetter?> FindDeliveredAsync(DeadLetter letter, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(letter.TenantId, cancellationToken);
        return await session.FindAsync<DeadLetter>($"""
            select {Columns} {From}
            where d.tenant_id = @TenantId and d.sync_id = @SyncId and d.record_key = @RecordKey and d.state = 'Resolved' and d.id <> @Id
              and exists (select from dead_letter_attempt a where a.tenant_id = d.tenant_id and a.letter_id = d.id and a.number = d.attempts and a.outcome = 'Written')
            order by d.closed_at desc limit 1
            """, new { letter.TenantId, letter.SyncId, letter.RecordKey, letter.Id }, cancellationToken);
    }

    public async Task<IReadOnlyList<LetterAttempt>> ListAttemptsAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<LetterAttempt>("""
            select a.number, a.run_id, coalesce(r.number, 0) as run_number, a.at, a.node, a.mapping_version, a.requested_by, a.outcome, a.cause, a.message, a.request_id, coalesce(r.trace_id, '') as trace_id
            from dead_letter_attempt a left join run r on r.tenant_id = a.tenant_id and r.id = a.run_id
            where a.tenant_id = @tenant and a.letter_id = @id order by a.number desc
            """, new { tenant, id }, cancellationToken);
    }

    /// <summary>The record itself, for somebody who may see it; null where it is deleted, or the letter is gone.</summary>
    public async Task<LetterContent?> OpenAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        var seal = await seals.ForAsync(tenant, cancellationToken);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var row = await session.FindAsync<SealedContent>("select payload, edited, answer, mapped from dead_letter where tenant_id = @tenant and id = @id and body_deleted_at is null", new { tenant, id }, cancellationToken);
        return row is null ? null : new LetterContent(
            seal.Open(row.Payload, LetterSeals.Payload), row.Edited is null ? null : seal.Open(row.Edited, LetterSeals.Payload),
            row.Answer is null ? "" : Encoding.UTF8.GetString(seal.Open(row.Answer, LetterSeals.Answer)))
        { Mapped = row.Mapped is null ? null : seal.Open(row.Mapped, LetterSeals.Mapped) };
    }

    /// <summary>The records of one sync's open letters as a replay would send them, in the order of their ids, as many as fit into a few megabytes.</summary>
    /// <param name="after">The last letter of the page before.</param>
    public async Task<IReadOnlyList<OpenRecord>> ListOpenRecordsAsync(TenantId tenant, Guid syncId, Guid? after, CancellationToken cancellationToken)
    {
        const int MostLetters = 500;
        const long MostBytes = 16 * 1024 * 1024;
        var seal = await seals.ForAsync(tenant, cancellationToken);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var rows = await session.ListAsync<SealedRecord>("""
            with page as (
                select id, sum(payload_size::bigint + coalesce(length(edited), 0)) over (order by id) - payload_size - coalesce(length(edited), 0) as before
                from (select id, payload_size, edited from dead_letter
                      where tenant_id = @tenant and sync_id = @syncId and state in ('Waiting', 'Queued', 'Replaying') and (@after::uuid is null or id > @after)
                      order by id limit @most) next)
            select d.id, d.record_key, d.place, coalesce(d.edited, d.payload) as content
            from page join dead_letter d on d.tenant_id = @tenant and d.id = page.id
            where page.before < @bytes order by d.id
            """, new { tenant, syncId, after, most = MostLetters, bytes = MostBytes }, cancellationToken);
        return [.. rows.Select(row => new OpenRecord(row.Id, DeadLetter.KeyTextOf(row.RecordKey, row.Place), seal.Open(row.Content, LetterSeals.Payload)))];
    }

    /// <summary>Keeps a corrected record beside the original; null takes the correction back.</summary>
    public async Task<Saved> EditAsync(TenantId tenant, Guid id, int version, byte[]? corrected, Actor actor, CancellationToken cancellationToken)
    {
        var seal = await seals.ForAsync(tenant, cancellationToken);
        var edited = corrected is null ? null : seal.Seal(corrected, LetterSeals.Payload);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var key = await session.FindAsync<string>("""
            update dead_letter set edited = @edited, edited_by = case when @edited::bytea is null then null else @actor end,
                                   edited_at = case when @edited::bytea is null then null else @now::timestamptz end, back_at = @now, mapped = null, version = version + 1
            where tenant_id = @tenant and id = @id and version = @version and state = 'Waiting' returning record_key
            """, new { tenant, id, version, edited, actor = actor.Name, now = clock.GetUtcNow() }, cancellationToken);
        if (key is null)
        {
            return Saved.Outdated;
        }

        await audit.AppendAsync(session, tenant, actor, new AuditEvent(corrected is null ? "undo edit" : "edit", "dead letter", id.ToString(), key), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, id), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return Saved.Done;
    }

    /// <summary>Closes waiting letters for good, with a reason. Letters that are queued or being replayed are left alone.</summary>
    public Task<Discarded> DiscardAsync(TenantId tenant, IReadOnlyList<Guid> ids, string reason, Actor actor, CancellationToken cancellationToken) =>
        CloseAsync(tenant, "d.id = any(@ids)", new Dapper.DynamicParameters(new { tenant, ids = ids.ToArray() }), ids.Count == 1 ? ids[0].ToString() : "", reason, actor, cancellationToken);

    /// <summary>Closes all waiting letters that match.</summary>
    public Task<Discarded> DiscardAllAsync(TenantId tenant, DeadLetterFilter filter, string reason, Actor actor, CancellationToken cancellationToken) =>
        CloseAsync(tenant, DeadLetterFilter.Where, filter.Parameters(tenant), "", reason, actor, cancellationToken);

    /// <summary>Takes discarded and superseded letters back, unless the same record failed again meanwhile, or their own is deleted.</summary>
    /// <returns>How many.</returns>
    public async Task<int> RestoreAsync(TenantId tenant, IReadOnlyList<Guid> ids, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var restored = await LetterReturn.RestoreAsync(
            session, tenant, "{0}.id = any(@ids) and {0}.state in ('Discarded', 'Superseded')", new Dapper.DynamicParameters(new { tenant, ids = ids.ToArray(), now = clock.GetUtcNow() }), cancellationToken);
        if (restored.Count > 0)
        {
            await audit.AppendAsync(session, tenant, actor, new AuditEvent("restore", "dead letter", ids.Count == 1 ? ids[0].ToString() : "", restored.Name), cancellationToken);
            await session.NotifyAsync(new Change(Topic, tenant), cancellationToken);
            await session.CommitAsync(cancellationToken);
        }

        return restored.Count;
    }

    private async Task<BoundedCount> CountAsync(TenantId tenant, DeadLetterFilter filter, int most, CancellationToken cancellationToken)
    {
        var parameters = filter.Parameters(tenant);
        parameters.Add("most", most + 1);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var count = await session.OneAsync<int>($"select count(*) from (select 1 from dead_letter d where {DeadLetterFilter.Where} limit @most) counted", parameters, cancellationToken);
        return count > most ? new BoundedCount(most, false) : new BoundedCount(count, true);
    }

    private async Task<Discarded> CloseAsync(
        TenantId tenant, string where, Dapper.DynamicParameters parameters, string objectId, string reason, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var (closed, entry) = await CloseAsync(session, tenant, where, parameters, objectId, reason, actor, cancellationToken);
        if (closed.Count > 0)
        {
            await session.CommitAsync(cancellationToken);
        }

        Count(tenant, closed);
        return new Discarded(closed.Sum(some => some.Count), entry);
    }

    /// <summary>The same in a transaction of the caller's, who commits and counts.</summary>
    internal async Task<(IReadOnlyList<ClosedLetters> Closed, long? Entry)> CloseAsync(
        DatabaseSession session, TenantId tenant, string where, Dapper.DynamicParameters parameters, string objectId, string reason, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        parameters.Add("now", now);
        parameters.Add("actor", actor.Name);
        parameters.Add("reason", reason);
        var closed = await session.ListAsync<ClosedLetters>($"""
            with changed as (
            update dead_letter d set state = 'Discarded', closed_at = @now, closed_by = @actor, close_reason = @reason, version = version + 1
            where {where} and d.tenant_id = @tenant and d.state = 'Waiting' returning d.record_key, d.sync_id, d.cause)
            select sync_id, cause, count(*)::int as count, min(record_key) as first_key from changed group by sync_id, cause
            """, parameters, cancellationToken);
        var all = new ChangedLetters(closed.Sum(some => some.Count), closed.Count > 0 ? closed[0].FirstKey : null);
        if (all.Count == 0)
        {
            return (closed, null);
        }

        var entry = await audit.AppendAsync(session, tenant, actor, new AuditEvent("discard", LetterReturn.Kind, objectId, all.Name, reason), cancellationToken);

        // They have this moment and this person in common, and an index finds them by it.
        await Undo.RememberAsync(session, tenant, new UndoStep(entry, LetterReturn.Kind, At: now, By: actor.Name), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant), cancellationToken);
        return (closed, entry);
    }

    /// <summary>Meters what was discarded, once that is committed.</summary>
    internal static void Count(TenantId tenant, IReadOnlyList<ClosedLetters> closed)
    {
        foreach (var some in closed)
        {
            LetterMeter.Discarded(tenant, some.SyncId, some.Cause, some.Count);
        }
    }

    private sealed record SyncCount(Guid SyncId, int Count);

    private sealed record SealedRecord(Guid Id, string RecordKey, string Place, byte[] Content);

    private sealed record SealedContent(byte[] Payload, byte[]? Edited, byte[]? Answer, byte[]? Mapped);
}
