using Npgsql;
using NpgsqlTypes;

namespace IntegrationConsole.Sync.Sends;

/// <summary>The intents: what goes out together is one row, whatever number of calls and rows it is.</summary>
internal static class ParcelRows
{
    /// <exception cref="Line.RunLostException">The integration is gone.</exception>
    public static async Task InsertAsync(DatabaseSession session, SendScope scope, SendParcel parcel, CancellationToken cancellationToken)
    {
        await using var insert = new LedgerCommand(session, scope, """
            insert into send_parcel (tenant_id, sync_id, stream, id, run_id, attempt, first_place, last_place, record_keys, revisions, contents, calls, sent_at, used_on)
            values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14)
            """);
        insert.Add(parcel.Id, NpgsqlDbType.Uuid);
        insert.Add(scope.Run, NpgsqlDbType.Uuid);
        insert.Add(scope.Attempt, NpgsqlDbType.Integer);
        insert.Add(parcel.IsKept ? parcel.Sends.Min(send => send.Place!.Value.Place) : (long?)null, NpgsqlDbType.Bigint);
        insert.Add(parcel.IsKept ? parcel.Sends.Max(send => send.Place!.Value.Place) : (long?)null, NpgsqlDbType.Bigint);
        insert.Column(parcel.Sends, send => parcel.IsKept ? PlaceOf(send) : send.Key, NpgsqlDbType.Text);
        insert.Column(parcel.Sends, send => send.Revision, NpgsqlDbType.Integer);
        insert.Add(Joined(parcel.Sends, send => send.Content), NpgsqlDbType.Bytea);
        insert.Add(Joined(parcel.Sends, send => send.Call), NpgsqlDbType.Bytea);
        insert.Add(parcel.SentAt.UtcDateTime, NpgsqlDbType.TimestampTz);
        insert.Add(DateOnly.FromDateTime(parcel.SentAt.UtcDateTime), NpgsqlDbType.Date);
        try
        {
            await insert.RunAsync(cancellationToken);
        }
        catch (PostgresException gone) when (gone.SqlState is PostgresErrorCodes.ForeignKeyViolation)
        {
            throw new Line.RunLostException();
        }
    }

    /// <summary>What was not answered of those before, and of other runs, and what came of rows without a key.</summary>
    public static async Task FindAsync(DatabaseSession session, SendScope scope, IReadOnlyList<Send> sends, CancellationToken cancellationToken)
    {
        var byKey = sends.ToDictionary(send => send.Key);
        var unanswered = new List<Send>();
        await using (var open = new LedgerCommand(session, scope, $"""
            select {Columns} from send_parcel p
            where tenant_id = $1 and sync_id = $2 and stream = $3 and first_place is null and (run_id, attempt) <> ($4, $5)
            """))
        {
            open.Add(scope.Run, NpgsqlDbType.Uuid);
            open.Add(scope.Attempt, NpgsqlDbType.Integer);
            await ReadAsync(open, (_, key) => byKey.GetValueOrDefault(key), unanswered, cancellationToken);
        }

        var placed = sends.Where(send => send.Place is not null).ToList();
        if (placed.Count > 0)
        {
            await using var kept = new LedgerCommand(session, scope, $"""
                select {Columns} from send_parcel p
                where tenant_id = $1 and sync_id = $2 and stream = $3 and first_place is not null and run_id = any($4)
                  and exists (select from unnest($5, $6) as n (run_id, place) where n.run_id = p.run_id and n.place between p.first_place and p.last_place)
                """);
            var byPlace = placed.ToDictionary(send => (send.Place!.Value.Run, PlaceOf(send)));
            kept.Add(placed.Select(send => send.Place!.Value.Run).Distinct().ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid);
            kept.Column(placed, send => send.Place!.Value.Run, NpgsqlDbType.Uuid);
            kept.Column(placed, send => send.Place!.Value.Place, NpgsqlDbType.Bigint);
            await ReadAsync(kept, (run, place) => byPlace.GetValueOrDefault((run, place)), unanswered, cancellationToken);
        }

        await SeeWhatWasClosedAsync(session, scope, [.. unanswered.Where(send => send.Entry!.State is SendState.Sent)], cancellationToken);
    }

    /// <summary>Saves what came back for the rows of a parcel that is kept, in their order.</summary>
    public static async Task AnswerAsync(
        DatabaseSession session, SendScope scope, SendParcel parcel, IReadOnlyList<SendAnswer> answers, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var save = new LedgerCommand(session, scope, """
            update send_parcel set states = $5, statuses = $6, remote_ids = $7, answered_at = $8 where tenant_id = $1 and sync_id = $2 and stream = $3 and id = $4
            """);
        var statuses = answers.Select(answer => answer.Receipt.Status ?? "").ToArray();
        var ids = answers.Select(answer => answer.Receipt.Id ?? "").ToArray();
        save.Add(parcel.Id, NpgsqlDbType.Uuid);
        save.Add(string.Concat(answers.Select(answer => LetterOf(answer.State))), NpgsqlDbType.Text);
        save.Add(Array.TrueForAll(statuses, status => status == statuses[0]) ? statuses[..1] : statuses, NpgsqlDbType.Array | NpgsqlDbType.Text);
        save.Add(Array.TrueForAll(ids, id => id.Length == 0) ? [] : ids, NpgsqlDbType.Array | NpgsqlDbType.Text);
        save.Add(now.UtcDateTime, NpgsqlDbType.TimestampTz);
        await save.RunAsync(cancellationToken);
    }

