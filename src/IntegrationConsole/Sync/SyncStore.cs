using System.Globalization;
using System.Text.Json;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Mappings;
using IntegrationConsole.Sync.Changes;
using IntegrationConsole.Sync.Deletes;
using IntegrationConsole.Sync.Replays;
using IntegrationConsole.Sync.Runs;
using IntegrationConsole.Sync.Schedules;
using IntegrationConsole.Sync.Sends;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Sync;

/// <summary>A tenant's syncs. What changes here changes the scheduler's store in the same transaction.</summary>
public sealed class SyncStore(ConsoleDatabase database, MappingStore mappings, ScheduleTriggers triggers, AuditTrail audit, TimeProvider clock)
{
    public const string Topic = "sync";
    private const string Deleted = "The integration was deleted";

    private const string Columns = """
        tenant_id, id, slug, name, source_connection_id, source_stream, read_mode, destination_connection_id, destination_stream, write_mode, key_fields,
        create_destination, mapping_id, schedule::text as schedule, overlap, paused_at, paused_by, pause_reason, cursor, cursor_at, created_at, updated_at,
        deleted_at, version, order_key, look_back, deletes::text as deletes, partitions, on_arrival, again_from, again_at, batch_breaker
        """;

    public async Task<IReadOnlyList<SyncDefinition>> ListAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<SyncDefinition>(
            $"select {Columns} from sync_definition where tenant_id = @tenant and deleted_at is null order by lower(name)", new { tenant }, cancellationToken);
    }

    /// <summary>What reads from or writes to a connection. Deleted syncs hold it too: their runs and letters name it.</summary>
    public async Task<IReadOnlyList<SyncDefinition>> ListOfConnectionAsync(TenantId tenant, Guid connection, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<SyncDefinition>($"""
            select {Columns} from sync_definition
            where tenant_id = @tenant and (source_connection_id = @connection or destination_connection_id = @connection) order by deleted_at is not null, lower(name)
            """, new { tenant, connection }, cancellationToken);
    }

    public Task<SyncDefinition?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken) =>
        database.FindAtOnceAsync<SyncDefinition>(tenant, $"select {Columns} from sync_definition where tenant_id = @tenant and id = @id", new { tenant, id }, cancellationToken);

    public async Task<SyncDefinition?> FindBySlugAsync(TenantId tenant, string slug, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.FindAsync<SyncDefinition>($"select {Columns} from sync_definition where tenant_id = @tenant and slug = @slug", new { tenant, slug }, cancellationToken);
    }

    /// <summary>Creates a sync with the draft of its mapping.</summary>
    public async Task<SyncDefinition> CreateAsync(TenantId tenant, SyncDraft draft, MappingDocument firstMapping, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var slug = await FreeSlugAsync(session, tenant, draft.Slug.Length > 0 ? draft.Slug : draft.Name, cancellationToken);
        var mapping = await mappings.CreateAsync(session, tenant, draft.Name.Trim(), firstMapping, actor, cancellationToken);
        await session.RunAsync("""
            insert into sync_definition (tenant_id, id, slug, name, source_connection_id, source_stream, read_mode, destination_connection_id, destination_stream,
                write_mode, key_fields, create_destination, mapping_id, schedule, overlap, order_key, created_at, updated_at, version, look_back, deletes, partitions, on_arrival, batch_breaker)
            values (@tenant, @id, @slug, @name, @source, @sourceStream, @readMode, @destination, @destinationStream, @writeMode, @keys, @create, @mapping,
                @schedule::jsonb, @overlap, @orderKey, @now, @now, 1, @lookBack, @deletes::jsonb, @partitions, @onArrival, @batchBreaker)
            """, Parameters(tenant, id, draft, now, new { slug, mapping }), cancellationToken);
        await FollowAsync(session, tenant, id, cancellationToken);
        await AppendAsync(session, tenant, actor, "create", id, draft.Name, "", cancellationToken);
        await session.CommitAsync(cancellationToken);
        return (await FindAsync(tenant, id, cancellationToken))!;
    }

    public async Task<Saved> UpdateAsync(TenantId tenant, Guid id, int version, SyncDraft draft, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var before = await session.FindAsync<SyncDefinition>(
            $"select {Columns} from sync_definition where tenant_id = @tenant and id = @id and version = @version and deleted_at is null for update",
            new { tenant, id, version }, cancellationToken);
        if (before is null)
        {
            return Saved.Outdated;
        }

        // A cursor of another stream, or of another way to read it, means nothing.
        var keepsCursor = before.SourceConnectionId == draft.SourceConnectionId && before.SourceStream == draft.SourceStream && before.ReadMode == draft.ReadMode;
        await session.RunAsync("""
            update sync_definition set name = @name, source_connection_id = @source, source_stream = @sourceStream, read_mode = @readMode,
                destination_connection_id = @destination, destination_stream = @destinationStream, write_mode = @writeMode, key_fields = @keys,
                create_destination = @create, schedule = @schedule::jsonb, overlap = @overlap, order_key = @orderKey, updated_at = @now, version = version + 1, look_back = @lookBack, deletes = @deletes::jsonb, partitions = @partitions, on_arrival = @onArrival, batch_breaker = @batchBreaker,
                arrival_seq = case when @keepsCursor then arrival_seq else 0 end,
                cursor = case when @keepsCursor then cursor end, cursor_at = case when @keepsCursor then cursor_at end,
                again_from = case when @keepsCursor then again_from end, again_at = case when @keepsCursor then again_at end
            where tenant_id = @tenant and id = @id
            """, Parameters(tenant, id, draft, now, new { keepsCursor }), cancellationToken);
        if (before.DestinationConnectionId != draft.DestinationConnectionId || before.WriteMode != draft.WriteMode)
        {
            await SendLedger.ForgetAsync(session, tenant, id, cancellationToken);
        }

        if (!keepsCursor || before.DestinationConnectionId != draft.DestinationConnectionId || before.DestinationStream != draft.DestinationStream || before.WriteMode != draft.WriteMode)
        {
            // What a run left unfinished was another thing than what the next one does.
            await UnfinishedRuns.ForgetAsync(session, tenant, id, cancellationToken);
        }

        await ChangeStreamStore.LetGoAsync(session, tenant, id, now, cancellationToken, draft.ReadMode is ReadMode.ChangeStream ? draft.SourceConnectionId : null);

        await FollowAsync(session, tenant, id, cancellationToken);
        await AppendAsync(session, tenant, actor, "change", id, draft.Name, Difference(before, draft), cancellationToken);
        await session.CommitAsync(cancellationToken);
        return Saved.Done;
    }

    /// <summary>Stops a sync, with a reason, or lets it run again with null.</summary>
    public async Task SetPausedAsync(TenantId tenant, Guid id, string? reason, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var name = await session.FindAsync<string>("""
            update sync_definition set paused_at = case when @reason::text is null then null else @now::timestamptz end,
                paused_by = case when @reason::text is null then null else @actor end, pause_reason = @reason, version = version + 1
            where tenant_id = @tenant and id = @id and deleted_at is null returning name
            """, new { tenant, id, reason, now = clock.GetUtcNow(), actor = actor.Name }, cancellationToken);
        if (name is not null)
        {
            await FollowAsync(session, tenant, id, cancellationToken);
            await AppendAsync(session, tenant, actor, reason is null ? "resume" : "pause", id, name, reason ?? "", cancellationToken);
            await session.CommitAsync(cancellationToken);
        }
    }

    /// <summary>Makes the next run begin from the start.</summary>
    public async Task ForgetCursorAsync(TenantId tenant, Guid id, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var name = await session.FindAsync<string>(
            "update sync_definition set cursor = null, cursor_at = null, again_from = null, again_at = null, version = version + 1 where tenant_id = @tenant and id = @id returning name", new { tenant, id }, cancellationToken);
        if (name is not null)
        {
            await UnfinishedRuns.ForgetAsync(session, tenant, id, cancellationToken);
            await AppendAsync(session, tenant, actor, "forget cursor", id, name, "", cancellationToken);
            await session.CommitAsync(cancellationToken);
        }
    }

    /// <summary>Takes a sync out of use. Its runs and letters stay readable; its address becomes free.</summary>
    public async Task DeleteAsync(TenantId tenant, Guid id, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using (var session = await database.InTenantAsync(tenant, cancellationToken))
        {
            var name = await session.FindAsync<string>("""
                update sync_definition set deleted_at = @now, slug = slug || '~' || left(id::text, 8) || right(id::text, 4), version = version + 1
                where tenant_id = @tenant and id = @id and deleted_at is null returning name
                """, new { tenant, id, now }, cancellationToken);
            if (name is null)
            {
                return;
            }

            await session.RunAsync("""
                update run set cancel_requested_by = @actor, state = case when state = 'Queued' then 'Cancelled' else state end,
                    finished_at = case when state = 'Queued' then @now::timestamptz end, reason = case when state = 'Queued' then @reason else reason end
                where tenant_id = @tenant and sync_id = @id and state in ('Queued', 'Running')
                """, new { tenant, id, now, actor = actor.Name, reason = Deleted }, cancellationToken);

            await ChangeStreamStore.LetGoAsync(session, tenant, id, now, cancellationToken);

            // The letters of replays that do not go at the moment go back to waiting; a run that goes gives its own back when it stops.
            var replays = await session.ListAsync<Guid>("""
                select p.id from replay p
                where p.tenant_id = @tenant and @id = any(p.sync_ids) and p.state in ('Waiting', 'Running', 'Paused', 'Stopped')
                  and not exists (select from run r where r.tenant_id = @tenant and r.replay_id = p.id and r.sync_id = @id and r.state = 'Running')
                """, new { tenant, id }, cancellationToken);
            foreach (var replay in replays)
            {
                await ReplayItems.SettleAsync(session, tenant, replay, id, RunState.Cancelled, Deleted, now, cancellationToken);
            }

            await AppendAsync(session, tenant, actor, "delete", id, name, "", cancellationToken);
            await session.CommitAsync(cancellationToken);
        }

        // A trigger that is left behind by a stop here finds a deleted sync at its next turn, and is removed then.
        await triggers.ForgetAsync(tenant, id, cancellationToken);
    }

    /// <summary>After a tenant was paused, resumed, or moved to another time zone: its schedules follow.</summary>
    public async Task FollowTenantAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        foreach (var id in await session.ListAsync<Guid>("select id from sync_definition where tenant_id = @tenant and deleted_at is null", new { tenant }, cancellationToken))
        {
            await FollowAsync(session, tenant, id, cancellationToken);
        }

        await session.CommitAsync(cancellationToken);
    }

    /// <summary>Before a tenant is erased: takes its schedules and waiting runs out of the scheduler.</summary>
    public async Task ForgetTenantAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        foreach (var id in await session.ListAsync<Guid>("select id from sync_definition where tenant_id = @tenant", new { tenant }, cancellationToken))
        {
            await triggers.ForgetAsync(tenant, id, cancellationToken);
        }
    }

    private async Task FollowAsync(DatabaseSession session, TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        var row = await session.OneAsync<Following>("""
            select s.schedule::text as schedule, s.paused_at is not null or t.paused_at is not null as paused, t.time_zone
            from sync_definition s join tenant t on t.id = s.tenant_id where s.tenant_id = @tenant and s.id = @id
            """, new { tenant, id }, cancellationToken);
        var schedule = JsonSerializer.Deserialize<Schedule>(row.Schedule, JsonSerializerOptions.Web)!;
        await triggers.FollowAsync(session, tenant, id, schedule, TimeZoneInfo.FindSystemTimeZoneById(row.TimeZone), row.Paused, clock.GetUtcNow(), cancellationToken);
    }

    private async Task AppendAsync(DatabaseSession session, TenantId tenant, Actor actor, string action, Guid id, string name, string detail, CancellationToken cancellationToken)
    {
        await audit.AppendAsync(session, tenant, actor, new AuditEvent(action, "integration", id.ToString(), name.Trim(), detail), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, id), cancellationToken);
    }

    private static Dapper.DynamicParameters Parameters(TenantId tenant, Guid id, SyncDraft draft, DateTimeOffset now, object more)
    {
        var parameters = new Dapper.DynamicParameters(more);
        parameters.AddDynamicParams(new
        {
            tenant, id, now, name = draft.Name.Trim(), source = draft.SourceConnectionId, sourceStream = draft.SourceStream, readMode = draft.ReadMode.ToString(),
            destination = draft.DestinationConnectionId, destinationStream = draft.DestinationStream.Trim(), writeMode = draft.WriteMode.ToString(),
            keys = draft.KeyFields.ToArray(), create = draft.CreateDestination, schedule = JsonSerializer.Serialize(draft.Schedule, JsonSerializerOptions.Web),
            overlap = draft.Overlap.ToString(), orderKey = draft.OrderKey.Trim(), lookBack = draft.LookBack.Trim(), partitions = draft.Partitions, onArrival = draft.OnArrival, batchBreaker = draft.BatchBreaker, deletes = draft.Deletes.IsOn || draft.Deletes.Share != DeleteRules.UsualShare ? JsonSerializer.Serialize(draft.Deletes, JsonSerializerOptions.Web) : null,
        });
        return parameters;
    }

    private static async Task<string> FreeSlugAsync(DatabaseSession session, TenantId tenant, string name, CancellationToken cancellationToken)
    {
        // One at a time: two syncs of the same name, made at the same moment, must not be given the same address.
        await session.RunAsync("select from tenant where id = @tenant for no key update", new { tenant }, cancellationToken);
        var wanted = TenantRules.SlugOf(name) is { Length: > 0 } made ? made : "integration";
        var taken = await session.ListAsync<string>("select slug from sync_definition where tenant_id = @tenant and starts_with(slug, @wanted)", new { tenant, wanted }, cancellationToken);
        return taken.Contains(wanted) ? Enumerable.Range(2, taken.Count + 1).Select(number => $"{wanted}-{number}").First(slug => !taken.Contains(slug)) : wanted;
    }

    private static string Difference(SyncDefinition before, SyncDraft after)
    {
        (string What, string Old, string New)[] fields =
        [
            ("name", before.Name, after.Name.Trim()), ("source stream", before.SourceStream, after.SourceStream),
            ("destination stream", before.DestinationStream, after.DestinationStream.Trim()), ("reading", before.ReadMode.ToString(), after.ReadMode.ToString()),
            ("writing", before.WriteMode.ToString(), after.WriteMode.ToString()), ("key", string.Join(", ", before.KeyFields), string.Join(", ", after.KeyFields)),
            ("order", before.OrderKey, after.OrderKey.Trim()),
            ("schedule", before.When.ToString(), after.Schedule.ToString()), ("overlap", before.Overlap.ToString(), after.Overlap.ToString()),
            ("look-back", before.LookBack, after.LookBack.Trim()), ("partitions", before.Partitions.ToString(CultureInfo.InvariantCulture), after.Partitions.ToString(CultureInfo.InvariantCulture)), ("on arrival", before.OnArrival ? "yes" : "no", after.OnArrival ? "yes" : "no"), ("batch breaker", before.BatchBreaker ? "on" : "off", after.BatchBreaker ? "on" : "off"),
            ("what is deleted at the source", before.DeleteRules.Words, after.Deletes.Words), ("asks above", $"{before.DeleteRules.Share} %", $"{after.Deletes.Share} %"),
        ];
        var changes = fields.Where(field => field.Old != field.New).Select(field => $"{field.What}: {field.Old} → {field.New}").ToList();
        if (before.SourceConnectionId != after.SourceConnectionId || before.DestinationConnectionId != after.DestinationConnectionId)
        {
            changes.Add("connections");
        }

        return string.Join("; ", changes);
    }

    private sealed record Following(string Schedule, bool Paused, string TimeZone);
}
