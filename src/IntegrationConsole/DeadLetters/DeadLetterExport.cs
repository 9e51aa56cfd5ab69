using System.Text.Json;
using System.Text.Json.Nodes;
using IntegrationConsole.Access;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Controls;
using IntegrationConsole.DeadLetters.Search;
using IntegrationConsole.Tenants;
using Microsoft.Net.Http.Headers;

namespace IntegrationConsole.DeadLetters;

/// <summary>The dead letters that a filter finds as a file of one JSON object a line: what was recorded of each, never the record itself.</summary>
internal static class DeadLetterExport
{
    public const string FileName = "letters.ndjson";
    public const string TableName = "letters.csv";
    public const string RecordsName = "records.ndjson";
    private const int PageSize = 500;

    public static void Map(IEndpointRouteBuilder routes)
    {
        Map(routes, FileName, "application/x-ndjson; charset=utf-8", Permission.View, WriteAsync);
        Map(routes, TableName, "text/csv; charset=utf-8", Permission.View, LetterTable.WriteAsync);
        Map(routes, RecordsName, "application/x-ndjson; charset=utf-8", Permission.ViewPayload, WriteRecordsAsync);
    }

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

    /// <summary>The records too, each as a replay would send it: for who may see them.</summary>
    internal static async Task WriteRecordsAsync(Stream file, DeadLetterStore letters, TenantId tenant, DeadLetterFilter filter, CancellationToken cancellationToken)
    {
        string? next = null;
        do
        {
            var page = await letters.ListAsync(tenant, filter, Keyset.Parse(next), PageSize, cancellationToken);
            foreach (var letter in page.Items)
            {
                // One at a time: a page of large records would not fit into memory.
                if (await letters.OpenAsync(tenant, letter.Id, cancellationToken) is { } content)
                {
                    await JsonSerializer.SerializeAsync(file, new LineWithRecord(letter.Id, letter.SyncSlug, letter.KeyText, letter.Message, letter.IsEdited, RecordOf(content.Current)), JsonSerializerOptions.Web, cancellationToken);
                    await file.WriteAsync("\n"u8.ToArray(), cancellationToken);
                }
            }

            next = page.Next;
        }
        while (next is not null);
    }

    private static void Map(IEndpointRouteBuilder routes, string name, string type, Permission permission, Func<Stream, DeadLetterStore, TenantId, DeadLetterFilter, CancellationToken, Task> write) =>
        routes.MapGet($"/t/{{tenant}}/dead-letters/{name}", (
            string tenant, string? state, Guid? sync, string? cause, string? q, Guid? run, Guid? group, DateTimeOffset? from, DateTimeOffset? to, HttpContext context, [AsParameters] Sources sources,
            TimeProvider clock) => AnswerAsync(
                tenant, name, type,
                DeadLetterFilter.FromAddress(state, sync, cause, q, run, from?.ToUniversalTime(), to?.ToUniversalTime(), group).Narrowed(PageQuery.Of(context.Request.QueryString.Value ?? ""), clock.GetUtcNow()),
                write, context, sources))
            .RequireAuthorization(new AllowAttribute(permission));

    private static async Task AnswerAsync(
        string tenant, string name, string type, DeadLetterFilter filter, Func<Stream, DeadLetterStore, TenantId, DeadLetterFilter, CancellationToken, Task> write, HttpContext context, Sources sources)
    {
        var cancellationToken = context.RequestAborted;
        if (await sources.Tenants.FindBySlugAsync(tenant, cancellationToken) is not { } found)
        {
            context.Response.StatusCode = StatusCodes.Status404NotFound;
            return;
        }

        var conditions = PageQuery.Of(context.Request.QueryString.Value ?? "").Each(DeadLetterFilter.Addresses.Value, FieldCondition.Parse);
        if (conditions.Count > 0)
        {
            // Which letters are in the file would tell what stands in their records.
            if (context.User.UserId is not { } user || (await sources.Access.FindTenantAsync(user, tenant, cancellationToken))?.May(Permission.ViewPayload) != true)
            {
                context.Response.StatusCode = StatusCodes.Status403Forbidden;
                return;
            }

            filter = filter with { Among = (await sources.Records.LookAsync(found.Id, filter, conditions, context.User.Actor, cancellationToken)).Ids };
        }

        // Before the first line: who breaks it off has had a part of it.
        var detail = filter.Group is { } group ? $"failure group {group}" : "by a filter";
        await sources.Audit.RecordAsync(found.Id, context.User.Actor, new AuditEvent("export", "dead letter", "", name, detail), cancellationToken);
        context.Response.ContentType = type;
        var disposition = new ContentDispositionHeaderValue("attachment");
        disposition.SetHttpFileName($"{found.Slug}-{name}");
        context.Response.Headers.ContentDisposition = disposition.ToString();
        await write(context.Response.Body, sources.Letters, found.Id, filter, cancellationToken);
    }

    /// <summary>As JSON where it is such, else as text: a record that could not be read at all is one too.</summary>
    private static JsonNode? RecordOf(byte[] record)
    {
        try
        {
            return JsonNode.Parse(record);
        }
        catch (JsonException)
        {
            return JsonValue.Create(System.Text.Encoding.UTF8.GetString(record));
        }
    }

    private static Line Of(DeadLetter letter) => new(
        letter.Id, letter.SyncSlug, letter.KeyText, letter.State.ToString(), letter.Stage.ToString(), letter.Cause.Code, letter.Outcome.ToString(), letter.Code, letter.Field,
        letter.Place, letter.Message, letter.Attempts, letter.MappingVersion, letter.PayloadSize, letter.IsEdited, letter.FirstRunId, letter.LastRunId, letter.FirstFailedAt,
        letter.LastFailedAt, letter.ClosedAt, letter.ClosedBy, letter.CloseReason);

    private sealed record Sources(TenantStore Tenants, DeadLetterStore Letters, RecordSearch Records, AccessStore Access, AuditTrail Audit);

    private sealed record LineWithRecord(Guid Id, string Integration, string Key, string Message, bool IsEdited, JsonNode? Record);

    private sealed record Line(
        Guid Id, string Integration, string Record, string State, string Stage, string Cause, string Outcome, string Code, string Field, string Place, string Message,
        int Attempts, int? MappingVersion, int PayloadSize, bool IsEdited, Guid FirstRunId, Guid LastRunId, DateTimeOffset FirstFailedAt, DateTimeOffset LastFailedAt,
        DateTimeOffset? ClosedAt, string? ClosedBy, string? CloseReason);
}
