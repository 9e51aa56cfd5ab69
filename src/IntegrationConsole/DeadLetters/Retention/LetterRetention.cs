using System.Globalization;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Tenants.Keeping;

namespace IntegrationConsole.DeadLetters.Retention;

/// <summary>
/// Ends what was kept long enough, tenant by tenant and a few hundred rows in a transaction: waiting letters expire, which
/// leaves what is known of them and deletes their records; closed letters, attempts and groups without letters go. If it
/// stops, what is left is found by its age an hour later.
/// </summary>
public sealed class LetterRetention(ConsoleDatabase database, KeepingStore keeping, AuditTrail audit, TimeProvider clock, ILogger<LetterRetention> logger)
{
    internal const int Chunk = 500;

    /// <summary>Letters of order keys go from their ends, so that none is freed by it; of a longer line the rest goes the next time.</summary>
    private const int MostOfLines = 5_000;

    internal async Task<LettersRemoved> RemoveAsync(CancellationToken cancellationToken)
    {
        var all = new LettersRemoved();
        foreach (var tenant in await TenantsAsync(cancellationToken))
        {
            all.Expired += await ExpireAllAsync(tenant, cancellationToken);
            all.Letters += await StepsAsync(tenant, "letter", DeleteClosedAsync, cancellationToken);
            all.Letters += await StepsAsync(tenant, "letter", DeleteEmptyAsync, cancellationToken);
            all.Attempts += await StepsAsync(tenant, "attempt", DeleteAttemptsAsync, cancellationToken);
            all.Groups += await StepsAsync(tenant, "group", DeleteGroupsAsync, cancellationToken);
        }

        if (all.Any)
        {
            logger.LogInformation(
                "Kept long enough: {Expired} waiting letters expired, {Letters} closed letters, {Attempts} attempts and {Groups} failure groups were removed",
                all.Expired, all.Letters, all.Attempts, all.Groups);
        }

        return all;
    }

