namespace IntegrationConsole.DeadLetters.Groups;

/// <summary>Writes down what failures or time changed in a group's life.</summary>
internal static class GroupTurns
{
    /// <summary>The group is open again; who takes care of it stays the same.</summary>
    public static Task<int> ApplyAsync(DatabaseSession session, TenantId tenant, Guid id, GroupTurn turn, int? version, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.RunAsync("""
            with turned as (
                update failure_group set state = 'Open', state_since = @now, state_by = 'the console', state_reason = @detail, snooze_until = null, snooze_seen = null, snooze_version = null,
                    snooze_connection_id = null, regressed_at = case when @regressed then @now::timestamptz else regressed_at end,
                    regressed_version = case when @regressed then @mapping else regressed_version end, version = version + 1
                where tenant_id = @tenant and id = @id and state in ('Snoozed', 'Resolved') returning id)
            insert into failure_group_activity (tenant_id, group_id, at, actor, kind, detail) select @tenant, id, @now, 'the console', @kind, @detail from turned
            """, new { tenant, id, now, detail = turn.Detail, regressed = turn.Regressed, mapping = version, kind = turn.Step.ToString() }, cancellationToken);
}
