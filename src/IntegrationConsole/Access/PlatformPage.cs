namespace IntegrationConsole.Access;

/// <summary>A page of the platform, or of all the tenants that one may see.</summary>
public abstract class PlatformPage : GuardedPage
{
    protected override string? TenantSlug => null;
}
