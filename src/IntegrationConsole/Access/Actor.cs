namespace IntegrationConsole.Access;

/// <summary>On whose behalf something is done: a person, or the console itself.</summary>
/// <param name="UserId">Null for the console itself.</param>
/// <param name="Name">As the audit trail and the pages show it.</param>
public sealed record Actor(Guid? UserId, string Name)
{
    public static readonly Actor System = new(null, "the console");

    public static readonly Actor CommandLine = new(null, "the command line");
}

/// <summary>A tenant as one person sees it.</summary>
public sealed record TenantAccess(TenantId Id, string Slug, string Name, Role? Role, bool IsPlatformAdmin)
{
    /// <summary>Platform admins may do everything everywhere.</summary>
    public bool May(Permission permission) => IsPlatformAdmin || (Role is { } role && role.Holds(permission));
}
