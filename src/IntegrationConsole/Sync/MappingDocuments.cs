using System.Globalization;
using System.Text;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors;
using IntegrationConsole.Mappings;

namespace IntegrationConsole.Sync;

/// <summary>The mapping of an integration as a document, at an address that can be handed on.</summary>
public sealed class MappingDocuments(SyncStore syncs, MappingStore mappings, LookupStore lookups, ConnectionStore connections)
{
    /// <param name="number">A version; null for the published one, or the newest where none is.</param>
    /// <returns>Null where there is no such integration or version.</returns>
    public async Task<string?> WriteAsync(TenantId tenant, string slug, int? number, CancellationToken cancellationToken)
    {
        if (await syncs.FindBySlugAsync(tenant, slug, cancellationToken) is not { } sync || await VersionAsync(tenant, sync.MappingId, number, cancellationToken) is not { } version)
        {
            return null;
        }

        var setting = new MappingSetting(
            sync.Name, await PlaceAsync(tenant, sync.SourceConnectionId, sync.SourceStream, cancellationToken),
            await PlaceAsync(tenant, sync.DestinationConnectionId, sync.DestinationStream, cancellationToken), Writing(sync.WriteMode), sync.KeyFields,
            await lookups.ListAsync(tenant, cancellationToken));
        return MappingMarkdown.Of(version, setting);
    }

    internal static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/t/{tenant}/integrations/{slug}/mapping.md", AnswerAsync).WithMetadata(new AllowAttribute(Permission.View));

    private static async Task<IResult> AnswerAsync(
        string tenant, string slug, string? version, string? download, HttpContext http, AccessStore access, MappingDocuments documents, CancellationToken cancellationToken)
    {
        var number = int.TryParse(version, NumberStyles.None, CultureInfo.InvariantCulture, out var entered) ? entered : (int?)null;

        // The permission was asked already; this only finds out which tenant it was asked for.
        var seen = http.User.UserId is { } user ? await access.FindTenantAsync(user, tenant, cancellationToken) : null;
        if (seen is null || (version is not null && number is null) || await documents.WriteAsync(seen.Id, slug, number, cancellationToken) is not { } document)
        {
            return Results.NotFound();
        }

        // Shown as text unless it is to be kept: a browser does not know Markdown, and would save it each time.
        http.Response.Headers.CacheControl = "no-store";
        return download is "true"
            ? Results.File(Encoding.UTF8.GetBytes(document), "text/markdown; charset=utf-8", $"mapping-{slug}{(number is null ? "" : $"-v{number}")}.md")
            : Results.Text(document, "text/plain", Encoding.UTF8);
    }

    private async Task<MappingVersion?> VersionAsync(TenantId tenant, Guid mapping, int? number, CancellationToken cancellationToken)
    {
        if (number is { } wanted)
        {
            return await mappings.FindVersionAsync(tenant, mapping, wanted, cancellationToken);
        }

        return await mappings.FindPublishedAsync(tenant, mapping, cancellationToken) ?? (await mappings.ListVersionsAsync(tenant, mapping, cancellationToken) is [var newest, ..] ? newest : null);
    }

    private async Task<string> PlaceAsync(TenantId tenant, Guid connection, string stream, CancellationToken cancellationToken) =>
        await connections.FindAsync(tenant, connection, cancellationToken) is { } known ? $"{known.Name}, {stream}" : $"a connection that was deleted, {stream}";

    private static string Writing(WriteMode mode) => mode switch
    {
        WriteMode.Upsert => "changes the record with the key, or makes it",
        WriteMode.Append => "makes a new record every time",
        WriteMode.Update => "changes the record with the key, which must exist",
        WriteMode.Overwrite => "replaces everything by what a complete run brings",
    };
}
