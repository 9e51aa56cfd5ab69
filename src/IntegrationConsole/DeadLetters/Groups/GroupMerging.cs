using System.Globalization;
using IntegrationConsole.Access;

namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>A group whose failures are counted to another one.</summary>
public sealed record MergedGroup(Guid Id, string Title);

/// <summary>Makes one group of several, and takes them apart again. Later failures follow the letters that are there.</summary>
public sealed class GroupMerging(ConsoleDatabase database, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Merges groups into another one of the same integration; what was merged into them before comes along.</summary>
    /// <returns>How many were merged; 0 where one of them is gone, of another integration, or merged already.</returns>
    public async Task<int> MergeAsync(TenantId tenant, IReadOnlyCollection<Guid> groups, Guid into, Actor actor, CancellationToken cancellationToken)
    {
        Guid[] from = [.. groups.Where(group => group != into).Distinct()];
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var found = await session.ListAsync<Found>("""
            select id, sync_id, title from failure_group where tenant_id = @tenant and id = any(@all) and merged_into is null order by id for update
            """, new { tenant, all = from.Append(into).ToArray() }, cancellationToken);
        if (from.Length == 0 || found.Count != from.Length + 1 || found.Select(group => group.SyncId).Distinct().Count() != 1)
        {
            return 0;
        }

        var now = clock.GetUtcNow();
        await session.RunAsync("""
            update failure_group g set seen = g.seen + m.seen, first_seen = least(g.first_seen, m.first_seen), last_seen = greatest(g.last_seen, m.last_seen),
                first_version = least(g.first_version, m.first_version), last_version = greatest(g.last_version, m.last_version), version = g.version + 1,
                tags = coalesce((select array_agg(t order by t) from (select t from unnest(g.tags || m.tags) t group by t order by min(array_position(g.tags || m.tags, t)) limit @mostTags) t), '{}')
            from (select sum(seen)::bigint as seen, min(first_seen) as first_seen, max(last_seen) as last_seen, min(first_version) as first_version, max(last_version) as last_version,
                      (select coalesce(array_agg(distinct t), '{}') from failure_group f cross join unnest(f.tags) t where f.tenant_id = @tenant and f.id = any(@from)) as tags
                  from failure_group where tenant_id = @tenant and id = any(@from)) m
            where g.tenant_id = @tenant and g.id = @into
            """, new { tenant, from, into, mostTags = GroupTag.Most }, cancellationToken);

        // Where one of them is on legal hold, what they are together is.
        await session.RunAsync("""
            update failure_group g set held_at = m.held_at, held_by = m.held_by, held_why = m.held_why
            from (select held_at, held_by, held_why from failure_group where tenant_id = @tenant and id = any(@from) and held_at is not null order by held_at limit 1) m
            where g.tenant_id = @tenant and g.id = @into and g.held_at is null
            """, new { tenant, from, into }, cancellationToken);
        await session.RunAsync("update failure_group set merged_into = @into, version = version + 1 where tenant_id = @tenant and (id = any(@from) or merged_into = any(@from))", new { tenant, from, into }, cancellationToken);
        await session.RunAsync("update dead_letter set group_id = @into where tenant_id = @tenant and group_id = any(@from)", new { tenant, from, into }, cancellationToken);
        var titles = string.Join(" · ", found.Where(group => group.Id != into).Select(group => group.Title));
        await WriteAsync(session, tenant, into, GroupStep.Merged, titles, now, actor, cancellationToken);
        await audit.AppendAsync(
            session, tenant, actor, new AuditEvent("merge", "failure group", into.ToString(), found.Single(group => group.Id == into).Title, titles), cancellationToken);
        await EndAsync(session, tenant, into, cancellationToken);
        return from.Length;
    }

    /// <summary>Takes a group out again. The letters of its kind are sorted anew in a moment.</summary>
    public async Task<bool> PartAsync(TenantId tenant, Guid group, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var parted = await session.FindAsync<Parted>("""
            with was as (select id, merged_into from failure_group where tenant_id = @tenant and id = @group and merged_into is not null for update)
            update failure_group g set merged_into = null, version = g.version + 1, held_at = h.held_at, held_by = h.held_by, held_why = h.held_why, released_at = h.released_at
            from was left join failure_group h on h.tenant_id = @tenant and h.id = was.merged_into where g.tenant_id = @tenant and g.id = was.id
            returning was.merged_into as home, g.title, g.cause, g.stage
            """, new { tenant, group }, cancellationToken);
        if (parted is null)
        {
            return false;
        }

        var letters = await session.RunAsync(
            "update dead_letter set group_id = null where tenant_id = @tenant and group_id = @Home and cause = @Cause and stage = @Stage",
            new { tenant, parted.Home, parted.Cause, parted.Stage }, cancellationToken);
        await WriteAsync(session, tenant, parted.Home, GroupStep.Parted, parted.Title, clock.GetUtcNow(), actor, cancellationToken);
        await audit.AppendAsync(
            session, tenant, actor,
            new AuditEvent("take apart", "failure group", parted.Home.ToString(), parted.Title, string.Create(CultureInfo.InvariantCulture, $"{letters} letters are sorted anew")), cancellationToken);
        await EndAsync(session, tenant, parted.Home, cancellationToken);
        return true;
    }

    /// <summary>What was merged into a group.</summary>
    public async Task<IReadOnlyList<MergedGroup>> ListAsync(TenantId tenant, Guid into, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<MergedGroup>("select id, title from failure_group where tenant_id = @tenant and merged_into = @into order by title, id", new { tenant, into }, cancellationToken);
    }

    private static Task<int> WriteAsync(DatabaseSession session, TenantId tenant, Guid id, GroupStep step, string detail, DateTimeOffset now, Actor actor, CancellationToken cancellationToken) =>
        session.RunAsync("""
            insert into failure_group_activity (tenant_id, group_id, at, actor, kind, detail) values (@tenant, @id, @now, @actor, @kind, @detail)
            """, new { tenant, id, now, actor = actor.Name, kind = step.ToString(), detail }, cancellationToken);

    private static async Task EndAsync(DatabaseSession session, TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await session.NotifyAsync(new Change(FailureGroupStore.Topic, tenant, id), cancellationToken);
        await session.NotifyAsync(new Change(DeadLetterStore.Topic, tenant), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private sealed record Found(Guid Id, Guid SyncId, string Title);

    private sealed record Parted(Guid Home, string Title, string Cause, string Stage);
}
