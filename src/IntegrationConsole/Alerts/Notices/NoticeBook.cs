using System.Text.Json;
using IntegrationConsole.Access;
using IntegrationConsole.Alerts.Channels;

namespace IntegrationConsole.Alerts.Notices;

/// <summary>A message on its way, taken by one node for a while.</summary>
/// <param name="Person">The address of the person who alone gets it; null where those get it whom the channel names.</param>
internal sealed record ClaimedNotice(TenantId TenantId, Guid Id, Guid ChannelId, int Tries, AlertMessage Message, string? Person);

/// <summary>What is to be sent, and what became of it. A message is a row before it is sent, and marked as sent after.</summary>
public sealed class NoticeBook(ConsoleDatabase database, AuditTrail audit, TimeProvider clock)
{
    public const string Topic = "alert-notice";

    /// <summary>The address of the person for whom a message (n) is, if they wish for it and may see the tenant at this moment.</summary>
    private const string Person = $"""
        select u.email from digest_subscription s join access_user u on u.id = s.user_id left join access_grant g on g.tenant_id = s.tenant_id and g.user_id = u.id
        where s.tenant_id = n.tenant_id and s.user_id = n.user_id and {AccessStore.MaySee}
        """;

    /// <summary>For how long a node has a message to itself; longer than one try may take.</summary>
    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPause = TimeSpan.FromHours(1);
    private const int MostTries = 8;

    /// <summary>What somebody has to repair is tried a few times all the same: it may be repaired within minutes.</summary>
    private const int MostTriesInVain = 4;

    /// <summary>The newest first; all channels' or one's.</summary>
    public async Task<IReadOnlyList<Notice>> ListAsync(TenantId tenant, Guid? channel, Guid? incident, int most, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<Notice>("""
            select n.id, n.channel_id, c.name as channel_name, n.incident_id, n.kind, n.subject, n.state, n.tries, n.created_at, n.due_at, n.finished_at, n.problem,
                   coalesce(u.email, '') as person
            from alert_notice n join alert_channel c on c.tenant_id = n.tenant_id and c.id = n.channel_id left join access_user u on u.id = n.user_id
            where n.tenant_id = @tenant and (@channel::uuid is null or n.channel_id = @channel) and (@incident::uuid is null or n.incident_id = @incident)
            order by n.created_at desc, n.id desc limit @most
            """, new { tenant, channel, incident, most }, cancellationToken);
    }

    /// <summary>Writes a message down, in the transaction of whoever decides about it.</summary>
    internal static Task<int> WriteAsync(
        DatabaseSession session, AlertChannel channel, Guid? incident, (string Kind, Guid Id)? root, AlertMessage message, DateTimeOffset now, CancellationToken cancellationToken) =>
        WriteAsync(session, channel.TenantId, channel.Id, null, incident, root, message, now, cancellationToken);

    /// <summary>The same for a person, who alone gets it over the channel's mail server; null for those whom the channel names.</summary>
    internal static Task<int> WriteAsync(
        DatabaseSession session, TenantId tenant, Guid channel, Guid? person, Guid? incident, (string Kind, Guid Id)? root, AlertMessage message, DateTimeOffset now,
        CancellationToken cancellationToken) =>
        session.RunAsync("""
            insert into alert_notice (tenant_id, id, channel_id, user_id, incident_id, root_kind, root_id, kind, subject, message, state, created_at, due_at)
            values (@tenant, @id, @channel, @person, @incident, @rootKind, @rootId, @kind, @subject, @message::jsonb, 'Due', @now, @now)
            """,
            new
            {
                tenant, id = Guid.CreateVersion7(now), channel, person, incident, rootKind = root?.Kind, rootId = root?.Id, kind = message.Kind.ToString(),
                subject = message.Subject, message = JsonSerializer.Serialize(message, AlertMessage.Json), now,
            },
            cancellationToken);

