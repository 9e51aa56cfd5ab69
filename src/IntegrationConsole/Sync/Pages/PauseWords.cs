using IntegrationConsole.Tenants;

namespace IntegrationConsole.Sync.Pages;

/// <summary>What keeps anybody from starting a run at the moment.</summary>
internal static class PauseWords
{
    /// <returns>Why; null where somebody with the right may.</returns>
    public static string? Of(SyncDefinition? sync, Tenant? tenant) =>
        sync?.PausedAt is not null ? "The integration is paused: resume it first"
        : tenant?.PausedAt is not null ? $"The tenant is paused by {tenant.PausedBy}: {tenant.PauseReason}" : null;
}
