using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.DeadLetters.Patches;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Sync.Replays;

/// <summary>Which replays of a list are shown; null or empty members match all.</summary>
/// <param name="By">Part of the name of who asked.</param>
/// <param name="Cause">For which letters of it failed again.</param>
public sealed record ReplayFilter(ReplayState? State = null, string By = "", bool PolicyOnly = false, FailureCause? Cause = null)
{
    public bool IsEmpty => this == new ReplayFilter();
}

/// <summary>
/// Replays as rows. Asking writes down which letters are in it; the line takes them up as it takes up any records. Each
/// step names the state it expects, so two operators who press Replay send a letter once, and a node that dies in any
/// step leaves letters that the next attempt takes up again.
/// </summary>
public sealed class ReplayStore(ConsoleDatabase database, ReplayFreeze freeze, ReplayLane lane, TenantSeals seals, AuditTrail audit, TimeProvider clock)
{
    public const string Topic = "replay";

    private const int MostFailed = 100_000;

    private const string Columns = """
        p.tenant_id, p.id, p.scope, p.reason, p.requested_by, p.requested_at, p.use_original_mapping, p.mapping_version, p.pace, p.budget_share, p.is_staged, p.stop_percent,
        p.stops_on_same, p.origin, p.maps_rest, p.parallel, p.start_rule, p.start_at, p.state, p.total, p.as_of, p.frozen_at, p.began_at, p.finished_at, p.state_by, p.state_reason, p.state_at, p.delivered, p.failed,
        p.skipped, p.stage, p.stage_done, p.stage_failed, p.excluded, p.patched, p.is_policy, p.address, p.sync_ids::text[] as sync_ids,
        case when p.state = 'Asked' then (select q.letters from letter_request q where q.tenant_id = p.tenant_id and q.id = p.id) end as asked
        """;

    /// <summary>Queues waiting letters as they are, all at once. Letters that somebody else has queued meanwhile are left to them.</summary>
    /// <returns>The replay and how many letters it has; null when none was waiting.</returns>
    public Task<(Guid Id, int Total)?> StartAsync(
        TenantId tenant, ReplaySelection selection, string reason, bool useOriginalMapping, Actor actor, CancellationToken cancellationToken) =>
        StartAsync(tenant, selection, new ReplayOptions { Mapping = useOriginalMapping ? ReplayMapping.Original : ReplayMapping.Published }, reason, actor, cancellationToken);

    /// <summary>
    /// Asks for a replay. Its first letters are written down at once, and it begins where nothing keeps it back; of many
    /// letters the others are written down beside, in chunks.
    /// </summary>
    /// <returns>The replay and how many letters it has so far; null when none was waiting.</returns>
    public async Task<(Guid Id, int Total)?> StartAsync(
        TenantId tenant, ReplaySelection selection, ReplayOptions options, string reason, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        await InsertAsync(session, tenant, id, selection, options, reason, actor, ReplayState.Waiting, cancellationToken);
        var isFrozen = await freeze.StepAsync(session, tenant, id, cancellationToken);
        var total = await session.OneAsync<int>("select total from replay where tenant_id = @tenant and id = @id", new { tenant, id }, cancellationToken);
        if (total == 0)
        {
            return null;
        }

        await ReplayItems.TellAsync(session, tenant, id, actor.Name, "Asked for it.", now, cancellationToken);
        if (isFrozen)
        {
            await lane.MoveAsync(session, tenant, id, cancellationToken);
        }

        var letters = isFrozen ? $"{total} {(total == 1 ? "letter" : "letters")}" : $"more than {total} letters";
        var changes = selection.Patch.IsEmpty ? "" : $", changed: {selection.Patch.Words}";
        var origin = options.Origin is ReplayOrigin.Record ? "" : $", {options.OriginWords}";
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("replay", "dead letter", id.ToString(), selection.Words, $"{letters}{changes}{origin}{(reason.Length > 0 ? $": {reason}" : "")}"), cancellationToken);
        await NotifyAsync(session, tenant, id, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return (id, total);
    }

