using System.Globalization;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>How many failures fell into each hour, the oldest first; the last hour is not over.</summary>
public sealed record GroupTrend(IReadOnlyList<int> Hours)
{
    public const int Length = 24;

    public static readonly GroupTrend Quiet = new(new int[Length]);

    public int Total => Hours.Sum();

    /// <summary>The last hour alone has more than twice what the hours before had on average, and enough to mean something.</summary>
    public bool IsEscalating => Hours[^1] >= 10 && Hours[^1] > 2 * Hours.Take(Length - 1).Average();
}

/// <summary>Groups, and their open letters.</summary>
public sealed record GroupCount(int Groups, long Letters);

/// <summary>How many open letters of a group were tried last with a version of the mapping.</summary>
public sealed record VersionCount(int? MappingVersion, int Letters);

/// <summary>Whether what was called fixed in a version has shown to be.</summary>
/// <param name="Records">How many records have gone through that version, or a later one, since.</param>
public sealed record GroupProof(int MappingVersion, long Records, bool IsGiven)
{
    public string Words => IsGiven
        ? string.Create(CultureInfo.InvariantCulture, $"Proven: {Records:N0} {(Records == 1 ? "record" : "records")} went through mapping v{MappingVersion} or later without it.")
        : string.Create(CultureInfo.InvariantCulture, $"Not proven yet: {Records:N0} of {GroupLife.ProvenByRecords} records have gone through mapping v{MappingVersion} or later since, and a day is not over.");
}

/// <summary>The same failure over several tenants.</summary>
public sealed record FailurePattern(Guid Pattern, FailureCause Cause, LetterStage Stage, string Code, string Field, string Template, int Tenants, int Groups, int Open, DateTimeOffset FirstSeen, DateTimeOffset LastSeen);

/// <summary>The groups of failures as people see them. How many letters are open is counted from the letters themselves, so it is never wrong.</summary>
public sealed class FailureGroupStore(ConsoleDatabase database, TimeProvider clock)
{
    public const string Topic = "failure-group";

    internal const string Columns = """
        g.tenant_id, g.id, g.sync_id, s.name as sync_name, s.slug as sync_slug, s.mapping_id, g.pattern, g.cause, g.stage, g.code, g.field, g.title, g.template, g.state, g.state_since,
        g.state_by, g.state_reason, g.owner, g.snooze_until, g.snooze_seen, g.snooze_version, g.snooze_connection_id, g.resolved_version, g.regressed_at, g.regressed_version,
        g.first_seen, g.last_seen, g.first_version, g.last_version, g.seen, g.merged_into, g.rule_id, g.split_value, array_to_string(g.tags, ' ') as tag_text, g.held_at, g.held_by, g.held_why, g.version,
        o.letters as open
        """;

    /// <remarks>An index alone answers what is counted, group by group: over a million letters it takes a third of the work of counting them all at once.</remarks>
    private const string From = """
        from failure_group g join sync_definition s on s.tenant_id = g.tenant_id and s.id = g.sync_id
        cross join lateral (
            select count(*)::int as letters from dead_letter d where d.tenant_id = g.tenant_id and d.group_id = g.id and d.state = any(@open)) o
        """;

    private static readonly string[] OpenStates = [nameof(LetterState.Waiting), nameof(LetterState.Queued), nameof(LetterState.Replaying)];
    private static readonly string[] AllStates = Enum.GetNames<LetterState>();

    /// <summary>The groups with the most open letters first.</summary>
    public async Task<IReadOnlyList<FailureGroup>> ListAsync(TenantId tenant, GroupFilter filter, int most, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await ListAsync(session, [tenant], filter, most, cancellationToken);
    }

