using Microsoft.AspNetCore.Components.Authorization;

namespace IntegrationConsole.Access;

/// <summary>
/// Asked by pages before every command. A page may have been open for hours: what its reader may do is looked up
/// again at the moment of doing.
/// </summary>
public sealed class Gatekeeper(AuthenticationStateProvider authentication, AccessStore access, AuditTrail audit)
{
    public async Task<Actor> WhoAsync() => (await authentication.GetAuthenticationStateAsync()).User.Actor;

    public async Task<IReadOnlyList<TenantAccess>> TenantsAsync(CancellationToken cancellationToken) =>
        (await WhoAsync()).UserId is { } userId ? await access.ListTenantsAsync(userId, cancellationToken) : [];

    public async Task<TenantAccess?> TenantAsync(string slug, CancellationToken cancellationToken) =>
        (await WhoAsync()).UserId is { } userId ? await access.FindTenantAsync(userId, slug, cancellationToken) : null;

    /// <summary>The same for a tenant whose address may have changed meanwhile.</summary>
    public async Task<TenantAccess?> TenantAsync(TenantId tenant, CancellationToken cancellationToken) =>
        (await WhoAsync()).UserId is { } userId ? await access.FindTenantAsync(userId, tenant, cancellationToken) : null;

    public async Task<bool> IsPlatformAdminAsync(CancellationToken cancellationToken) =>
        (await WhoAsync()).UserId is { } userId && await access.IsPlatformAdminAsync(userId, cancellationToken);

    /// <summary>Who acts, when they may; null, with an entry in the audit trail, when they may not.</summary>
    /// <param name="tenant">The tenant's address; null for the platform itself.</param>
    /// <param name="permission">What is to be done.</param>
    /// <param name="attempt">In words, for the audit trail.</param>
    /// <param name="cancellationToken">Stops the look-up.</param>
    public async Task<Actor?> AdmitAsync(string? tenant, Permission permission, string attempt, CancellationToken cancellationToken)
    {
        var actor = await WhoAsync();
        if (actor.UserId is not { } userId)
        {
            return null;
        }

        var seen = tenant is null ? null : await access.FindTenantAsync(userId, tenant, cancellationToken);
        var may = tenant is null ? await access.IsPlatformAdminAsync(userId, cancellationToken) : seen?.May(permission) == true;
        if (may)
        {
            return actor;
        }

        await audit.RecordAsync(seen?.Id, actor, new AuditEvent(
            "attempt", "command", tenant ?? "platform", attempt, $"needs: {permission.NeededRole}", AuditResult.Denied), cancellationToken);
        return null;
    }
}
