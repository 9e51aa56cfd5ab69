using System.Globalization;
using IntegrationConsole.Access;

namespace IntegrationConsole.Tenants.Keeping;

/// <summary>How long what belongs to tenants is kept, and which of them are held.</summary>
public sealed class KeepingStore(ConsoleDatabase database, AuditTrail audit, TimeProvider clock)
{
    private const string Query = """
        select waiting_days, closed_days, attempt_days, group_days, replay_days, begins_at, held_at, held_by, held_why, version, changed_at, changed_by
        from tenant_keeping where tenant_id = @tenant
        """;

    public async Task<TenantKeeping> FindAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await FindAsync(session, tenant, cancellationToken);
    }

    /// <summary>What is shortened holds two weeks later: until then people may change their minds, and are warned.</summary>
    public async Task<Saved> UpdateAsync(TenantId tenant, int version, KeepingSettings settings, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var name = await LockAsync(session, tenant, cancellationToken);
        var before = await FindAsync(session, tenant, cancellationToken);
        if (name is null || before.Version != version)
        {
            return Saved.Outdated;
        }

        var now = clock.GetUtcNow();
        var begins = settings.IsShorterThan(before.Own) ? now + TenantKeeping.FirstWarning : before.BeginsAt;
        await session.RunAsync("""
            insert into tenant_keeping (tenant_id, waiting_days, closed_days, attempt_days, group_days, replay_days, begins_at, version, changed_at, changed_by)
            values (@tenant, @WaitingDays, @ClosedDays, @AttemptDays, @GroupDays, @ReplayDays, @begins, 1, @now, @actor)
            on conflict (tenant_id) do update
            set waiting_days = excluded.waiting_days, closed_days = excluded.closed_days, attempt_days = excluded.attempt_days, group_days = excluded.group_days,
                replay_days = excluded.replay_days, begins_at = excluded.begins_at, version = tenant_keeping.version + 1, changed_at = excluded.changed_at, changed_by = excluded.changed_by
            """,
            new { tenant, settings.WaitingDays, settings.ClosedDays, settings.AttemptDays, settings.GroupDays, settings.ReplayDays, begins, now, actor = actor.Name }, cancellationToken);
        await EndAsync(session, tenant, actor, new AuditEvent("change", "retention", tenant.ToString(), name, Difference(before.Own, settings)), cancellationToken);
        return Saved.Done;
    }

    /// <summary>Stops the removal of anything of a tenant's, with a reason, or lets it begin again two weeks from now with null.</summary>
    /// <returns>False where the tenant is gone, or is held, or not, already.</returns>
    public async Task<bool> HoldAsync(TenantId tenant, string? why, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var name = await LockAsync(session, tenant, cancellationToken);
        var before = await FindAsync(session, tenant, cancellationToken);
        if (name is null || (before.Hold is null) == (why is null))
        {
            return false;
        }

        var now = clock.GetUtcNow();
        await session.RunAsync("""
            insert into tenant_keeping (tenant_id, held_at, held_by, held_why, version, changed_at, changed_by) values (@tenant, @now, @actor, @why, 1, @now, @actor)
            on conflict (tenant_id) do update
            set held_at = case when @why::text is null then null else @now::timestamptz end, held_by = case when @why::text is null then null else @actor end, held_why = @why,
                begins_at = case when @why::text is null then @begins::timestamptz else tenant_keeping.begins_at end, version = tenant_keeping.version + 1, changed_at = @now, changed_by = @actor
            """, new { tenant, why, now, begins = now + TenantKeeping.FirstWarning, actor = actor.Name }, cancellationToken);
        await EndAsync(
            session, tenant, actor,
            new AuditEvent(why is null ? "lift the legal hold of" : "put a legal hold on", "tenant", tenant.ToString(), name, why ?? $"It was: {before.Hold!.Why}"), cancellationToken);
        return true;
    }

    /// <summary>
    /// Begins a step of removal in the caller's transaction. One node takes a step at a time, and whoever puts the tenant
    /// on hold waits for the step in hand: behind that, nothing goes.
    /// </summary>
    /// <returns>Null where nothing of the tenant may go now.</returns>
    internal async Task<TenantKeeping?> BeginStepAsync(DatabaseSession session, TenantId tenant, CancellationToken cancellationToken)
    {
        if (!await session.OneAsync<bool>("select pg_try_advisory_xact_lock(hashtextextended('retention', 0))", null, cancellationToken))
        {
            return null;
        }

        await session.RunAsync("select id from tenant where id = @tenant for share", new { tenant }, cancellationToken);
        var keeping = await FindAsync(session, tenant, cancellationToken);
        return keeping.Hold is not null || keeping.BeginsAt > clock.GetUtcNow() ? null : keeping;
    }

    private static async Task<TenantKeeping> FindAsync(DatabaseSession session, TenantId tenant, CancellationToken cancellationToken) =>
        (await session.FindAsync<Row>(Query, new { tenant }, cancellationToken))?.Keeping ?? new TenantKeeping(KeepingSettings.Usual, null, null, 0, null, null);

    /// <returns>Its name; null where it is gone.</returns>
    private static Task<string?> LockAsync(DatabaseSession session, TenantId tenant, CancellationToken cancellationToken) =>
        session.FindAsync<string>("select name from tenant where id = @tenant for no key update", new { tenant }, cancellationToken);

    private async Task EndAsync(DatabaseSession session, TenantId tenant, Actor actor, AuditEvent what, CancellationToken cancellationToken)
    {
        await audit.AppendAsync(session, tenant, actor, what, cancellationToken);
        await session.NotifyAsync(new Change(TenantStore.Topic, tenant), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private static string Difference(KeepingSettings before, KeepingSettings after)
    {
        (string What, int? Old, int? New)[] fields =
        [
            ("waiting letters", before.WaitingDays, after.WaitingDays), ("closed letters", before.ClosedDays, after.ClosedDays), ("attempts", before.AttemptDays, after.AttemptDays),
            ("failure groups", before.GroupDays, after.GroupDays), ("replays", before.ReplayDays, after.ReplayDays),
        ];
        return string.Join("; ", fields.Where(field => field.Old != field.New).Select(field => $"{field.What}: {Words(field.Old)} to {Words(field.New)}"));
    }

    private static string Words(int? days) => days is { } own ? string.Create(CultureInfo.InvariantCulture, $"{own:N0} days") : "the usual time";

    private sealed record Row(
        int? WaitingDays, int? ClosedDays, int? AttemptDays, int? GroupDays, int? ReplayDays, DateTimeOffset? BeginsAt, DateTimeOffset? HeldAt, string? HeldBy, string? HeldWhy,
        int Version, DateTimeOffset ChangedAt, string ChangedBy)
    {
        public TenantKeeping Keeping => new(
            new KeepingSettings(WaitingDays, ClosedDays, AttemptDays, GroupDays, ReplayDays), BeginsAt, HeldAt is { } at ? new LegalHold(at, HeldBy!, HeldWhy!) : null, Version, ChangedAt, ChangedBy);
    }
}