    /// <summary>One page of them, in the order that is asked for.</summary>
    public async Task<Page<FailureGroup>> ListPageAsync(TenantId tenant, GroupFilter filter, GroupOrder order, RankedKeyset? after, int size, CancellationToken cancellationToken)
    {
        var parameters = filter.Parameters([tenant], clock.GetUtcNow());
        parameters.Add("open", OpenStates);
        parameters.Add("most", size + 1);
        parameters.Add("rank", after?.Rank);
        parameters.Add("seen", after?.At);
        parameters.Add("id", after?.Id);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var groups = await session.ListAsync<FailureGroup>($"""
            select {Columns} {From} where {GroupFilter.Where} and (@rank::bigint is null or {order.Behind})
            order by {order.Sql} limit @most
            """, parameters, cancellationToken);
        return groups.Count > size ? new([.. groups.Take(size)], order.PlaceOf(groups[size - 1]).ToString()) : new(groups, null);
    }

    /// <summary>Groups that are shown already, as they are now; those that are gone, or were merged into others, are absent.</summary>
    public async Task<IReadOnlyList<FailureGroup>> ListAgainAsync(TenantId tenant, IReadOnlyCollection<Guid> ids, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<FailureGroup>($"""
            select {Columns} {From} where g.tenant_id = @tenant and g.id = any(@ids) and g.merged_into is null
            """, new { tenant, ids = ids.ToArray(), open = OpenStates }, cancellationToken);
    }

    /// <summary>How many groups match, on all pages, and how many open letters they have together.</summary>
    public async Task<GroupCount> CountAsync(TenantId tenant, GroupFilter filter, CancellationToken cancellationToken)
    {
        var parameters = filter.Parameters([tenant], clock.GetUtcNow());
        parameters.Add("open", OpenStates);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.OneAsync<GroupCount>($"select count(*)::int as groups, coalesce(sum(o.letters), 0)::bigint as letters {From} where {GroupFilter.Where}", parameters, cancellationToken);
    }

    /// <summary>The same over the tenants that somebody may see.</summary>
    public async Task<IReadOnlyList<FailureGroup>> ListAcrossAsync(IReadOnlyCollection<TenantId> tenants, GroupFilter filter, int most, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await ListAsync(session, tenants, filter, most, cancellationToken);
    }

    /// <summary>What the groups of several tenants have in common, the patterns that hit most tenants first.</summary>
    public async Task<IReadOnlyList<FailurePattern>> ListPatternsAsync(IReadOnlyCollection<TenantId> tenants, GroupFilter filter, int most, CancellationToken cancellationToken)
    {
        var parameters = filter.Parameters(tenants, clock.GetUtcNow());
        parameters.Add("open", OpenStates);
        parameters.Add("most", most);
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.ListAsync<FailurePattern>($"""
            select g.pattern, min(g.cause) as cause, min(g.stage) as stage, min(g.code) as code, min(g.field) as field, min(g.template) as template,
                count(distinct g.tenant_id)::int as tenants, count(*)::int as groups, sum(o.letters)::int as open, min(g.first_seen) as first_seen, max(g.last_seen) as last_seen
            {From}
            where {GroupFilter.Where}
            group by g.pattern order by count(distinct g.tenant_id) desc, sum(o.letters) desc, max(g.last_seen) desc, g.pattern limit @most
            """, parameters, cancellationToken);
    }

