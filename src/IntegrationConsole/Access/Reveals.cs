using System.Collections.Concurrent;

namespace IntegrationConsole.Access;

/// <summary>
/// Writes into the trail who looked at a record: once for a person and a thing within an hour, over all nodes, so that a page
/// that is drawn again at every change says it once.
/// </summary>
public sealed class Reveals(ConsoleDatabase database, AuditTrail audit, TimeProvider clock)
{
    /// <summary>Looking again within this time is the same look.</summary>
    public static readonly TimeSpan OneLook = TimeSpan.FromHours(1);

    private const int MostKnown = 10_000;

    /// <summary>What this node has written down itself, so that it need not ask at every redraw.</summary>
    private readonly ConcurrentDictionary<(TenantId, string, Guid), DateTimeOffset> _known = [];

    /// <param name="what">An entry whose object is the thing that was looked at.</param>
    /// <param name="subject">The thing's id.</param>
    public async Task NoteAsync(TenantId tenant, Actor actor, AuditEvent what, Guid subject, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        if (_known.TryGetValue((tenant, actor.Name, subject), out var noted) && now - noted < OneLook)
        {
            return;
        }

        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var args = new { tenant, actor = actor.Name, subject, now, before = now - OneLook };
        var isNew = await session.RunAsync("""
            insert into reveal as r (tenant_id, actor, subject, at) values (@tenant, @actor, @subject, @now)
            on conflict (tenant_id, actor, subject) do update set at = @now where r.at <= @before
            """, args, cancellationToken) > 0;
        if (isNew)
        {
            await session.RunAsync("delete from reveal where tenant_id = @tenant and actor = @actor and at <= @before", args, cancellationToken);
            await audit.AppendAsync(session, tenant, actor, what, cancellationToken);
            await session.CommitAsync(cancellationToken);
        }

        if (_known.Count >= MostKnown)
        {
            _known.Clear();
        }

        _known[(tenant, actor.Name, subject)] = now;
    }
}
