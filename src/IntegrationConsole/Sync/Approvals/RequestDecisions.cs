using System.Globalization;
using Dapper;
using IntegrationConsole.Access;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Groups;
using IntegrationConsole.Sync.Replays;

namespace IntegrationConsole.Sync.Approvals;

/// <summary>
/// What a second person says to a request. The state it must be in, its time and who asked are part of the step that takes
/// it, so of two who approve at the same moment one does, and nobody approves what they asked for.
/// </summary>
public sealed class RequestDecisions(ConsoleDatabase database, DeadLetterStore letters, GroupDecisions groups, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Lets the replay go, or discards the letters.</summary>
    public async Task<Decided> ApproveAsync(TenantId tenant, Guid id, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        if (await TakeAsync(session, tenant, id, RequestState.Approved, "", actor, cancellationToken) is not { } request)
        {
            return await WhyNotAsync(session, tenant, id, actor, cancellationToken);
        }

        await audit.AppendAsync(session, tenant, actor, new AuditEvent("approve", "dead letter", id.ToString(), request.Scope, $"{request.Words}, asked for by {request.AskedBy}"), cancellationToken);
        var closed = request.Kind is RequestKind.Discard ? await DiscardAsync(session, request, actor, cancellationToken) : [];
        if (request.Kind is RequestKind.Replay)
        {
            await session.RunAsync(
                "update replay set state = 'Waiting', state_by = @by, state_reason = '', state_at = @now where tenant_id = @tenant and id = @id and state = 'Asked'",
                new { tenant, id, by = actor.Name, now = clock.GetUtcNow() }, cancellationToken);
            await ReplayItems.TellAsync(session, tenant, id, actor.Name, "Agreed to it.", clock.GetUtcNow(), cancellationToken);
            await ReplayStore.NotifyAsync(session, tenant, id, cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
        DeadLetterStore.Count(tenant, closed);
        if (request.GroupId is { } group && closed.Count > 0)
        {
            await groups.NoteDiscardAsync(tenant, group, closed.Sum(some => some.Count), ReasonOf(request), actor, cancellationToken);
        }

        return Decided.Done;
    }

    /// <summary>Says no, and why: the letters go on waiting.</summary>
    public Task<Decided> RefuseAsync(TenantId tenant, Guid id, string reason, Actor actor, CancellationToken cancellationToken) =>
        EndAsync(tenant, id, RequestState.Refused, reason, actor, cancellationToken);

    /// <summary>Who asked takes it back.</summary>
    public Task<Decided> WithdrawAsync(TenantId tenant, Guid id, Actor actor, CancellationToken cancellationToken) =>
        EndAsync(tenant, id, RequestState.Withdrawn, "", actor, cancellationToken);

    /// <summary>Ends what nobody answered in time.</summary>
    /// <returns>How many.</returns>
    internal async Task<int> ExpireAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<Due> due;
        await using (var session = await database.AcrossTenantsAsync(cancellationToken))
        {
            due = await session.ListAsync<Due>("select tenant_id, id from letter_request where state = 'Open' and expires_at <= @now", new { now = clock.GetUtcNow() }, cancellationToken);
        }

        var ended = 0;
        foreach (var request in due)
        {
            ended += await EndAsync(request.TenantId, request.Id, RequestState.Expired, "", Actor.System, cancellationToken) is Decided.Done ? 1 : 0;
        }

        return ended;
    }

    private async Task<Decided> EndAsync(TenantId tenant, Guid id, RequestState state, string answer, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        if (await TakeAsync(session, tenant, id, state, answer, actor, cancellationToken) is not { } request)
        {
            return await WhyNotAsync(session, tenant, id, actor, cancellationToken);
        }

        var (verb, words) = state switch
        {
            RequestState.Refused => ("refuse", $"Refused by {actor.Name}: {answer}"),
            RequestState.Withdrawn => ("withdraw", $"Withdrawn by {actor.Name}."),
            _ => ("end", $"Nobody agreed within {LetterRequests.GoodFor.TotalHours:0} hours. Ask again, for what waits now."),
        };
        await audit.AppendAsync(session, tenant, actor, new AuditEvent(verb, "dead letter", id.ToString(), request.Scope, $"{request.Words}, asked for by {request.AskedBy}{(answer.Length > 0 ? $": {answer}" : "")}"), cancellationToken);
        if (request.Kind is RequestKind.Replay)
        {
            await session.RunAsync("""
                update replay set state = 'Cancelled', cancelled_by = @by, finished_at = @now, state_by = @by, state_reason = @words, state_at = @now, frozen_at = coalesce(frozen_at, @now)
                where tenant_id = @tenant and id = @id and state = 'Asked'
                """, new { tenant, id, by = actor.Name, now, words }, cancellationToken);
            await ReplayItems.TellAsync(session, tenant, id, actor.Name, words, now, cancellationToken);
            await ReplayStore.NotifyAsync(session, tenant, id, cancellationToken);
        }

        await ForgetLettersAsync(session, tenant, id, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return Decided.Done;
    }

    /// <returns>The request, where this is who may decide and nobody else did.</returns>
    private async Task<LetterRequest?> TakeAsync(
        DatabaseSession session, TenantId tenant, Guid id, RequestState state, string answer, Actor actor, CancellationToken cancellationToken)
    {
        var whose = state switch
        {
            RequestState.Withdrawn => LetterRequests.IsOwn,
            RequestState.Expired => "true",
            _ => $"not ({LetterRequests.IsOwn})",
        };
        var request = await session.FindAsync<LetterRequest>($"""
            update letter_request set state = @state, decided_by = @by, decided_at = @now, answer = @answer
            where tenant_id = @tenant and id = @id and state = 'Open' and (expires_at <= @now) = @isExpired and {whose}
            returning {LetterRequests.Columns}
            """,
            new { tenant, id, state = state.ToString(), by = actor.Name, user = actor.UserId, now = clock.GetUtcNow(), answer, isExpired = state is RequestState.Expired }, cancellationToken);
        if (request is not null)
        {
            await session.NotifyAsync(new Change(LetterRequests.Topic, tenant, id), cancellationToken);
        }

        return request;
    }

    private async Task<Decided> WhyNotAsync(DatabaseSession session, TenantId tenant, Guid id, Actor actor, CancellationToken cancellationToken) =>
        await session.OneAsync<bool>(
            $"select exists (select from letter_request where tenant_id = @tenant and id = @id and state = 'Open' and expires_at > @now and {LetterRequests.IsOwn})",
            new { tenant, id, by = actor.Name, user = actor.UserId, now = clock.GetUtcNow() }, cancellationToken) ? Decided.Own : Decided.TooLate;

    private async Task<IReadOnlyList<ClosedLetters>> DiscardAsync(DatabaseSession session, LetterRequest request, Actor actor, CancellationToken cancellationToken)
    {
        var (closed, _) = await letters.CloseAsync(
            session, request.TenantId, "(d.id, d.version) in (select i.letter_id, i.version from letter_request_item i where i.tenant_id = @tenant and i.request_id = @request)",
            new DynamicParameters(new { tenant = request.TenantId, request = request.Id }), "", ReasonOf(request), actor, cancellationToken);
        await ForgetLettersAsync(session, request.TenantId, request.Id, cancellationToken);
        return closed;
    }

    private static string ReasonOf(LetterRequest request) => string.Create(CultureInfo.InvariantCulture, $"{request.Reason} (asked for by {request.AskedBy})");

    private static Task<int> ForgetLettersAsync(DatabaseSession session, TenantId tenant, Guid id, CancellationToken cancellationToken) =>
        session.RunAsync("delete from letter_request_item where tenant_id = @tenant and request_id = @id", new { tenant, id }, cancellationToken);

    private sealed record Due(TenantId TenantId, Guid Id);
}