    public async Task<FailureGroup?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.FindAsync<FailureGroup>($"""
            select {Columns} {From} where g.tenant_id = @tenant and g.id = @id
            """, new { tenant, id, open = OpenStates }, cancellationToken);
    }

    /// <summary>The tags that a tenant's groups have, those that were merged left out, by name.</summary>
    public async Task<IReadOnlyList<string>> ListTagsAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<string>(
            "select distinct tag from failure_group g cross join unnest(g.tags) tag where g.tenant_id = @tenant and g.merged_into is null order by tag limit 200", new { tenant }, cancellationToken);
    }

    /// <summary>How many failures of the last day, hour by hour, still stand in letters of each group; groups without any are absent.</summary>
    public async Task<IReadOnlyDictionary<Guid, GroupTrend>> TrendAsync(TenantId tenant, IReadOnlyCollection<Guid> groups, CancellationToken cancellationToken)
    {
        var from = clock.GetUtcNow().AddHours(-GroupTrend.Length);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var hours = await session.ListAsync<Hour>("""
            select d.group_id as id, least(floor(extract(epoch from d.last_failed_at - @from) / 3600), @length - 1)::int as at, count(*)::int as count
            from dead_letter d where d.tenant_id = @tenant and d.group_id = any(@groups) and d.state = any(@all) and d.last_failed_at >= @from group by 1, 2
            """, new { tenant, groups = groups.ToArray(), all = AllStates, from, length = GroupTrend.Length }, cancellationToken);
        return hours.GroupBy(hour => hour.Id).ToDictionary(group => group.Key, group =>
        {
            var counts = new int[GroupTrend.Length];
            foreach (var hour in group)
            {
                counts[hour.At] += hour.Count;
            }

            return new GroupTrend(counts);
        });
    }

    /// <summary>How many letters wait behind letters of each group, because they have to come after them; groups without any are absent.</summary>
    public async Task<IReadOnlyDictionary<Guid, int>> WaitingBehindAsync(TenantId tenant, IReadOnlyCollection<Guid> groups, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var counts = await session.ListAsync<Counted>("""
            select b.group_id as id, count(*)::int as count from dead_letter h
            cross join lateral (
                select l.group_id from dead_letter l
                where l.tenant_id = h.tenant_id and l.sync_id = h.sync_id and l.order_key = h.order_key and l.turn < h.turn and l.state in ('Waiting', 'Queued', 'Replaying')
                order by l.turn limit 1) b
            where h.tenant_id = @tenant and h.cause = 'Held' and h.state = 'Waiting' and b.group_id = any(@groups) group by 1
            """, new { tenant, groups = groups.ToArray() }, cancellationToken);
        return counts.ToDictionary(count => count.Id, count => count.Count);
    }

    /// <summary>The open letters of a group by the mapping version that tried them last, the newest first.</summary>
    public async Task<IReadOnlyList<VersionCount>> CountByVersionAsync(TenantId tenant, Guid group, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<VersionCount>("""
            select mapping_version, count(*)::int as letters from dead_letter where tenant_id = @tenant and group_id = @group and state = any(@open)
            group by mapping_version order by mapping_version desc nulls last limit 8
            """, new { tenant, group, open = OpenStates }, cancellationToken);
    }

    /// <summary>What has gone through the version in which a group is said to be fixed, since that was said.</summary>
    public async Task<GroupProof> ProofAsync(FailureGroup group, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(group.TenantId, cancellationToken);
        var records = await session.OneAsync<long>("""
            select coalesce(sum(written + unchanged), 0)::bigint from run
            where tenant_id = @TenantId and sync_id = @SyncId and mapping_version >= @ResolvedVersion and started_at >= @StateSince
            """, group, cancellationToken);
        return new GroupProof(group.ResolvedVersion!.Value, records, records >= GroupLife.ProvenByRecords || clock.GetUtcNow() - group.StateSince >= GroupLife.ProvenAfter);
    }

    private async Task<IReadOnlyList<FailureGroup>> ListAsync(
        DatabaseSession session, IReadOnlyCollection<TenantId> tenants, GroupFilter filter, int most, CancellationToken cancellationToken)
    {
        var parameters = filter.Parameters(tenants, clock.GetUtcNow());
        parameters.Add("open", OpenStates);
        parameters.Add("most", most);
        return await session.ListAsync<FailureGroup>($"""
            select {Columns} {From} where {GroupFilter.Where}
            order by o.letters desc, g.last_seen desc, g.id limit @most
            """, parameters, cancellationToken);
    }

    private sealed record Hour(Guid Id, int At, int Count);

    private sealed record Counted(Guid Id, int Count);
}
