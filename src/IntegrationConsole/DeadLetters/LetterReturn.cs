using System.Globalization;
using IntegrationConsole.Access;

namespace IntegrationConsole.DeadLetters;

/// <summary>Takes letters back that were discarded together, as long as their records are there and nothing took their place.</summary>
public sealed class LetterReturn(AuditTrail audit, TimeProvider clock) : IUndo
{
    internal const string Kind = "dead letter";

    string IUndo.Kind => Kind;

    Task<IReadOnlyList<long>> IUndo.PossibleAsync(DatabaseSession session, TenantId tenant, long[] entries, CancellationToken cancellationToken) => session.ListAsync<long>("""
        select u.entry from audit_undo u
        where u.tenant_id = @tenant and u.kind = @kind and u.entry = any(@entries)
          and exists (select from dead_letter d where d.tenant_id = u.tenant_id and d.closed_at = u.at and d.closed_by = u.by and d.state = 'Discarded' and d.body_deleted_at is null)
        """, new { tenant, kind = Kind, entries }, cancellationToken);

    async Task<bool> IUndo.TakeBackAsync(DatabaseSession session, TenantId tenant, UndoStep step, Actor actor, CancellationToken cancellationToken)
    {
        var restored = await RestoreAsync(
            session, tenant, "{0}.closed_at = @at and {0}.closed_by = @by and {0}.state = 'Discarded'",
            new Dapper.DynamicParameters(new { tenant, now = clock.GetUtcNow(), at = step.At, by = step.By }), cancellationToken);
        if (restored.Count == 0)
        {
            return false;
        }

        await audit.AppendAsync(session, tenant, actor, new AuditEvent("undo", Kind, "", restored.Name, "discard"), cancellationToken);
        await session.NotifyAsync(new Change(DeadLetterStore.Topic, tenant), cancellationToken);
        return true;
    }

    /// <summary>Closed letters wait again, unless the same record failed again meanwhile; of several of one record the latest.</summary>
    /// <param name="session">The caller's, who commits.</param>
    /// <param name="tenant">Whose.</param>
    /// <param name="which">Which letters, with a place for the name of the row.</param>
    /// <param name="parameters">With the tenant and the present.</param>
    /// <param name="cancellationToken">Stops.</param>
    internal static Task<ChangedLetters> RestoreAsync(DatabaseSession session, TenantId tenant, string which, Dapper.DynamicParameters parameters, CancellationToken cancellationToken) =>
        session.OneAsync<ChangedLetters>($"""
            with changed as (
            update dead_letter d set state = 'Waiting', closed_at = null, closed_by = null, close_reason = null, back_at = @now, version = version + 1
            where d.tenant_id = @tenant and {string.Format(CultureInfo.InvariantCulture, which, "d")} and d.body_deleted_at is null
              and not exists (select from dead_letter o where o.tenant_id = d.tenant_id and o.sync_id = d.sync_id and o.record_key = d.record_key
                                and o.state in ('Waiting', 'Queued', 'Replaying'))
              and d.id = (select l.id from dead_letter l where l.tenant_id = d.tenant_id and l.sync_id = d.sync_id and l.record_key = d.record_key
                            and {string.Format(CultureInfo.InvariantCulture, which, "l")} order by l.last_failed_at desc, l.id desc limit 1)
            returning d.record_key)
            select count(*)::int as count, min(record_key) as first_key from changed
            """, parameters, cancellationToken);
}
