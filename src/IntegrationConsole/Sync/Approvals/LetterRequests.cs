using Dapper;
using IntegrationConsole.Access;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Replays;

namespace IntegrationConsole.Sync.Approvals;

/// <summary>
/// Asking a second person. Which letters it is about is written down with the request, each with its version: what is
/// approved later is what was asked for, and a letter that failed again, was edited or taken meanwhile is left out.
/// </summary>
public sealed class LetterRequests(ConsoleDatabase database, ReplayStore replays, AuditTrail audit, TimeProvider clock)
{
    public const string Topic = "letter-request";

    /// <summary>After so long without an answer a request is over: who asked may ask again, for what waits then.</summary>
    public static readonly TimeSpan GoodFor = TimeSpan.FromHours(24);

    internal const string Columns = "tenant_id, id, kind, scope, reason, letters, group_id, asked_by, asked_by_id, asked_at, expires_at, state, decided_by, decided_at, answer";

    /// <summary>As <see cref="LetterRequest.IsOf"/>.</summary>
    internal const string IsOwn = "case when asked_by_id is not null and @user::uuid is not null then asked_by_id = @user else asked_by = @by end";

    /// <summary>Above how many letters a second person has to agree; null for never.</summary>
    public async Task<int?> LimitAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.FindAsync<int?>("select second_person_above from tenant where id = @tenant", new { tenant }, cancellationToken);
    }

    /// <summary>Those that wait for an answer, the oldest first.</summary>
    /// <param name="group">Of one failure group only.</param>
    public async Task<IReadOnlyList<LetterRequest>> ListOpenAsync(TenantId tenant, Guid? group, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<LetterRequest>($"""
            select {Columns} from letter_request
            where tenant_id = @tenant and state = 'Open' and expires_at > @now and (@group::uuid is null or group_id = @group)
            order by asked_at limit 50
            """, new { tenant, group, now = clock.GetUtcNow() }, cancellationToken);
    }

    /// <summary>The first of the letters that it is about, as far as they are still as they were.</summary>
    public async Task<IReadOnlyList<AskedLetter>> ListLettersAsync(TenantId tenant, Guid id, int most, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<AskedLetter>("""
            select d.id, d.record_key, d.place from letter_request_item i
            join dead_letter d on d.tenant_id = i.tenant_id and d.id = i.letter_id and d.version = i.version and d.state = 'Waiting'
            where i.tenant_id = @tenant and i.request_id = @id order by i.turn limit @most
            """, new { tenant, id, most }, cancellationToken);
    }

    /// <summary>What somebody asked for and did not get in the last day, where no replay's page tells it.</summary>
    /// <param name="group">Of one failure group only.</param>
    public async Task<IReadOnlyList<LetterRequest>> ListDeniedAsync(TenantId tenant, Guid? group, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<LetterRequest>($"""
            select {Columns} from letter_request
            where tenant_id = @tenant and kind = 'Discard' and state in ('Refused', 'Expired') and decided_at > @since and {IsOwn} and (@group::uuid is null or group_id = @group)
            order by decided_at desc limit 5
            """, new { tenant, group, by = actor.Name, user = actor.UserId, since = clock.GetUtcNow() - GoodFor }, cancellationToken);
    }

    public async Task<LetterRequest?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.FindAsync<LetterRequest>($"select {Columns} from letter_request where tenant_id = @tenant and id = @id", new { tenant, id }, cancellationToken);
    }

    /// <summary>How many waiting letters a selection has, counted no further than this.</summary>
    internal async Task<int> CountAsync(TenantId tenant, ReplaySelection selection, int most, CancellationToken cancellationToken)
    {
        var (where, parameters) = Chosen(tenant, selection);
        parameters.Add("most", most);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.OneAsync<int>($"select count(*)::int from (select from dead_letter d where {where} limit @most) counted", parameters, cancellationToken);
    }

    /// <returns>The replay that waits, and how many letters it is about; null when none was waiting.</returns>
    internal async Task<AskedReplay?> AskReplayAsync(
        TenantId tenant, ReplaySelection selection, ReplayOptions options, string reason, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var (id, letters) = await AskAsync(session, tenant, RequestKind.Replay, selection, reason, actor, cancellationToken);
        if (letters == 0)
        {
            return null;
        }

        await replays.KeepAskedAsync(session, tenant, id, selection, options, reason, actor, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return new AskedReplay(id, letters, Waits: true);
    }

    /// <returns>How many letters it is about; none is discarded yet.</returns>
    internal async Task<AskedDiscard> AskDiscardAsync(TenantId tenant, ReplaySelection selection, string reason, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var (_, letters) = await AskAsync(session, tenant, RequestKind.Discard, selection, reason, actor, cancellationToken);
        if (letters > 0)
        {
            await session.CommitAsync(cancellationToken);
        }

        return new AskedDiscard(letters, Waits: letters > 0);
    }

    private async Task<(Guid Id, int Letters)> AskAsync(
        DatabaseSession session, TenantId tenant, RequestKind kind, ReplaySelection selection, string reason, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await session.RunAsync("""
            insert into letter_request (tenant_id, id, kind, scope, reason, letters, group_id, asked_by, asked_by_id, asked_at, expires_at, state)
            values (@tenant, @id, @kind, @scope, @reason, 0, @group, @actor, @user, @now, @until, 'Open')
            """,
            new
            {
                tenant, id, kind = kind.ToString(), scope = selection.Words, reason, group = selection.Ids is null ? selection.Filter.Group : null,
                actor = actor.Name, user = actor.UserId, now, until = now + GoodFor,
            },
            cancellationToken);
        var (where, parameters) = Chosen(tenant, selection);
        parameters.Add("id", id);
        var letters = await session.RunAsync($"""
            insert into letter_request_item (tenant_id, request_id, turn, letter_id, version)
            select d.tenant_id, @id, d.turn, d.id, d.version from dead_letter d where {where}
            """, parameters, cancellationToken);
        await session.RunAsync("update letter_request set letters = @letters where tenant_id = @tenant and id = @id", new { tenant, id, letters }, cancellationToken);
        var changes = selection.Patch.IsEmpty ? "" : $", changed: {selection.Patch.Words}";
        var detail = $"{letters} {(letters == 1 ? "letter" : "letters")}{changes}{(reason.Length > 0 ? $": {reason}" : "")}";
        await audit.AppendAsync(session, tenant, actor, new AuditEvent($"ask to {(kind is RequestKind.Replay ? "replay" : "discard")}", "dead letter", id.ToString(), selection.Words, detail), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, id), cancellationToken);
        return (id, letters);
    }

    private (string Where, DynamicParameters Parameters) Chosen(TenantId tenant, ReplaySelection selection)
    {
        var parameters = selection.Ids is null ? selection.Filter.Parameters(tenant) : new DynamicParameters(new { tenant, ids = selection.Ids.ToArray() });
        parameters.Add("includeUnknown", selection.IncludeUnknown);
        parameters.Add("asOf", (selection.AsOf ?? clock.GetUtcNow()).ToUniversalTime());
        var which = selection.Ids is null ? DeadLetterFilter.Where : "d.tenant_id = @tenant and d.id = any(@ids)";
        return ($"{which} and d.state = 'Waiting' and (@includeUnknown or d.outcome <> 'Unknown') and d.first_failed_at <= @asOf", parameters);
    }
}