    /// <summary>It is answered, and its rows are entered by their keys.</summary>
    public static async Task RemoveAsync(DatabaseSession session, SendScope scope, SendParcel parcel, CancellationToken cancellationToken)
    {
        await using var remove = new LedgerCommand(session, scope, "delete from send_parcel where tenant_id = $1 and sync_id = $2 and stream = $3 and id = $4");
        remove.Add(parcel.Id, NpgsqlDbType.Uuid);
        await remove.RunAsync(cancellationToken);
    }

    /// <summary>
    /// Enters by their keys what attempts that are over left without an answer. What is looked up for each batch is then
    /// only what is under way elsewhere.
    /// </summary>
    public static async Task AdoptAsync(DatabaseSession session, SendScope scope, CancellationToken cancellationToken)
    {
        await using var adopt = new LedgerCommand(session, scope, """
            with left_behind as (
                delete from send_parcel p
                where p.tenant_id = $1 and p.sync_id = $2 and p.stream = $3 and p.first_place is null
                  and not exists (select from run r where r.tenant_id = p.tenant_id and r.id = p.run_id and r.state = 'Running' and r.attempt = p.attempt)
                returning *)
            insert into send_ledger as l (tenant_id, sync_id, stream, record_key, revision, content, call, state, status, remote_id, run_id, sent_at, used_on)
            select distinct on (k.record_key) b.tenant_id, b.sync_id, b.stream, k.record_key, b.revisions[k.at], substring(b.contents from (k.at * 16 - 15)::int for 16),
                   substring(b.calls from (k.at * 16 - 15)::int for 16), 'Sent', '', '', b.run_id, b.sent_at, b.used_on
            from left_behind b cross join lateral unnest(b.record_keys) with ordinality as k (record_key, at)
            order by k.record_key, b.revisions[k.at] desc, b.sent_at
            on conflict (tenant_id, sync_id, stream, record_key) do update
            set revision = excluded.revision, content = excluded.content, call = excluded.call, state = 'Sent', status = '', run_id = excluded.run_id,
                sent_at = excluded.sent_at, used_on = excluded.used_on, answered_at = null
            where excluded.revision > l.revision or (excluded.revision = l.revision and l.state = 'Refused')
            """);
        await adopt.RunAsync(cancellationToken);
    }

    private const string Columns = "run_id, record_keys, revisions, contents, calls, coalesce(states, ''), sent_at";

    /// <summary>The place as the ledger writes it: that of the record, and of the row where the record makes several.</summary>
    private static string PlaceOf(Send send) => send.Key[(send.Key.IndexOf(':', StringComparison.Ordinal) + 1)..];

    /// <param name="command">Asks for <see cref="Columns"/>.</param>
    /// <param name="find">The send that is meant; null for none that goes out now.</param>
    /// <param name="unanswered">Gains the sends whose entry comes from here and has no answer.</param>
    /// <param name="cancellationToken">Stops.</param>
    private static async Task ReadAsync(LedgerCommand command, Func<Guid, string, Send?> find, List<Send> unanswered, CancellationToken cancellationToken)
    {
        await using var reader = await command.ReadAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            var (run, keys, revisions) = (reader.GetGuid(0), reader.GetFieldValue<string[]>(1), reader.GetFieldValue<int[]>(2));
            var (contents, calls, states, sentAt) = (reader.GetFieldValue<byte[]>(3), reader.GetFieldValue<byte[]>(4), reader.GetString(5), new DateTimeOffset(reader.GetDateTime(6)));
            for (var at = 0; at < keys.Length; at++)
            {
                if (find(run, keys[at]) is { } send
                    && new LedgerEntry(revisions[at], Part(contents, at), Part(calls, at), states.Length == 0 ? SendState.Sent : StateOf(states[at]), sentAt, false, false) is var entry
                    && entry.Outdoes(send.Entry))
                {
                    send.Entry = entry;
                    unanswered.Add(send);
                }
            }
        }
    }

    private static async Task SeeWhatWasClosedAsync(DatabaseSession session, SendScope scope, IReadOnlyList<Send> unanswered, CancellationToken cancellationToken)
    {
        if (unanswered.Count == 0)
        {
            return;
        }

        var closed = (await session.ListAsync<(string Key, DateTimeOffset At)>("""
            select record_key, max(closed_at) from dead_letter
            where tenant_id = @tenant and sync_id = @sync and record_key = any(@keys) and state = 'Discarded' and outcome = 'Unknown' group by record_key
            """, new { tenant = scope.Tenant, sync = scope.Sync, keys = unanswered.Select(send => send.LetterKey).Distinct().ToArray() }, cancellationToken)).ToDictionary(one => one.Key, one => one.At);
        foreach (var send in unanswered)
        {
            if (closed.TryGetValue(send.LetterKey, out var at) && at > send.Entry!.SentAt)
            {
                send.Entry = send.Entry with { IsClosedByHand = true };
            }
        }
    }

    private static byte[] Part(byte[] joined, int at) => joined[(at * SendNames.Length)..((at + 1) * SendNames.Length)];

    private static byte[] Joined(IReadOnlyList<Send> sends, Func<Send, byte[]> part)
    {
        var joined = new byte[sends.Count * SendNames.Length];
        for (var at = 0; at < sends.Count; at++)
        {
            part(sends[at]).CopyTo(joined.AsSpan(at * SendNames.Length));
        }

        return joined;
    }

    private static char LetterOf(SendState state) => state switch
    {
        SendState.Sent => 'S',
        SendState.Taken => 'T',
        SendState.Refused => 'R',
        SendState.TakingBack or SendState.TakenBack => throw new InvalidOperationException("Steps are entered by their keys."),
    };

    private static SendState StateOf(char letter) => letter switch { 'T' => SendState.Taken, 'R' => SendState.Refused, _ => SendState.Sent };
}
