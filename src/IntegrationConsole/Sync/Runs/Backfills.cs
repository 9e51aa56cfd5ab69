using IntegrationConsole.Access;
using IntegrationConsole.Connectors;

namespace IntegrationConsole.Sync.Runs;

/// <summary>Reads of a range of the cursor beside the usual runs: what came before, or what has to come again. The cursor stays where it is.</summary>
public sealed class Backfills(ConsoleDatabase database, RunQueue queue, AuditTrail audit)
{
    public async Task<RunRequest> RequestAsync(TenantId tenant, Guid syncId, CursorRange range, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var asked = await session.FindAsync<Asked>("""
            select s.name, s.write_mode, s.deleted_at is not null as is_deleted, s.paused_at is not null or t.paused_at is not null as is_paused
            from sync_definition s join tenant t on t.id = s.tenant_id where s.tenant_id = @tenant and s.id = @syncId for update of s
            """, new { tenant, syncId }, cancellationToken);
        if (asked is null || Refusal(asked) is { Length: > 0 })
        {
            return await RefuseAsync(session, tenant, syncId, asked, actor, cancellationToken);
        }

        var run = await queue.EnqueueBesideAsync(session, tenant, syncId, new BesideWork(RunTrigger.Backfill) { Range = range }, actor.Name, cancellationToken);
        await queue.CallAsync(session, tenant, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("backfill", "integration", syncId.ToString(), asked.Name, range.Words), cancellationToken);
        await session.NotifyAsync(new Change(RunStore.Topic, tenant, run), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return new RunRequest(run, "The backfill starts beside the usual runs.");
    }

    private async Task<RunRequest> RefuseAsync(DatabaseSession session, TenantId tenant, Guid syncId, Asked? asked, Actor actor, CancellationToken cancellationToken)
    {
        var why = asked is null ? "This integration was deleted." : Refusal(asked);
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("backfill", "integration", syncId.ToString(), asked?.Name ?? "", why, AuditResult.Refused), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return new RunRequest(null, why);
    }

    private static string Refusal(Asked asked) =>
        asked.IsDeleted ? "This integration was deleted."
        : asked.IsPaused ? "The integration or its tenant is paused: resume it first."
        : asked.WriteMode is WriteMode.Append ? "What is read again would be appended again: only an integration that writes by key can be backfilled."
        : asked.WriteMode is WriteMode.Overwrite ? "Each run of this integration replaces everything: there is nothing to backfill."
        : "";

    private sealed record Asked(string Name, WriteMode WriteMode, bool IsDeleted, bool IsPaused);
}
