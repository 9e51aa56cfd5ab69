using IntegrationConsole.Health.Records;

namespace IntegrationConsole.Shell;

/// <summary>What something that was found is, and with it where its page is.</summary>
public enum ThingKind
{
    Integration,
    Connection,
    Webhook,
    Failure,
    Run,
    Letter,
    Replay,
    Delivery,
}

/// <summary>Something of a tenant that has a name, a number or an id.</summary>
/// <param name="Slug">Of an integration; empty for others, whose pages go by their id.</param>
/// <param name="IsPaused">Of an integration.</param>
public sealed record NamedThing(ThingKind Kind, TenantId TenantId, Guid Id, string Slug, string Name, bool IsPaused)
{
    /// <summary>Below the tenant's own address.</summary>
    public string Path => Kind switch
    {
        ThingKind.Integration => $"integrations/{Slug}",
        ThingKind.Connection => $"connections/{Id}",
        ThingKind.Webhook or ThingKind.Delivery => $"webhooks/{Id}",
        ThingKind.Failure => $"failures/{Id}",
        ThingKind.Run => $"runs/{Id}",
        ThingKind.Letter => $"dead-letters/{Id}",
        ThingKind.Replay => $"replays/{Id}",
    };
}

/// <summary>Finds what tenants have by words of its name, by a run's number, by an id, over all tenants that somebody may see.</summary>
public sealed class NamedThings(ConsoleDatabase database)
{
    /// <summary>Those whose names have all the words: integrations, connections, webhook endpoints and groups of failures that are not ended.</summary>
    /// <param name="tenants">Only theirs.</param>
    /// <param name="text">Words in any order; empty for any name.</param>
    /// <param name="most">No more than these of a kind.</param>
    /// <param name="cancellationToken">Stops.</param>
    public Task<IReadOnlyList<NamedThing>> FindAsync(IReadOnlyList<TenantId> tenants, string text, int most, CancellationToken cancellationToken) => AskAsync("""
        (select 'Integration' as kind, tenant_id, id, slug, name, paused_at is not null as is_paused from sync_definition
         where tenant_id = any(@tenants) and deleted_at is null and name ilike all(@words) order by lower(name) limit @most)
        union all
        (select 'Failure', tenant_id, id, '', title, false from failure_group
         where tenant_id = any(@tenants) and merged_into is null and state <> 'Resolved' and title ilike all(@words) order by last_seen desc limit @most)
        union all
        (select 'Connection', tenant_id, id, '', name, false from connection where tenant_id = any(@tenants) and name ilike all(@words) order by lower(name) limit @most)
        union all
        (select 'Webhook', tenant_id, id, '', name, false from webhook_endpoint where tenant_id = any(@tenants) and name ilike all(@words) order by lower(name) limit @most)
        """,
        new { tenants = Values(tenants), words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => $"%{RecordStories.Escaped(word)}%").ToArray(), most }, cancellationToken);

    /// <summary>The newest runs of that number.</summary>
    public Task<IReadOnlyList<NamedThing>> FindRunsAsync(IReadOnlyList<TenantId> tenants, long number, string text, int most, CancellationToken cancellationToken) => AskAsync("""
        select 'Run' as kind, r.tenant_id, r.id, '' as slug, s.name || ' run ' || r.number as name, false as is_paused
        from sync_definition s join run r on r.tenant_id = s.tenant_id and r.sync_id = s.id
        where s.tenant_id = any(@tenants) and r.number = @number and r.parent_id is null and s.name ilike all(@words) order by r.queued_at desc limit @most
        """,
        new { tenants = Values(tenants), number, words = text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(word => $"%{RecordStories.Escaped(word)}%").ToArray(), most }, cancellationToken);

    /// <summary>Whatever has this id in the console, and deliveries that their sender calls so.</summary>
    public Task<IReadOnlyList<NamedThing>> FindByIdAsync(IReadOnlyList<TenantId> tenants, string id, CancellationToken cancellationToken) => AskAsync("""
        select 'Delivery' as kind, e.tenant_id, e.id, '' as slug, 'Delivery to ' || e.name as name, false as is_paused
        from webhook_endpoint e join webhook_delivery d on d.tenant_id = e.tenant_id and d.endpoint_id = e.id
        where e.tenant_id = any(@tenants) and d.delivery_id = @text
        union all
        select 'Run', r.tenant_id, r.id, '', s.name || ' run ' || r.number, false from run r join sync_definition s on s.tenant_id = r.tenant_id and s.id = r.sync_id
        where r.tenant_id = any(@tenants) and r.id = @id
        union all
        select 'Letter', d.tenant_id, d.id, '', 'Dead letter of ' || s.name, false from dead_letter d join sync_definition s on s.tenant_id = d.tenant_id and s.id = d.sync_id
        where d.tenant_id = any(@tenants) and d.id = @id
        union all
        select 'Replay', tenant_id, id, '', scope, false from replay where tenant_id = any(@tenants) and id = @id
        union all
        select 'Failure', tenant_id, id, '', title, false from failure_group where tenant_id = any(@tenants) and id = @id
        union all
        select 'Connection', tenant_id, id, '', name, false from connection where tenant_id = any(@tenants) and id = @id
        union all
        select 'Integration', tenant_id, id, slug, name, paused_at is not null from sync_definition where tenant_id = any(@tenants) and id = @id and deleted_at is null
        limit 12
        """,
        new { tenants = Values(tenants), text = id, id = Guid.TryParse(id, out var known) ? known : Guid.Empty }, cancellationToken);

    private static Guid[] Values(IReadOnlyList<TenantId> tenants) => [.. tenants.Select(tenant => tenant.Value)];

    private async Task<IReadOnlyList<NamedThing>> AskAsync(string sql, object parameters, CancellationToken cancellationToken)
    {
        await using var session = await database.AcrossTenantsAsync(cancellationToken);
        return await session.ListAsync<NamedThing>(sql, parameters, cancellationToken);
    }
}
