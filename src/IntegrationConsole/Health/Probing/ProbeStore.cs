using IntegrationConsole.Access;
using IntegrationConsole.Sync.Nodes;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Health.Probing;

/// <summary>How a connection's probes go, as its page shows it.</summary>
/// <param name="ProbedAt">Null before the first.</param>
public sealed record ConnectionProbe(
    bool IsOn, DateTimeOffset NextAt, DateTimeOffset? ProbedAt, bool? Reachable, string Sentence, double? Milliseconds, int Misses, DateTimeOffset? CertificateExpires, bool? Accepted,
    string SignInSentence, int Refusals);

/// <summary>
/// Whose turn it is to be probed, and what came of it. A node takes some that are due and holds them for a while: should
/// it stop, another one takes them after that.
/// </summary>
public sealed class ProbeStore(ConsoleDatabase database, AuditTrail audit, IOptions<ProbeOptions> options, ThisNode me, TimeProvider clock, Random random)
{
    /// <summary>Said, with the tenant, when a probe came to something else than the one before.</summary>
    public const string Topic = "probe";

    private static readonly TimeSpan Lease = TimeSpan.FromMinutes(2);

    public TimeSpan Interval => options.Value.Interval;

    /// <summary>A connection that has no row yet gets one, its first turn somewhere in the next interval: thousands of them do not begin at once.</summary>
    internal async Task MeetAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        await session.RunAsync("""
            insert into connection_probe (tenant_id, connection_id, next_at)
            select c.tenant_id, c.id, @now::timestamptz + random() * @interval
            from connection c where not exists (select from connection_probe p where p.tenant_id = c.tenant_id and p.connection_id = c.id)
            on conflict do nothing
            """, new { now = clock.GetUtcNow(), interval = Interval }, cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    /// <summary>Takes those whose turn it is, at most so many, those first that have waited longest; none on standby.</summary>
    internal async Task<IReadOnlyList<DueProbe>> TakeAsync(int most, CancellationToken cancellationToken)
    {
        if (await me.IsOnStandbyAsync(cancellationToken))
        {
            return [];
        }

        var now = clock.GetUtcNow();
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var due = await session.ListAsync<DueProbe>("""
            with taken as (
                update connection_probe p set lease_until = @until, node = @node
                from (select tenant_id, connection_id from connection_probe
                      where is_on and next_at <= @now and (lease_until is null or lease_until <= @now) order by next_at limit @most for update skip locked) d
                where p.tenant_id = d.tenant_id and p.connection_id = d.connection_id
                returning p.tenant_id, p.connection_id, p.reachable, p.misses, p.accepted, p.refusals)
            select t.tenant_id, t.connection_id, k.kind as asked_by, x.state as circuit, x.probe_at as circuit_probe_at, t.reachable, t.misses, t.accepted, t.refusals
            from taken t
            join connection c on c.tenant_id = t.tenant_id and c.id = t.connection_id
            left join credential k on k.tenant_id = c.tenant_id and k.id = c.credential_id
            left join circuit x on x.tenant_id = t.tenant_id and x.connection_id = t.connection_id
            """, new { now, until = now + Lease, node = me.Name, most }, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return due;
    }

    /// <summary>Puts one off whose circuit is open: its turn comes an interval after the circuit's own probe.</summary>
    internal async Task PutOffAsync(DueProbe due, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var after = due.CircuitProbeAt > now ? due.CircuitProbeAt.Value : now;
        await using var session = await database.InTenantAsync(due.TenantId, cancellationToken);
        await session.RunAsync("update connection_probe set next_at = @next, lease_until = null where tenant_id = @tenant and connection_id = @connection", new
        {
            tenant = due.TenantId, connection = due.ConnectionId, next = after + Jittered(Interval),
        }, cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    internal async Task SaveAsync(DueProbe due, ProbeOutcome outcome, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.InTenantAsync(due.TenantId, cancellationToken);

        // Should the machine stop before this is on its disk, the connection is probed again: nothing waits for it.
        await session.RunAsync("set local synchronous_commit = off", null, cancellationToken);
        await session.RunAsync("""
            update connection_probe set next_at = @next, lease_until = null, probed_at = @now, reachable = @reachable, sentence = @sentence, cause = @cause, milliseconds = @ms, misses = @misses,
                                        certificate_expires = coalesce(@expires, case when @reachable then null else certificate_expires end), accepted = @accepted, sign_in_sentence = @signIn,
                                        refusals = @refusals
            where tenant_id = @tenant and connection_id = @connection
            """,
            new
            {
                tenant = due.TenantId, connection = due.ConnectionId, now, next = now + Jittered(outcome.Pause), reachable = outcome.Reachable, sentence = outcome.Sentence,
                cause = outcome.Cause?.ToString(), ms = outcome.Milliseconds, misses = outcome.Misses, expires = outcome.CertificateExpires, accepted = outcome.Accepted, signIn = outcome.SignInSentence,
                refusals = outcome.Refusals,
            },
            cancellationToken);
        if (outcome.Says(due))
        {
            await session.NotifyAsync(new Change(Topic, due.TenantId, due.ConnectionId), cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
    }

    /// <returns>Null for one that no worker has met yet.</returns>
    public async Task<ConnectionProbe?> FindAsync(TenantId tenant, Guid connection, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.FindAsync<ConnectionProbe>("""
            select is_on, next_at, probed_at, reachable, sentence, milliseconds, misses, certificate_expires, accepted, sign_in_sentence, refusals
            from connection_probe where tenant_id = @tenant and connection_id = @connection
            """, new { tenant, connection }, cancellationToken);
    }

    /// <summary>Sets probes of a connection on or off. What they came to is forgotten when they are set off: it grows old.</summary>
    public async Task SetOnAsync(TenantId tenant, Guid connection, bool on, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        await session.RunAsync("""
            insert into connection_probe (tenant_id, connection_id, is_on, next_at) values (@tenant, @connection, @on, @now)
            on conflict (tenant_id, connection_id) do update
            set is_on = excluded.is_on, next_at = excluded.next_at, probed_at = null, reachable = null, sentence = '', cause = null, misses = 0, certificate_expires = null, accepted = null,
                sign_in_sentence = '', refusals = 0
            """, new { tenant, connection, on, now = clock.GetUtcNow() }, cancellationToken);
        var name = await session.FindAsync<string>("select name from connection where tenant_id = @tenant and id = @connection", new { tenant, connection }, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("change", "connection", connection.ToString(), name ?? "", on ? "probes on" : "probes off"), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, connection), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    private TimeSpan Jittered(TimeSpan pause)
    {
        lock (random)
        {
            return pause * (0.9 + (0.2 * random.NextDouble()));
        }
    }
}
