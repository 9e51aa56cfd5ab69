using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Sync.Schedules;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Sync.Reconciliations;

/// <summary>A comparison that this node may make until its lease ends.</summary>
internal sealed record ClaimedReconciliation(TenantId TenantId, Guid Id, Guid SyncId, int Attempt, DateTimeOffset StartedAt);

/// <summary>How far a comparison is.</summary>
internal sealed record ReconciliationProgress(string Step, int Look, long Read, long? Expected)
{
    public long Filtered { get; init; }

    public long Unmapped { get; init; }
}

/// <summary>
/// Moves comparisons from state to state. Nothing is kept of one that is under way but how far it is: a node that dies
/// leaves it to another, which begins anew.
/// </summary>
public sealed class ReconciliationQueue(ConsoleDatabase database, IOptions<DatabaseOptions> node, TimeProvider clock)
{
    internal static readonly TimeSpan Lease = TimeSpan.FromSeconds(30);

    private const int KeptOfSync = 50;
    private const int MostAttempts = 5;
    private const int KeysAtOnce = 10_000;
    private const string FieldSeparator = "\n";

    /// <returns>The comparison; null where one is under way.</returns>
    internal static async Task<Guid?> EnqueueAsync(DatabaseSession session, TenantId tenant, Guid syncId, string requestedBy, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var id = await session.FindAsync<Guid?>("""
            insert into reconciliation (tenant_id, id, sync_id, number, requested_by, requested_at, state)
            select @tenant, @id, @syncId, 1 + coalesce((select max(number) from reconciliation where tenant_id = @tenant and sync_id = @syncId), 0), @requestedBy, @now, 'Waiting'
            on conflict (tenant_id, sync_id) where state in ('Waiting', 'Comparing') do nothing
            returning id
            """, new { tenant, id = Guid.CreateVersion7(now), syncId, requestedBy, now }, cancellationToken);
        if (id is not null)
        {
            await session.NotifyAsync(new Change(ReconciliationStore.Topic, tenant, id), cancellationToken);
        }

        return id;
    }

    /// <summary>Puts what fell due into the queue. Every worker does this; what one of them has moved on is not due for the others.</summary>
    internal async Task<int> EnqueueDueAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var due = await session.ListAsync<DueSync>("""
            select p.tenant_id, p.sync_id, p.schedule::text as schedule, t.time_zone, s.deleted_at is not null as is_deleted,
                   s.paused_at is not null or t.paused_at is not null as is_paused, s.write_mode, s.key_fields
            from reconciliation_schedule p join sync_definition s on s.tenant_id = p.tenant_id and s.id = p.sync_id join tenant t on t.id = p.tenant_id
            where p.next_at <= @now for update of p skip locked
            """, new { now }, cancellationToken);
        foreach (var sync in due)
        {
            var zone = TimeZoneInfo.TryFindSystemTimeZoneById(sync.TimeZone, out var known) ? known : TimeZoneInfo.Utc;
            var next = sync.IsDeleted ? null : JsonSerializer.Deserialize<Schedule>(sync.Schedule, JsonSerializerOptions.Web)?.Next(zone, now);
            await session.RunAsync(
                next is null ? "delete from reconciliation_schedule where tenant_id = @tenant and sync_id = @sync" : "update reconciliation_schedule set next_at = @next where tenant_id = @tenant and sync_id = @sync",
                new { tenant = sync.TenantId, sync = sync.SyncId, next }, cancellationToken);
            if (!sync.IsDeleted && !sync.IsPaused && ReconciliationRules.Refusal(sync.WriteMode, sync.KeyFields).Length == 0)
            {
                await EnqueueAsync(session, sync.TenantId, sync.SyncId, "schedule", now, cancellationToken);
            }
        }

