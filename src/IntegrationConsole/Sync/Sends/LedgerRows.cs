using IntegrationConsole.Connectors;
using NpgsqlTypes;

namespace IntegrationConsole.Sync.Sends;

/// <summary>The ledger's entries, one for each key.</summary>
internal static class LedgerRows
{
    public static async Task FindAsync(DatabaseSession session, SendScope scope, IReadOnlyList<Send> sends, DateOnly today, CancellationToken cancellationToken)
    {
        await using var find = new LedgerCommand(session, scope, """
            select n.place::int - 1, l.revision, l.content, l.call, l.state, l.sent_at, l.used_on < $6, l.status, l.remote_id, l.is_step,
                   l.state = 'Sent' and exists (
                       select from dead_letter d where d.tenant_id = l.tenant_id and d.sync_id = l.sync_id and d.record_key = n.letter_key
                                                   and d.state = 'Discarded' and d.outcome = 'Unknown' and d.closed_at > l.sent_at)
            from unnest($4, $5) with ordinality as n (record_key, letter_key, place)
            cross join lateral (
                select * from send_ledger e where e.tenant_id = $1 and e.sync_id = $2 and e.stream = $3 and e.record_key = n.record_key
                -- Looked up by its key each time, also while the planner takes the table for an empty one.
                limit 1) l
            """);
        find.Column(sends, send => send.Key, NpgsqlDbType.Text);
        find.Column(sends, send => send.LetterKey, NpgsqlDbType.Text);
        find.Add(today, NpgsqlDbType.Date);
        await using var reader = await find.ReadAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            sends[reader.GetInt32(0)].Entry = new LedgerEntry(
                reader.GetInt32(1), reader.GetFieldValue<byte[]>(2), reader.GetFieldValue<byte[]>(3), Enum.Parse<SendState>(reader.GetString(4)),
                new DateTimeOffset(reader.GetDateTime(5)), reader.GetBoolean(6), reader.GetBoolean(10))
            {
                Receipt = new Receipt(reader.GetString(7), reader.GetString(8)), IsStep = reader.GetBoolean(9),
            };
        }
    }

    /// <summary>
    /// Saves what came back, whatever stood there of earlier calls. Where a later call for the same record was begun
    /// meanwhile, or somebody else heard that this one was taken, the entry is left alone.
    /// </summary>
    public static async Task SaveAsync(
        DatabaseSession session, SendScope scope, IReadOnlyList<SendAnswer> answers, DateTimeOffset sentAt, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var save = new LedgerCommand(session, scope, """
            insert into send_ledger as l (tenant_id, sync_id, stream, record_key, revision, content, call, state, status, remote_id, run_id, sent_at, answered_at, used_on, is_step)
            select $1, $2, $3, a.record_key, a.revision, a.content, a.call, a.state, a.status, a.remote_id, $4, $5, case when a.state <> 'Sent' then $6 end, $7, $15
            from unnest($8, $9, $10, $11, $12, $13, $14) as a (record_key, revision, content, call, state, status, remote_id)
            on conflict (tenant_id, sync_id, stream, record_key) do update
            set revision = excluded.revision, content = excluded.content, call = excluded.call, state = excluded.state, status = excluded.status,
                remote_id = case when excluded.remote_id = '' then l.remote_id else excluded.remote_id end,
                run_id = case when excluded.revision > l.revision then excluded.run_id else l.run_id end,
                sent_at = case when excluded.revision > l.revision then excluded.sent_at else l.sent_at end,
                answered_at = excluded.answered_at, used_on = excluded.used_on, is_step = excluded.is_step
            where excluded.revision > l.revision or (excluded.revision = l.revision and l.state in ('Sent', 'Refused'))
            """);
        save.Add(scope.Run, NpgsqlDbType.Uuid);
        save.Add(sentAt.UtcDateTime, NpgsqlDbType.TimestampTz);
        save.Add(now.UtcDateTime, NpgsqlDbType.TimestampTz);
        save.Add(DateOnly.FromDateTime(now.UtcDateTime), NpgsqlDbType.Date);
        save.Column(answers, answer => answer.Send.Key, NpgsqlDbType.Text);
        save.Column(answers, answer => answer.Send.Revision, NpgsqlDbType.Integer);
        save.Column(answers, answer => answer.Send.Content, NpgsqlDbType.Bytea);
        save.Column(answers, answer => answer.Send.Call, NpgsqlDbType.Bytea);
        save.Column(answers, answer => answer.State.ToString(), NpgsqlDbType.Text);
        save.Column(answers, answer => answer.Receipt.Status ?? "", NpgsqlDbType.Text);
        save.Column(answers, answer => answer.Receipt.Id ?? "", NpgsqlDbType.Text);
        save.Add(scope.IsInSteps, NpgsqlDbType.Boolean);
        await save.RunAsync(cancellationToken);
    }

    /// <summary>What is still used is kept: noted once a day.</summary>
    public static async Task TouchAsync(DatabaseSession session, SendScope scope, IReadOnlyList<Send> sends, DateOnly today, CancellationToken cancellationToken)
    {
        var stale = sends.Where(send => send.Entry is { IsStale: true }).ToList();
        if (stale.Count == 0)
        {
            return;
        }

        await using var touch = new LedgerCommand(session, scope, "update send_ledger set used_on = $4 where tenant_id = $1 and sync_id = $2 and stream = $3 and record_key = any($5)");
        touch.Add(today, NpgsqlDbType.Date);
        touch.Column(stale, send => send.Key, NpgsqlDbType.Text);
        await touch.RunAsync(cancellationToken);
    }
}
