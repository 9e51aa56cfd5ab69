using IntegrationConsole.DeadLetters;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Replays;

/// <summary>What became of some letters of a replay.</summary>
/// <param name="Held">Of those that failed, how many only wait behind another.</param>
/// <param name="Same">Of the others that failed, how many did for what they had failed for before.</param>
internal readonly record struct ReplayTally(int Delivered, int Failed, int Skipped, int Held, int Same);

/// <summary>
/// How a replay goes on after some of its letters: to its next stage, to a stop, to its end. Always in the transaction
/// that records the letters or ends their run, so no letter is left hanging and no count goes back.
/// </summary>
internal static class ReplayItems
{
    /// <summary>A run of a replay ends. What it had claimed and not recorded is free again, or given back where nothing will take it up.</summary>
    public static async Task SettleAsync(
        DatabaseSession session, TenantId tenant, Guid replay, Guid sync, RunState ending, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var (state, stops) = await session.FindAsync<Ending>(
            "select state, stop_percent > 0 or stops_on_same as stops from replay where tenant_id = @tenant and id = @replay for update", new { tenant, replay }, cancellationToken)
            ?? new Ending(ReplayState.Done, false);
        var isOver = state is ReplayState.Cancelled or ReplayState.Done;
        if (ending is RunState.Failed && stops && !isOver)
        {
            await FreeAsync(session, tenant, replay, sync, cancellationToken);
            await StopAsync(session, tenant, replay, $"{reason} What was not sent waits in this replay.", now, cancellationToken);
        }
        else if (ending is RunState.Failed or RunState.Cancelled || isOver)
        {
            await FreeAsync(session, tenant, replay, sync, cancellationToken);
            var tally = await GiveBackAsync(session, tenant, replay, sync, ending is RunState.Failed ? ReplayItemState.Failed : ReplayItemState.Skipped, reason, now, cancellationToken);
            await AdvanceAsync(session, tenant, replay, tally, byCount: false, now, cancellationToken);
        }
        else
        {
            // It was paused, or its stage waits for letters of another integration.
            await FreeAsync(session, tenant, replay, sync, cancellationToken);
            await AdvanceAsync(session, tenant, replay, default, byCount: false, now, cancellationToken);
        }
    }

    /// <summary>Counts what became of letters, and decides how the replay goes on.</summary>
    /// <param name="session">The caller commits.</param>
    /// <param name="tenant">Whose.</param>
    /// <param name="replay">Which.</param>
    /// <param name="tally">What became of them.</param>
    /// <param name="byCount">
    /// In the last stage the counts say whether letters are left, which costs nothing. Letters that went with their
    /// integration are counted too, so whoever ends a run looks at the letters themselves.
    /// </param>
    /// <param name="now">The time.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <returns>Whether more of its letters may be sent now.</returns>
    public static async Task<bool> AdvanceAsync(
        DatabaseSession session, TenantId tenant, Guid replay, ReplayTally tally, bool byCount, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var row = await session.OneAsync<Moving>("""
            update replay set delivered = delivered + @delivered, failed = failed + @failed, skipped = skipped + @skipped,
                   stage_done = stage_done + @delivered + @failed - @held, stage_failed = stage_failed + @failed - @held, stage_same = stage_same + @same
            where tenant_id = @tenant and id = @replay
            returning state, is_staged, stop_percent, stops_on_same, stage, stage_done, stage_failed, stage_same,
                      case when @byCount and frozen_at is not null and stage = @last and total > delivered + failed + skipped then stage
                           else (select min(stage) from replay_item where tenant_id = @tenant and replay_id = @replay and state in ('Queued', 'Claimed')) end as next_stage
            """,
            new { tenant, replay, delivered = tally.Delivered, failed = tally.Failed, skipped = tally.Skipped, held = tally.Held, same = tally.Same, last = StageRule.Last, byCount }, cancellationToken);
        var facts = new StageFacts(row.Stage, row.StageDone, row.StageFailed, row.StageSame, row.StopPercent, row.StopsOnSame, row.IsStaged);
        var goesOn = row.State is ReplayState.Running;
        if (row.NextStage is not { } next)
        {
            await EndAsync(session, tenant, replay, now, cancellationToken);
            goesOn = false;
        }
        else if (row.State is ReplayState.Running && StageRule.StopReason(facts, isComplete: next > row.Stage) is { } reason)
        {
            await StopAsync(session, tenant, replay, reason, now, cancellationToken);
            goesOn = false;
        }
        else if (row.State is ReplayState.Running && next > row.Stage)
        {
            await session.RunAsync(
                "update replay set stage = @next, stage_done = 0, stage_failed = 0, stage_same = 0 where tenant_id = @tenant and id = @replay", new { tenant, replay, next }, cancellationToken);
            await TellAsync(session, tenant, replay, "", $"The stage of {StageRule.NameOf(row.Stage)} is through: {row.StageFailed:N0} of {row.StageDone:N0} failed. Goes on with {StageRule.NameOf(next)}.", now, cancellationToken);
        }

        await session.NotifyAsync(new Change(ReplayStore.Topic, tenant, replay), cancellationToken);
        return goesOn;
    }

