using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Sync.Line;
using IntegrationConsole.Tenants;
using Npgsql;
using NpgsqlTypes;

namespace IntegrationConsole.Sync.Sends;

/// <summary>What came of a row that was sent.</summary>
internal sealed record SendAnswer(Send Send, SendState State, Receipt Receipt);

/// <summary>How much the ledger holds of a sync.</summary>
/// <param name="IsExact">False where counting was stopped.</param>
/// <param name="Unanswered">Sent, and not yet settled.</param>
public sealed record LedgerSize(int Records, bool IsExact, long Bytes, int Unanswered);

/// <summary>
/// What was sent to destinations that take rows by calls, and what came back: an intent before the call, the answer
/// after it, each for all rows of a batch at once. If we stop in between, whoever sends the same record next finds the
/// intent without an answer.
/// </summary>
public sealed class SendLedger(ConsoleDatabase database, TenantSeals seals, AuditTrail audit, TimeProvider clock)
{
    private const int CountedAtMost = 1_000_000;

    internal Task<TenantSeal> SealAsync(TenantId tenant, CancellationToken cancellationToken) => seals.ForAsync(tenant, cancellationToken);

    /// <summary>
    /// Looks the rows up and decides what becomes of each. Where none has to be settled first, the intents are saved
    /// with the same transaction. Two runs of one sync take turns here: neither overlooks what the other is about to send.
    /// </summary>
    /// <returns>The rows to send now, in their order; empty while some have to be settled.</returns>
    internal async Task<IReadOnlyList<Send>> LookAsync(SendScope scope, SendTerms terms, IReadOnlyList<Send> sends, CancellationToken cancellationToken)
    {
        await using var session = await database.PreparedAsync(scope.Tenant, cancellationToken);
        await session.RunAsync("select pg_advisory_xact_lock(hashtextextended(@key, 16))", new { key = scope.Sync.ToString() }, cancellationToken);
        if (!await HoldAsync(session, scope, cancellationToken))
        {
            throw new RunLostException();
        }

        await FindAsync(session, scope, sends, cancellationToken);
        foreach (var send in sends)
        {
            send.Step = SendDecision.Of(send, terms);
        }

        IReadOnlyList<Send> ready = sends.Any(send => send.Step is SendStep.Settle) ? [] : SendNames.Name(scope, terms, sends);
        await IntendAsync(session, scope, ready, cancellationToken);
        await TouchAsync(session, scope, sends, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return ready;
    }

    /// <summary>Saves the intents of rows that were decided upon after some had to be settled.</summary>
    internal async Task<IReadOnlyList<Send>> IntendAsync(SendScope scope, SendTerms terms, IReadOnlyList<Send> sends, CancellationToken cancellationToken)
    {
        var ready = SendNames.Name(scope, terms, sends);
        await using var session = await database.PreparedAsync(scope.Tenant, cancellationToken);
        if (!await HoldAsync(session, scope, cancellationToken))
        {
            throw new RunLostException();
        }

        await IntendAsync(session, scope, ready, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return ready;
    }

    /// <summary>
    /// Saves what came back. Where another call for the same record was begun meanwhile, its entry is left alone. Written
    /// as an insert although the entries are there: whatever the planner thinks of the table, each is looked up by its key.
    /// </summary>
    internal async Task AnswerAsync(SendScope scope, IReadOnlyList<SendAnswer> answers, CancellationToken cancellationToken)
    {
        if (answers.Count == 0)
        {
            return;
        }

        await using var session = await database.PreparedAsync(scope.Tenant, cancellationToken);
        if (!await HoldAsync(session, scope, cancellationToken))
        {
            return;
        }

        await using var save = Command(session, scope, """
            insert into send_ledger as l (tenant_id, sync_id, stream, record_key, revision, content, call, state, status, remote_id, run_id, sent_at, answered_at, used_on)
            select $1, $2, $3, a.record_key, a.revision, a.content, a.call, a.state, a.status, a.remote_id, $4, $5, $5, $6
            from unnest($7, $8, $9, $10, $11, $12, $13) as a (record_key, revision, content, call, state, status, remote_id)
            on conflict (tenant_id, sync_id, stream, record_key) do update
            set state = excluded.state, status = excluded.status, remote_id = case when excluded.remote_id = '' then l.remote_id else excluded.remote_id end,
                answered_at = excluded.answered_at
            where l.call = excluded.call
            """);
        Add(save, scope.Run, NpgsqlDbType.Uuid);
        Add(save, clock.GetUtcNow().UtcDateTime, NpgsqlDbType.TimestampTz);
        Add(save, Today, NpgsqlDbType.Date);
        Column(save, answers, answer => answer.Send.Key, NpgsqlDbType.Text);
        Column(save, answers, answer => answer.Send.Step is SendStep.Send ? answer.Send.Revision : answer.Send.Entry!.Revision, NpgsqlDbType.Integer);
        Column(save, answers, answer => answer.Send.Content, NpgsqlDbType.Bytea);
        Column(save, answers, answer => answer.Send.Call, NpgsqlDbType.Bytea);
        Column(save, answers, answer => answer.State.ToString(), NpgsqlDbType.Text);
        Column(save, answers, answer => answer.Receipt.Status ?? "", NpgsqlDbType.Text);
        Column(save, answers, answer => answer.Receipt.Id ?? "", NpgsqlDbType.Text);
        await save.ExecuteNonQueryAsync(cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    public async Task<LedgerSize> SizeAsync(TenantId tenant, Guid sync, CancellationToken cancellationToken)
    {
        await using var session = await database.PreparedAsync(tenant, cancellationToken);
        var (records, bytes, unanswered) = await session.OneAsync<(int, long, int)>($"""
            select count(*)::int, coalesce(sum(size), 0)::bigint, (count(*) filter (where state = 'Sent'))::int
            from (select pg_column_size(l.*) as size, state from send_ledger l where tenant_id = @tenant and sync_id = @sync limit {CountedAtMost + 1}) counted
            """, new { tenant, sync }, cancellationToken);
        return new LedgerSize(Math.Min(records, CountedAtMost), records <= CountedAtMost, bytes, unanswered);
    }

    /// <summary>Everything is sent again by the next run, although the destination may have it: for one that was emptied.</summary>
    public async Task ForgetAsync(TenantId tenant, Guid sync, string name, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.PreparedAsync(tenant, cancellationToken);
        var forgotten = await ForgetAsync(session, tenant, sync, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("forget sends", "integration", sync.ToString(), name, $"{forgotten} records"), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    internal static Task<int> ForgetAsync(DatabaseSession session, TenantId tenant, Guid sync, CancellationToken cancellationToken) =>
        session.RunAsync("delete from send_ledger where tenant_id = @tenant and sync_id = @sync", new { tenant, sync }, cancellationToken);

    /// <summary>Keeps the integration from going for as long as the session: what is entered for it would stay behind.</summary>
    /// <returns>Whether it is there.</returns>
    private static async Task<bool> HoldAsync(DatabaseSession session, SendScope scope, CancellationToken cancellationToken) =>
        await session.FindAsync<int?>("select 1 from sync_definition where tenant_id = @tenant and id = @sync for key share", new { tenant = scope.Tenant, sync = scope.Sync }, cancellationToken) is not null;

    private async Task FindAsync(DatabaseSession session, SendScope scope, IReadOnlyList<Send> sends, CancellationToken cancellationToken)
    {
        await using var find = Command(session, scope, """
            select n.place::int - 1, l.revision, l.content, l.call, l.state, l.sent_at, l.used_on < $6,
                   l.state = 'Sent' and exists (
                       select from dead_letter d where d.tenant_id = l.tenant_id and d.sync_id = l.sync_id and d.record_key = n.letter_key
                                                   and d.state = 'Discarded' and d.outcome = 'Unknown' and d.closed_at > l.sent_at)
            from unnest($4, $5) with ordinality as n (record_key, letter_key, place)
            cross join lateral (
                select * from send_ledger e where e.tenant_id = $1 and e.sync_id = $2 and e.stream = $3 and e.record_key = n.record_key
                -- Looked up by its key each time, also while the planner takes the table for an empty one.
                limit 1) l
            """);
        Column(find, sends, send => send.Key, NpgsqlDbType.Text);
        Column(find, sends, send => send.LetterKey, NpgsqlDbType.Text);
        Add(find, Today, NpgsqlDbType.Date);
        await using var reader = await find.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            sends[reader.GetInt32(0)].Entry = new LedgerEntry(
                reader.GetInt32(1), reader.GetFieldValue<byte[]>(2), reader.GetFieldValue<byte[]>(3), Enum.Parse<SendState>(reader.GetString(4)),
                new DateTimeOffset(reader.GetDateTime(5)), reader.GetBoolean(6), reader.GetBoolean(7));
        }
    }

    private async Task IntendAsync(DatabaseSession session, SendScope scope, IReadOnlyList<Send> ready, CancellationToken cancellationToken)
    {
        var intents = ready.Where(send => send.Step is SendStep.Send).ToList();
        if (intents.Count == 0)
        {
            return;
        }

        await using var insert = Command(session, scope, """
            insert into send_ledger as l (tenant_id, sync_id, stream, record_key, revision, content, call, state, status, remote_id, run_id, sent_at, used_on)
            select $1, $2, $3, n.record_key, n.revision, n.content, n.call, 'Sent', '', '', $4, $5, $6
            from unnest($7, $8, $9, $10) as n (record_key, revision, content, call)
            on conflict (tenant_id, sync_id, stream, record_key) do update
            set revision = excluded.revision, content = excluded.content, call = excluded.call, state = 'Sent', status = '', run_id = excluded.run_id,
                sent_at = excluded.sent_at, used_on = excluded.used_on, answered_at = null
            """);
        Add(insert, scope.Run, NpgsqlDbType.Uuid);
        Add(insert, clock.GetUtcNow().UtcDateTime, NpgsqlDbType.TimestampTz);
        Add(insert, Today, NpgsqlDbType.Date);
        Column(insert, intents, send => send.Key, NpgsqlDbType.Text);
        Column(insert, intents, send => send.Revision, NpgsqlDbType.Integer);
        Column(insert, intents, send => send.Content, NpgsqlDbType.Bytea);
        Column(insert, intents, send => send.Call, NpgsqlDbType.Bytea);
        await insert.ExecuteNonQueryAsync(cancellationToken);
    }

    /// <summary>What is still used is kept: noted once a day.</summary>
    private async Task TouchAsync(DatabaseSession session, SendScope scope, IReadOnlyList<Send> sends, CancellationToken cancellationToken)
    {
        var stale = sends.Where(send => send.Entry is { IsStale: true }).ToList();
        if (stale.Count == 0)
        {
            return;
        }

        await using var touch = Command(session, scope, "update send_ledger set used_on = $4 where tenant_id = $1 and sync_id = $2 and stream = $3 and record_key = any($5)");
        Add(touch, Today, NpgsqlDbType.Date);
        Column(touch, stale, send => send.Key, NpgsqlDbType.Text);
        await touch.ExecuteNonQueryAsync(cancellationToken);
    }

    private DateOnly Today => DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime);

    private static NpgsqlCommand Command(DatabaseSession session, SendScope scope, string sql)
    {
        var command = new NpgsqlCommand(sql, session.Connection);
        Add(command, scope.Tenant.Value, NpgsqlDbType.Uuid);
        Add(command, scope.Sync, NpgsqlDbType.Uuid);
        Add(command, scope.Stream, NpgsqlDbType.Text);
        return command;
    }

    private static void Add<T>(NpgsqlCommand command, T value, NpgsqlDbType type) => command.Parameters.Add(new NpgsqlParameter<T> { TypedValue = value, NpgsqlDbType = type });

    private static void Column<TItem, T>(NpgsqlCommand command, IReadOnlyList<TItem> items, Func<TItem, T> value, NpgsqlDbType type) =>
        Add(command, items.Select(value).ToArray(), NpgsqlDbType.Array | type);
}
