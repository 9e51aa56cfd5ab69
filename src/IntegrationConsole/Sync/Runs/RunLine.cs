using IntegrationConsole.Tenants;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Sync.Runs;

/// <summary>
/// The line in which a tenant's queued runs wait for one of its places. A run is called when there is a place for it, and
/// <see cref="NodeRuns"/> of any node takes it up: however many wait, other tenants' runs never stand behind them. A call
/// that was not made is made by <see cref="RunRecovery"/>; one too many is put back into the line when it is answered. A
/// run that was cut into parts takes no place: its parts do. Nor does a change stream, once it goes.
/// </summary>
public sealed class RunLine(IOptions<QuotaOptions> quotas)
{
    /// <summary>Told to all nodes when runs were called.</summary>
    internal const string Topic = "run-called";

    /// <summary>The order in which a tenant's runs are called: those that have begun before those that have not.</summary>
    internal const string Order = "r.started_at is null, r.start_after, r.id";

    /// <summary>Called, and not yet taken up, or going.</summary>
    private const string IsCalled = "(o.state = 'Running' or (o.state = 'Queued' and o.called_at <= @now))";

    /// <summary>Lets one at a time decide about a tenant's places, until its transaction ends. A row of its own, which says nothing.</summary>
    private const string Lock = "select pg_advisory_xact_lock(hashtextextended('run-line:' || @tenant::text, 0)) is null";

    /// <summary>Neither the whole of a run's parts, nor a change stream, which would keep its place for ever.</summary>
    internal const string TakesAPlace = """
        not o.is_split and (o.beside or not exists (
            select from sync_definition d where d.tenant_id = o.tenant_id and d.id = o.sync_id and d.read_mode = 'ChangeStream'))
        """;

    internal const string Places = "coalesce((select q.concurrent_runs from tenant_quota q where q.tenant_id = @tenant), @usual)";

    /// <summary>How many places a tenant has that has no quota of its own.</summary>
    internal int UsualPlaces => quotas.Value.ConcurrentRuns;

    /// <summary>Lets one at a time decide about a tenant's places, until its transaction ends. Whoever holds a sync's row comes after having it.</summary>
    public Task LockAsync(DatabaseSession session, TenantId tenant, CancellationToken cancellationToken) =>
        session.RunAsync(Lock, new { tenant }, cancellationToken);

    /// <summary>Takes the lock, and looks whether a queued run may go now; null where it may not.</summary>
    internal async Task<DueRun?> FindDueAsync(DatabaseSession session, TenantId tenant, Guid runId, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var answers = await session.AskAsync($"""
            {Lock};
            select r.trigger in ('Replay', 'Approval') as is_replay,
                   (select count(*) < {Places} from run o where o.tenant_id = @tenant and o.state = 'Running' and {TakesAPlace}) as has_place
            from run r where r.tenant_id = @tenant and r.id = @runId and r.state = 'Queued' and r.start_after <= @now
              and (r.parent_id is not null or not exists (
                  select from run o where o.tenant_id = r.tenant_id and o.sync_id = r.sync_id and o.state = 'Running' and o.beside = r.beside and o.parent_id is null))
            """, new { tenant, runId, now, usual = UsualPlaces }, cancellationToken);
        await answers.ReadAsync<bool>();
        return await answers.ReadSingleOrDefaultAsync<DueRun>();
    }

    /// <summary>Calls those whose turn it is, as many as there are free places, after taking the lock.</summary>
    /// <returns>Those that were called.</returns>
    public async Task<IReadOnlyList<Guid>> CallAsync(DatabaseSession session, TenantId tenant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var called = new List<Guid>();
        while (await CallFirstAsync(session, tenant, now, cancellationToken) is { } first)
        {
            called.Add(first.Id);
            if (first.IsLast)
            {
                break;
            }
        }

        if (called.Count > 0)
        {
            await session.NotifyAsync(new Change(Topic), cancellationToken);
        }

        return called;
    }

    /// <summary>Calls a queued run for the time that has been set for it.</summary>
    public Task CallLaterAsync(DatabaseSession session, TenantId tenant, Guid runId, DateTimeOffset at, CancellationToken cancellationToken) =>
        session.RunAsync("update run set called_at = @at where tenant_id = @tenant and id = @runId and state = 'Queued'", new { tenant, runId, at }, cancellationToken);

    /// <summary>Those that were called and that nobody has taken up, the first call first.</summary>
    /// <param name="database">Of all tenants.</param>
    /// <param name="node">For whom: without those that it leaves to others first.</param>
    /// <param name="now">The moment.</param>
    /// <param name="most">How many.</param>
    /// <param name="cancellationToken">Stops.</param>
    internal static Task<IReadOnlyList<CalledRun>> ListCalledAsync(ConsoleDatabase database, string node, DateTimeOffset now, int most, CancellationToken cancellationToken) =>
        database.ListAtOnceAcrossTenantsAsync<CalledRun>("""
            select tenant_id, sync_id, id from run where state = 'Queued' and called_at <= @now and (left_by is null or left_by <> @node or left_until <= @now)
            order by called_at, id limit @most
            """, new { node, now, most }, cancellationToken);

    /// <summary>Puts a run back into the line that was called and could not be taken up.</summary>
    public Task ReturnAsync(DatabaseSession session, TenantId tenant, Guid runId, CancellationToken cancellationToken) =>
        session.RunAsync("update run set called_at = null where tenant_id = @tenant and id = @runId and state = 'Queued'", new { tenant, runId }, cancellationToken);

    /// <summary>
    /// The first that may go, where there is a free place: it is a part of a run, or none of its kind of the same sync is
    /// going. One at a time, because each call takes a place and a kind.
    /// </summary>
    private async Task<FirstCall?> CallFirstAsync(DatabaseSession session, TenantId tenant, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await using var answers = await session.AskAsync($"""
            {Lock};
            update run u set called_at = @now
            where (u.tenant_id, u.id) in (
                select r.tenant_id, r.id from run r
                where r.tenant_id = @tenant and r.state = 'Queued' and r.called_at is null and r.start_after <= @now
                  and {Places} > (
                      select count(*) from run o
                      where o.tenant_id = @tenant and (o.state = 'Running' or (o.state = 'Queued' and o.called_at is not null)) and {IsCalled} and {TakesAPlace})
                  and (r.parent_id is not null or (r.sync_id, r.beside) not in (
                      select o.sync_id, o.beside from run o
                      where o.tenant_id = @tenant and o.parent_id is null and (o.state = 'Running' or (o.state = 'Queued' and o.called_at is not null)) and {IsCalled}))
                order by {Order} limit 1 for update skip locked)
            returning u.id, not exists (
                select from run w where w.tenant_id = @tenant and w.state = 'Queued' and w.called_at is null and w.start_after <= @now and w.id <> u.id) as is_last
            """, new { tenant, now, usual = UsualPlaces }, cancellationToken);
        await answers.ReadAsync<bool>();
        return await answers.ReadSingleOrDefaultAsync<FirstCall>();
    }

    /// <param name="IsLast">No other waits to be called.</param>
    private sealed record FirstCall(Guid Id, bool IsLast);
}

/// <summary>A queued run whose time has come, and which no other one of its kind is in the way of.</summary>
/// <param name="IsReplay">Its records are the console's own.</param>
/// <param name="HasPlace">The tenant has one for it.</param>
internal sealed record DueRun(bool IsReplay, bool HasPlace);

/// <summary>A run whose turn it is.</summary>
internal sealed record CalledRun(TenantId TenantId, Guid SyncId, Guid Id);
