using System.Text.Json.Nodes;
using IntegrationConsole.Connectors;
using IntegrationConsole.Credentials;
using IntegrationConsole.Tenants;

namespace IntegrationConsole.Configuration.Declarations;

/// <summary>Writes a tenant's credentials, without their secrets, and its connections.</summary>
internal sealed class ConnectionExport(CredentialStore credentials, ConnectionStore connections, ConnectorCatalog catalog)
{
    /// <returns>The connections.</returns>
    public async Task<IReadOnlyList<Connection>> AddAsync(JsonObject file, Tenant tenant, CancellationToken cancellationToken)
    {
        var links = await connections.ListAsync(tenant.Id, cancellationToken);
        var keys = await credentials.ListAsync(tenant.Id, cancellationToken);
        TenantExport.Add(file, "credentials", keys.Select(credential => Of(tenant, credential)));
        TenantExport.Add(file, "connections", links.Select(connection => TenantExport.Compact(
            ("name", connection.Name), ("kind", connection.Kind), ("credential", keys.FirstOrDefault(credential => credential.Id == connection.CredentialId)?.Name),
            ("settings", InOrder(connection.Settings, catalog.Find(connection.Kind)?.Descriptor.Settings ?? [])))));
        return links;
    }

    private static JsonObject Of(Tenant tenant, Credential credential)
    {
        var variable = string.Concat($"{tenant.Slug}_{TenantRules.SlugOf(credential.Name)}".Select(letter => char.IsAsciiLetterOrDigit(letter) ? char.ToUpperInvariant(letter) : '_'));
        return TenantExport.Compact(
            ("name", credential.Name), ("kind", Section.WordOf(credential.Kind)), ("settings", InOrder(credential.Settings, CredentialKind.Of(credential.Kind).Settings)),
            ("secret", new JsonObject { ["env"] = variable }), ("expires", credential.ExpiresAt is { } at ? CredentialApply.Words(at) : null));
    }

    private static JsonNode InOrder(string settings, IReadOnlyList<SettingField> fields) => InOrder(JsonNode.Parse(settings)!, fields)!;

    /// <summary>As the form has them: the database keeps no order.</summary>
    private static JsonNode? InOrder(JsonNode? node, IReadOnlyList<SettingField> fields) => node switch
    {
        JsonObject group => new JsonObject(group.OrderBy(setting => Place(setting.Key, fields)).Select(setting => KeyValuePair.Create(setting.Key, InOrder(setting.Value, Below(setting.Key, fields))))),
        JsonArray list => new JsonArray([.. list.Select(item => InOrder(item, fields))]),
        _ => node?.DeepClone(),
    };

    private static IReadOnlyList<SettingField> Below(string name, IReadOnlyList<SettingField> fields) => fields.FirstOrDefault(field => field.Name == name)?.Fields ?? [];

    private static int Place(string name, IReadOnlyList<SettingField> fields) => fields.TakeWhile(field => field.Name != name).Count();
}
