using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.DeadLetters.Runbooks;

/// <summary>Failure groups of one tenant that a runbook cannot tell apart.</summary>
/// <param name="Title">What happened, without its values.</param>
/// <param name="Template">The same without the name of the outside system.</param>
internal sealed record KnownFailure(TenantId TenantId, FailureCause Cause, string Code, string Connector, string Title, string Template, int Groups, int Resolved, DateTimeOffset Last)
{
    /// <summary>More of them are not looked at: the latest are.</summary>
    private const int Most = 20_000;

    /// <summary>The kind of the connection at whose end it happened; a mapping concerns none.</summary>
    public const string ConnectorOfGroup = """
        coalesce((select c.kind from connection c where c.tenant_id = g.tenant_id
                  and c.id = case g.stage when 'Read' then s.source_connection_id when 'Write' then s.destination_connection_id end), '')
        """;

    public FailureSign Sign => new(TenantId, Cause, Code, Connector, SentenceOf(Title, Template));

    /// <summary>Words are looked for in both.</summary>
    public static string SentenceOf(string title, string template) => title == template ? title : $"{title}\n{template}";

    public static Task<IReadOnlyList<KnownFailure>> ListAsync(DatabaseSession session, IReadOnlyCollection<TenantId> tenants, CancellationToken cancellationToken) =>
        session.ListAsync<KnownFailure>($"""
            select f.tenant_id, f.cause, f.code, f.connector, f.title, f.template, count(*)::int as groups, (count(*) filter (where f.state = 'Resolved'))::int as resolved, max(f.last_seen) as last
            from (select g.tenant_id, g.cause, g.code, g.title, g.template, g.state, g.last_seen, {ConnectorOfGroup} as connector
                  from failure_group g join sync_definition s on s.tenant_id = g.tenant_id and s.id = g.sync_id
                  where g.tenant_id = any(@ids) and g.merged_into is null) f
            group by f.tenant_id, f.cause, f.code, f.connector, f.title, f.template order by max(f.last_seen) desc limit @most
            """, new { ids = tenants.Select(tenant => tenant.Value).ToArray(), most = Most }, cancellationToken);
}
