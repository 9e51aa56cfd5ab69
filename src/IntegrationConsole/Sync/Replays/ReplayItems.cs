using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Replays;

/// <summary>
/// The end of a replay's run: letters that did not get their turn go back to waiting, and a replay without open items is
/// done. Always in the transaction that ends the run, so no letter is left hanging.
/// </summary>
internal static class ReplayItems
{
    public static async Task SettleAsync(
        DatabaseSession session, TenantId tenant, Guid replay, Guid sync, RunState ending, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var state = ending is RunState.Failed ? ReplayItemState.Failed : ReplayItemState.Skipped;
        await session.RunAsync("""
            with settled as (
                update replay_item set state = @state, message = @reason, finished_at = @now
                where tenant_id = @tenant and replay_id = @replay and sync_id = @sync and state in ('Queued', 'Claimed')
                returning letter_id)
            update dead_letter d set state = 'Waiting', version = version + 1
            from settled where d.tenant_id = @tenant and d.id = settled.letter_id and d.state in ('Queued', 'Replaying')
            """, new { tenant, replay, sync, state = state.ToString(), reason, now }, cancellationToken);
        await CloseAsync(session, tenant, replay, now, cancellationToken);
    }

    /// <summary>Ends the replay when no item is left.</summary>
    public static async Task CloseAsync(DatabaseSession session, TenantId tenant, Guid replay, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await session.RunAsync("""
            update replay set state = 'Done', finished_at = @now
            where tenant_id = @tenant and id = @replay and state = 'Running'
              and not exists (select from replay_item where tenant_id = @tenant and replay_id = @replay and state in ('Queued', 'Claimed'))
            """, new { tenant, replay, now }, cancellationToken);
        await session.NotifyAsync(new Change(ReplayStore.Topic, tenant, replay), cancellationToken);
    }
}