    /// <summary>Writes a replay down to which a second person has to agree: its letters stand beside it, and none is taken.</summary>
    internal async Task KeepAskedAsync(
        DatabaseSession session, TenantId tenant, Guid id, ReplaySelection selection, ReplayOptions options, string reason, Actor actor, CancellationToken cancellationToken)
    {
        await InsertAsync(session, tenant, id, selection with { Ids = selection.Ids is null ? null : [] }, options, reason, actor, ReplayState.Asked, cancellationToken);
        var changes = selection.Patch.IsEmpty ? "" : $" Changed before: {selection.Patch.Words}.";
        await ReplayItems.TellAsync(session, tenant, id, actor.Name, $"Asked for it. Somebody else has to agree.{changes}", clock.GetUtcNow(), cancellationToken);
        await NotifyAsync(session, tenant, id, cancellationToken);
    }

    /// <summary>Keeps a composer's address under its words, for later or for somebody else, and beside it what stands in no address; its patch sealed.</summary>
    /// <param name="address">Without a fragment; the draft's id is added to it.</param>
    public async Task<Guid> SaveDraftAsync(TenantId tenant, string scope, string address, ReplayDraft draft, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        await session.RunAsync("""
            insert into replay (tenant_id, id, scope, reason, requested_by, requested_at, use_original_mapping, state, total, address, as_of, patch, selection, state_by, state_at)
            values (@tenant, @id, @scope, @reason, @actor, @now, false, 'Draft', 0, @address, @asOf, @patch, @selection::jsonb, @actor, @now)
            """,
            new
            {
                tenant, id, scope, reason = draft.Reason, actor = actor.Name, now, address = $"{address}{(address.Contains('?', StringComparison.Ordinal) ? '&' : '?')}draft={id}",
                asOf = draft.AsOf.ToUniversalTime(), patch = await SealedAsync(tenant, draft.Patch, cancellationToken),
                selection = draft.Only is null ? null : new ReplaySelection(draft.Only, new DeadLetterFilter(), IncludeUnknown: false, scope).Kept,
            },
            cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, id), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return id;
    }

