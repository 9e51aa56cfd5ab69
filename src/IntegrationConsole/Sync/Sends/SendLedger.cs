using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Sync.Sends;

/// <summary>What came of a row that was sent.</summary>
internal sealed record SendAnswer(Send Send, SendState State, Receipt Receipt);

/// <summary>How much the ledger holds of a sync.</summary>
/// <param name="IsExact">False where counting was stopped.</param>
/// <param name="Unanswered">Sent, and not yet settled.</param>
public sealed record LedgerSize(int Records, bool IsExact, long Bytes, int Unanswered);

/// <summary>
/// What was sent to destinations that take rows by calls, and what came back: an intent before the call, one for all rows
/// of a batch, and after it the answers. If we stop in between, whoever sends the same record next finds the intent
/// without an answer.
/// </summary>
public sealed class SendLedger(ConsoleDatabase database, TenantSeals seals, AuditTrail audit, TimeProvider clock)
{
    private const int CountedAtMost = 1_000_000;

    internal Task<TenantSeal> SealAsync(TenantId tenant, CancellationToken cancellationToken) => seals.ForAsync(tenant, cancellationToken);

    /// <summary>Enters what attempts before this one left without an answer: once, before the first look.</summary>
    internal async Task AdoptAsync(SendScope scope, CancellationToken cancellationToken)
    {
        await using var session = await database.PreparedAsync(scope.Tenant, cancellationToken);
        await TakeTurnsAsync(session, scope, cancellationToken);
        if (await HoldAsync(session, scope, cancellationToken))
        {
            await ParcelRows.AdoptAsync(session, scope, cancellationToken);
            await session.CommitAsync(cancellationToken);
        }
    }

