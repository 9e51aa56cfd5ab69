using IntegrationConsole.Connectors;

namespace IntegrationConsole.Sync.Runs;

/// <summary>A sync whose row this transaction has: two nodes, a schedule and a person may want its runs at the same moment.</summary>
internal sealed record LockedSync(
    TenantId TenantId, Guid Id, string Name, ReadMode ReadMode, OverlapRule Overlap, DateTimeOffset? DeletedAt, DateTimeOffset? PausedAt, string? PausedBy, string? PauseReason,
    DateTimeOffset? TenantPausedAt, string? TenantPausedBy, string? TenantPauseReason)
{
    public string? PausedBecause =>
        PausedAt is not null ? $"Paused by {PausedBy}{(PauseReason is { Length: > 0 } why ? $": {why}" : "")}."
        : TenantPausedAt is not null ? $"The tenant is paused by {TenantPausedBy}{(TenantPauseReason is { Length: > 0 } reason ? $": {reason}" : "")}."
        : null;

    private const string Take = """
        select s.tenant_id, s.id, s.name, s.read_mode, s.overlap, s.deleted_at, s.paused_at, s.paused_by, s.pause_reason,
               t.paused_at as tenant_paused_at, t.paused_by as tenant_paused_by, t.pause_reason as tenant_pause_reason
        from sync_definition s join tenant t on t.id = s.tenant_id
        where s.tenant_id = @tenant and s.id = @syncId for no key update of s
        """;

    /// <summary>Takes the row of a sync, which whoever changes its runs has until the transaction ends; null for none.</summary>
    public static Task<LockedSync?> TakeAsync(DatabaseSession session, TenantId tenant, Guid syncId, CancellationToken cancellationToken) =>
        session.FindAsync<LockedSync>(Take, new { tenant, syncId }, cancellationToken);

    /// <summary>The same for a run that waits: false where it does not any more, or where its sync is gone.</summary>
    public static async Task<bool> TakeForAsync(DatabaseSession session, TenantId tenant, Guid syncId, Guid runId, CancellationToken cancellationToken)
    {
        await using var answers = await session.AskAsync(
            $"{Take}; select exists (select from run where tenant_id = @tenant and id = @runId and state = 'Queued')", new { tenant, syncId, runId }, cancellationToken);
        var sync = await answers.ReadSingleOrDefaultAsync<LockedSync>();
        return await answers.ReadSingleAsync<bool>() && sync is not null;
    }
}
