using System.Text;
using IntegrationConsole.Access;
using IntegrationConsole.Tenants;
using Microsoft.Net.Http.Headers;

namespace IntegrationConsole.Mappings.Lookups;

/// <summary>A lookup table as a CSV file, in the form in which it is imported.</summary>
internal static class LookupDownload
{
    private const int Piece = 64 * 1024;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet("/t/{tenant}/lookups/{tableId:guid}/rows.csv", AnswerAsync).RequireAuthorization(new AllowAttribute(Permission.View));

    private static async Task AnswerAsync(string tenant, Guid tableId, HttpContext context, TenantStore tenants, LookupStore lookups, LookupRows rows)
    {
        var cancellationToken = context.RequestAborted;
        if (await tenants.FindBySlugAsync(tenant, cancellationToken) is not { } found || await lookups.FindAsync(found.Id, tableId, cancellationToken) is not { } table)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = "text/csv; charset=utf-8";
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName($"{table.Name}.csv");
        context.Response.Headers.ContentDisposition = disposition.ToString();
        var text = new StringBuilder();
        await foreach (var row in rows.ReadAsync(found.Id, tableId, cancellationToken))
        {
            LookupText.WriteTo(text, row.Key, row.Value);
            if (text.Length > Piece)
            {
                await context.Response.WriteAsync(text.ToString(), cancellationToken);
                text.Clear();
            }
        }

        await context.Response.WriteAsync(text.ToString(), cancellationToken);
    }
}
