using IntegrationConsole.Access;
using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Replays;

namespace IntegrationConsole.Sync.Order;

/// <summary>
/// Sends letters on their way whose forerunner is gone: delivered, discarded, or superseded by a later run. Every worker
/// looks; a letter is queued once, whoever comes first.
/// </summary>
public sealed class HeldRelease(ConsoleDatabase database, ReplayStore replays)
{
    private const int MostAtOnce = 1_000;

    /// <returns>The replays that were begun.</returns>
    internal async Task<IReadOnlyList<(TenantId Tenant, Guid Replay)>> ReleaseAsync(CancellationToken cancellationToken)
    {
        IReadOnlyList<FreeLetter> free;
        await using (var session = await database.AcrossTenantsAsync(cancellationToken))
        {
            // Where the integration is paused they wait on.
            free = await session.ListAsync<FreeLetter>("""
                select d.tenant_id, d.id from dead_letter d
                join sync_definition s on s.tenant_id = d.tenant_id and s.id = d.sync_id and s.deleted_at is null and s.paused_at is null
                where d.cause = 'Held' and d.state = 'Waiting'
                  and not exists (select from dead_letter b where b.tenant_id = d.tenant_id and b.sync_id = d.sync_id and b.order_key = d.order_key and b.turn < d.turn
                                                              and b.state in ('Waiting', 'Queued', 'Replaying'))
                limit @most
                """, new { most = MostAtOnce }, cancellationToken);
        }

        var begun = new List<(TenantId, Guid)>();
        foreach (var letters in free.GroupBy(letter => letter.TenantId))
        {
            var selection = new ReplaySelection([.. letters.Select(letter => letter.Id)], new DeadLetterFilter(), IncludeUnknown: false, "records that waited behind another");
            if (await replays.StartAsync(letters.Key, selection, "What they waited for was delivered or discarded", false, Actor.System, cancellationToken) is { } started)
            {
                begun.Add((letters.Key, started.Id));
            }
        }

        return begun;
    }

    private sealed record FreeLetter(TenantId TenantId, Guid Id);
}
