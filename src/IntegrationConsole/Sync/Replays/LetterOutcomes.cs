using IntegrationConsole.DeadLetters;
using IntegrationConsole.Tenants;
using Npgsql;
using NpgsqlTypes;

namespace IntegrationConsole.Sync.Replays;

/// <summary>Writes what became of replayed letters: the letter itself, its attempt, and its place in the replay.</summary>
internal static class LetterOutcomes
{
    /// <returns>Counts those delivered, and those skipped.</returns>
    public static async Task<ReplayTally> ArrivedAsync(
        DatabaseSession session, LetterContext context, Guid replay, IReadOnlyList<(Guid Letter, bool Filtered)> letters, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (letters.Count == 0)
        {
            return default;
        }

        var (delivered, skipped) = await session.OneAsync<Arrived>("""
            with arrived as (select * from unnest(@ids, @filtered) as a (id, filtered)),
            closed as (
                update dead_letter d set state = 'Resolved', attempts = attempts + 1, closed_at = @now, closed_by = @by, mapping_version = @version, last_run_id = @run,
                       close_reason = case when a.filtered then 'Left out by the conditions of the mapping' else 'Delivered by a replay' end, version = d.version + 1
                from arrived a where d.tenant_id = @tenant and d.id = a.id and d.state in ('Queued', 'Replaying')
                returning d.id, d.attempts, a.filtered),
            tried as (
                insert into dead_letter_attempt (tenant_id, letter_id, number, run_id, at, node, mapping_version, requested_by, outcome, cause, message)
                select @tenant, id, attempts, @run, @now, @node, @version, @by, case when filtered then 'Filtered' else 'Written' end, null, '' from closed),
            marked as (
            update replay_item i set state = case when a.filtered then 'Skipped' else 'Delivered' end, finished_at = @now,
                   message = case when a.filtered then 'Left out by the conditions of the mapping' else '' end
            from arrived a where i.tenant_id = @tenant and i.replay_id = @replay and i.letter_id = a.id and i.state in ('Queued', 'Claimed')
            returning a.filtered)
            select (count(*) filter (where not filtered))::int as delivered, (count(*) filter (where filtered))::int as skipped from marked
            """,
            new
            {
                tenant = context.Tenant, replay, ids = letters.Select(letter => letter.Letter).ToArray(), filtered = letters.Select(letter => letter.Filtered).ToArray(),
                now, by = context.RequestedBy, version = context.MappingVersion, run = context.RunId, node = context.Node,
            },
            cancellationToken);
        return new ReplayTally(delivered, 0, skipped, 0, 0);
    }

    /// <returns>Counts those that failed, and why.</returns>
    public static async Task<ReplayTally> FailedAsync(
        DatabaseSession session, LetterContext context, Guid replay, IReadOnlyList<(Guid Letter, Casualty Casualty)> letters, TenantSeal seal, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (letters.Count == 0)
        {
            return default;
        }

        // A run may have brought another record of the same key meanwhile: these are not its rows.
        await using var update = new NpgsqlCommand("""
            with failed as (select * from unnest($2, $3, $4, $5, $6, $7, $8, $15, $16, $17, $18) as f (id, stage, cause, outcome, code, field, message, answer, request_id, mapped, print)),
            before as (select d.id, d.cause = f.cause and d.code = f.code and d.field = f.field as is_same from failed f join dead_letter d on d.tenant_id = $1 and d.id = f.id),
            back as (
                update dead_letter d set state = 'Waiting', attempts = attempts + 1, stage = f.stage, cause = f.cause, outcome = f.outcome, code = f.code, field = f.field,
                       message = f.message, answer = f.answer,
                       mapped = case when d.edited is null and d.payload_print <> f.print then d.mapped else coalesce(f.mapped, d.mapped) end, mapping_version = $9, last_run_id = $10, last_failed_at = $11, version = d.version + 1
                from failed f where d.tenant_id = $1 and d.id = f.id and d.state in ('Queued', 'Replaying')
                returning d.id, d.attempts, d.outcome, d.cause, d.message, f.request_id),
            tried as (
                insert into dead_letter_attempt (tenant_id, letter_id, number, run_id, at, node, mapping_version, requested_by, outcome, cause, message, request_id)
                select $1, id, attempts, $10, $11, $12, $9, $13, outcome, cause, message, request_id from back),
            marked as (
                update replay_item i set state = 'Failed', finished_at = $11, message = f.message, cause = f.cause, code = f.code, field = f.field, is_same = b.is_same
                from failed f join before b on b.id = f.id where i.tenant_id = $1 and i.replay_id = $14 and i.letter_id = f.id and i.state in ('Queued', 'Claimed')
                returning i.cause = 'Held' as is_held, i.is_same)
            select count(*)::int, (count(*) filter (where is_held))::int, (count(*) filter (where is_same and not is_held))::int from marked
            """, session.Connection);
        void Add<T>(T value, NpgsqlDbType type) => update.Parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = type });
        void Texts(Func<Casualty, string> text) => Add(letters.Select(letter => text(letter.Casualty)).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);
        Add(context.Tenant.Value, NpgsqlDbType.Uuid);
        Add(letters.Select(letter => letter.Letter).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid);
        Texts(letter => letter.Stage.ToString());
        Texts(letter => letter.Failure.Cause.ToString());
        Texts(letter => letter.Outcome.ToString());
        Texts(letter => letter.Failure.Code);
        Texts(letter => letter.Failure.Field);
        Texts(letter => letter.Failure.Sentence);
        Add((object?)context.MappingVersion ?? DBNull.Value, NpgsqlDbType.Integer);
        Add(context.RunId, NpgsqlDbType.Uuid);
        Add(now.UtcDateTime, NpgsqlDbType.TimestampTz);
        Add(context.Node, NpgsqlDbType.Text);
        Add(context.RequestedBy, NpgsqlDbType.Text);
        Add(replay, NpgsqlDbType.Uuid);
        Add(letters.Select(letter => LetterSeals.AnswerOf(letter.Casualty.Failure, seal)).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bytea);
        Texts(letter => letter.Failure.RequestId);
        void Bytes(Func<Casualty, byte[]?> bytes) => Add(letters.Select(letter => bytes(letter.Casualty)).ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Bytea);
        Bytes(letter => letter.SealedRows(seal));
        Bytes(letter => seal.Fingerprint(letter.Payload.Span));
        await using var counted = await update.ExecuteReaderAsync(cancellationToken);
        await counted.ReadAsync(cancellationToken);
        return new ReplayTally(0, counted.GetInt32(0), 0, counted.GetInt32(1), counted.GetInt32(2));
    }

    private sealed record Arrived(int Delivered, int Skipped);
}
