namespace IntegrationConsole.Sync.Runs;

/// <summary>
/// Keeps runs back that fall due while a maintenance is open that holds them, and lets them go at its end: one run for
/// each integration, however often its schedule came round meanwhile.
/// </summary>
internal static class MaintenanceHolds
{
    /// <summary>
    /// The maintenance that a sync's runs have to wait for: of <c>@tenant</c> and <c>@syncId</c> at <c>@now</c>. The records
    /// of a replay (<c>@isReplay</c>) come from the console itself: only the destination matters.
    /// </summary>
    public const string Find = """
        select m.id, m.ends_at, w.scope, coalesce(c.name, '') as connection_name, w.reason, w.created_by, t.time_zone
        from maintenance_time m
        join maintenance_window w on w.tenant_id = m.tenant_id and w.id = m.window_id and w.holds_runs
        join sync_definition s on s.tenant_id = m.tenant_id and s.id = @syncId
        join tenant t on t.id = m.tenant_id
        left join connection c on w.scope = 'Connection' and c.tenant_id = w.tenant_id and c.id = w.scope_id
        where m.tenant_id = @tenant and m.starts_at <= @now and m.ends_at > @now
          and (w.scope = 'Tenant' or (w.scope = 'Integration' and w.scope_id = s.id)
               or (w.scope = 'Connection' and (w.scope_id = s.destination_connection_id or (w.scope_id = s.source_connection_id and not @isReplay))))
        order by m.ends_at desc limit 1
        """;

    /// <summary>
    /// The maintenances that hold letters on their way to these integrations' destinations: those that are open, and those
    /// that begin before another moment; those that begin first come first.
    /// </summary>
    public static Task<IReadOnlyList<PlannedMaintenance>> ListAsync(
        DatabaseSession session, TenantId tenant, IReadOnlyCollection<Guid> syncs, DateTimeOffset now, DateTimeOffset before, CancellationToken cancellationToken) =>
        session.ListAsync<PlannedMaintenance>("""
            select distinct m.starts_at, m.ends_at, coalesce(c.name, '') as connection_name, w.reason, w.created_by
            from maintenance_time m
            join maintenance_window w on w.tenant_id = m.tenant_id and w.id = m.window_id and w.holds_runs
            join sync_definition s on s.tenant_id = m.tenant_id and s.id = any(@syncs)
            left join connection c on w.scope = 'Connection' and c.tenant_id = w.tenant_id and c.id = w.scope_id
            where m.tenant_id = @tenant and m.ends_at > @now and (m.starts_at <= @now or m.starts_at < @before)
              and (w.scope = 'Tenant' or (w.scope = 'Integration' and w.scope_id = s.id) or (w.scope = 'Connection' and w.scope_id = s.destination_connection_id))
            order by m.starts_at, m.ends_at desc limit 20
            """, new { tenant, syncs = syncs.ToArray(), now, before }, cancellationToken);

    /// <summary>Counts a run that begins to wait, for the summary of the maintenance.</summary>
    public static Task<int> CountAsync(DatabaseSession session, TenantId tenant, Guid runId, Guid maintenanceId, CancellationToken cancellationToken) => session.RunAsync("""
        update maintenance_time set runs_held = runs_held + 1
        where tenant_id = @tenant and id = @maintenanceId
          and exists (select from run r where r.tenant_id = @tenant and r.id = @runId and r.maintenance_id is distinct from @maintenanceId)
        """, new { tenant, runId, maintenanceId }, cancellationToken);

    /// <summary>Puts runs into the line whose maintenance was ended before its time.</summary>
    public static async Task ReleaseAsync(DatabaseSession session, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var released = await session.ListAsync<Released>("""
            update run u set start_after = @now, called_at = null, maintenance_id = null, reason = 'The maintenance is over: starts when there is a free place'
            where (tenant_id, id) in (
                select r.tenant_id, r.id from run r
                where r.state = 'Queued' and r.maintenance_id is not null
                  and not exists (select from maintenance_time m where m.tenant_id = r.tenant_id and m.id = r.maintenance_id and m.starts_at <= @now and m.ends_at > @now)
                for update skip locked)
            returning tenant_id, id
            """, new { now }, cancellationToken);
        await session.NotifyAsync(released.Select(run => new Change(RunStore.Topic, run.TenantId, run.Id)), cancellationToken);
    }

    private sealed record Released(TenantId TenantId, Guid Id);

    /// <summary>One that was found.</summary>
    internal sealed record Row(Guid Id, DateTimeOffset EndsAt, string Scope, string ConnectionName, string Reason, string CreatedBy, string TimeZone)
    {
        public HeldBack HeldBack => new(null, Words, EndsAt, null, null) { MaintenanceId = Id };

        /// <summary>With the end in the tenant's zone.</summary>
        private string Words
        {
            get
            {
                var zone = TimeZoneInfo.TryFindSystemTimeZoneById(TimeZone, out var known) ? known : TimeZoneInfo.Utc;
                var end = TimeZoneInfo.ConvertTime(EndsAt, zone).ToString("d MMM HH:mm", System.Globalization.CultureInfo.InvariantCulture);
                var of = ConnectionName.Length > 0 ? $" of {ConnectionName}" : "";
                return $"Waits for the maintenance{of} to end at {end}, planned by {CreatedBy}: {Reason.TrimEnd('.')}. It then runs once.";
            }
        }
    }
}

/// <summary>A time in which letters wait.</summary>
/// <param name="ConnectionName">Empty where it is of an integration or of the tenant.</param>
internal sealed record PlannedMaintenance(DateTimeOffset StartsAt, DateTimeOffset EndsAt, string ConnectionName, string Reason, string CreatedBy);
