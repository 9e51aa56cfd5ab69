using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>A failure that is to be counted to its group.</summary>
/// <param name="Record">For rules that look into it; asked for only where there are such.</param>
internal sealed record GroupedFailure(LetterStage Stage, FailureCause Cause, string Code, string Field, string Sentence, string Answer, Func<ReadOnlyMemory<byte>> Record, DateTimeOffset At);

/// <summary>
/// Finds the group of every failure, and makes those that are new, in the transaction that sets the records aside. One
/// statement for all groups of a batch: what a group is called follows from the failure alone, so nothing is looked up
/// before. What failures change in a group's life is changed here too, so that none is missed.
/// </summary>
public sealed class GroupLedger(GroupRules rules, TimeProvider clock)
{
    /// <param name="version">The mapping version in which they happened.</param>
    /// <param name="areNew">They happen now; otherwise they are sorted after the fact, and change no group's life.</param>
    /// <returns>The group of each failure, in their order; null for what only waits behind another.</returns>
    internal async Task<IReadOnlyList<Guid?>> AssignAsync(
        DatabaseSession session, TenantId tenant, Guid syncId, int? version, IReadOnlyList<GroupedFailure> failures, bool areNew, CancellationToken cancellationToken)
    {
        var places = new GroupPlace?[failures.Count];
        if (failures.All(failure => failure.Cause is FailureCause.Held))
        {
            return new Guid?[failures.Count];
        }

        var sync = await GroupedSync.LoadAsync(session, tenant, syncId, cancellationToken);
        var sorting = await rules.ForAsync(session, tenant, syncId, cancellationToken);
        var known = new Dictionary<FailureFacts, FailureFingerprint>();
        for (var index = 0; index < failures.Count; index++)
        {
            if (failures[index] is { Cause: not FailureCause.Held } failure)
            {
                var facts = sync.Facts(failure);
                if (!known.TryGetValue(facts, out var print))
                {
                    known[facts] = print = FailureFingerprint.Of(facts);
                }

                places[index] = sorting.Place(print, failure);
            }
        }

        var counted = places.Select((place, index) => (place, failure: failures[index])).Where(pair => pair.place is not null).GroupBy(pair => pair.place!.Id, (id, pairs) =>
        {
            var all = pairs.ToList();
            return new Counted(all[0].place!, all[0].failure, areNew ? all.Count : 0, all.Min(pair => pair.failure.At), all.Max(pair => pair.failure.At));
        }).OrderBy(group => group.Place.Id).ToList();
        var homes = await CountAsync(session, tenant, syncId, version, counted, cancellationToken);
        return [.. places.Select(place => place is null ? (Guid?)null : homes[place.Id])];
    }

    /// <returns>Where the letters of each group belong: to itself, or to the one that it was merged into.</returns>
    private async Task<Dictionary<Guid, Guid>> CountAsync(
        DatabaseSession session, TenantId tenant, Guid syncId, int? version, List<Counted> counted, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var rows = await SaveAsync(session, tenant, syncId, version, counted, now, cancellationToken);
        var homes = rows.ToDictionary(row => row.Id, row => row.MergedInto ?? row.Id);
        var merged = rows.Where(row => row.MergedInto is not null).ToList();
        if (merged.Count > 0)
        {
            var passed = counted.Where(group => homes[group.Place.Id] != group.Place.Id).Select(group => group with { Place = group.Place with { Id = homes[group.Place.Id] } });
            rows = [.. rows.Except(merged), .. await PassOnAsync(session, tenant, version, [.. passed], cancellationToken)];
        }

        foreach (var row in rows.Where(row => row.State is GroupState.Snoozed or GroupState.Resolved && counted.Any(group => group.Count > 0 && homes[group.Place.Id] == row.Id)))
        {
            if (GroupLife.OnFailure(row.Facts, version, now) is { } turn)
            {
                await GroupTurns.ApplyAsync(session, tenant, row.Id, turn, version, now, cancellationToken);
            }
        }

        return homes;
    }

