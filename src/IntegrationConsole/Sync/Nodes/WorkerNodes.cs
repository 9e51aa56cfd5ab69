using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Circuits;

namespace IntegrationConsole.Sync.Nodes;

/// <summary>The nodes that move runs, as the scheduler's own store tells of them, and which of them somebody keeps from it.</summary>
public sealed class WorkerNodes(ConsoleDatabase database, AuditTrail audit, TimeProvider clock)
{
    /// <summary>A node says every two seconds that it is there; their clocks need not agree to the second.</summary>
    internal static readonly TimeSpan Silence = TimeSpan.FromSeconds(30);

    private static readonly TimeSpan OpenedWithin = TimeSpan.FromHours(1);

    /// <summary>Whether there is a node that takes up runs.</summary>
    /// <param name="except">One that does not count; empty for none.</param>
    /// <param name="cancellationToken">Stops.</param>
    public async Task<bool> AnyAwakeAsync(string except, CancellationToken cancellationToken)
    {
        if (!await IsThereAsync(cancellationToken))
        {
            return false;
        }

        await using var command = database.Source.CreateCommand("""
            select exists (
                select from quartz.qrtz_scheduler_state s where s.last_checkin_time > $1 and s.instance_name <> $2
                  and not exists (select from node_standby n where n.node = s.instance_name and n.ended_at is null))
            """);
        command.Parameters.AddWithValue((clock.GetUtcNow() - Silence).UtcTicks);
        command.Parameters.AddWithValue(except);
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    public async Task<bool> IsOnStandbyAsync(string node, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.OneAsync<bool>("select exists (select from node_standby where node = @node and ended_at is null)", new { node }, cancellationToken);
    }

    /// <summary>Those that were heard of, and those that are on standby, by name.</summary>
    public async Task<IReadOnlyList<WorkerNode>> ListAsync(CancellationToken cancellationToken)
    {
        var heard = await ListHeardAsync(cancellationToken);
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var standbys = (await session.ListAsync<StandbyRow>("select node, since, asked_by, reason, ended_at, ended_by from node_standby", null, cancellationToken)).ToDictionary(row => row.Node);
        var going = await session.ListAsync<CountRow>("select node, count(*)::int as count from run where state = 'Running' and not is_split group by node", null, cancellationToken);
        var opened = await session.ListAsync<CountRow>("""
            select e.node, count(*)::int as count from tenant t join circuit_event e on e.tenant_id = t.id and e.at >= @since
            where e.from_state = 'Closed' and e.to_state = 'Open' and e.actor = @automatic group by e.node
            """, new { since = clock.GetUtcNow() - OpenedWithin, automatic = Circuit.Automatic }, cancellationToken);
        return
        [
            .. heard.Keys.Union(standbys.Values.Where(row => row.EndedAt is null).Select(row => row.Node)).Order(StringComparer.Ordinal).Select(name => new WorkerNode(
                name, heard.TryGetValue(name, out var at) ? at : null, CountOf(going, name), CountOf(opened, name), standbys.GetValueOrDefault(name)?.Standby)),
        ];
    }

    /// <summary>Has a node take nothing up from now on, also after it was started again.</summary>
    /// <returns>Whether it was awake.</returns>
    public async Task<bool> StandbyAsync(string node, string reason, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var begun = await session.RunAsync("""
            insert into node_standby as n (node, since, asked_by, reason) values (@node, @now, @by, @reason)
            on conflict (node) do update set since = excluded.since, asked_by = excluded.asked_by, reason = excluded.reason, ended_at = null, ended_by = null where n.ended_at is not null
            """, new { node, now = clock.GetUtcNow(), by = actor.Name, reason }, cancellationToken);
        return begun > 0 && await KeepAsync(session, actor, new AuditEvent("standby", "node", node, node, reason), cancellationToken);
    }

    /// <summary>Has a node take up runs again.</summary>
    /// <returns>Whether it was on standby.</returns>
    public async Task<bool> WakeAsync(string node, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        var ended = await session.RunAsync(
            "update node_standby set ended_at = @now, ended_by = @by where node = @node and ended_at is null", new { node, now = clock.GetUtcNow(), by = actor.Name }, cancellationToken);
        return ended > 0 && await KeepAsync(session, actor, new AuditEvent("wake", "node", node, node), cancellationToken);
    }

    private async Task<bool> KeepAsync(DatabaseSession session, Actor actor, AuditEvent what, CancellationToken cancellationToken)
    {
        await audit.AppendAsync(session, null, actor, what, cancellationToken);
        await session.NotifyAsync(new Change(ThisNode.Topic), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return true;
    }

    private async Task<Dictionary<string, DateTimeOffset>> ListHeardAsync(CancellationToken cancellationToken)
    {
        var heard = new Dictionary<string, DateTimeOffset>();
        if (!await IsThereAsync(cancellationToken))
        {
            return heard;
        }

        await using var command = database.Source.CreateCommand("select instance_name, last_checkin_time from quartz.qrtz_scheduler_state");
        await using var rows = await command.ExecuteReaderAsync(cancellationToken);
        while (await rows.ReadAsync(cancellationToken))
        {
            heard[rows.GetString(0)] = new DateTimeOffset(rows.GetInt64(1), TimeSpan.Zero);
        }

        return heard;
    }

    /// <summary>The first worker makes the scheduler's tables.</summary>
    private async Task<bool> IsThereAsync(CancellationToken cancellationToken)
    {
        await using var command = database.Source.CreateCommand("select to_regclass('quartz.qrtz_scheduler_state') is not null");
        return await command.ExecuteScalarAsync(cancellationToken) is true;
    }

    private static int CountOf(IReadOnlyList<CountRow> rows, string node) => rows.FirstOrDefault(row => row.Node == node)?.Count ?? 0;

    private sealed record CountRow(string Node, int Count);

    private sealed record StandbyRow(string Node, DateTimeOffset Since, string AskedBy, string Reason, DateTimeOffset? EndedAt, string? EndedBy)
    {
        public NodeStandby Standby => new(Since, AskedBy, Reason, EndedAt, EndedBy);
    }
}
