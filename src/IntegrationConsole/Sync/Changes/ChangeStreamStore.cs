using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Sync.Runs;

namespace IntegrationConsole.Sync.Changes;

/// <summary>What is known of change streams, and of what their sources keep for them.</summary>
public sealed class ChangeStreamStore(ConsoleDatabase database, AuditTrail audit, TimeProvider clock)
{
    /// <summary>A sync's stream; null where it has none, or nothing is kept for it any more.</summary>
    public async Task<ChangeStreamStatus?> FindAsync(TenantId tenant, Guid sync, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.FindAsync<ChangeStreamStatus>("""
            select c.connection_id, c.slot, c.as_of, c.bytes_behind, c.noted_at, c.state, c.kept_bytes, c.looked_at
            from change_stream c join sync_definition s on s.tenant_id = c.tenant_id and s.id = c.sync_id and s.source_connection_id = c.connection_id
            where c.tenant_id = @tenant and c.sync_id = @sync and c.released_at is null
            """, new { tenant, sync }, cancellationToken);
    }

    /// <summary>The source need not keep anything for a stream that nobody reads at the moment: the next run begins with reading everything.</summary>
    /// <returns>In words, what happens.</returns>
    public async Task<string> ReleaseAsync(TenantId tenant, Guid sync, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var name = await session.FindAsync<string>("select name from sync_definition where tenant_id = @tenant and id = @sync for update", new { tenant, sync }, cancellationToken);
        if (name is null || await session.OneAsync<bool>(
            "select exists (select from run where tenant_id = @tenant and sync_id = @sync and state in ('Queued', 'Running') and not beside)", new { tenant, sync }, cancellationToken))
        {
            return "A run is using it: stop or pause it first.";
        }

        await LetGoAsync(session, tenant, sync, clock.GetUtcNow(), cancellationToken);
        await UnfinishedRuns.ForgetAsync(session, tenant, sync, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("release slot", "integration", sync.ToString(), name), cancellationToken);
        await session.NotifyAsync(new Change(SyncStore.Topic, tenant, sync), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return "Its source drops the replication slot within a minute or two. The next run begins with reading everything.";
    }

    /// <summary>Before the source is asked to keep anything.</summary>
    internal static Task<int> ExpectAsync(DatabaseSession session, SyncDefinition sync, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.RunAsync("""
            insert into change_stream (tenant_id, sync_id, connection_id, slot, state, looked_at) values (@tenant, @sync, @connection, @slot, 'Active', @now)
            on conflict (tenant_id, sync_id, connection_id) do update set state = 'Active', looked_at = @now, released_at = null
            """,
            new { tenant = sync.TenantId, sync = sync.Id, connection = sync.SourceConnectionId, slot = ChangeStreamStatus.SlotOf(sync.Id), now }, cancellationToken);

    /// <summary>In the transaction that records a batch.</summary>
    internal static Task<int> NoteAsync(DatabaseSession session, SyncDefinition sync, ChangeMark mark, DateTimeOffset now, CancellationToken cancellationToken) =>
        session.RunAsync("""
            update change_stream set as_of = @asOf, bytes_behind = @behind, noted_at = @now
            where tenant_id = @tenant and sync_id = @sync and connection_id = @connection
            """,
            new { tenant = sync.TenantId, sync = sync.Id, connection = sync.SourceConnectionId, asOf = mark.AsOf, behind = mark.BytesBehind, now }, cancellationToken);

    /// <summary>Nobody needs what the sources keep for a sync, but one of them perhaps; they are told so soon.</summary>
    internal static Task<int> LetGoAsync(DatabaseSession session, TenantId tenant, Guid sync, DateTimeOffset now, CancellationToken cancellationToken, Guid? butOf = null) =>
        session.RunAsync("""
            update change_stream set released_at = @now
            where tenant_id = @tenant and sync_id = @sync and released_at is null and (@butOf::uuid is null or connection_id <> @butOf)
            """, new { tenant, sync, now, butOf }, cancellationToken);
}