    private async Task<IReadOnlyList<TenantId>> TenantsAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.ListAsync<TenantId>("select id from tenant order by id", null, cancellationToken);
    }

    private async Task<int> ExpireAllAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var total = 0;
        Mark? mark = null;
        do
        {
            await using var session = await database.InTenantAsync(tenant, cancellationToken);
            if (await keeping.BeginStepAsync(session, tenant, cancellationToken) is not { } kept)
            {
                break;
            }

            (mark, var expired) = await ExpireAsync(session, tenant, kept, mark, cancellationToken);
            await session.CommitAsync(cancellationToken);
            foreach (var some in expired)
            {
                LetterMeter.Expired(tenant, some.SyncId, some.Cause, some.Count);
                total += some.Count;
            }
        }
        while (mark is not null);

        return total;
    }

    /// <summary>A letter's group is on legal hold, or was until a short time ago; or which group it is will be known in a moment.</summary>
    private const string IsHeld = """
        ((d.group_id is null and d.cause <> 'Held')
         or exists (select from failure_group h where h.tenant_id = d.tenant_id and h.id = d.group_id and (h.held_at is not null or h.released_at > @back)))
        """;

    /// <summary>What is true of a letter that is to expire. One that stands in a replay is not waiting, and stays.</summary>
    private const string IsDue = $"(d.state = 'Waiting' and d.last_failed_at < @before and (d.back_at is null or d.back_at < @back) and not {IsHeld})";

    /// <returns>Where to go on, null at the end; and what expired.</returns>
    private async Task<(Mark? Next, IReadOnlyList<ExpiredLetters> Expired)> ExpireAsync(
        DatabaseSession session, TenantId tenant, TenantKeeping kept, Mark? after, CancellationToken cancellationToken)
    {
        // Somebody has chosen letters that nobody has written down yet, or agreed to: that is a matter of seconds, or of a day.
        if (await session.OneAsync<bool>("""
            select exists (select from replay where tenant_id = @tenant and state not in ('Draft', 'Done', 'Cancelled') and frozen_at is null)
                or exists (select from letter_request where tenant_id = @tenant and state = 'Open')
            """, new { tenant }, cancellationToken))
        {
            return (null, []);
        }

        var now = clock.GetUtcNow();
        var (before, back) = (now - kept.Waiting, now - TenantKeeping.FirstWarning);
        var due = await session.ListAsync<Due>($"""
            select d.id, d.last_failed_at as at, d.sync_id, d.order_key from dead_letter d
            where d.tenant_id = @tenant and d.state = 'Waiting' and d.last_failed_at < @before and {IsDue} and (@at::timestamptz is null or (d.last_failed_at, d.id) > (@at, @id))
            order by d.last_failed_at, d.id limit @most
            """, new { tenant, before, back, at = after?.At, id = after?.Id, most = Chunk }, cancellationToken);
        var lines = due.Where(letter => letter.OrderKey is not null).Select(letter => (letter.SyncId, Key: letter.OrderKey!)).Distinct().ToList();
        var args = new
        {
            tenant, before, back, now, most = MostOfLines, by = Actor.System.Name,
            reason = string.Create(CultureInfo.InvariantCulture, $"Nobody decided about it for {kept.Waiting.TotalDays:N0} days; its record was deleted"),
            alone = due.Where(letter => letter.OrderKey is null).Select(letter => letter.Id).ToArray(),
            syncs = lines.Select(line => line.SyncId).ToArray(), keys = lines.Select(line => line.Key).ToArray(),
        };

        // Nobody takes a letter of these lines up while it is decided where they end.
        await session.RunAsync("""
            select from dead_letter d join unnest(@syncs, @keys) as k (sync_id, order_key) on d.sync_id = k.sync_id and d.order_key = k.order_key
            where d.tenant_id = @tenant and d.state in ('Waiting', 'Queued', 'Replaying') order by d.turn for update of d
            """, args, cancellationToken);
        var expired = await session.ListAsync<ExpiredLetters>(Expire, args, cancellationToken);
        if (expired.Count > 0)
        {
            var count = expired.Sum(some => some.Count);
            await audit.AppendAsync(
                session, tenant, Actor.System, new AuditEvent("expire", "dead letter", "", string.Create(CultureInfo.InvariantCulture, $"{count} {(count == 1 ? "letter" : "letters")}"), args.reason), cancellationToken);
            await session.NotifyAsync(new Change(DeadLetterStore.Topic, tenant), cancellationToken);
        }

        return (due.Count < Chunk ? null : new Mark(due[^1].At, due[^1].Id), expired);
    }

    /// <summary>
    /// A letter of an order key expires when all that wait behind it do: were it to go alone, they would be sent without it.
    /// What waits behind a letter of a held group stays with it.
    /// What somebody else holds at this moment is left for the next time.
    /// </summary>
    private const string Expire = $"""
        with lines as (
            select d.id, d.turn,
                bool_and({IsDue}) over (partition by d.sync_id, d.order_key order by d.turn desc)
                and not bool_or({IsHeld}) over (partition by d.sync_id, d.order_key) as is_end
            from dead_letter d join unnest(@syncs, @keys) as k (sync_id, order_key) on d.sync_id = k.sync_id and d.order_key = k.order_key
            where d.tenant_id = @tenant and d.state in ('Waiting', 'Queued', 'Replaying')),
        ends as (select id from lines where is_end order by turn desc limit @most),
        going as (
            select d.id from dead_letter d
            where d.tenant_id = @tenant and (d.id = any(@alone) or d.id = any(array(select id from ends))) and {IsDue} order by d.turn for update of d skip locked),
        gone as (
            update dead_letter d set state = 'Expired', closed_at = @now, closed_by = @by, close_reason = @reason, version = d.version + 1,
                   payload = '', payload_print = '', edited = null, answer = null, mapped = null, body_deleted_at = @now
            where d.tenant_id = @tenant and d.id = any(array(select id from going)) returning d.sync_id, d.cause)
        select sync_id, cause, count(*)::int as count from gone group by sync_id, cause
        """;

    private async Task<int> StepsAsync(TenantId tenant, string kind, Step step, CancellationToken cancellationToken)
    {
        var total = 0;
        Mark? mark = null;
        do
        {
            await using var session = await database.InTenantAsync(tenant, cancellationToken);
            if (await keeping.BeginStepAsync(session, tenant, cancellationToken) is not { } kept)
            {
                break;
            }

            (mark, var removed) = await step(session, tenant, kept, mark, cancellationToken);
            await session.CommitAsync(cancellationToken);
            LetterMeter.Removed(tenant, kind, removed);
            total += removed;
        }
        while (mark is not null);

        return total;
    }

    /// <summary>
    /// Delivered, superseded and discarded letters, unless a replay that is not over has them. Of what was discarded although
    /// it may have arrived the facts stay: the ledger of sends asks whether somebody decided.
    /// </summary>
    private async Task<(Mark? Next, int Removed)> DeleteClosedAsync(DatabaseSession session, TenantId tenant, TenantKeeping kept, Mark? after, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var due = await session.ListAsync<Closed>($"""
            select d.id, d.closed_at as at, d.state = 'Discarded' and d.outcome = 'Unknown' as stays from dead_letter d
            where d.tenant_id = @tenant and d.closed_at is not null and d.body_deleted_at is null and d.closed_at < @before
              and (@at::timestamptz is null or (d.closed_at, d.id) > (@at, @id))
              and not {IsHeld}
              and not exists (
                  select from replay_item i join replay p on p.tenant_id = i.tenant_id and p.id = i.replay_id
                  where i.tenant_id = d.tenant_id and i.letter_id = d.id and p.state not in ('Done', 'Cancelled'))
            order by d.closed_at, d.id limit @most for update of d skip locked
            """, new { tenant, before = now - kept.Closed, back = now - TenantKeeping.FirstWarning, at = after?.At, id = after?.Id, most = Chunk }, cancellationToken);
        await session.RunAsync("""
            update dead_letter set payload = '', payload_print = '', edited = null, answer = null, mapped = null, body_deleted_at = @now, version = version + 1 where tenant_id = @tenant and id = any(@ids)
            """, new { tenant, now, ids = due.Where(letter => letter.Stays).Select(letter => letter.Id).ToArray() }, cancellationToken);
        var removed = await session.RunAsync(
            "delete from dead_letter where tenant_id = @tenant and id = any(@ids)", new { tenant, ids = due.Where(letter => !letter.Stays).Select(letter => letter.Id).ToArray() }, cancellationToken);
        if (due.Count > 0)
        {
            await session.NotifyAsync(new Change(DeadLetterStore.Topic, tenant), cancellationToken);
        }

        return (due.Count < Chunk ? null : new Mark(due[^1].At, due[^1].Id), removed);
    }

    /// <summary>What was left of letters whose record is deleted.</summary>
    private async Task<(Mark? Next, int Removed)> DeleteEmptyAsync(DatabaseSession session, TenantId tenant, TenantKeeping kept, Mark? after, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var removed = await session.RunAsync($"""
            delete from dead_letter where tenant_id = @tenant and id = any(array(
                select d.id from dead_letter d
                where d.tenant_id = @tenant and d.body_deleted_at is not null and d.closed_at < @before
                  and not {IsHeld}
                limit @most for update of d skip locked))
            """, new { tenant, before = now - kept.Groups, back = now - TenantKeeping.FirstWarning, most = Chunk }, cancellationToken);
        return (removed < Chunk ? null : new Mark(default, default), removed);
    }

    /// <summary>All but the first and the last of a letter: how it began and where it stands is told as long as there is a letter.</summary>
    private async Task<(Mark? Next, int Removed)> DeleteAttemptsAsync(DatabaseSession session, TenantId tenant, TenantKeeping kept, Mark? after, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var old = await session.ListAsync<Tried>($"""
            select a.letter_id as id, a.at, a.number, a.number < d.attempts and not {IsHeld} as goes
            from dead_letter_attempt a
            join dead_letter d on d.tenant_id = a.tenant_id and d.id = a.letter_id
            where a.tenant_id = @tenant and a.number > 1 and a.at < @before and (@at::timestamptz is null or (a.at, a.letter_id, a.number) > (@at, @id, @number))
            order by a.at, a.letter_id, a.number limit @most
            """, new { tenant, before = now - kept.Attempts, back = now - TenantKeeping.FirstWarning, at = after?.At, id = after?.Id, number = after?.Number, most = Chunk }, cancellationToken);
        var going = old.Where(attempt => attempt.Goes).ToList();
        var removed = await session.RunAsync("""
            delete from dead_letter_attempt a using unnest(@ids, @numbers) as g (id, number) where a.tenant_id = @tenant and a.letter_id = g.id and a.number = g.number
            """, new { tenant, ids = going.Select(attempt => attempt.Id).ToArray(), numbers = going.Select(attempt => attempt.Number).ToArray() }, cancellationToken);
        return (old.Count < Chunk ? null : new Mark(old[^1].At, old[^1].Id, old[^1].Number), removed);
    }

    /// <summary>
    /// Groups that are over, without letters, together with what was merged into them. One that a rule takes apart stays.
    /// Their rows are taken first, and only then it is looked whether a letter has come: whoever sorts one needs the row.
    /// </summary>
    private async Task<(Mark? Next, int Removed)> DeleteGroupsAsync(DatabaseSession session, TenantId tenant, TenantKeeping kept, Mark? after, CancellationToken cancellationToken)
    {
        const string Family = """
            select from failure_group c where c.tenant_id = @tenant and (c.id = g.id or c.merged_into = g.id)
              and (c.last_seen >= @before or c.held_at is not null or c.released_at > @back
                   or exists (select from dead_letter d where d.tenant_id = @tenant and d.group_id = c.id) or exists (select from group_rule r where r.tenant_id = @tenant and r.group_id = c.id))
            """;
        var now = clock.GetUtcNow();
        var args = new { tenant, before = now - kept.Groups, back = now - TenantKeeping.FirstWarning, at = after?.At, id = after?.Id, most = Chunk };
        var old = await session.ListAsync<Old>($"""
            select g.id, g.last_seen as at from failure_group g
            where g.tenant_id = @tenant and g.merged_into is null and g.state = 'Resolved' and g.last_seen < @before and g.state_since < @before
              and (@at::timestamptz is null or (g.last_seen, g.id) > (@at, @id)) and not exists ({Family})
            order by g.last_seen, g.id limit @most for update of g skip locked
            """, args, cancellationToken);
        var removed = 0;
        if (old.Count > 0)
        {
            var over = await session.ListAsync<Guid>(
                $"select g.id from failure_group g where g.tenant_id = @tenant and g.id = any(@ids) and not exists ({Family})",
                new { tenant, args.before, args.back, ids = old.Select(group => group.Id).ToArray() }, cancellationToken);
            removed = await session.RunAsync(
                "delete from failure_group where tenant_id = @tenant and (id = any(@ids) or merged_into = any(@ids))", new { tenant, ids = over.ToArray() }, cancellationToken);
            await session.NotifyAsync(new Change(Groups.FailureGroupStore.Topic, tenant), cancellationToken);
        }

        return (old.Count < Chunk ? null : new Mark(old[^1].At, old[^1].Id), removed);
    }

    private delegate Task<(Mark? Next, int Removed)> Step(DatabaseSession session, TenantId tenant, TenantKeeping kept, Mark? after, CancellationToken cancellationToken);

    /// <summary>Behind which row the next step begins: what has to stay is looked at once a round.</summary>
    private sealed record Mark(DateTimeOffset At, Guid Id, int Number = 0);

    private sealed record Due(Guid Id, DateTimeOffset At, Guid SyncId, string? OrderKey);

    private sealed record ExpiredLetters(Guid SyncId, FailureCause Cause, int Count);

    private sealed record Closed(Guid Id, DateTimeOffset At, bool Stays);

    private sealed record Tried(Guid Id, DateTimeOffset At, int Number, bool Goes);

    private sealed record Old(Guid Id, DateTimeOffset At);
}

/// <summary>What a round removed.</summary>
internal record struct LettersRemoved
{
    public int Expired { get; set; }

    public int Letters { get; set; }

    public int Attempts { get; set; }

    public int Groups { get; set; }

    public readonly bool Any => Expired + Letters + Attempts + Groups > 0;
}
