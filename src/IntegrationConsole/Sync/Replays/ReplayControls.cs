using System.Globalization;
using IntegrationConsole.Access;

namespace IntegrationConsole.Sync.Replays;

/// <summary>
/// What people do with a replay on its way. Each command names the states it may be given in; one that comes too late
/// changes nothing and says so. Nothing here waits for the line, which looks at the replay's row before it takes more.
/// </summary>
public sealed class ReplayControls(ConsoleDatabase database, AuditTrail audit, TimeProvider clock)
{
    /// <summary>So many letters are given back at once when a replay is cancelled; the others follow beside.</summary>
    internal const int GivenBackAtOnce = 5_000;

    /// <summary>Nothing more is taken up; what is on the line arrives.</summary>
    public Task<bool> PauseAsync(TenantId tenant, Guid id, Actor actor, CancellationToken cancellationToken) => ChangeAsync(
        tenant, id, actor, "pause", "Paused it.", "state = 'Paused', state_by = @actor, state_reason = '', state_at = @now", "state in ('Waiting', 'Running') and frozen_at is not null", null, cancellationToken);

    /// <summary>Goes on where it was, as soon as its lane is free.</summary>
    public Task<bool> ResumeAsync(TenantId tenant, Guid id, Actor actor, CancellationToken cancellationToken) => ChangeAsync(
        tenant, id, actor, "resume", "Lets it go on.", "state = 'Waiting', state_by = @actor, state_reason = '', state_at = @now, start_rule = 'Now', start_at = null", "state in ('Paused', 'Stopped')", null,
        cancellationToken);

    /// <summary>Begins now what was to wait for its time or for a circuit.</summary>
    public Task<bool> StartNowAsync(TenantId tenant, Guid id, Actor actor, CancellationToken cancellationToken) => ChangeAsync(
        tenant, id, actor, "start", "Lets it begin now.", "start_rule = 'Now', start_at = null, state_at = @now", "state = 'Waiting' and start_rule <> 'Now'", null, cancellationToken);

    /// <param name="pace">Letters a second; 0 for as fast as it goes.</param>
    public Task<bool> ChangePaceAsync(TenantId tenant, Guid id, double pace, Actor actor, CancellationToken cancellationToken) => ChangeAsync(
        tenant, id, actor, "pace", $"Changed the pace: {new ReplayOptions { Pace = pace }.PaceWords}.", "pace = @value, free_at = null",
        "state in ('Waiting', 'Running', 'Paused', 'Stopped') and pace <> @value", pace, cancellationToken);

    /// <summary>The letters of all stages may go; a share of failures stops it as before.</summary>
    public Task<bool> SkipStagesAsync(TenantId tenant, Guid id, Actor actor, CancellationToken cancellationToken) => ChangeAsync(
        tenant, id, actor, "skip stage", "Skipped the stages before the rest.", "stage = 4, stage_done = 0, stage_failed = 0, stage_same = 0",
        "state in ('Waiting', 'Running', 'Paused', 'Stopped') and stage < 4", null, cancellationToken);

    /// <summary>Stops a replay after the letters on the line; the others go back to waiting.</summary>
    public async Task CancelAsync(TenantId tenant, Guid id, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var cancelled = await session.RunAsync("""
            update replay set state = 'Cancelled', cancelled_by = @actor, finished_at = @now, state_by = @actor, state_reason = '', state_at = @now, frozen_at = coalesce(frozen_at, @now),
                              given_back = address is not null
            where tenant_id = @tenant and id = @id and state in ('Draft', 'Waiting', 'Running', 'Paused', 'Stopped')
            """, new { tenant, id, actor = actor.Name, now }, cancellationToken);
        if (cancelled == 0)
        {
            return;
        }

        await GiveBackAsync(session, tenant, id, now, cancellationToken);
        await ReplayItems.TellAsync(session, tenant, id, actor.Name, "Cancelled it.", now, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("cancel", "replay", id.ToString(), ""), cancellationToken);
        await ReplayStore.NotifyAsync(session, tenant, id, cancellationToken);
        await session.CommitAsync(cancellationToken);
    }

    /// <summary>Some of the letters of a cancelled replay; those on the line come back with their run.</summary>
    internal static async Task GiveBackAsync(DatabaseSession session, TenantId tenant, Guid id, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var by = await session.FindAsync<string>(
            "select state_by from replay where tenant_id = @tenant and id = @id and state = 'Cancelled' and not given_back for update", new { tenant, id }, cancellationToken);
        if (by is null)
        {
            return;
        }

        var tally = await ReplayItems.GiveBackAsync(session, tenant, id, null, ReplayItemState.Skipped, $"Cancelled by {by}", now, cancellationToken, GivenBackAtOnce);
        await ReplayItems.AdvanceAsync(session, tenant, id, tally, byCount: false, now, cancellationToken);
        if (tally.Skipped < GivenBackAtOnce)
        {
            await session.RunAsync("update replay set given_back = true where tenant_id = @tenant and id = @id", new { tenant, id }, cancellationToken);
        }
    }

    private async Task<bool> ChangeAsync(
        TenantId tenant, Guid id, Actor actor, string verb, string message, string set, string where, double? value, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var scope = await session.FindAsync<string>(
            $"update replay set {set} where tenant_id = @tenant and id = @id and {where} returning scope", new { tenant, id, actor = actor.Name, now, value = value ?? 0 }, cancellationToken);
        if (scope is null)
        {
            return false;
        }

        await ReplayItems.TellAsync(session, tenant, id, actor.Name, message, now, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, new AuditEvent(verb, "replay", id.ToString(), scope, value?.ToString(CultureInfo.InvariantCulture) ?? ""), cancellationToken);
        await ReplayStore.NotifyAsync(session, tenant, id, cancellationToken);
        await session.CommitAsync(cancellationToken);
        return true;
    }
}
