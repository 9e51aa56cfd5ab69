using Microsoft.AspNetCore.Authorization;

namespace IntegrationConsole.Access;

/// <summary>
/// Says what a page or endpoint needs. Below <c>/t/{tenant}/</c> the permission is asked in that tenant; elsewhere
/// <see cref="Permission.View"/> means any signed-in person and everything above it a platform admin.
/// </summary>
[AttributeUsage(AttributeTargets.Class | AttributeTargets.Method)]
public sealed class AllowAttribute(Permission permission) : AuthorizeAttribute, IAuthorizationRequirementData
{
    public Permission Permission { get; } = permission;

    public IEnumerable<IAuthorizationRequirement> GetRequirements() => [new PermissionRequirement(Permission)];
}

public sealed record PermissionRequirement(Permission Permission) : IAuthorizationRequirement;