        await session.CommitAsync(cancellationToken);
        return due.Count;
    }

    /// <summary>Takes up the oldest that waits, or one whose node is silent.</summary>
    internal async Task<ClaimedReconciliation?> ClaimAsync(CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        await session.RunAsync("""
            update reconciliation set state = 'Failed', step = 'Every node that took it up stopped.', finished_at = @now, lease_until = null
            where state = 'Comparing' and lease_until < @now and attempt >= @most
            """, new { now, most = MostAttempts }, cancellationToken);
        var claimed = await session.FindAsync<ClaimedReconciliation>("""
            update reconciliation c set state = 'Comparing', attempt = attempt + 1, node = @node, lease_until = @until, started_at = coalesce(started_at, @now), step = 'Begins', cause = null
            where (c.tenant_id, c.id) in (
                select n.tenant_id, n.id from reconciliation n where n.state in ('Waiting', 'Comparing') and coalesce(n.lease_until, '-infinity') < @now
                order by n.requested_at limit 1 for update skip locked)
            returning tenant_id, id, sync_id, attempt, started_at
            """, new { now, node = node.Value.NodeName, until = now + Lease }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return claimed;
    }

    /// <summary>Says how far it is, and that this node still has it.</summary>
    /// <returns>Null when it was taken away; otherwise who wants it cancelled, or empty.</returns>
    internal async Task<string?> BeatAsync(ClaimedReconciliation claimed, ReconciliationProgress progress, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(claimed.TenantId, cancellationToken);
        var cancelledBy = await session.FindAsync<string>("""
            update reconciliation set lease_until = @until, step = @step, look = @look, read = @read, expected = coalesce(@expected, expected), filtered = @filtered, unmapped = @unmapped
            where tenant_id = @tenant and id = @id and state = 'Comparing' and attempt = @attempt
            returning coalesce(cancel_requested_by, '')
            """,
            new
            {
                tenant = claimed.TenantId, id = claimed.Id, attempt = claimed.Attempt, until = clock.GetUtcNow() + Lease, step = progress.Step, look = progress.Look, read = progress.Read,
                expected = progress.Expected, filtered = progress.Filtered, unmapped = progress.Unmapped,
            },
            cancellationToken);
        await session.NotifyAsync(new Change(ReconciliationStore.Topic, claimed.TenantId, claimed.Id), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return cancelledBy;
    }

    /// <summary>It came to its end: the counts, and the keys that differ, in one transaction.</summary>
    internal async Task FinishAsync(ClaimedReconciliation claimed, ReconciliationFindings findings, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(claimed.TenantId, cancellationToken);
        var done = await session.RunAsync("""
            update reconciliation set state = 'Done', step = @words, finished_at = @now, lease_until = null, mapping_version = @version, fields = @fields, look = @look, read = @read,
                   compared = @compared, filtered = @filtered, unmapped = @unmapped, missing = @missing, extra = @extra, different = @different, moving = @moving
            where tenant_id = @tenant and id = @id and state = 'Comparing' and attempt = @attempt
            """,
            new
            {
                tenant = claimed.TenantId, id = claimed.Id, attempt = claimed.Attempt, now = clock.GetUtcNow(), words = findings.Words, version = findings.MappingVersion,
                fields = findings.Fields.ToArray(), look = findings.Progress.Look, read = findings.Progress.Read, compared = findings.Result.Rows, filtered = findings.Progress.Filtered,
                unmapped = findings.Progress.Unmapped, missing = findings.Count(DifferenceKind.Missing), extra = findings.Count(DifferenceKind.Extra),
                different = findings.Count(DifferenceKind.Different), moving = findings.Result.InDoubt,
            },
            cancellationToken);
        if (done == 0)
        {
            return;
        }

        await InsertKeysAsync(session, claimed, findings.Keys, cancellationToken);
        await session.RunAsync("""
            update reconciliation c set held = (
                select count(*) from reconciliation_key k where k.tenant_id = c.tenant_id and k.reconciliation_id = c.id and k.kind <> 'Extra' and exists (
                    select from dead_letter d where d.tenant_id = c.tenant_id and d.sync_id = c.sync_id and d.record_key = k.record_key and d.state in ('Waiting', 'Queued', 'Replaying')))
            where c.tenant_id = @tenant and c.id = @id
            """, new { tenant = claimed.TenantId, id = claimed.Id }, cancellationToken);
        await session.RunAsync("""
            delete from reconciliation where tenant_id = @tenant and sync_id = @sync and number <= (select number from reconciliation where tenant_id = @tenant and id = @id) - @kept
            """, new { tenant = claimed.TenantId, sync = claimed.SyncId, id = claimed.Id, kept = KeptOfSync }, cancellationToken);
        await session.NotifyAsync(new Change(ReconciliationStore.Topic, claimed.TenantId, claimed.Id), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    /// <summary>It did not come to its end.</summary>
    /// <param name="claimed">Which.</param>
    /// <param name="state">What becomes of it; waiting to be tried again.</param>
    /// <param name="words">Why.</param>
    /// <param name="cause">What failed it; null where nothing did.</param>
    /// <param name="pause">How long one that is tried again waits.</param>
    /// <param name="cancellationToken">Stops.</param>
    internal async Task EndAsync(ClaimedReconciliation claimed, ReconciliationState state, string words, FailureCause? cause, TimeSpan pause, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(claimed.TenantId, cancellationToken);
        await session.RunAsync("""
            update reconciliation set state = @state, step = @words, cause = @cause, lease_until = case when @state = 'Waiting' then @until::timestamptz end,
                   finished_at = case when @state <> 'Waiting' then @now::timestamptz end
            where tenant_id = @tenant and id = @id and state = 'Comparing' and attempt = @attempt
            """,
            new
            {
                tenant = claimed.TenantId, id = claimed.Id, attempt = claimed.Attempt, state = state.ToString(), words, cause = cause?.ToString(), now = clock.GetUtcNow(),
                until = clock.GetUtcNow() + pause,
            },
            cancellationToken);
        await session.NotifyAsync(new Change(ReconciliationStore.Topic, claimed.TenantId, claimed.Id), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    /// <summary>Row-level security knows no COPY.</summary>
    private static async Task InsertKeysAsync(DatabaseSession session, ClaimedReconciliation claimed, IReadOnlyList<Difference> keys, CancellationToken cancellationToken)
    {
        var place = 0;
        foreach (var chunk in keys.Chunk(KeysAtOnce))
        {
            await session.RunAsync("""
                insert into reconciliation_key (tenant_id, reconciliation_id, kind, place, record_key, fields)
                select @tenant, @id, k.kind, @place + k.number, k.record_key, string_to_array(k.fields, @separator)
                from unnest(@kinds, @keys, @fields) with ordinality as k (kind, record_key, fields, number)
                """,
                new
                {
                    tenant = claimed.TenantId, id = claimed.Id, place, separator = FieldSeparator, kinds = chunk.Select(key => key.Kind.ToString()).ToArray(),
                    keys = chunk.Select(key => key.Key).ToArray(), fields = chunk.Select(key => string.Join(FieldSeparator, key.Fields)).ToArray(),
                },
                cancellationToken);
            place += chunk.Length;
        }
    }

    private sealed record DueSync(TenantId TenantId, Guid SyncId, string Schedule, string TimeZone, bool IsDeleted, bool IsPaused, WriteMode WriteMode, string[] KeyFields);
}
