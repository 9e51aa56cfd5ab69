using IntegrationConsole.Alerts.Notices;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Alerts.Incidents;

/// <summary>
/// Looks at what health found, decides what fires and who is told, and keeps all of it in one transaction. One node at a
/// time; a tenant that another node looked at a moment ago is left out, so that looks are counted once.
/// </summary>
public sealed class AlertEvaluation(ConsoleDatabase database, IOptions<AlertOptions> options, TimeProvider clock)
{
    /// <summary>Said, with the tenant, when alerts changed.</summary>
    public const string Topic = "alert";

    private const long LockKey = 0x1C0_0015;

    /// <returns>False when another node is at it.</returns>
    public async Task<bool> EvaluateAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        if (!await session.OneAsync<bool>("select pg_try_advisory_xact_lock(@key)", new { key = LockKey }, cancellationToken))
        {
            return false;
        }

        var now = clock.GetUtcNow();
        var due = await session.ListAsync<Guid>("""
            select t.id from tenant t left join alert_evaluation e on e.tenant_id = t.id
            where (e.evaluated_at is null or e.evaluated_at <= @before)
            order by t.id
            """, new { before = now - (0.8 * options.Value.Interval) }, cancellationToken);
        foreach (var picture in await PictureReader.ReadAsync(session, [.. due], now, cancellationToken))
        {
            await EvaluateAsync(session, picture, now, cancellationToken);
        }

        await session.RunAsync("""
            insert into alert_evaluation (tenant_id, evaluated_at) select id, @now from unnest(@due) as looked (id)
            on conflict (tenant_id) do update set evaluated_at = excluded.evaluated_at
            """, new { due = due.ToArray(), now }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return true;
    }

    private async Task EvaluateAsync(DatabaseSession session, TenantPicture picture, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var alerts = AlertJudge.Judge(picture, now);
        var incidents = IncidentPlan.Of(picture, alerts, now);
        var notices = NoticePlan.Of(picture, incidents, options.Value, now);

        // Before the alerts are written: what a maintenance masked until now is masked no more after it.
        var changed = await MaintenanceSummaries.WriteAsync(session, picture, incidents.Alerts, options.Value, now, cancellationToken);
        changed |= await AlertLedger.SaveAsync(session, picture, incidents, notices, now, cancellationToken);
        if (changed)
        {
            await session.NotifyAsync(new Change(Topic, picture.Id), cancellationToken);
        }

        if (changed || notices.Notices.Count > 0)
        {
            await session.NotifyAsync(new Change(NoticeBook.Topic, picture.Id), cancellationToken);
        }
    }
}
