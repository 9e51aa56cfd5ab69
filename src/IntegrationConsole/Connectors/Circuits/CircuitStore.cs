using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Connectors.Circuits;

/// <summary>The circuits of all connections. Every step holds the circuit's row, so of two nodes one takes it and the other finds it taken.</summary>
public sealed class CircuitStore(ConsoleDatabase database, AuditTrail audit, IOptions<CircuitOptions> options, IOptions<DatabaseOptions> node, TimeProvider clock)
{
    public const string Topic = "circuit";

    /// <summary>Said when a node has told what it saw.</summary>
    public const string NodesTopic = "circuit-node";

    private const string Columns = "tenant_id, connection_id, state, since, reason, cause, actor, node, breaks, probe_at, probe_id, probe_until";

    private string Node => node.Value.NodeName;

    public CircuitOptions Thresholds => options.Value;

    /// <summary>Those of all tenants that are not closed, and all thresholds that are not the usual ones: what a node must know before it calls.</summary>
    internal async Task<(IReadOnlyList<Circuit> NotClosed, IReadOnlyList<OwnThresholds> Thresholds)> PictureAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return (await session.ListAsync<Circuit>($"select {Columns} from circuit where state <> 'Closed'", null, cancellationToken), await CircuitThresholds.ListAsync(session, cancellationToken));
    }

    /// <summary>Those of some tenants that are not closed, the longest open first.</summary>
    public async Task<IReadOnlyList<Circuit>> ListNotClosedAsync(IReadOnlyCollection<TenantId> tenants, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.ListAsync<Circuit>(
            $"select {Columns} from circuit where state <> 'Closed' and tenant_id = any(@tenants) order by since", new { tenants = tenants.Select(tenant => tenant.Value).ToArray() }, cancellationToken);
    }

    /// <summary>The thresholds of a tenant's connections that have their own.</summary>
    public async Task<IReadOnlyList<OwnThresholds>> ListThresholdsAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await CircuitThresholds.ListAsync(session, cancellationToken);
    }

    /// <summary>What each node saw of the connections whose circuit is open.</summary>
    public async Task<IReadOnlyList<CircuitNode>> ListNodesAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await CircuitNodes.ListAsync(session, tenant, cancellationToken);
    }

    /// <summary>Says what this node's calls came to.</summary>
    internal async Task ReportAsync(TenantId tenant, Guid connection, (int Calls, int Failures, string LastFailure) seen, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        await CircuitNodes.SaveAsync(session, new CircuitNode(tenant, connection, Node, clock.GetUtcNow(), seen.Calls, seen.Failures, seen.LastFailure), cancellationToken);
        await session.NotifyAsync(new Change(NodesTopic, tenant, connection), cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    /// <summary>When a connection's circuit opens from now on.</summary>
    /// <param name="options">Null for what the deployment says.</param>
    /// <returns>Whether there is such a connection.</returns>
    public async Task<bool> ChangeThresholdsAsync(TenantId tenant, Guid connection, CircuitOptions? options, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var name = await session.FindAsync<string>("select name from connection where tenant_id = @tenant and id = @connection", new { tenant, connection }, cancellationToken);
        if (name is null)
        {
            return false;
        }

        await (options is null ? CircuitThresholds.DeleteAsync(session, tenant, connection, cancellationToken)
            : CircuitThresholds.SaveAsync(session, new OwnThresholds(tenant, connection, options, actor.Name, clock.GetUtcNow()), cancellationToken));
        var detail = options is null ? "as the deployment says" : options.Words;
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("change circuit", "connection", connection.ToString(), name, detail), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, connection), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>A tenant's circuits; connections whose circuit was never open are absent.</summary>
    public async Task<IReadOnlyList<Circuit>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<Circuit>($"select {Columns} from circuit where tenant_id = @tenant", new { tenant }, cancellationToken);
    }

    public async Task<Circuit?> FindAsync(TenantId tenant, Guid connection, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.FindAsync<Circuit>(
            $"select {Columns} from circuit where tenant_id = @tenant and connection_id = @connection", new { tenant, connection }, cancellationToken);
    }

    /// <summary>What happened since a moment, and the last change before it, by connection and in order.</summary>
    public async Task<IReadOnlyList<CircuitEvent>> ListEventsAsync(TenantId tenant, DateTimeOffset since, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<CircuitEvent>("""
            select tenant_id, connection_id, seq, at, from_state, to_state, reason, actor, node from circuit_event e
            where tenant_id = @tenant and (at >= @since or seq = (
                select max(b.seq) from circuit_event b where b.tenant_id = e.tenant_id and b.connection_id = e.connection_id and b.at < @since))
            order by seq
            """, new { tenant, since }, cancellationToken);
    }

    /// <returns>Null when it was not closed any more, or there is no such connection.</returns>
    internal Task<Circuit?> TripAsync(TenantId tenant, Guid connection, CircuitTrip trip, CancellationToken cancellationToken) =>
        ChangeAsync(tenant, connection, (circuit, own) => CircuitSteps.Trip(circuit, trip, Node, own, clock.GetUtcNow()), null, cancellationToken);

    /// <returns>Names the probe; null when there is nothing to try, or somebody else tries.</returns>
    internal async Task<Guid?> ClaimAsync(TenantId tenant, Guid connection, bool byHand, Actor? actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var probe = Guid.CreateVersion7(now);
        var entry = actor is null ? null : new Entry(actor, "probe", "");
        return await ChangeAsync(tenant, connection, (circuit, _) => CircuitSteps.Claim(circuit, probe, byHand, now), entry, cancellationToken) is null ? null : probe;
    }

    internal Task<Circuit?> SucceedAsync(TenantId tenant, Guid connection, Guid probe, Actor? actor, CancellationToken cancellationToken) =>
        ChangeAsync(tenant, connection, (circuit, _) => CircuitSteps.Succeed(circuit, probe, actor?.Name ?? Circuit.Automatic, Node, clock.GetUtcNow()), null, cancellationToken);

    internal Task<Circuit?> FailAsync(TenantId tenant, Guid connection, Guid probe, Failure failure, CancellationToken cancellationToken) =>
        ChangeAsync(tenant, connection, (circuit, own) => CircuitSteps.Fail(circuit, probe, failure, Node, own, clock.GetUtcNow()), null, cancellationToken);

    internal Task<Circuit?> GiveBackAsync(TenantId tenant, Guid connection, Guid probe, CancellationToken cancellationToken) =>
        ChangeAsync(tenant, connection, (circuit, _) => CircuitSteps.GiveBack(circuit, probe, clock.GetUtcNow()), null, cancellationToken);

    /// <summary>Holds a circuit open by hand, until a moment or until somebody closes it.</summary>
    public Task<Circuit?> IsolateAsync(TenantId tenant, Guid connection, string reason, DateTimeOffset? until, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(
            tenant, connection, (circuit, _) => CircuitSteps.Isolate(circuit, actor.Name, reason, until, clock.GetUtcNow()), new Entry(actor, "isolate", reason), cancellationToken);

    /// <summary>Lets calls through again.</summary>
    /// <returns>Null when it was closed already.</returns>
    public Task<Circuit?> CloseAsync(TenantId tenant, Guid connection, Actor actor, CancellationToken cancellationToken) =>
        ChangeAsync(
            tenant, connection, (circuit, _) => CircuitSteps.Close(circuit, actor.Name, $"Closed by {actor.Name}.", clock.GetUtcNow()), new Entry(actor, "close circuit", ""), cancellationToken);

    /// <summary>
    /// Somebody changed what may have been wrong: in the caller's transaction, the next call of these connections is the
    /// probe, whatever the break had left.
    /// </summary>
    internal static async Task TryAgainAsync(
        DatabaseSession session, TenantId tenant, IReadOnlyCollection<Guid> connections, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var due = await session.ListAsync<Guid>("""
            update circuit set probe_at = @now
            where tenant_id = @tenant and connection_id = any(@connections) and state = 'Open' and probe_at > @now
            returning connection_id
            """, new { tenant, connections = connections.ToArray(), now }, cancellationToken);
        await session.NotifyAsync(due.Select(connection => new Change(Topic, tenant, connection)), cancellationToken);
    }

    /// <returns>What it became; null when the step did not apply.</returns>
    private async Task<Circuit?> ChangeAsync(TenantId tenant, Guid connection, Func<Circuit, CircuitOptions, Circuit?> step, Entry? entry, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var name = await session.FindAsync<string>("select name from connection where tenant_id = @tenant and id = @connection", new { tenant, connection }, cancellationToken);
        if (name is null)
        {
            return null;
        }

        var never = CircuitSteps.Never(tenant, connection, now);
        await session.RunAsync("""
            insert into circuit (tenant_id, connection_id, state, since, reason, actor, node, breaks) values (@tenant, @connection, 'Closed', @now, '', @actor, '', 0)
            on conflict (tenant_id, connection_id) do nothing
            """, new { tenant, connection, now, actor = never.Actor }, cancellationToken);
        var before = await session.OneAsync<Circuit>(
            $"select {Columns} from circuit where tenant_id = @tenant and connection_id = @connection for update", new { tenant, connection }, cancellationToken);
        var own = await CircuitThresholds.FindAsync(session, tenant, connection, cancellationToken);
        if (step(before, own?.Options ?? options.Value) is not { } after)
        {
            return null;
        }

        await SaveAsync(session, before, after, now, cancellationToken);
        if (entry is not null)
        {
            await audit.AppendAsync(session, tenant, entry.Actor, new AuditEvent(entry.Action, "connection", connection.ToString(), name, entry.Detail), cancellationToken);
        }

        await session.NotifyAsync(new Change(Topic, tenant, connection), cancellationToken);
        await session.CommitAsync(cancellationToken);
        CircuitMeter.Changed(before, after);
        return after;
    }

    private static async Task SaveAsync(DatabaseSession session, Circuit before, Circuit after, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await session.RunAsync("""
            update circuit set state = @state, since = @since, reason = @reason, cause = @cause, actor = @actor, node = @node, breaks = @breaks, probe_at = @probeAt,
                               probe_id = @probeId, probe_until = @probeUntil
            where tenant_id = @tenant and connection_id = @connection
            """,
            new
            {
                tenant = after.TenantId, connection = after.ConnectionId, state = after.State.ToString(), since = after.Since, reason = after.Reason, cause = after.Cause?.ToString(),
                actor = after.Actor, node = after.Node, breaks = after.Breaks, probeAt = after.ProbeAt, probeId = after.ProbeId, probeUntil = after.ProbeUntil,
            },
            cancellationToken);
        await session.RunAsync("""
            insert into circuit_event (tenant_id, connection_id, at, from_state, to_state, reason, cause, actor, node)
            values (@tenant, @connection, @now, @from, @to, @reason, @cause, @actor, @node)
            """,
            new
            {
                tenant = after.TenantId, connection = after.ConnectionId, now, from = before.State.ToString(), to = after.State.ToString(),
                reason = after.State is CircuitState.HalfOpen ? "A probe is under way." : after.Reason, cause = after.Cause?.ToString(), actor = after.Actor, node = after.Node,
            },
            cancellationToken);
    }

    private sealed record Entry(Actor Actor, string Action, string Detail);
}
