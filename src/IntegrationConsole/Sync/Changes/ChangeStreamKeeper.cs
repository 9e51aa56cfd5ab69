using IntegrationConsole.Access;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Changes;

/// <summary>
/// Keeps change streams going: stops the run of one that was paused or changed, and starts it again when that is over or
/// the outside is back. One that a person stopped, or that needs a person, is left alone. Every worker looks; the sync's
/// row decides who comes first.
/// </summary>
public sealed class ChangeStreamKeeper(ConsoleDatabase database, RunQueue queue, TimeProvider clock)
{
    /// <summary>Who stops a run, as its reason says. What these stop goes on by itself.</summary>
    internal const string Pause = "the pause";
    internal const string NewVersion = "a new version of the mapping";
    internal const string NewSettings = "a change of its settings";
    internal const string Fresh = "the console, which goes on with a fresh run";

    /// <summary>So often nodes took a run up: deploys add up over the months, and a run that was taken up too often counts as one that kills its nodes.</summary>
    private const int ManyAttempts = 10;

    /// <summary>After the outside failed it in all its retries.</summary>
    private static readonly TimeSpan Rest = TimeSpan.FromMinutes(5);

    /// <returns>How many were stopped and how many started.</returns>
    internal async Task<(int Stopped, int Started)> KeepAsync(CancellationToken cancellationToken)
    {
        int stopped;
        IReadOnlyList<Idle> idle;
        await using (var session = await database.AcrossTenantsAsync(cancellationToken))
        {
            // The others come round soon enough; two that ask for the same run at once would be told no, and that recorded.
            if (!await session.OneAsync<bool>("select pg_try_advisory_xact_lock(hashtext('change streams'))", new { }, cancellationToken))
            {
                return (0, 0);
            }

            stopped = await StopAsync(session, cancellationToken);
            idle = await IdleAsync(session, cancellationToken);
            foreach (var sync in idle)
            {
                await queue.RequestAsync(sync.TenantId, sync.Id, RunTrigger.Schedule, Actor.System, cancellationToken);
            }

            await session.CommitAsync(cancellationToken);
        }

        return (stopped, idle.Count);
    }

    private static Task<int> StopAsync(DatabaseSession session, CancellationToken cancellationToken) =>
        session.RunAsync("""
            update run r set cancel_requested_by = w.why
            from (
                select o.tenant_id, o.id,
                       case when s.paused_at is not null or t.paused_at is not null then @pause
                            when p.number <> o.mapping_version then @version
                            when greatest(s.updated_at, f.updated_at, d.updated_at) > o.started_at then @settings
                            when o.attempt >= @many then @fresh end as why
                from run o
                join sync_definition s on s.tenant_id = o.tenant_id and s.id = o.sync_id and s.read_mode = 'ChangeStream'
                join tenant t on t.id = s.tenant_id
                join connection f on f.tenant_id = s.tenant_id and f.id = s.source_connection_id
                join connection d on d.tenant_id = s.tenant_id and d.id = s.destination_connection_id
                left join lateral (
                    select v.number from mapping_version v where v.tenant_id = s.tenant_id and v.mapping_id = s.mapping_id and v.state = 'Published') p on true
                where o.state = 'Running' and not o.beside and o.cancel_requested_by is null) w
            where r.tenant_id = w.tenant_id and r.id = w.id and w.why is not null
            """, new { pause = Pause, version = NewVersion, settings = NewSettings, many = ManyAttempts, fresh = Fresh }, cancellationToken);

    private Task<IReadOnlyList<Idle>> IdleAsync(DatabaseSession session, CancellationToken cancellationToken) =>
        session.ListAsync<Idle>("""
            select s.tenant_id, s.id from sync_definition s join tenant t on t.id = s.tenant_id
            join lateral (
                select o.state, o.cancel_requested_by, o.needs_person, o.finished_at from run o
                where o.tenant_id = s.tenant_id and o.sync_id = s.id and not o.beside and o.state <> 'Skipped'
                order by o.number desc limit 1) r on true
            where s.read_mode = 'ChangeStream' and s.deleted_at is null and s.paused_at is null and t.paused_at is null
              and case r.state when 'Cancelled' then r.cancel_requested_by = any(@ours)
                               when 'Failed' then not r.needs_person and r.finished_at < @before
                               else r.state in ('Succeeded', 'Partial') end
            """, new { ours = (string[])[Pause, NewVersion, NewSettings, Fresh], before = clock.GetUtcNow() - Rest }, cancellationToken);

    private sealed record Idle(TenantId TenantId, Guid Id);
}
