using System.Text.Json;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Tenants;
using Microsoft.Net.Http.Headers;

namespace IntegrationConsole.DeadLetters;

/// <summary>The dead letters that a filter finds as a file of one JSON object a line: what was recorded of each, never the record itself.</summary>
internal static class DeadLetterExport
{
    public const string FileName = "letters.ndjson";
    private const int PageSize = 500;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet($"/t/{{tenant}}/dead-letters/{FileName}", AnswerAsync).RequireAuthorization(new AllowAttribute(Permission.View));

    /// <summary>Writes every letter once. One that fails again meanwhile goes to the front, which was written already, and is left out.</summary>
    internal static async Task WriteAsync(Stream file, DeadLetterStore letters, TenantId tenant, DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            var page = await letters.ListAsync(tenant, filter, Keyset.Parse(next), PageSize, cancellationToken);
            foreach (var letter in page.Items)
            {
                await JsonSerializer.SerializeAsync(file, Of(letter), JsonSerializerOptions.Web, cancellationToken);
                await file.WriteAsync("\n"u8.ToArray(), cancellationToken);
            }

            next = page.Next;
        }
        while (next is not null);
    }

    private static async Task AnswerAsync(
        string tenant, string? state, Guid? sync, string? cause, string? q, Guid? run, Guid? group, DateTimeOffset? from, DateTimeOffset? to, HttpContext context, TenantStore tenants,
        DeadLetterStore letters)
    {
        var cancellationToken = context.RequestAborted;
        if (await tenants.FindBySlugAsync(tenant, cancellationToken) is not { } found)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        context.Response.ContentType = "application/x-ndjson; charset=utf-8";
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName($"{found.Slug}-{FileName}");
        context.Response.Headers.ContentDisposition = disposition.ToString();
        await WriteAsync(context.Response.Body, letters, found.Id, DeadLetterFilter.FromAddress(state, sync, cause, q, run, from?.ToUniversalTime(), to?.ToUniversalTime(), group), cancellationToken);
    }

    private static Line Of(DeadLetter letter) => new(
        letter.Id, letter.SyncSlug, letter.KeyText, letter.State.ToString(), letter.Stage.ToString(), letter.Cause.Code, letter.Outcome.ToString(), letter.Code, letter.Field,
        letter.Place, letter.Message, letter.Attempts, letter.MappingVersion, letter.PayloadSize, letter.IsEdited, letter.FirstRunId, letter.LastRunId, letter.FirstFailedAt,
        letter.LastFailedAt, letter.ClosedAt, letter.ClosedBy, letter.CloseReason);

    private sealed record Line(
        Guid Id, string Integration, string Record, string State, string Stage, string Cause, string Outcome, string Code, string Field, string Place, string Message,
        int Attempts, int? MappingVersion, int PayloadSize, bool IsEdited, Guid FirstRunId, Guid LastRunId, DateTimeOffset FirstFailedAt, DateTimeOffset LastFailedAt,
        DateTimeOffset? ClosedAt, string? ClosedBy, string? CloseReason);
}