    /// <remarks>In the order of their ids: two batches that meet the same groups wait for one another, and do not block each other.</remarks>
    private static Task<IReadOnlyList<GroupRow>> SaveAsync(
        DatabaseSession session, TenantId tenant, Guid syncId, int? version, List<Counted> counted, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.ListAsync<GroupRow>("""
            insert into failure_group as g (tenant_id, id, sync_id, pattern, algorithm, cause, stage, code, field, title, template, state, state_since, state_by, state_reason,
                first_seen, last_seen, first_version, last_version, seen, rule_id, split_value, version)
            select @tenant, n.id, @syncId, n.pattern, @algorithm, n.cause, n.stage, n.code, n.field, n.title, n.template, 'Open', @now, 'the console', '',
                n.first_at, n.last_at, @version, @version, n.count, n.rule_id, n.split_value, 1
            from unnest(@ids, @patterns, @causes, @stages, @codes, @fields, @titles, @templates, @counts, @firsts, @lasts, @rules, @values)
                as n (id, pattern, cause, stage, code, field, title, template, count, first_at, last_at, rule_id, split_value)
            order by n.id
            on conflict (tenant_id, id) do update
            set first_seen = least(g.first_seen, excluded.first_seen), last_seen = greatest(g.last_seen, excluded.last_seen), seen = g.seen + excluded.seen,
                first_version = least(g.first_version, excluded.first_version), last_version = greatest(g.last_version, excluded.last_version)
            returning g.id, g.state, g.seen, g.merged_into, g.snooze_until, g.snooze_seen, g.snooze_version, g.resolved_version
            """,
            new
            {
                tenant, syncId, version, now, algorithm = FailureFingerprint.Algorithm,
                ids = counted.Select(group => group.Place.Id).ToArray(),
                patterns = counted.Select(group => group.Place.Pattern).ToArray(),
                causes = counted.Select(group => group.Failure.Cause.ToString()).ToArray(),
                stages = counted.Select(group => group.Failure.Stage.ToString()).ToArray(),
                codes = counted.Select(group => group.Place.Print.Code).ToArray(),
                fields = counted.Select(group => group.Place.Print.Field).ToArray(),
                titles = counted.Select(group => group.Place.Title).ToArray(),
                templates = counted.Select(group => group.Place.Template).ToArray(),
                counts = counted.Select(group => (long)group.Count).ToArray(),
                firsts = counted.Select(group => group.First.UtcDateTime).ToArray(),
                lasts = counted.Select(group => group.Last.UtcDateTime).ToArray(),
                rules = counted.Select(group => group.Place.RuleId).ToArray(),
                values = counted.Select(group => group.Place.SplitValue).ToArray(),
            }, cancellationToken);

    /// <summary>What was counted to a merged group counts for the one that it was merged into.</summary>
    private static Task<IReadOnlyList<GroupRow>> PassOnAsync(DatabaseSession session, TenantId tenant, int? version, List<Counted> counted, CancellationToken cancellationToken) =>
        session.ListAsync<GroupRow>("""
            with passed as (
                select n.id, sum(n.count)::bigint as count, min(n.first_at) as first_at, max(n.last_at) as last_at from unnest(@ids, @counts, @firsts, @lasts) as n (id, count, first_at, last_at)
                group by n.id),
            held as (select g.id from failure_group g join passed p on p.id = g.id where g.tenant_id = @tenant order by g.id for update of g)
            update failure_group g set seen = g.seen + p.count, first_seen = least(g.first_seen, p.first_at), last_seen = greatest(g.last_seen, p.last_at),
                last_version = greatest(g.last_version, @version)
            from passed p join held h on h.id = p.id where g.tenant_id = @tenant and g.id = p.id
            returning g.id, g.state, g.seen, g.merged_into, g.snooze_until, g.snooze_seen, g.snooze_version, g.resolved_version
            """,
            new
            {
                tenant, version, ids = counted.Select(group => group.Place.Id).ToArray(), counts = counted.Select(group => (long)group.Count).ToArray(),
                firsts = counted.Select(group => group.First.UtcDateTime).ToArray(), lasts = counted.Select(group => group.Last.UtcDateTime).ToArray(),
            }, cancellationToken);

    private sealed record Counted(GroupPlace Place, GroupedFailure Failure, int Count, DateTimeOffset First, DateTimeOffset Last);

    private sealed record GroupRow(
        Guid Id, GroupState State, long Seen, Guid? MergedInto, DateTimeOffset? SnoozeUntil, long? SnoozeSeen, int? SnoozeVersion, int? ResolvedVersion)
    {
        public GroupFacts Facts => new(State, Seen, new Snooze(SnoozeUntil, SnoozeSeen, SnoozeVersion), ResolvedVersion);
    }
}
