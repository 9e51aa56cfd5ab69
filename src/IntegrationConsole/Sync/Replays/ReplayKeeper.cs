namespace IntegrationConsole.Sync.Replays;

/// <summary>
/// Sees to it that every replay goes on: writes down the letters of those that are new, begins those whose time has come
/// and whose lane is free, gives a run to each integration that has letters to send, and gives back the letters of those
/// that were cancelled. Every worker does this; the rows decide who wins. All it needs is in them, so it may stop anywhere.
/// </summary>
public sealed class ReplayKeeper(ConsoleDatabase database, ReplayFreeze freeze, ReplayLane lane, TimeProvider clock)
{
    /// <summary>Moves every replay on as far as it goes now, in the order in which they were asked for.</summary>
    internal async Task KeepAsync(CancellationToken cancellationToken)
    {
        foreach (var replay in await ListAsync(cancellationToken))
        {
            if (replay is { State: ReplayState.Waiting, IsFrozen: false })
            {
                await FreezeAsync(replay, cancellationToken);
            }

            await using var session = await database.InTenantAsync(replay.TenantId, cancellationToken);
            if (replay.State is ReplayState.Cancelled)
            {
                await ReplayControls.GiveBackAsync(session, replay.TenantId, replay.Id, clock.GetUtcNow(), cancellationToken);
            }
            else
            {
                await lane.MoveAsync(session, replay.TenantId, replay.Id, cancellationToken);
            }

            await session.CommitAsync(cancellationToken);
        }
    }

    private async Task FreezeAsync(Kept replay, CancellationToken cancellationToken)
    {
        while (true)
        {
            await using var session = await database.InTenantAsync(replay.TenantId, cancellationToken);
            var isOpen = await session.OneAsync<int>(
                "select count(*)::int from (select from replay where tenant_id = @tenant and id = @id and state = 'Waiting' and frozen_at is null for update skip locked) open",
                new { tenant = replay.TenantId, id = replay.Id }, cancellationToken) == 1;

            // Another node is at it, or it was cancelled.
            if (!isOpen)
            {
                return;
            }

            var isFrozen = await freeze.StepAsync(session, replay.TenantId, replay.Id, cancellationToken);
            await session.NotifyAsync(new Change(ReplayStore.Topic, replay.TenantId, replay.Id), cancellationToken);
            await session.CommitAsync(cancellationToken);
            if (isFrozen)
            {
                return;
            }
        }
    }

    private async Task<IReadOnlyList<Kept>> ListAsync(CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.ListAsync<Kept>("""
            select tenant_id, id, state, frozen_at is not null as is_frozen from replay where state in ('Waiting', 'Running') or not given_back order by requested_at
            """, null, cancellationToken);
    }

    private sealed record Kept(TenantId TenantId, Guid Id, ReplayState State, bool IsFrozen);
}
