using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Tenants;
using Npgsql;
using NpgsqlTypes;

namespace IntegrationConsole.DeadLetters;

/// <summary>A record to be set aside.</summary>
public sealed record Casualty(string Key, LetterStage Stage, LetterOutcome Outcome, Failure Failure, ReadOnlyMemory<byte> Payload)
{
    /// <summary>Later records of the same order key wait behind this one; null where order is not kept.</summary>
    public string? OrderKey { get; init; }

    /// <summary>The rows that it became and that the destination did not take; null where there are none.</summary>
    public byte[]? Mapped { get; init; }

    /// <returns>The same as it is kept; null where there are none.</returns>
    internal byte[]? SealedRows(TenantSeal seal) => Mapped is null ? null : seal.Seal(Mapped, LetterSeals.Mapped);
}

/// <summary>On which run's behalf letters are written or closed.</summary>
public sealed record LetterContext(TenantId Tenant, Guid SyncId, Guid RunId, int? MappingVersion, string Node, string RequestedBy);

/// <summary>
/// Sets records aside, and closes letters whose record arrived after all, always in the transaction that records the
/// batch. A record that fails again while its letter is open is the same letter with one more attempt.
/// </summary>
public sealed class DeadLetterParking(TenantSeals seals, LetterStorage storage, GroupLedger groups, TimeProvider clock)
{
    /// <exception cref="FailureException">The tenant's dead letters may take up no more.</exception>
    public async Task ParkAsync(DatabaseSession session, LetterContext context, IReadOnlyList<Casualty> casualties, CancellationToken cancellationToken)
    {
        // The same key twice in one batch is one letter: the later record is the one that counts.
        var letters = casualties.GroupBy(casualty => casualty.Key).Select(group => group.Last()).ToList();
        if (letters.Count == 0)
        {
            return;
        }

        var seal = await seals.ForAsync(context.Tenant, cancellationToken);
        await using var insert = new NpgsqlCommand(Insert, session.Connection);
        void Add<T>(T value, NpgsqlDbType type) => insert.Parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = type });
        void Column<T>(Func<Casualty, T> value, NpgsqlDbType type) => Add(letters.Select(value).ToArray(), NpgsqlDbType.Array | type);

        var now = clock.GetUtcNow();
        var places = await PlacesAsync(session, context, letters, now, cancellationToken);
        Add(context.Tenant.Value, NpgsqlDbType.Uuid);
        Add(context.SyncId, NpgsqlDbType.Uuid);
        Add(context.RunId, NpgsqlDbType.Uuid);
        Add((object?)context.MappingVersion ?? DBNull.Value, NpgsqlDbType.Integer);
        Add(now.UtcDateTime, NpgsqlDbType.TimestampTz);
        Column(_ => Guid.CreateVersion7(now), NpgsqlDbType.Uuid);
        Column(letter => letter.Key, NpgsqlDbType.Text);
        Column(letter => letter.Stage.ToString(), NpgsqlDbType.Text);
        Column(letter => letter.Failure.Cause.ToString(), NpgsqlDbType.Text);
        Column(letter => letter.Outcome.ToString(), NpgsqlDbType.Text);
        Column(letter => letter.Failure.Code, NpgsqlDbType.Text);
        Column(letter => letter.Failure.Field, NpgsqlDbType.Text);
        Column(letter => letter.Failure.Sentence, NpgsqlDbType.Text);
        Column(letter => seal.Seal(letter.Payload.Span, LetterSeals.Payload), NpgsqlDbType.Bytea);
        Column(letter => letter.Payload.Length, NpgsqlDbType.Integer);
        Column(letter => seal.Fingerprint(letter.Payload.Span), NpgsqlDbType.Bytea);
        Column(letter => LetterSeals.AnswerOf(letter.Failure, seal), NpgsqlDbType.Bytea);
        Add(context.Node, NpgsqlDbType.Text);
        Add(context.RequestedBy, NpgsqlDbType.Text);
        Column(letter => letter.Failure.Place, NpgsqlDbType.Text);
        Column(letter => letter.OrderKey, NpgsqlDbType.Text);
        Add(places.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid);
        Column(letter => letter.Failure.RequestId, NpgsqlDbType.Text);
        Column(letter => letter.SealedRows(seal), NpgsqlDbType.Bytea);
        await insert.ExecuteNonQueryAsync(cancellationToken);
        await storage.TakeAsync(session, context.Tenant, letters.Sum(letter => (long)letter.Payload.Length), cancellationToken);
    }

    /// <summary>Counts letters that a replay brought back to the groups of what they failed with this time.</summary>
    public async Task RegroupAsync(DatabaseSession session, LetterContext context, IReadOnlyList<(Guid Letter, Casualty Casualty)> letters, CancellationToken cancellationToken)
    {
        if (letters.Count == 0)
        {
            return;
        }

        var places = await PlacesAsync(session, context, [.. letters.Select(letter => letter.Casualty)], clock.GetUtcNow(), cancellationToken);
        await session.RunAsync("""
            update dead_letter d set group_id = n.group_id from unnest(@ids, @places) as n (id, group_id) where d.tenant_id = @tenant and d.id = n.id
            """, new { tenant = context.Tenant, ids = letters.Select(letter => letter.Letter).ToArray(), places = places.ToArray() }, cancellationToken);
    }

    /// <summary>Closes waiting letters of records that arrived with this run.</summary>
    /// <returns>How many.</returns>
    public Task<int> SupersedeAsync(DatabaseSession session, LetterContext context, IReadOnlyCollection<string> keys, CancellationToken cancellationToken) =>
        session.RunAsync("""
            update dead_letter set state = 'Superseded', closed_at = @now, closed_by = @by, close_reason = 'A later run brought this record', version = version + 1
            where tenant_id = @tenant and sync_id = @sync and state = 'Waiting' and record_key = any(@keys)
            """,
            new { tenant = context.Tenant, sync = context.SyncId, now = clock.GetUtcNow(), by = context.RequestedBy, keys = keys.ToArray() }, cancellationToken);

    private Task<IReadOnlyList<Guid?>> PlacesAsync(DatabaseSession session, LetterContext context, List<Casualty> letters, DateTimeOffset now, CancellationToken cancellationToken) =>
        groups.AssignAsync(
            session, context.Tenant, context.SyncId, context.MappingVersion,
            [
                .. letters.Select(letter => new GroupedFailure(
                    letter.Stage, letter.Failure.Cause, letter.Failure.Code, letter.Failure.Field, letter.Failure.Sentence, letter.Failure.Answer, () => letter.Payload, now)),
            ],
            areNew: true, cancellationToken);

    /// <summary>
    /// A correction is kept while the same record keeps coming, and dropped when the source sends another one. A letter
    /// that is queued stays queued: the replay will take the newer payload. Rows are kept of what a replay would map: the
    /// run did not send what was corrected.
    /// </summary>
    private const string Insert = """
        with parked as (
            insert into dead_letter as d (tenant_id, id, sync_id, record_key, stage, cause, outcome, code, field, place, message, state, attempts, mapping_version,
                payload, payload_size, payload_print, answer, first_run_id, last_run_id, first_failed_at, last_failed_at, version, order_key, group_id, mapped)
            select $1, n.id, $2, n.record_key, n.stage, n.cause, n.outcome, n.code, n.field, n.place, n.message, 'Waiting', 1, $4,
                n.payload, n.payload_size, n.payload_print, n.answer, $3, $3, $5, $5, 1, n.order_key, n.group_id, n.mapped
            from unnest($6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $20, $21, $22, $24)
                as n (id, record_key, stage, cause, outcome, code, field, message, payload, payload_size, payload_print, answer, place, order_key, group_id, mapped)
            on conflict (tenant_id, sync_id, record_key) where state in ('Waiting', 'Queued', 'Replaying') do update
            set stage = excluded.stage, cause = excluded.cause, outcome = excluded.outcome, code = excluded.code, field = excluded.field, place = excluded.place,
                message = excluded.message, attempts = d.attempts + 1, mapping_version = excluded.mapping_version, payload = excluded.payload,
                payload_size = excluded.payload_size, payload_print = excluded.payload_print, answer = excluded.answer,
                edited = case when d.payload_print = excluded.payload_print then d.edited end,
                edited_by = case when d.payload_print = excluded.payload_print then d.edited_by end,
                edited_at = case when d.payload_print = excluded.payload_print then d.edited_at end,
                mapped = case when d.edited is null or d.payload_print <> excluded.payload_print then excluded.mapped end,
                last_run_id = excluded.last_run_id, last_failed_at = excluded.last_failed_at, order_key = excluded.order_key, group_id = excluded.group_id,
                version = d.version + 1
            returning d.id, d.attempts, d.outcome, d.cause, d.message, d.record_key)
        insert into dead_letter_attempt (tenant_id, letter_id, number, run_id, at, node, mapping_version, requested_by, outcome, cause, message, request_id)
        select $1, p.id, p.attempts, $3, $5, $18, $4, $19, p.outcome, p.cause, p.message, n.request_id
        from parked p join unnest($7, $23) as n (record_key, request_id) on n.record_key = p.record_key
        on conflict do nothing
        """;
}
