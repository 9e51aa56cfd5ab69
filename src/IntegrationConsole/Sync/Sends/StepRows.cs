namespace IntegrationConsole.Sync.Sends;

/// <summary>The story of writes of several steps, each line in one transaction with what the ledger says of its row.</summary>
internal static class StepRows
{
    public static async Task AddAsync(DatabaseSession session, SendScope scope, Send send, StepKind kind, string sentence, DateTimeOffset now, CancellationToken cancellationToken)
    {
        await session.RunAsync("""
            insert into write_step (tenant_id, sync_id, record_key, run_id, at, stream, kind, remote_id, sentence)
            select @tenant, @sync, @letterKey, @run, @now, @stream, @kind,
                   coalesce((select l.remote_id from send_ledger l where l.tenant_id = @tenant and l.sync_id = @sync and l.stream = @stream and l.record_key = @key), ''), @sentence
            """,
            new
            {
                tenant = scope.Tenant, sync = scope.Sync, letterKey = send.LetterKey, run = scope.Run, now, stream = scope.Stream,
                kind = kind.ToString(), key = send.Key, sentence,
            },
            cancellationToken);
        if (kind is not (StepKind.Made or StepKind.Refused))
        {
            await session.RunAsync("""
                update send_ledger set state = @state, answered_at = case when @state = 'TakingBack' then null else @now end, is_step = @state <> 'TakenBack'
                where tenant_id = @tenant and sync_id = @sync and stream = @stream and record_key = @key and state in ('Taken', 'TakingBack')
                """,
                new
                {
                    tenant = scope.Tenant, sync = scope.Sync, stream = scope.Stream, key = send.Key, now,
                    state = kind is StepKind.Stands ? nameof(SendState.Taken) : kind.ToString(),
                },
                cancellationToken);
        }
    }
}
