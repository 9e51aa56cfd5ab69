using IntegrationConsole.Access;
using Microsoft.AspNetCore.Components;

namespace IntegrationConsole.Tenants;

/// <summary>A page of one tenant, below <c>/t/{tenant}/</c>.</summary>
public abstract class TenantPage : GuardedPage
{
    /// <summary>The tenant's part of the address.</summary>
    [Parameter]
    public required string Tenant { get; set; }

    /// <summary>The tenant as the reader may see it; set before any page of it is shown.</summary>
    [CascadingParameter]
    public required TenantAccess Access { get; set; }

    protected override string? TenantSlug => Tenant;

    protected TenantId Id => Access.Id;

    /// <summary>The tenant's own pages.</summary>
    protected string At(string path) => $"/t/{Tenant}/{path}";

    /// <summary>For showing a control as usable; whether the command is carried out is decided again when it is given.</summary>
    protected bool May(Permission permission) => Access.May(permission);

    /// <summary>The tooltip of a control that the reader may not use; null for those who may.</summary>
    protected string? Denied(Permission permission) => May(permission) ? null : $"Needs the role {permission.NeededRole}";
}