    /// <summary>
    /// Looks the rows up and decides what becomes of each. Where none has to be settled first, the intent is saved with the
    /// same transaction. Two runs of one sync take turns here: neither overlooks what the other is about to send.
    /// </summary>
    /// <returns>The rows to send now, in their order; none while some have to be settled.</returns>
    internal async Task<SendParcel> LookAsync(SendScope scope, SendTerms terms, IReadOnlyList<Send> sends, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var today = DateOnly.FromDateTime(now.UtcDateTime);
        await using var session = await database.PreparedAsync(scope.Tenant, cancellationToken);
        if (!sends.All(send => send.IsNew))
        {
            await TakeTurnsAsync(session, scope, cancellationToken);
            await LedgerRows.FindAsync(session, scope, sends, today, cancellationToken);
            await ParcelRows.FindAsync(session, scope, sends, cancellationToken);
        }

        foreach (var send in sends)
        {
            send.Step = SendDecision.Of(send, terms);
        }

        var parcel = sends.Any(send => send.Step is SendStep.Settle) ? SendParcel.None : await PackAsync(session, scope, terms, sends, now, cancellationToken);
        await LedgerRows.TouchAsync(session, scope, sends, today, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return parcel;
    }

    /// <summary>Saves the intent of rows that were decided upon after some had to be settled.</summary>
    internal async Task<SendParcel> IntendAsync(SendScope scope, SendTerms terms, IReadOnlyList<Send> sends, CancellationToken cancellationToken)
    {
        await using var session = await database.PreparedAsync(scope.Tenant, cancellationToken);
        var parcel = await PackAsync(session, scope, terms, sends, clock.GetUtcNow(), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return parcel;
    }

    /// <summary>Saves what came back for all rows of a parcel.</summary>
    internal async Task AnswerAsync(SendScope scope, SendParcel parcel, IReadOnlyList<SendAnswer> answers, CancellationToken cancellationToken)
    {
        await using var session = await database.PreparedAsync(scope.Tenant, cancellationToken);
        if (parcel.IsKept)
        {
            await ParcelRows.AnswerAsync(session, scope, parcel, answers, clock.GetUtcNow(), cancellationToken);
        }
        else if (await HoldAsync(session, scope, cancellationToken))
        {
            await ParcelRows.RemoveAsync(session, scope, parcel, cancellationToken);
            await LedgerRows.SaveAsync(session, scope, answers, parcel.SentAt, clock.GetUtcNow(), cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
    }

    /// <summary>Saves what was found out about calls of before.</summary>
    internal async Task SettleAsync(SendScope scope, IReadOnlyList<SendAnswer> found, CancellationToken cancellationToken)
    {
        if (found.Count == 0)
        {
            return;
        }

        await using var session = await database.PreparedAsync(scope.Tenant, cancellationToken);
        if (await HoldAsync(session, scope, cancellationToken))
        {
            await LedgerRows.SaveAsync(session, scope, found, found.Min(answer => answer.Send.Entry!.SentAt), clock.GetUtcNow(), cancellationToken);
            await session.CommitAsync(cancellationToken);
        }
    }

    /// <summary>Notes a step of a write, or what becomes of it, with the entry of its row.</summary>
    internal async Task StepAsync(SendScope scope, Send send, StepKind kind, string sentence, CancellationToken cancellationToken)
    {
        await using var session = await database.PreparedAsync(scope.Tenant, cancellationToken);
        if (await HoldAsync(session, scope, cancellationToken))
        {
            await StepRows.AddAsync(session, scope, send, kind, sentence, clock.GetUtcNow(), cancellationToken);
            await session.CommitAsync(cancellationToken);
        }
    }

    /// <summary>Writes of several steps came to their end: nothing of them is taken back any more.</summary>
    internal async Task CompleteAsync(SendScope scope, IReadOnlyCollection<string> keys, CancellationToken cancellationToken)
    {
        await using var session = await database.PreparedAsync(scope.Tenant, cancellationToken);
        await session.RunAsync(
            "update send_ledger set is_step = false where tenant_id = @tenant and sync_id = @sync and stream = @stream and record_key = any(@keys)",
            new { tenant = scope.Tenant, sync = scope.Sync, stream = scope.Stream, keys = keys.ToArray() }, cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    /// <summary>What was done, and undone, for the record of a letter, in that order.</summary>
    public async Task<IReadOnlyList<WriteStep>> StepsAsync(TenantId tenant, Guid sync, string letterKey, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<WriteStep>(
            "select at, stream, kind, remote_id, sentence from write_step where tenant_id = @tenant and sync_id = @sync and record_key = @letterKey order by id limit 200",
            new { tenant, sync, letterKey }, cancellationToken);
    }

    public async Task<LedgerSize> SizeAsync(TenantId tenant, Guid sync, CancellationToken cancellationToken)
    {
        await using var session = await database.PreparedAsync(tenant, cancellationToken);
        var (records, bytes, unanswered) = await session.OneAsync<(int, long, int)>($"""
            select coalesce(sum(records), 0)::int, coalesce(sum(size), 0)::bigint, coalesce(sum(unanswered), 0)::int
            from (select 1 as records, pg_column_size(l.*) as size, (state = 'Sent')::int as unanswered
                  from send_ledger l where tenant_id = @tenant and sync_id = @sync
                  union all
                  select cardinality(record_keys), pg_column_size(record_keys) + pg_column_size(revisions) + pg_column_size(contents) + pg_column_size(calls) + 200,
                         case when states is null then cardinality(record_keys) else length(states) - length(replace(states, 'S', '')) end
                  from send_parcel where tenant_id = @tenant and sync_id = @sync
                  limit {CountedAtMost + 1}) counted
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

    internal static async Task<int> ForgetAsync(DatabaseSession session, TenantId tenant, Guid sync, CancellationToken cancellationToken) =>
        await session.RunAsync("delete from send_ledger where tenant_id = @tenant and sync_id = @sync", new { tenant, sync }, cancellationToken)
        + await session.OneAsync<int>("""
            with gone as (delete from send_parcel where tenant_id = @tenant and sync_id = @sync returning cardinality(record_keys) as records)
            select coalesce(sum(records), 0)::int from gone
            """, new { tenant, sync }, cancellationToken);

    private static Task<int> TakeTurnsAsync(DatabaseSession session, SendScope scope, CancellationToken cancellationToken) =>
        session.RunAsync("select pg_advisory_xact_lock(hashtextextended(@key, 16))", new { key = scope.Sync.ToString() }, cancellationToken);

    /// <summary>Keeps the integration from going for as long as the session: what is entered for it would stay behind.</summary>
    /// <returns>Whether it is there.</returns>
    private static async Task<bool> HoldAsync(DatabaseSession session, SendScope scope, CancellationToken cancellationToken) =>
        await session.FindAsync<int?>("select 1 from sync_definition where tenant_id = @tenant and id = @sync for key share", new { tenant = scope.Tenant, sync = scope.Sync }, cancellationToken) is not null;

    private static async Task<SendParcel> PackAsync(
        DatabaseSession session, SendScope scope, SendTerms terms, IReadOnlyList<Send> sends, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ready = SendNames.Name(scope, terms, sends);
        if (ready.Count == 0)
        {
            return SendParcel.None;
        }

        var parcel = new SendParcel(Guid.CreateVersion7(now), !scope.IsInSteps && ready.All(send => send.Place?.Run == scope.Run), now, ready);
        await ParcelRows.InsertAsync(session, scope, parcel, cancellationToken);
        return parcel;
    }
}
