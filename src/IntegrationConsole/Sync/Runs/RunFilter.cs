using Dapper;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Sync.Runs;

/// <summary>Which runs; null or empty members match everything.</summary>
/// <param name="Name">Part of the integration's name.</param>
/// <param name="Node">The node that had it last.</param>
/// <param name="Version">Of the mapping.</param>
public sealed record RunFilter(
    Guid? SyncId = null, RunState? State = null, RunTrigger? Trigger = null, DateTimeOffset? From = null, DateTimeOffset? To = null, string Name = "", string Node = "", int? Version = null,
    FailureCause? Cause = null)
{
    public bool IsEmpty => this == new RunFilter();

    /// <summary>For runs as <c>x</c>; the parts of a run belong to it and are no runs of their own.</summary>
    internal const string Where = """
        x.parent_id is null
          and (@syncId::uuid is null or x.sync_id = @syncId)
          and (@state::text is null or x.state = @state)
          and (@trigger::text is null or x.trigger = @trigger)
          and (@from::timestamptz is null or x.queued_at >= @from)
          and (@to::timestamptz is null or x.queued_at < @to)
          and (@node = '' or x.node = @node)
          and (@version::int is null or x.mapping_version = @version)
          and (@cause::text is null or x.cause = @cause)
          and (@name = '' or x.sync_id = any(array(select n.id from sync_definition n where n.tenant_id = any(@tenants) and strpos(lower(n.name), lower(@name)) > 0)))
        """;

    internal DynamicParameters Parameters(IReadOnlyCollection<TenantId> tenants)
    {
        var parameters = new DynamicParameters();
        parameters.Add("tenants", tenants.Select(tenant => tenant.Value).ToArray());
        parameters.Add("syncId", SyncId);
        parameters.Add("state", State?.ToString());
        parameters.Add("trigger", Trigger?.ToString());
        parameters.Add("from", From);
        parameters.Add("to", To);
        parameters.Add("node", Node);
        parameters.Add("version", Version);
        parameters.Add("cause", Cause?.ToString());
        parameters.Add("name", Name);
        return parameters;
    }
}
