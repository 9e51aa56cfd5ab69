using IntegrationConsole.Access;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Mappings;

public enum VersionState
{
    Draft,

    /// <summary>The one that runs use.</summary>
    Published,

    /// <summary>Was published once.</summary>
    Retired,
}

/// <summary>One version of a mapping.</summary>
public sealed record MappingVersion(
    Guid MappingId, int Number, VersionState State, string Document, string Note, string EditedBy, DateTimeOffset EditedAt, string? PublishedBy,
    DateTimeOffset? PublishedAt)
{
    public MappingDocument Parsed => MappingDocument.Parse(Document);
}

public sealed record Mapping(TenantId TenantId, Guid Id, string Name);

/// <summary>
/// A tenant's mappings and their versions: at most one draft, at most one published. History is a line: going back to
/// an older version publishes its content again under a new number.
/// </summary>
public sealed class MappingStore(ConsoleDatabase database, AuditTrail audit, TimeProvider clock)
{
    public const string Topic = "mapping";

    private const string Columns = "mapping_id, number, state, document::text as document, note, edited_by, edited_at, published_by, published_at";

    public async Task<Mapping?> FindAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.FindAsync<Mapping>("select tenant_id, id, name from mapping where tenant_id = @tenant and id = @id", new { tenant, id }, cancellationToken);
    }

    /// <summary>All versions, the newest first.</summary>
    public async Task<IReadOnlyList<MappingVersion>> ListVersionsAsync(TenantId tenant, Guid id, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.ListAsync<MappingVersion>(
            $"select {Columns} from mapping_version where tenant_id = @tenant and mapping_id = @id order by number desc", new { tenant, id }, cancellationToken);
    }

    public async Task<MappingVersion?> FindVersionAsync(TenantId tenant, Guid id, int number, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        return await session.FindAsync<MappingVersion>(
            $"select {Columns} from mapping_version where tenant_id = @tenant and mapping_id = @id and number = @number", new { tenant, id, number }, cancellationToken);
    }

    public Task<MappingVersion?> FindPublishedAsync(TenantId tenant, Guid id, CancellationToken cancellationToken) =>
        database.FindAtOnceAsync<MappingVersion>(tenant, $"select {Columns} from mapping_version where tenant_id = @tenant and mapping_id = @id and state = 'Published'", new { tenant, id }, cancellationToken);

    /// <summary>A new mapping whose first version is a draft, in the caller's transaction.</summary>
    public async Task<Guid> CreateAsync(DatabaseSession session, TenantId tenant, string name, MappingDocument first, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var id = Guid.CreateVersion7(now);
        await session.RunAsync("insert into mapping (tenant_id, id, name, created_at) values (@tenant, @id, @name, @now)", new { tenant, id, name, now }, cancellationToken);
        await InsertAsync(session, tenant, id, 1, VersionState.Draft, first, actor, now, cancellationToken);
        await audit.AppendAsync(session, tenant, actor, new AuditEvent("create", "mapping", id.ToString(), name), cancellationToken);
        return id;
    }

    /// <summary>Saves what somebody edited: over the draft they started from, or as the first draft since the last publication.</summary>
    /// <param name="based">When the version they started from was last edited.</param>
    public async Task<Saved> SaveDraftAsync(
        TenantId tenant, Guid id, int number, DateTimeOffset based, MappingDocument document, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var mapping = await session.FindAsync<Mapping>("select tenant_id, id, name from mapping where tenant_id = @tenant and id = @id for update", new { tenant, id }, cancellationToken);
        var newest = await session.FindAsync<MappingVersion>(
            $"select {Columns} from mapping_version where tenant_id = @tenant and mapping_id = @id order by number desc limit 1", new { tenant, id }, cancellationToken);
        if (mapping is null || newest is null || newest.Number != number || newest.EditedAt != based)
        {
            return Saved.Outdated;
        }

        // Always later than the edit it replaces, even where the clock stood still: the moment is what the next editor's base is compared with.
        var now = Later(clock.GetUtcNow(), newest.EditedAt.AddMicroseconds(1));
        var changes = MappingDiff.Between(newest.Parsed, document);
        var draft = newest.State is VersionState.Draft ? number : number + 1;
        if (newest.State is VersionState.Draft)
        {
            await session.RunAsync("""
                update mapping_version set document = @document::jsonb, edited_by = @actor, edited_at = @now
                where tenant_id = @tenant and mapping_id = @id and number = @draft
                """, new { tenant, id, draft, document = document.ToJson(), actor = actor.Name, now }, cancellationToken);
        }
        else
        {
            await InsertAsync(session, tenant, id, draft, VersionState.Draft, document, actor, now, cancellationToken);
        }

        await RecordAsync(session, tenant, actor, "edit", mapping, $"draft v{draft}: {Short(changes)}", cancellationToken);
        await session.CommitAsync(cancellationToken);
        return Saved.Done;
    }

    /// <summary>Makes the draft the version that runs use from now on.</summary>
    /// <returns>Whether there was such a draft.</returns>
    public Task<bool> PublishAsync(TenantId tenant, Guid id, int number, string note, Actor actor, CancellationToken cancellationToken) =>
        PublishAsync(tenant, id, number, null, note, actor, cancellationToken);

    /// <summary>The same for a draft that was checked: one that was edited since is left alone.</summary>
    /// <param name="checkedAt">When the draft was last edited when it was checked; null publishes it as it is.</param>
    public async Task<bool> PublishAsync(TenantId tenant, Guid id, int number, DateTimeOffset? checkedAt, string note, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var mapping = await session.FindAsync<Mapping>("select tenant_id, id, name from mapping where tenant_id = @tenant and id = @id for update", new { tenant, id }, cancellationToken);
        var isDraft = await session.OneAsync<bool>(
            """
            select exists (select from mapping_version where tenant_id = @tenant and mapping_id = @id and number = @number and state = 'Draft'
                             and (@checkedAt::timestamptz is null or edited_at = @checkedAt))
            """, new { tenant, id, number, checkedAt }, cancellationToken);
        if (mapping is null || !isDraft)
        {
            return false;
        }

        await PromoteAsync(session, tenant, id, number, note, actor, cancellationToken);
        await RecordAsync(session, tenant, actor, "publish", mapping, $"v{number}{(note.Length > 0 ? $": {note}" : "")}", cancellationToken);
        await session.CommitAsync(cancellationToken);
        return true;
    }

    /// <summary>Publishes the content of an older version again; a draft in progress is kept, on top of it.</summary>
    /// <returns>The new version's number; null where there is no such version.</returns>
    public async Task<int?> RollBackAsync(TenantId tenant, Guid id, int toNumber, string note, Actor actor, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var mapping = await session.FindAsync<Mapping>("select tenant_id, id, name from mapping where tenant_id = @tenant and id = @id for update", new { tenant, id }, cancellationToken);
        var versions = await session.ListAsync<MappingVersion>(
            $"select {Columns} from mapping_version where tenant_id = @tenant and mapping_id = @id order by number desc", new { tenant, id }, cancellationToken);
        var target = versions.FirstOrDefault(version => version.Number == toNumber && version.State is VersionState.Retired);
        if (mapping is null || target is null)
        {
            return null;
        }

        var number = versions[0].Number + 1;
        if (versions[0].State is VersionState.Draft)
        {
            // The draft moves up, so that it stays the newest.
            await session.RunAsync(
                "update mapping_version set number = number + 1 where tenant_id = @tenant and mapping_id = @id and state = 'Draft'", new { tenant, id }, cancellationToken);
            number--;
        }

        await InsertAsync(session, tenant, id, number, VersionState.Retired, target.Parsed, actor, now, cancellationToken);
        await PromoteAsync(session, tenant, id, number, note.Trim() is { Length: > 0 } why ? $"Back to v{toNumber}: {why}" : $"Back to v{toNumber}", actor, cancellationToken);
        await RecordAsync(session, tenant, actor, "roll back", mapping, $"v{number} has the content of v{toNumber}{(note.Trim() is { Length: > 0 } reason ? $": {reason}" : "")}", cancellationToken);
        await session.CommitAsync(cancellationToken);
        return number;
    }

    /// <summary>Throws the draft away.</summary>
    public async Task DiscardDraftAsync(TenantId tenant, Guid id, Actor actor, CancellationToken cancellationToken)
    {
        await using var session = await database.InTenantAsync(tenant, cancellationToken);
        var mapping = await session.FindAsync<Mapping>("select tenant_id, id, name from mapping where tenant_id = @tenant and id = @id for update", new { tenant, id }, cancellationToken);
        var removed = await session.RunAsync("""
            delete from mapping_version where tenant_id = @tenant and mapping_id = @id and state = 'Draft'
              and exists (select from mapping_version p where p.tenant_id = @tenant and p.mapping_id = @id and p.state = 'Published')
            """, new { tenant, id }, cancellationToken);
        if (mapping is not null && removed > 0)
        {
            await RecordAsync(session, tenant, actor, "discard draft", mapping, "", cancellationToken);
            await session.CommitAsync(cancellationToken);
        }
    }

    private async Task PromoteAsync(DatabaseSession session, TenantId tenant, Guid id, int number, string note, Actor actor, CancellationToken cancellationToken)
    {
        await session.RunAsync("update mapping_version set state = 'Retired' where tenant_id = @tenant and mapping_id = @id and state = 'Published'", new { tenant, id }, cancellationToken);
        await session.RunAsync("""
            update mapping_version set state = 'Published', note = @note, published_by = @actor, published_at = @now
            where tenant_id = @tenant and mapping_id = @id and number = @number
            """, new { tenant, id, number, note, actor = actor.Name, now = clock.GetUtcNow() }, cancellationToken);
    }

    private static Task<int> InsertAsync(
        DatabaseSession session, TenantId tenant, Guid id, int number, VersionState state, MappingDocument document, Actor actor, DateTimeOffset now,
        CancellationToken cancellationToken) =>
        session.RunAsync("""
            insert into mapping_version (tenant_id, mapping_id, number, state, document, note, edited_by, edited_at)
            values (@tenant, @id, @number, @state, @document::jsonb, '', @actor, @now)
            """, new { tenant, id, number, state = state.ToString(), document = document.ToJson(), actor = actor.Name, now }, cancellationToken);

    private async Task RecordAsync(DatabaseSession session, TenantId tenant, Actor actor, string action, Mapping mapping, string detail, CancellationToken cancellationToken)
    {
        await audit.AppendAsync(session, tenant, actor, new AuditEvent(action, "mapping", mapping.Id.ToString(), mapping.Name, detail), cancellationToken);
        await session.NotifyAsync(new Change(Topic, tenant, mapping.Id), cancellationToken);
    }

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static string Short(IReadOnlyList<string> changes) =>
        changes.Count == 0 ? "nothing changed" : string.Join("; ", changes.Take(5)) + (changes.Count > 5 ? $" and {changes.Count - 5} more" : "");
}
