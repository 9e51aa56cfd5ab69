using IntegrationConsole.Access;
using Npgsql;

namespace IntegrationConsole.Tenants;

/// <summary>What came of saving something that somebody edited.</summary>
public enum Saved
{
    Done,

    /// <summary>The name or address is in use.</summary>
    Taken,

    /// <summary>Somebody else changed it meanwhile: look again.</summary>
    Outdated,
}

/// <summary>The tenants and their settings.</summary>
public sealed class TenantStore(ConsoleDatabase database, TenantSeals seals, AuditTrail audit, TimeProvider clock)
{
    public const string Topic = "tenant";

    private const string Columns = "id, slug, name, time_zone, contacts, paused_at, paused_by, pause_reason, created_at, version, second_person_above, working_hours";

    private const string Held = """
        select exists (select from tenant_keeping where tenant_id = @tenant and held_at is not null)
            or exists (select from failure_group where tenant_id = @tenant and held_at is not null)
        """;

    public async Task<Tenant?> FindAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.FindAsync<Tenant>($"select {Columns} from tenant where id = @tenant", new { tenant }, cancellationToken);
    }

    public async Task<Tenant?> FindBySlugAsync(string slug, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.FindAsync<Tenant>($"select {Columns} from tenant where slug = @slug", new { slug }, cancellationToken);
    }

    /// <summary>The named tenants, by name.</summary>
    public async Task<IReadOnlyList<Tenant>> ListAsync(IReadOnlyList<TenantId> tenants, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.ListAsync<Tenant>(
            $"select {Columns} from tenant where id = any(@ids) order by lower(name), slug", new { ids = tenants.Select(tenant => tenant.Value).ToArray() }, cancellationToken);
    }

    /// <summary>All of them: for housekeeping and commands.</summary>
    public async Task<IReadOnlyList<Tenant>> ListAllAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.ListAsync<Tenant>($"select {Columns} from tenant order by lower(name), slug", null, cancellationToken);
    }

    /// <returns>The new tenant's id, or null when the slug is taken.</returns>
    public async Task<TenantId?> CreateAsync(TenantSettings settings, Actor actor, CancellationToken cancellationToken)
    {
        var tenant = TenantId.New(clock);
        var now = clock.GetUtcNow();
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var created = await session.RunAsync("""
            insert into tenant (id, slug, name, time_zone, contacts, created_at, version, second_person_above, working_hours)
            values (@tenant, @slug, @name, @zone, @contacts, @now, 1, @above, @hours)
            on conflict (slug) do nothing
            """, new { tenant, slug = settings.Slug, name = settings.Name.Trim(), zone = settings.TimeZone, contacts = settings.Contacts.Trim(), now, above = settings.SecondPersonAbove, hours = settings.WorkingHours.Trim() }, cancellationToken);
        if (created == 0)
        {
            return null;
        }

        await seals.CreateKeyAsync(session, tenant, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, Event("create", tenant, settings.Name), cancellationToken);
        await audit.AppendAsync(session, null, actor, Event("create", tenant, settings.Name), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return tenant;
    }

    public async Task<Saved> UpdateAsync(TenantId tenant, int version, TenantSettings settings, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        try
        {
            var before = await session.FindAsync<Tenant>($"select {Columns} from tenant where id = @tenant and version = @version for update", new { tenant, version }, cancellationToken);
            if (before is null)
            {
                return Saved.Outdated;
            }

            await session.RunAsync("""
                update tenant set name = @name, slug = @slug, time_zone = @zone, contacts = @contacts, second_person_above = @above, working_hours = @hours, version = version + 1
                where id = @tenant
                """, new { tenant, name = settings.Name.Trim(), slug = settings.Slug, zone = settings.TimeZone, contacts = settings.Contacts.Trim(), above = settings.SecondPersonAbove, hours = settings.WorkingHours.Trim() }, cancellationToken);
            await audit.AppendAsync(session, tenant, actor, Event("change", tenant, settings.Name, Difference(before, settings)), cancellationToken);
            await session.NotifyAsync(new Change(Topic, tenant), cancellationToken);
            await session.CommitAsync(cancellationToken);
            return Saved.Done;
        }
        catch (PostgresException taken) when (taken.SqlState is PostgresErrorCodes.UniqueViolation)
        {
            return Saved.Taken;
        }
    }

    /// <summary>Stops everything of a tenant, with a reason, or lets it run again with null.</summary>
    public async Task SetPausedAsync(TenantId tenant, string? reason, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var name = await session.OneAsync<string>("""
            update tenant set paused_at = case when @reason::text is null then null else @now::timestamptz end,
                              paused_by = case when @reason::text is null then null else @actor end,
                              pause_reason = @reason, version = version + 1
            where id = @tenant returning name
            """, new { tenant, reason, now = clock.GetUtcNow(), actor = actor.Name }, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, Event(reason is null ? "resume" : "pause", tenant, name, reason ?? ""), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    /// <summary>Whether there is a legal hold on it: nothing of it may be removed.</summary>
    public async Task<bool> IsHeldAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.OneAsync<bool>(Held, new { tenant }, cancellationToken);
    }

    /// <summary>
    /// Removes a tenant with everything it has, its data key included. The audit trail stays. A backup of the whole
    /// database that was made before holds the wrapped key as well as what it seals.
    /// </summary>
    /// <returns>Whether there was such a tenant, and nobody holds it.</returns>
    public async Task<bool> EraseAsync(TenantId tenant, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var name = await session.FindAsync<string>("select name from tenant where id = @tenant for update", new { tenant }, cancellationToken);
        if (name is null || await session.OneAsync<bool>(Held, new { tenant }, cancellationToken))
        {
            return false;
        }

        await session.RunAsync("delete from tenant where id = @tenant", new { tenant }, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, Event("erase", tenant, name), cancellationToken);
        await audit.AppendAsync(session, null, actor, Event("erase", tenant, name), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant), cancellationToken);
        await session.CommitAsync(cancellationToken);
        seals.Forget(tenant);
        return true;
    }

    private static AuditEvent Event(string action, TenantId tenant, string name, string detail = "") => new(action, "tenant", tenant.ToString(), name, detail);

    private static string Difference(Tenant before, TenantSettings after)
    {
        (string What, string Old, string New)[] fields =
        [
            ("name", before.Name, after.Name.Trim()), ("address", before.Slug, after.Slug), ("time zone", before.TimeZone, after.TimeZone),
            ("letters above which a second person must agree", Words(before.SecondPersonAbove), Words(after.SecondPersonAbove)),
            ("working hours", before.WorkingHours, after.WorkingHours.Trim()),
        ];
        var changes = fields.Where(field => field.Old != field.New).Select(field => $"{field.What}: {field.Old} → {field.New}").ToList();
        if (before.Contacts != after.Contacts.Trim())
        {
            changes.Add("contacts");
        }

        return string.Join("; ", changes);
    }

    private static string Words(int? letters) => letters?.ToString("N0", System.Globalization.CultureInfo.InvariantCulture) ?? "never";
}
