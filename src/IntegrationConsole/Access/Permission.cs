namespace IntegrationConsole.Access;

/// <summary>What somebody may be for one tenant. Each holds everything that the one before it holds.</summary>
public enum Role
{
    Viewer,
    Operator,
    Integrator,
    TenantAdmin,
}

/// <summary>One thing that a person may do. Pages, endpoints and commands ask for these, never for a role.</summary>
public enum Permission
{
    /// <summary>See a tenant's integrations, runs, health and the facts of its dead letters.</summary>
    View,

    /// <summary>See the records themselves: payloads, samples, previews.</summary>
    ViewPayload,

    /// <summary>Run, cancel and pause.</summary>
    Run,

    /// <summary>Edit, replay, discard and restore dead letters.</summary>
    Replay,

    /// <summary>Change credentials, connections, mappings, lookups and syncs.</summary>
    Configure,

    /// <summary>Read the audit trail, name the people, change the tenant's settings.</summary>
    Administer,

    /// <summary>Create and erase tenants, manage users, see the platform's own pages.</summary>
    AdministerPlatform,
}

public static class Permissions
{
    extension(Role role)
    {
        /// <summary>Whether this role, in a tenant where it was granted, includes the permission.</summary>
        public bool Holds(Permission permission) => permission switch
        {
            Permission.View => true,
            Permission.ViewPayload or Permission.Run or Permission.Replay => role >= Role.Operator,
            Permission.Configure => role >= Role.Integrator,
            Permission.Administer => role >= Role.TenantAdmin,
            Permission.AdministerPlatform => false,
        };

        public string Words => role switch
        {
            Role.Viewer => "Viewer",
            Role.Operator => "Operator",
            Role.Integrator => "Integrator",
            Role.TenantAdmin => "Tenant admin",
        };

        public string Explanation => role switch
        {
            Role.Viewer => "sees integrations, runs and health, not the records",
            Role.Operator => "runs, cancels, edits and replays",
            Role.Integrator => "also configures credentials, connections, mappings and integrations",
            Role.TenantAdmin => "also reads the audit trail, changes settings and names people",
        };
    }

    extension(Permission permission)
    {
        /// <summary>The role to ask for, in the words of the users page.</summary>
        public string NeededRole => permission switch
        {
            Permission.View => "Viewer",
            Permission.ViewPayload or Permission.Run or Permission.Replay => "Operator",
            Permission.Configure => "Integrator",
            Permission.Administer => "Tenant admin",
            Permission.AdministerPlatform => "Platform admin",
        };

        public string Words => permission switch
        {
            Permission.View => "look at this tenant",
            Permission.ViewPayload => "see records",
            Permission.Run => "run integrations",
            Permission.Replay => "work on dead letters",
            Permission.Configure => "configure integrations",
            Permission.Administer => "administer this tenant",
            Permission.AdministerPlatform => "administer the platform",
        };
    }
}