    /// <summary>Letters that will not be sent wait again: all of an integration, whose run ends, or all that no run has on the line.</summary>
    public static async Task<ReplayTally> GiveBackAsync(
        DatabaseSession session, TenantId tenant, Guid replay, Guid? sync, ReplayItemState state, string reason, DateTimeOffset now, CancellationToken cancellationToken, int most = int.MaxValue)
    {
        // By their keys, as lists: joined, the planner looked through all letters of a large replay for each of them.
        var given = await session.OneAsync<int>("""
            with left_over as (
                select letter_id from replay_item i
                where tenant_id = @tenant and replay_id = @replay
                  and ((@sync::uuid is null and state = 'Queued' and not exists (
                            select from replay_taken t
                            where t.tenant_id = i.tenant_id and t.replay_id = i.replay_id and t.sync_id = i.sync_id and (i.stage, i.turn) <= (t.stage, t.turn)))
                    or (sync_id = @sync and state in ('Queued', 'Claimed')))
                limit @most for update of i),
            settled as (
                update replay_item i set state = @state, message = @reason, finished_at = @now
                where i.tenant_id = @tenant and i.replay_id = @replay and i.letter_id = any(array(select letter_id from left_over))
                returning i.letter_id),
            back as (
                update dead_letter d set state = 'Waiting', back_at = @now, version = version + 1
                where d.tenant_id = @tenant and d.id = any(array(select letter_id from settled)) and d.state in ('Queued', 'Replaying'))
            select count(*)::int from settled
            """, new { tenant, replay, sync, state = state.ToString(), reason, now, most }, cancellationToken);
        return state is ReplayItemState.Failed ? new ReplayTally(0, given, 0, 0, 0) : new ReplayTally(0, 0, given, 0, 0);
    }

    /// <summary>One line of what happened to a replay; without an actor it is the console's doing.</summary>
    public static Task<int> TellAsync(DatabaseSession session, TenantId tenant, Guid replay, string actor, string message, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.RunAsync(
            "insert into replay_event (tenant_id, replay_id, at, actor, message) values (@tenant, @replay, @now, @actor, @message)",
            new { tenant, replay, now, actor = actor.Length > 0 ? actor : Access.Actor.System.Name, message }, cancellationToken);

    /// <summary>What an attempt that ended had claimed may be claimed again. Nodes of an earlier version marked each letter.</summary>
    public static Task<int> FreeAsync(DatabaseSession session, TenantId tenant, Guid replay, Guid sync, CancellationToken cancellationToken) =>
        session.RunAsync("""
            with free as (delete from replay_taken where tenant_id = @tenant and replay_id = @replay and sync_id = @sync),
            freed as (
                update replay_item set state = 'Queued', claimed_by = null
                where tenant_id = @tenant and replay_id = @replay and sync_id = @sync and state = 'Claimed' returning letter_id)
            update dead_letter d set state = 'Queued' from freed where d.tenant_id = @tenant and d.id = freed.letter_id and d.state = 'Replaying'
            """, new { tenant, replay, sync }, cancellationToken);

    private static async Task StopAsync(DatabaseSession session, TenantId tenant, Guid replay, string reason, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var stopped = await session.RunAsync("""
            update replay set state = 'Stopped', state_by = @by, state_reason = @reason, state_at = @now
            where tenant_id = @tenant and id = @replay and state in ('Running', 'Waiting')
            """, new { tenant, replay, by = Access.Actor.System.Name, reason, now }, cancellationToken);
        if (stopped > 0)
        {
            await TellAsync(session, tenant, replay, "", $"Stopped: {reason}", now, cancellationToken);
            await session.NotifyAsync(new Change(ReplayStore.Topic, tenant, replay), cancellationToken);
            await session.NotifyAsync(new Change(DeadLetterStore.Topic, tenant), cancellationToken);
        }
    }

    /// <summary>Every letter has its outcome.</summary>
    private static async Task EndAsync(DatabaseSession session, TenantId tenant, Guid replay, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var ended = await session.FindAsync<Ended>("""
            update replay set state = 'Done', finished_at = @now, state_reason = '', state_by = @by, state_at = @now
            where tenant_id = @tenant and id = @replay and state in ('Waiting', 'Running', 'Paused', 'Stopped') and frozen_at is not null
            returning delivered, failed, skipped
            """, new { tenant, replay, by = Access.Actor.System.Name, now }, cancellationToken);
        if (ended is not null)
        {
            await TellAsync(session, tenant, replay, "", $"Done: {ended.Delivered:N0} delivered, {ended.Failed:N0} failed again, {ended.Skipped:N0} skipped.", now, cancellationToken);
        }
    }

    private sealed record Ending(ReplayState State, bool Stops);

    private sealed record Ended(int Delivered, int Failed, int Skipped);

    private sealed record Moving(ReplayState State, bool IsStaged, int StopPercent, bool StopsOnSame, int Stage, int StageDone, int StageFailed, int StageSame, int? NextStage);
}