    /// <summary>Keeps that a summary could not be written, once for its day however often it is tried.</summary>
    /// <param name="tenant">Whose.</param>
    /// <param name="channel">Over which it would have gone.</param>
    /// <param name="person">Whom it was for; null for those whom the channel names.</param>
    /// <param name="message">Says so.</param>
    /// <param name="problem">Why.</param>
    /// <param name="since">When it became due.</param>
    /// <param name="cancellationToken">Stops.</param>
    internal async Task RecordUnwrittenAsync(
        TenantId tenant, Guid channel, Guid? person, AlertMessage message, Connectors.Failures.Failure problem, DateTimeOffset since, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var args = new
        {
            tenant, id = Guid.CreateVersion7(now), channel, person, kind = message.Kind.ToString(), subject = message.Subject, message = JsonSerializer.Serialize(message, AlertMessage.Json),
            problem = problem.Sentence, since, now,
        };
        if (await session.RunAsync("""
            update alert_notice set tries = tries + 1, problem = @problem, finished_at = @now
            where tenant_id = @tenant and channel_id = @channel and user_id is not distinct from @person and kind = @kind and state = 'Failed' and created_at >= @since
            """, args, cancellationToken) == 0)
        {
            await session.RunAsync("""
                insert into alert_notice (tenant_id, id, channel_id, user_id, kind, subject, message, state, tries, created_at, due_at, finished_at, problem)
                select tenant_id, @id, id, @person, @kind, @subject, @message::jsonb, 'Failed', 1, @now, @now, @now, @problem from alert_channel where tenant_id = @tenant and id = @channel
                """, args, cancellationToken);
        }

        await session.NotifyAsync(new Change(ChannelStore.Topic, tenant, channel), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    /// <summary>Has a message sent that says nothing but that messages arrive.</summary>
    public async Task TestAsync(TenantId tenant, AlertChannel channel, AlertMessage message, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        await WriteAsync(session, channel, null, null, message, clock.GetUtcNow(), cancellationToken);
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("test", "alert channel", channel.Id.ToString(), channel.Name), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, channel.Id), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    /// <summary>Takes some messages that are due, those for a single person last; nobody else sends them meanwhile.</summary>
    internal async Task<IReadOnlyList<ClaimedNotice>> ClaimAsync(int most, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        await session.RunAsync($"""
            update alert_notice n set state = 'Failed', finished_at = @now, problem = 'Not sent: this person ended these mails, or may not see the tenant any more.'
            where n.state = 'Due' and n.user_id is not null and n.due_at <= @now and (n.lease_until is null or n.lease_until < @now) and not exists ({Person})
            """, new { now }, cancellationToken);
        var rows = await session.ListAsync<ClaimedRow>($"""
            update alert_notice n set lease_until = @until, tries = tries + 1
            where (tenant_id, id) in (
                select n.tenant_id, n.id from alert_notice n
                where n.state = 'Due' and n.due_at <= @now and (n.lease_until is null or n.lease_until < @now)
                  and not exists (select from alert_notice o where o.state = 'Due' and o.tenant_id = n.tenant_id and o.channel_id = n.channel_id and o.id < n.id and o.lease_until > @now)
                order by n.user_id is not null, n.due_at, n.id limit @most for update skip locked)
            returning n.tenant_id, n.id, n.channel_id, n.tries, n.message::text as message, n.user_id, ({Person}) as person
            """, new { now, until = now + Lease, most }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return
        [
            .. rows.Where(row => row.UserId is null || row.Person is not null).OrderBy(row => row.UserId is not null).ThenBy(row => row.Id)
                .Select(row => new ClaimedNotice(row.TenantId, row.Id, row.ChannelId, row.Tries, JsonSerializer.Deserialize<AlertMessage>(row.Message, AlertMessage.Json)!, row.Person)),
        ];
    }

    /// <summary>Keeps how a try went: sent, to be tried again later, or given up.</summary>
    internal async Task SettleAsync(ClaimedNotice notice, Connectors.Failures.Failure? failure, double jitter, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var givesUp = failure is not null && notice.Tries >= (failure.IsRetryable ? MostTries : MostTriesInVain);
        var state = failure is null ? NoticeState.Sent : givesUp ? NoticeState.Failed : NoticeState.Due;
        await using var session = await database.InTenantAsync(notice.TenantId, cancellationToken);
        await session.RunAsync("""
            update alert_notice set state = @state, problem = @problem, lease_until = null, due_at = @due, finished_at = case when @state = 'Due' then null else @now::timestamptz end
            where tenant_id = @tenant and id = @id and state = 'Due'
            """,
            new
            {
                tenant = notice.TenantId, id = notice.Id, state = state.ToString(), problem = failure?.Sentence ?? "", now,
                due = now + (failure?.RetryAfter ?? Pause(notice.Tries, jitter)),
            },
            cancellationToken);
        if (notice.Person is null)
        {
            await NoteAsync(session, notice, failure, now, cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
    }

    /// <summary>How the channel does. What a single person's address came to says nothing about it.</summary>
    private static async Task NoteAsync(DatabaseSession session, ClaimedNotice notice, Connectors.Failures.Failure? failure, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await session.RunAsync("""
            update alert_channel set
                failures_in_a_row = case when @problem::text is null then 0 else failures_in_a_row + 1 end,
                last_sent_at = case when @problem::text is null then @now::timestamptz else last_sent_at end,
                last_failed_at = case when @problem::text is null then last_failed_at else @now::timestamptz end,
                last_problem = coalesce(@problem, last_problem)
            where tenant_id = @tenant and id = @channel
            """, new { tenant = notice.TenantId, channel = notice.ChannelId, problem = failure?.Sentence, now }, cancellationToken);
        await session.NotifyAsync(new Change(ChannelStore.Topic, notice.TenantId, notice.ChannelId), cancellationToken);
    }

    /// <summary>When a message is due next, also one that another node had and did not finish; null for none.</summary>
    internal async Task<DateTimeOffset?> NextAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var next = await session.ListAsync<DateTimeOffset>("select greatest(due_at, lease_until) from alert_notice where state = 'Due' order by 1 limit 1", null, cancellationToken);
        return next.Count == 0 ? null : next[0];
    }

    /// <summary>Three times as long after each try, so that an outage of an hour is outlived, and a little apart from others.</summary>
    private static TimeSpan Pause(int tries, double jitter)
    {
        var pause = FirstPause * Math.Pow(3, Math.Min(tries, 8) - 1);
        return (pause < LongestPause ? pause : LongestPause) * (0.8 + (0.4 * jitter));
    }

    private sealed record ClaimedRow(TenantId TenantId, Guid Id, Guid ChannelId, int Tries, string Message, Guid? UserId, string? Person);
}
