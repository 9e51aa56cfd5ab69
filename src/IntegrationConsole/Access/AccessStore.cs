namespace IntegrationConsole.Access;

/// <summary>One row of the users page.</summary>
public sealed record UserRow(
    Guid Id, string Email, string DisplayName, bool IsPlatformAdmin, bool HasPassword, DateTimeOffset? DisabledAt,
    DateTimeOffset? LastSeenAt, DateTimeOffset? LockoutEnd, DateTimeOffset CreatedAt);

public sealed record GrantRow(Guid UserId, TenantId TenantId, string TenantSlug, string TenantName, Role Role);

/// <summary>Who may see which tenant, as what.</summary>
public sealed class AccessStore(ConsoleDatabase database, AuditTrail audit)
{
    /// <summary>Said when somebody may see or do other things than before.</summary>
    public const string Topic = "access";

    /// <summary>Whether a person (u) may see a tenant, with what was granted them in it (g).</summary>
    internal const string MaySee = "u.disabled_at is null and (u.is_platform_admin or g.role is not null)";

    /// <summary>The tenant behind an address, as this person may see it; null where there is none or it is not theirs to see.</summary>
    public async Task<TenantAccess?> FindTenantAsync(Guid userId, string slug, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.FindAsync<TenantAccess>($"""
            select t.id, t.slug, t.name, g.role, u.is_platform_admin
            from access_user u
            join tenant t on t.slug = @slug
            left join access_grant g on g.tenant_id = t.id and g.user_id = u.id
            where u.id = @userId and {MaySee}
            """, new { userId, slug }, cancellationToken);
    }

    /// <summary>The same for a tenant whose address may have changed meanwhile.</summary>
    public async Task<TenantAccess?> FindTenantAsync(Guid userId, TenantId tenant, CancellationToken cancellationToken) =>
        (await ListTenantsAsync(userId, cancellationToken)).FirstOrDefault(access => access.Id == tenant);

    /// <summary>Every tenant this person may see, by name.</summary>
    public async Task<IReadOnlyList<TenantAccess>> ListTenantsAsync(Guid userId, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.ListAsync<TenantAccess>($"""
            select t.id, t.slug, t.name, g.role, u.is_platform_admin
            from access_user u
            join tenant t on true
            left join access_grant g on g.tenant_id = t.id and g.user_id = u.id
            where u.id = @userId and {MaySee}
            order by lower(t.name), t.slug
            """, new { userId }, cancellationToken);
    }

    public async Task<bool> IsPlatformAdminAsync(Guid userId, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.OneAsync<bool>(
            "select exists (select from access_user where id = @userId and is_platform_admin and disabled_at is null)", new { userId }, cancellationToken);
    }

    public async Task<IReadOnlyList<UserRow>> ListUsersAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.ListAsync<UserRow>($"{SelectUser} order by lower(email)", null, cancellationToken);
    }

    public async Task<UserRow?> FindUserAsync(Guid userId, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.FindAsync<UserRow>($"{SelectUser} where id = @userId", new { userId }, cancellationToken);
    }

    /// <summary>The people of one tenant, platform admins left out.</summary>
    public async Task<IReadOnlyList<(UserRow User, Role Role)>> ListMembersAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var grants = await session.ListAsync<Member>("select user_id, role from access_grant where tenant_id = @tenant", new { tenant }, cancellationToken);
        var users = await session.ListAsync<UserRow>(
            $"{SelectUser} where id = any(@ids) order by lower(email)", new { ids = grants.Select(grant => grant.UserId).ToArray() }, cancellationToken);
        var roles = grants.ToDictionary(grant => grant.UserId, grant => grant.Role);
        return [.. users.Select(user => (user, roles[user.Id]))];
    }

    public async Task<IReadOnlyList<GrantRow>> ListGrantsAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.ListAsync<GrantRow>("""
            select g.user_id, g.tenant_id, t.slug as tenant_slug, t.name as tenant_name, g.role
            from access_grant g join tenant t on t.id = g.tenant_id order by lower(t.name)
            """, null, cancellationToken);
    }

    /// <summary>Gives a person a role in a tenant, or takes it away with null.</summary>
    public async Task SetRoleAsync(TenantId tenant, Guid userId, Role? role, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var email = await session.OneAsync<string>("select email from access_user where id = @userId", new { userId }, cancellationToken);
        if (role is { } given)
        {
            await session.RunAsync("""
                insert into access_grant (tenant_id, user_id, role) values (@tenant, @userId, @role)
                on conflict (tenant_id, user_id) do update set role = excluded.role
                """, new { tenant, userId, role = given.ToString() }, cancellationToken);
        }
        else
        {
            await session.RunAsync("delete from access_grant where tenant_id = @tenant and user_id = @userId", new { tenant, userId }, cancellationToken);
        }

        await audit.AppendAsync(session, tenant, actor, new AuditEvent(
            role is null ? "revoke" : "grant", "role", userId.ToString(), email, role?.Words ?? "no role any more"), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, userId), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private const string SelectUser = """
        select id, email, display_name, is_platform_admin, password_hash is not null as has_password, disabled_at, last_seen_at,
               lockout_end, created_at
        from access_user
        """;

    private sealed record Member(Guid UserId, Role Role);
}
