using System.Text.Json;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;

namespace IntegrationConsole.Sync.Reconciliations;

/// <summary>How asking for a comparison ended.</summary>
/// <param name="Id">The comparison; null when it was refused.</param>
/// <param name="Answer">In words.</param>
public sealed record ReconciliationRequest(Guid? Id, string Answer);

/// <summary>Comparisons of both sides of syncs, as people ask for them and read them; <see cref="ReconciliationQueue"/> moves them.</summary>
public sealed class ReconciliationStore(ConsoleDatabase database, RunQueue queue, AuditTrail audit, TimeProvider clock)
{
    public const string Topic = "reconciliation";

    private const string Columns = """
        c.tenant_id, c.id, c.sync_id, s.name as sync_name, s.slug as sync_slug, c.number, c.requested_by, c.requested_at, c.state, c.step, c.cause, c.mapping_version, c.fields,
        c.look, c.read, c.expected, c.compared, c.filtered, c.unmapped, c.held, c.missing, c.extra, c.different, c.moving, c.cancel_requested_by, c.started_at, c.finished_at
        """;

    private const string From = "from reconciliation c join sync_definition s on s.tenant_id = c.tenant_id and s.id = c.sync_id";

    public async Task<ReconciliationRequest> RequestAsync(TenantId tenant, Guid syncId, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var asked = await session.FindAsync<AskedSync>(
            "select name, write_mode, key_fields, deleted_at is not null as is_deleted from sync_definition where tenant_id = @tenant and id = @syncId for update", new { tenant, syncId }, cancellationToken);
        var refusal = asked is null or { IsDeleted: true } ? "This integration was deleted." : ReconciliationRules.Refusal(asked.WriteMode, asked.KeyFields);
        var id = refusal.Length > 0 ? null : await ReconciliationQueue.EnqueueAsync(session, tenant, syncId, actor.Name, clock.GetUtcNow(), cancellationToken);
        refusal = refusal.Length > 0 ? refusal : id is null ? "A reconciliation is going already." : "";
        await audit.AppendAsync(
            session, tenant, actor, new AuditEvent("reconcile", "integration", syncId.ToString(), asked?.Name ?? "", refusal, refusal.Length > 0 ? AuditResult.Refused : AuditResult.Done),
            cancellationToken);
        await session.CommitAsync(cancellationToken);
        return new ReconciliationRequest(id, id is null ? refusal : "The reconciliation starts in a moment.");
    }

    /// <summary>The newest first.</summary>
    public async Task<IReadOnlyList<Reconciliation>> ListAsync(TenantId tenant, Guid syncId, int most, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<Reconciliation>(
            $"select {Columns} {From} where c.tenant_id = @tenant and c.sync_id = @syncId order by c.number desc limit @most", new { tenant, syncId, most }, cancellationToken);
    }

