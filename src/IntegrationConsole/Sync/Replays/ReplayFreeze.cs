using Dapper;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Patches;
using IntegrationConsole.Tenants;
using Npgsql;
using NpgsqlTypes;

namespace IntegrationConsole.Sync.Replays;

/// <summary>
/// Writes down which letters a replay has, a chunk in a transaction, in the order in which they were set aside. What is
/// patched is patched in the same transaction. If the process stops, the next one goes on behind the last chunk; letters
/// that somebody else took meanwhile are left to them.
/// </summary>
public sealed class ReplayFreeze(TenantSeals seals, TimeProvider clock)
{
    internal const string PatchSeal = "replay-patch";

    private const int ChunkSize = 2_000;

    /// <summary>Patched letters are opened and sealed one by one.</summary>
    private const int PatchedChunkSize = 500;

    /// <summary>One chunk; the caller has the replay's row, and commits.</summary>
    /// <returns>Whether all letters are written down.</returns>
    internal async Task<bool> StepAsync(DatabaseSession session, TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        var replay = await session.OneAsync<Freezing>("""
            select selection::text as selection, include_unknown, as_of, coalesce(frozen_turn, -1) as turn, total, is_staged, patch, requested_by, is_policy,
                   exists (select from letter_request q where q.tenant_id = @tenant and q.id = @id) as is_agreed_to
            from replay where tenant_id = @tenant and id = @id
            """, new { tenant, id }, cancellationToken);
        var seal = await seals.ForAsync(tenant, cancellationToken);
        var patch = replay.Patch is null ? LetterPatch.None : LetterPatch.Parse(seal.Open(replay.Patch, PatchSeal));
        var size = patch.IsEmpty ? ChunkSize : PatchedChunkSize;
        var letters = replay.IsAgreedTo
            ? await NextOfRequestAsync(session, tenant, id, replay, size, cancellationToken) : await NextAsync(session, tenant, replay, size, cancellationToken);
        if (letters.Count > 0)
        {
            var patched = patch.IsEmpty ? 0 : await PatchAsync(session, tenant, letters, patch, seal, replay.RequestedBy, cancellationToken);
            var taken = await TakeAsync(session, tenant, id, replay, letters, cancellationToken);
            await session.RunAsync(
                "update replay set frozen_turn = @turn, total = total + @taken, patched = patched + @patched where tenant_id = @tenant and id = @id",
                new { tenant, id, turn = letters[^1].Turn, taken, patched }, cancellationToken);
        }

        if (letters.Count == size)
        {
            return false;
        }

        var followers = await TakeFollowersAsync(session, tenant, id, cancellationToken);
        await session.RunAsync("""
            update replay set total = total + @followers, frozen_at = @now,
                   sync_ids = coalesce((select array_agg(distinct sync_id order by sync_id) from replay_item where tenant_id = @tenant and replay_id = @id), '{}')
            where tenant_id = @tenant and id = @id
            """, new { tenant, id, followers, now = clock.GetUtcNow() }, cancellationToken);
        if (replay.IsAgreedTo)
        {
            await EndRequestAsync(session, tenant, id, cancellationToken);
        }

        return true;
    }

    private static Task<IReadOnlyList<Letter>> NextAsync(DatabaseSession session, TenantId tenant, Freezing replay, int size, CancellationToken cancellationToken)
    {
        var (ids, filter) = ReplaySelection.Parse(replay.Selection);
        var parameters = ids is null ? filter.Parameters(tenant) : new DynamicParameters(new { tenant, ids = ids.ToArray() });
        parameters.Add("includeUnknown", replay.IncludeUnknown);
        parameters.Add("asOf", replay.AsOf);
        parameters.Add("turn", replay.Turn);
        parameters.Add("size", size);
        var content = replay.Patch is null ? "null::bytea" : "coalesce(d.edited, d.payload)";
        return session.ListAsync<Letter>($"""
            select d.id, d.sync_id, d.turn, {content} as content from dead_letter d
            where {(ids is null ? DeadLetterFilter.Where : "d.tenant_id = @tenant and d.id = any(@ids)")}
              and d.state = 'Waiting' and (@includeUnknown or d.outcome <> 'Unknown') and d.first_failed_at <= @asOf and d.turn > @turn
            order by d.turn limit @size for update
            """, parameters, cancellationToken);
    }

    /// <summary>Of what a second person agreed to, what is still as it was when it was asked for.</summary>
    private static Task<IReadOnlyList<Letter>> NextOfRequestAsync(DatabaseSession session, TenantId tenant, Guid id, Freezing replay, int size, CancellationToken cancellationToken) =>
        session.ListAsync<Letter>($"""
            select d.id, d.sync_id, i.turn, {(replay.Patch is null ? "null::bytea" : "coalesce(d.edited, d.payload)")} as content
            from letter_request_item i join dead_letter d on d.tenant_id = i.tenant_id and d.id = i.letter_id and d.version = i.version
            where i.tenant_id = @tenant and i.request_id = @id and i.turn > @turn and d.state = 'Waiting'
            order by i.turn limit @size for update of d
            """, new { tenant, id, turn = replay.Turn, size }, cancellationToken);