    /// <summary>What was kept beside a draft's address; null where it is none any more.</summary>
    public async Task<ReplayDraft?> FindDraftAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var row = await session.FindAsync<DraftRow>(
            "select reason, coalesce(as_of, requested_at) as as_of, patch, selection::text as selection from replay where tenant_id = @tenant and id = @id and state = 'Draft'",
            new { tenant, id }, cancellationToken);
        return row is null ? null : new ReplayDraft(
            row.Reason, row.AsOf, row.Patch is null ? LetterPatch.None : LetterPatch.Parse((await seals.ForAsync(tenant, cancellationToken)).Open(row.Patch, ReplayFreeze.PatchSeal)),
            row.Selection is null ? null : ReplaySelection.Parse(row.Selection).Ids);
    }

    /// <summary>The newest first.</summary>
    public Task<Page<Replay>> ListAsync(TenantId tenant, ReplayFilter filter, ReplayPlace? after, int size, CancellationToken cancellationToken) =>
        ListAsync(tenant, filter, ReplayOrder.Newest, after, size, cancellationToken);

    /// <param name="tenant">Whose.</param>
    /// <param name="filter">Which.</param>
    /// <param name="order">In which order.</param>
    /// <param name="after">The last one of the page before, in the same order.</param>
    /// <param name="size">How many.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<Page<Replay>> ListAsync(TenantId tenant, ReplayFilter filter, ReplayOrder order, ReplayPlace? after, int size, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await ListAsync(session, [tenant], filter, order, after, size, cancellationToken);
    }

    /// <summary>The same over the tenants that somebody may see.</summary>
    public async Task<Page<Replay>> ListAcrossAsync(
        IReadOnlyCollection<TenantId> tenants, ReplayFilter filter, ReplayOrder order, ReplayPlace? after, int size, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await ListAsync(session, tenants, filter, order, after, size, cancellationToken);
    }

    /// <summary>Replays that are shown already, as they are now; those that are gone, or of a tenant that one may not see any more, are absent.</summary>
    public async Task<IReadOnlyList<Replay>> ListAgainAsync(IReadOnlyCollection<TenantId> tenants, IReadOnlyCollection<Replay> shown, CancellationToken cancellationToken)
    {
        var ours = shown.Where(replay => tenants.Contains(replay.TenantId)).ToList();
        if (ours.Count == 0)
        {
            return [];
        }

        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var rows = await session.ListAsync<ReplayRow>($"""
            select {Columns} from replay p join unnest(@tenants, @ids) k(tenant_id, id) on k.tenant_id = p.tenant_id and k.id = p.id
            """, new { tenants = ours.Select(replay => replay.TenantId.Value).ToArray(), ids = ours.Select(replay => replay.Id).ToArray() }, cancellationToken);
        return [.. rows.Select(row => row.Replay)];
    }

    public async Task<Replay?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return (await session.FindAsync<ReplayRow>($"select {Columns} from replay p where p.tenant_id = @tenant and p.id = @id", new { tenant, id }, cancellationToken))?.Replay;
    }

    /// <summary>A replay's letters.</summary>
    public async Task<IReadOnlyList<ReplayItem>> ListItemsAsync(TenantId tenant, Guid id, ReplayItemState? state, Guid? after, int most, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<ReplayItem>("""
            select i.letter_id, i.sync_id, s.name as sync_name, d.record_key, l.state, i.message, i.finished_at, i.stage, i.is_same
            from replay_item i
            left join replay_taken t on t.tenant_id = i.tenant_id and t.replay_id = i.replay_id and t.sync_id = i.sync_id
            cross join lateral (select case when i.state = 'Queued' and (i.stage, i.turn) <= (t.stage, t.turn) then 'Claimed' else i.state end) l (state)
            join dead_letter d on d.tenant_id = i.tenant_id and d.id = i.letter_id
            join sync_definition s on s.tenant_id = i.tenant_id and s.id = i.sync_id
            where i.tenant_id = @tenant and i.replay_id = @id and (@state::text is null or l.state = @state) and (@after::uuid is null or i.letter_id > @after)
            order by i.letter_id limit @most
            """, new { tenant, id, state = state?.ToString(), after, most }, cancellationToken);
    }

    /// <summary>Why letters failed again, the most frequent first.</summary>
    public async Task<IReadOnlyList<ReplayCause>> ListCausesAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<ReplayCause>("""
            select cause, code, field, is_same, count(*)::int as count, min(message) as message from replay_item
            where tenant_id = @tenant and replay_id = @id and state = 'Failed' and cause is not null
            group by cause, code, field, is_same order by count(*) desc limit 20
            """, new { tenant, id }, cancellationToken);
    }

    /// <summary>Its letters that failed again, as a selection of their own.</summary>
    public async Task<ReplaySelection> SelectFailedAsync(TenantId tenant, Guid id, bool includeUnknown, CancellationToken cancellationToken)
    {
        var failed = await ListItemsAsync(tenant, id, ReplayItemState.Failed, null, MostFailed, cancellationToken);
        return new ReplaySelection([.. failed.Select(item => item.LetterId)], new DeadLetterFilter(), includeUnknown, $"{failed.Count} letters that failed again");
    }

    /// <summary>How a replay was asked for: which letters, and how it goes about them; null where it is gone.</summary>
    public async Task<(ReplaySelection Selection, ReplayOptions Options, string Reason)?> FindAskedAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        if (await FindAsync(tenant, id, cancellationToken) is not { Address: null } replay)
        {
            return null;
        }

        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var asked = await session.FindAsync<AskedRow>("""
            select coalesce(selection::text, '') as selection, include_unknown,
                case when selection is null or selection ->> 'Ids' = '[]' then array(select letter_id::text from replay_item where tenant_id = @tenant and replay_id = @id order by letter_id limit @most) end as ids
            from replay where tenant_id = @tenant and id = @id
            """, new { tenant, id, most = MostFailed }, cancellationToken);
        if (asked is null)
        {
            return null;
        }

        var (ids, filter) = asked.Selection.Length == 0 ? (null, new DeadLetterFilter()) : ReplaySelection.Parse(asked.Selection);
        var letters = asked.Ids is { } taken ? [.. taken.Select(Guid.Parse)] : ids;
        return (new ReplaySelection(letters, filter, asked.IncludeUnknown, replay.Scope), replay.Options, replay.Reason);
    }

    /// <summary>What happened to a replay, the latest first.</summary>
    public async Task<IReadOnlyList<ReplayEvent>> ListEventsAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<ReplayEvent>(
            "select at, actor, message from replay_event where tenant_id = @tenant and replay_id = @id order by seq desc limit 200", new { tenant, id }, cancellationToken);
    }

    /// <summary>How many letters came to an outcome in the last minute.</summary>
    public async Task<int> CountLastMinuteAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.OneAsync<int>(
            "select count(*)::int from replay_item where tenant_id = @tenant and replay_id = @id and finished_at > @since",
            new { tenant, id, since = clock.GetUtcNow() - TimeSpan.FromMinutes(1) }, cancellationToken);
    }

    /// <summary>Which replays go before a waiting one, for they go to one of its destinations or asked for it earlier.</summary>
    public async Task<IReadOnlyList<ReplayAhead>> ListAheadAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await ReplayLane.ListAheadAsync(session, tenant, id, cancellationToken);
    }

    /// <summary>The runs in which a replay's letters go over the line.</summary>
    public async Task<IReadOnlyList<Run>> ListRunsAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<Run>(
            $"select {RunStore.Columns} {RunStore.From} where r.tenant_id = @tenant and r.replay_id = @id order by s.name, r.number desc limit 50", new { tenant, id }, cancellationToken);
    }

    internal static async Task NotifyAsync(DatabaseSession session, TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await session.NotifyAsync(new Change(Topic, tenant, id), cancellationToken);
        await session.NotifyAsync(new Change(DeadLetterStore.Topic, tenant), cancellationToken);
    }

    /// <summary>Each tenant's first along its own index, where they are asked for by time; the page is cut out of them before their rows are read.</summary>
    private static async Task<Page<Replay>> ListAsync(
        DatabaseSession session, IReadOnlyCollection<TenantId> tenants, ReplayFilter filter, ReplayOrder order, ReplayPlace? after, int size, CancellationToken cancellationToken)
    {
        var rows = await session.ListAsync<ReplayRow>($"""
            select {Columns}
            from (
                select n.tenant_id, n.id from unnest(@tenants) t(id)
                cross join lateral (
                    select x.tenant_id, x.id, x.requested_at, x.total, x.delivered, x.failed, x.skipped from replay x
                    where x.tenant_id = t.id and (@at::timestamptz is null or {order.Behind("x")})
                      and (@state::text is null or x.state = @state) and (@by = '' or strpos(lower(x.requested_by), lower(@by)) > 0) and (not @policyOnly or x.is_policy)
                      and (@cause::text is null or exists (select from replay_item i where i.tenant_id = x.tenant_id and i.replay_id = x.id and i.cause = @cause))
                    order by {order.Sql("x")} limit @size) n
                order by {order.Sql("n")} limit @size) k
            join replay p on p.tenant_id = k.tenant_id and p.id = k.id
            order by {order.Sql("p")}
            """,
            new
            {
                tenants = tenants.Select(tenant => tenant.Value).ToArray(), at = after?.At.At, id = after?.At.Id, rank = after?.Rank ?? 0, size = size + 1, state = filter.State?.ToString(), by = filter.By,
                policyOnly = filter.PolicyOnly, cause = filter.Cause?.ToString(),
            },
            cancellationToken);
        return rows.Count > size
            ? new Page<Replay>([.. rows.Take(size).Select(row => row.Replay)], order.PlaceOf(rows[size - 1].Replay).ToString()) : new Page<Replay>([.. rows.Select(row => row.Replay)], null);
    }

    private async Task InsertAsync(
        DatabaseSession session, TenantId tenant, Guid id, ReplaySelection selection, ReplayOptions options, string reason, Actor actor, ReplayState state, CancellationToken cancellationToken)
    {
        // The page says so before; nothing that was never published is sent, whoever asks.
        if (options.Mapping is ReplayMapping.Draft)
        {
            throw new ArgumentException("Letters are tried with a draft, and not sent.", nameof(options));
        }

        var now = clock.GetUtcNow();
        var patch = await SealedAsync(tenant, selection.Patch, cancellationToken);
        await session.RunAsync("""
            insert into replay (tenant_id, id, scope, reason, requested_by, requested_at, use_original_mapping, mapping_version, pace, budget_share, is_staged, stop_percent, stops_on_same,
                origin, maps_rest, parallel, start_rule, start_at, selection, include_unknown, as_of, excluded, patch, is_policy, state, total, state_by, state_at, stage)
            values (@tenant, @id, @scope, @reason, @actor, @now, @original, @version, @pace, @share, @staged, @stop, @same,
                @origin, @mapsRest, @parallel, @start, @startAt, @selection::jsonb, @includeUnknown, @asOf, @excluded, @patch, @isPolicy, @state, 0, @actor, @now, @stage)
            """,
            new
            {
                tenant, id, scope = selection.Words, reason, actor = actor.Name, now, original = options.Mapping is ReplayMapping.Original,
                version = options.Mapping is ReplayMapping.Chosen ? options.MappingVersion : null, pace = options.Pace, share = options.BudgetShare, staged = options.IsStaged,
                stop = options.StopPercent, same = options.StopsOnSame, origin = options.Origin.ToString(), mapsRest = options.MapsRest, parallel = options.Parallel, start = options.Start.ToString(), startAt = options.StartAt?.ToUniversalTime(), selection = selection.Kept,
                includeUnknown = selection.IncludeUnknown, asOf = (selection.AsOf ?? now).ToUniversalTime(), excluded = selection.Excluded, patch, isPolicy = selection.IsPolicy,
                state = state.ToString(),
                stage = options.IsStaged ? 1 : StageRule.Last,
            },
            cancellationToken);
    }

    private async Task<byte[]?> SealedAsync(TenantId tenant, LetterPatch patch, CancellationToken cancellationToken) =>
        patch.IsEmpty ? null : (await seals.ForAsync(tenant, cancellationToken)).Seal(patch.Bytes, ReplayFreeze.PatchSeal);

    private sealed record AskedRow(string Selection, bool IncludeUnknown, string[]? Ids);

    private sealed record DraftRow(string Reason, DateTimeOffset AsOf, byte[]? Patch, string? Selection);

    private sealed record ReplayRow(
        TenantId TenantId, Guid Id, string Scope, string Reason, string RequestedBy, DateTimeOffset RequestedAt, bool UseOriginalMapping, int? MappingVersion, double Pace, int BudgetShare,
        bool IsStaged, int StopPercent, bool StopsOnSame, ReplayOrigin Origin, bool MapsRest, int Parallel, ReplayStart StartRule, DateTimeOffset? StartAt, ReplayState State, int Total, DateTimeOffset? AsOf, DateTimeOffset? FrozenAt,
        DateTimeOffset? BeganAt, DateTimeOffset? FinishedAt, string StateBy, string StateReason, DateTimeOffset? StateAt, int Delivered, int Failed, int Skipped, int Stage, int StageDone,
        int StageFailed, int Excluded, int Patched, bool IsPolicy, string? Address, string[] SyncIds, int? Asked)
    {
        private ReplayOptions Options => new()
        {
            Mapping = UseOriginalMapping ? ReplayMapping.Original : MappingVersion is null ? ReplayMapping.Published : ReplayMapping.Chosen, MappingVersion = MappingVersion,
            Pace = Pace, BudgetShare = BudgetShare, IsStaged = IsStaged, StopPercent = StopPercent, StopsOnSame = StopsOnSame, Origin = Origin, MapsRest = MapsRest, Parallel = Parallel, Start = StartRule, StartAt = StartAt,
        };

        public Replay Replay => new(
            TenantId, Id, Scope, Reason, RequestedBy, RequestedAt, Options, State, Total, AsOf, FrozenAt, BeganAt, FinishedAt, StateBy, StateReason, StateAt, Delivered, Failed, Skipped,
            Stage, StageDone, StageFailed, Excluded, Patched, IsPolicy, Address, [.. SyncIds.Select(Guid.Parse)]) { Asked = Asked };
    }
}