    public async Task<Reconciliation?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.FindAsync<Reconciliation>($"select {Columns} {From} where c.tenant_id = @tenant and c.id = @id", new { tenant, id }, cancellationToken);
    }

    public async Task<IReadOnlyList<DifferingKey>> ListKeysAsync(TenantId tenant, Guid id, DifferenceKind kind, int most, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<DifferingKey>("""
            select kind, place, record_key, fields from reconciliation_key
            where tenant_id = @tenant and reconciliation_id = @id and kind = @kind order by place limit @most
            """, new { tenant, id, kind = kind.ToString(), most }, cancellationToken);
    }

    /// <summary>The runs that repaired what a comparison found, the newest first.</summary>
    public async Task<IReadOnlyList<Run>> ListRepairsAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<Run>(
            $"select {RunStore.Columns} {RunStore.From} where r.tenant_id = @tenant and r.reconciliation_id = @id order by r.queued_at desc", new { tenant, id }, cancellationToken);
    }

    /// <summary>One that waits ends at once; one that compares stops soon.</summary>
    public async Task<string> CancelAsync(TenantId tenant, Guid id, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var state = await session.FindAsync<string>("""
            update reconciliation set cancel_requested_by = @actor, state = case when state = 'Waiting' then 'Cancelled' else state end,
                step = case when state = 'Waiting' then 'Cancelled by ' || @actor else step end, finished_at = case when state = 'Waiting' then @now::timestamptz end
            where tenant_id = @tenant and id = @id and state in ('Waiting', 'Comparing') returning state
            """, new { tenant, id, actor = actor.Name, now = clock.GetUtcNow() }, cancellationToken);
        if (state is null)
        {
            return "The reconciliation had ended already.";
        }

        await audit.AppendAsync(session, tenant, actor, new AuditEvent("cancel", "reconciliation", id.ToString(), ""), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, id), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return state == nameof(ReconciliationState.Cancelled) ? "The reconciliation is cancelled." : "The reconciliation stops in a moment.";
    }

    /// <summary>Sends the records that are missing or different over the line once more, as a run beside the usual ones.</summary>
    public async Task<RunRequest> RepairAsync(TenantId tenant, Guid id, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var found = await session.FindAsync<Repairing>("""
            select c.sync_id, s.name, c.missing, c.different, s.deleted_at is not null as is_deleted, s.paused_at is not null or t.paused_at is not null as is_paused,
                   s.write_mode, exists (select from run r where r.tenant_id = c.tenant_id and r.reconciliation_id = c.id and r.state in ('Queued', 'Running')) as is_going
            from reconciliation c join sync_definition s on s.tenant_id = c.tenant_id and s.id = c.sync_id join tenant t on t.id = c.tenant_id
            where c.tenant_id = @tenant and c.id = @id and c.state = 'Done' for update of c
            """, new { tenant, id }, cancellationToken);
        var refusal = found is null ? "Only a reconciliation that came to its end can be repaired." : RefusalOf(found);
        var run = refusal.Length > 0 ? (Guid?)null
            : await queue.EnqueueBesideAsync(session, tenant, found!.SyncId, new BesideWork(RunTrigger.Backfill) { ReconciliationId = id }, actor.Name, cancellationToken);
        await audit.AppendAsync(
            session, tenant, actor,
            new AuditEvent("repair", "integration", found?.SyncId.ToString() ?? "", found?.Name ?? "", run is null ? refusal : $"{found!.Missing:N0} missing, {found.Different:N0} different", run is null ? AuditResult.Refused : AuditResult.Done),
            cancellationToken);
        if (run is not null)
        {
            await queue.CallAsync(session, tenant, cancellationToken);
            await session.NotifyAsync(new Change(RunStore.Topic, tenant, run), cancellationToken);
            await session.NotifyAsync(new Change(Topic, tenant, id), cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
        return new RunRequest(run, run is null ? refusal : "The repair starts beside the usual runs.");
    }

    /// <summary>When it is compared by itself; manual for never.</summary>
    public async Task<Schedule> ScheduleOfAsync(TenantId tenant, Guid syncId, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var text = await session.FindAsync<string>("select schedule::text from reconciliation_schedule where tenant_id = @tenant and sync_id = @syncId", new { tenant, syncId }, cancellationToken);
        return text is null ? Schedule.Manual : JsonSerializer.Deserialize<Schedule>(text, JsonSerializerOptions.Web) ?? Schedule.Manual;
    }

    /// <param name="tenant">Whose.</param>
    /// <param name="syncId">Which integration.</param>
    /// <param name="schedule">Checked; manual for never.</param>
    /// <param name="zone">The tenant's.</param>
    /// <param name="actor">Who says so.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task ScheduleAsync(TenantId tenant, Guid syncId, Schedule schedule, TimeZoneInfo zone, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        await session.RunAsync("delete from reconciliation_schedule where tenant_id = @tenant and sync_id = @syncId", new { tenant, syncId }, cancellationToken);
        if (schedule.Next(zone, clock.GetUtcNow()) is { } next)
        {
            await session.RunAsync(
                "insert into reconciliation_schedule (tenant_id, sync_id, schedule, next_at) values (@tenant, @syncId, @schedule::jsonb, @next)",
                new { tenant, syncId, schedule = JsonSerializer.Serialize(schedule, JsonSerializerOptions.Web), next }, cancellationToken);
        }

        var name = await session.OneAsync<string>("select name from sync_definition where tenant_id = @tenant and id = @syncId", new { tenant, syncId }, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("schedule reconciliation", "integration", syncId.ToString(), name, schedule.Words(zone)), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, syncId), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private static string RefusalOf(Repairing found) =>
        found.IsDeleted ? "This integration was deleted."
        : found.IsPaused ? "The integration or its tenant is paused: resume it first."
        : found.IsGoing ? "A repair is going already."
        : found.Missing + found.Different == 0 ? "Nothing is missing or different."
        : found.WriteMode is WriteMode.Overwrite ? "Each run of this integration replaces everything: run it, and everything is there."
        : "";

    private sealed record AskedSync(string Name, WriteMode WriteMode, string[] KeyFields, bool IsDeleted);

    private sealed record Repairing(Guid SyncId, string Name, long Missing, long Different, bool IsDeleted, bool IsPaused, WriteMode WriteMode, bool IsGoing);
}
