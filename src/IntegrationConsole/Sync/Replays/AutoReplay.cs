using IntegrationConsole.Access;
using IntegrationConsole.DeadLetters;

namespace IntegrationConsole.Sync.Replays;

/// <summary>
/// Replays letters of transient causes where an integration's rule says so: when the circuit of the destination is closed,
/// one letter first, then the others in stages and at a pace. Each letter has three rounds; then it waits for a person. All
/// of it are replays like any other, which people see, pause and cancel.
/// </summary>
public sealed class AutoReplay(ConsoleDatabase database, ReplayStore replays, ReplayControls controls, TimeProvider clock)
{
    private const int MostAtOnce = 10_000;

    private static readonly Actor Rule = new(null, "the replay rule");

    private static readonly ReplayOptions Options = ReplayOptions.Careful;

    /// <returns>The replays that were begun.</returns>
    internal async Task<IReadOnlyList<Guid>> LookAsync(CancellationToken cancellationToken)
    {
        // What stopped by itself waits for its next round in place of a person.
        foreach (var stopped in await ListAsync("select tenant_id, id, '' as name from replay where is_policy and state = 'Stopped'", cancellationToken))
        {
            await controls.CancelAsync(stopped.TenantId, stopped.Id, Rule, cancellationToken);
        }

        var begun = new List<Guid>();
        foreach (var sync in await ListAsync(Due, cancellationToken))
        {
            var ids = await ListLettersAsync(sync, cancellationToken);
            var selection = new ReplaySelection(ids, new DeadLetterFilter(), IncludeUnknown: false, $"letters of {sync.Name} whose cause may have gone away") { IsPolicy = true };
            if (await replays.StartAsync(sync.TenantId, selection, Options, "The integration's rule: the destination takes calls again", Rule, cancellationToken) is { } started)
            {
                begun.Add(started.Id);
            }
        }

        return begun;
    }

    /// <summary>One replay by rule at a time for each integration.</summary>
    private const string Due = """
        select p.tenant_id, s.id, s.name from replay_policy p
        join sync_definition s on s.tenant_id = p.tenant_id and s.id = p.sync_id and s.deleted_at is null and s.paused_at is null
        join tenant t on t.id = s.tenant_id and t.paused_at is null
        where not exists (select from circuit c where c.tenant_id = s.tenant_id and c.connection_id = s.destination_connection_id and c.state <> 'Closed')
          and not exists (select from replay o where o.tenant_id = s.tenant_id and o.is_policy and o.state in ('Waiting', 'Running', 'Paused') and s.id = any(o.sync_ids))
          and exists (select from dead_letter d where d.tenant_id = p.tenant_id and d.sync_id = p.sync_id and d.state = 'Waiting' and d.outcome = 'Failed' and d.cause = any(p.causes)
                                                and d.auto_tries < @rounds and coalesce(d.auto_after, d.last_failed_at + @first) <= @now)
        """;

    private async Task<IReadOnlyList<Found>> ListAsync(string sql, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.ListAsync<Found>(sql, new { now = clock.GetUtcNow(), rounds = ReplayPolicies.Pauses.Count, first = ReplayPolicies.Pauses[0] }, cancellationToken);
    }

    private async Task<IReadOnlyList<Guid>> ListLettersAsync(Found sync, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(sync.TenantId, cancellationToken);
        return await session.ListAsync<Guid>("""
            select d.id from replay_policy p join dead_letter d on d.tenant_id = p.tenant_id and d.sync_id = p.sync_id and d.state = 'Waiting' and d.outcome = 'Failed' and d.cause = any(p.causes)
            where p.tenant_id = @tenant and p.sync_id = @sync and d.auto_tries < @rounds and coalesce(d.auto_after, d.last_failed_at + @first) <= @now order by d.turn limit @most
            """,
            new { tenant = sync.TenantId, sync = sync.Id, now = clock.GetUtcNow(), rounds = ReplayPolicies.Pauses.Count, first = ReplayPolicies.Pauses[0], most = MostAtOnce }, cancellationToken);
    }

    private sealed record Found(TenantId TenantId, Guid Id, string Name);
}