    /// <summary>Its letters are the replay's by now. Where none was left to take, the replay is done.</summary>
    private async Task EndRequestAsync(DatabaseSession session, TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await session.RunAsync("delete from letter_request_item where tenant_id = @tenant and request_id = @id", new { tenant, id }, cancellationToken);
        if (await session.OneAsync<int>("select total from replay where tenant_id = @tenant and id = @id", new { tenant, id }, cancellationToken) == 0)
        {
            await ReplayItems.AdvanceAsync(session, tenant, id, default, byCount: false, clock.GetUtcNow(), cancellationToken);
        }
    }

    private async Task<int> TakeAsync(DatabaseSession session, TenantId tenant, Guid id, Freezing replay, IReadOnlyList<Letter> letters, CancellationToken cancellationToken)
    {
        // Records that make one row together come back together: they are not cut into stages.
        var grouping = replay.IsStaged ? (await session.ListAsync<Guid>("""
            select s.id from sync_definition s
            join mapping_version v on v.tenant_id = s.tenant_id and v.mapping_id = s.mapping_id and v.state = 'Published' and coalesce(v.document ->> 'group', '') <> ''
            where s.tenant_id = @tenant and s.id = any(@syncs)
            """, new { tenant, syncs = letters.Select(letter => letter.SyncId).Distinct().ToArray() }, cancellationToken)).ToHashSet() : [];
        var stages = letters.Select((letter, place) => StageRule.StageOf(replay.Total + place, replay.IsStaged && !grouping.Contains(letter.SyncId))).ToArray();
        var ids = letters.Select(letter => letter.Id).ToArray();
        return await session.RunAsync("""
            with taken as (
                update dead_letter d set state = 'Queued', version = version + 1, auto_tries = auto_tries + @tries,
                       auto_after = case when @tries = 0 then auto_after when auto_tries = 0 then @second::timestamptz else @third::timestamptz end
                from unnest(@ids, @stages) as n (id, stage)
                where d.tenant_id = @tenant and d.id = n.id and d.state = 'Waiting'
                returning d.id, d.sync_id, d.turn, n.stage)
            insert into replay_item (tenant_id, replay_id, letter_id, sync_id, state, stage, turn) select @tenant, @replay, id, sync_id, 'Queued', stage, turn from taken
            """, 
            new
            {
                tenant, replay = id, ids, stages, tries = replay.IsPolicy ? 1 : 0, second = clock.GetUtcNow() + ReplayPolicies.Pauses[1], third = clock.GetUtcNow() + ReplayPolicies.Pauses[2],
            },
            cancellationToken);
    }

    /// <summary>What waits behind a letter goes with it, in the last stage.</summary>
    private static Task<int> TakeFollowersAsync(DatabaseSession session, TenantId tenant, Guid id, CancellationToken cancellationToken) =>
        session.RunAsync("""
            with heads as (
                select d.sync_id, d.order_key, min(d.turn) as turn from replay_item i join dead_letter d on d.tenant_id = i.tenant_id and d.id = i.letter_id
                where i.tenant_id = @tenant and i.replay_id = @id and d.order_key is not null group by d.sync_id, d.order_key),
            taken as (
                update dead_letter d set state = 'Queued', version = version + 1 from heads h
                where d.tenant_id = @tenant and d.sync_id = h.sync_id and d.order_key = h.order_key and d.turn > h.turn and d.cause = 'Held' and d.state = 'Waiting'
                returning d.id, d.sync_id, d.turn)
            insert into replay_item (tenant_id, replay_id, letter_id, sync_id, state, stage, turn) select @tenant, @id, id, sync_id, 'Queued', 4, turn from taken
            """, new { tenant, id }, cancellationToken);

    /// <returns>How many letters are other than before.</returns>
    private async Task<int> PatchAsync(
        DatabaseSession session, TenantId tenant, IReadOnlyList<Letter> letters, LetterPatch patch, TenantSeal seal, string actor, CancellationToken cancellationToken)
    {
        var edits = letters
            .Select(letter => (letter.Id, Edited: patch.Apply(seal.Open(letter.Content!, LetterSeals.Payload))))
            .Where(edit => edit.Edited is not null)
            .ToList();
        if (edits.Count == 0)
        {
            return 0;
        }

        await using var update = new NpgsqlCommand("""
            update dead_letter d set edited = e.edited, edited_by = $4, edited_at = $5, mapped = null, version = version + 1
            from unnest($2, $3) as e (id, edited) where d.tenant_id = $1 and d.id = e.id
            """, session.Connection);
        void Add<T>(T value, NpgsqlDbType type) => update.Parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = type });
        Add(tenant.Value, NpgsqlDbType.Uuid);
        Add(edits.Select(edit => edit.Id).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid);
        Add(edits.Select(edit => seal.Seal(edit.Edited, LetterSeals.Payload)).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bytea);
        Add(actor, NpgsqlDbType.Text);
        Add(clock.GetUtcNow().UtcDateTime, NpgsqlDbType.TimestampTz);
        return await update.ExecuteNonQueryAsync(cancellationToken);
    }

    private sealed record Freezing(string Selection, bool IncludeUnknown, DateTimeOffset AsOf, long Turn, int Total, bool IsStaged, byte[]? Patch, string RequestedBy, bool IsPolicy, bool IsAgreedTo);

    private sealed record Letter(Guid Id, Guid SyncId, long Turn, byte[]? Content);
}
