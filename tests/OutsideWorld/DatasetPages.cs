using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace OutsideWorld;

/// <summary>
/// Every dataset in every style of pagination there is: <c>/api</c> (all of it), <c>/page</c>, <c>/offset</c>,
/// <c>/cursor</c>, <c>/nextlink</c> and <c>/link</c>, each followed by its name. They take <c>limit</c> (at most 5,000)
/// and <c>since</c> (with <c>sinceField</c>, usually <c>changed</c>). <c>/below/{list}/{id}/{name}</c> is the dataset of that name, <c>list/id/name</c>,
/// in pages by number.
/// </summary>
internal static class DatasetPages
{
    private const int LargestPage = 5_000;

    public static void MapDatasets(this WebApplication app)
    {
        app.MapGet("/api/{name}", (string name, HttpContext context, Datasets datasets) => ServeAsync(context, datasets, name, (slice, _) => new Frame("[", "]", slice.All)));
        app.MapGet("/page/{name}", (string name, HttpContext context, Datasets datasets) => ServeAsync(context, datasets, name, Page));
        app.MapGet("/offset/{name}", (string name, HttpContext context, Datasets datasets) => ServeAsync(context, datasets, name, Offset));
        app.MapGet("/cursor/{name}", (string name, HttpContext context, Datasets datasets) => ServeAsync(context, datasets, name, Cursor));
        app.MapGet("/nextlink/{name}", (string name, HttpContext context, Datasets datasets) => ServeAsync(context, datasets, name, NextLink));
        app.MapGet("/link/{name}", (string name, HttpContext context, Datasets datasets) => ServeAsync(context, datasets, name, Link));
    }

    /// <summary>The id as it was sent: a slash that was escaped is one of its letters.</summary>
    public static void MapBelow(this WebApplication app) => app.MapGet("/below/{list}/{id}/{name}", (string list, string name, HttpContext context, Datasets datasets) =>
    {
        var segments = context.Features.Get<IHttpRequestFeature>()!.RawTarget.Split('?')[0].Split('/');
        return ServeAsync(context, datasets, $"{list}/{Uri.UnescapeDataString(segments[^2])}/{name}", Page);
    });

    private static Task ServeAsync(HttpContext context, Datasets datasets, string name, Func<Slice, HttpContext, Frame?> style)
    {
        if (datasets.Find(name) is not { } dataset)
        {
            context.Response.StatusCode = 404;
            return context.Response.WriteAsJsonAsync(new { error = "There is no such list." });
        }

        var since = context.Request.Query["since"].ToString();
        var field = context.Request.Query["sinceField"] is [{ Length: > 0 } named] ? named : "changed";
        var slice = new Slice(dataset, since.Length > 0 ? dataset.Since(field, since) : null);
        if (style(slice, context) is not { } frame)
        {
            context.Response.StatusCode = 404;
            return context.Response.WriteAsJsonAsync(new { error = "There is no such page." });
        }

        return PageWriter.WriteAsync(context, datasets.Compression, frame.Before, FaultInjection.IsHollow(context) ? [] : frame.Records, frame.After);
    }

    /// <summary>With <c>strict=true</c>, a page behind the last one does not exist; otherwise it is empty.</summary>
    private static Frame? Page(Slice slice, HttpContext context)
    {
        var page = Number(context, "page", 1);
        var records = slice.Part((page - 1) * Limit(context), Limit(context));
        return records.Count == 0 && page > 1 && context.Request.Query["strict"] == "true"
            ? null
            : new Frame("{\"data\":[", $"],\"meta\":{{\"total\":{slice.Count},\"page\":{page}}}}}", records);
    }

    private static Frame Offset(Slice slice, HttpContext context) =>
        new($"{{\"total\":{slice.Count},\"items\":[", "]}", slice.Part(Number(context, "offset", 0), Limit(context)));

    private static Frame Cursor(Slice slice, HttpContext context)
    {
        var start = context.Request.Query["cursor"] is [{ Length: > 0 } token] ? int.Parse(Encoding.ASCII.GetString(Convert.FromBase64String(token)), CultureInfo.InvariantCulture) : 0;
        var end = start + Limit(context);
        var next = end >= slice.Count ? "null" : $"\"{FaultInjection.NextOf(context) ?? Convert.ToBase64String(Encoding.ASCII.GetBytes($"{end}"))}\"";
        return new Frame("{\"data\":[", $"],\"paging\":{{\"next\":{next},\"more\":{(end < slice.Count ? "true" : "false")},\"total\":{slice.Count}}}}}", slice.Part(start, Limit(context)));
    }

    /// <summary>With <c>relative=true</c> the link has no host.</summary>
    private static Frame NextLink(Slice slice, HttpContext context)
    {
        var start = Number(context, "from", 0);
        var next = start + Limit(context) >= slice.Count ? "null" : $"\"{LinkTo(context, "from", start + Limit(context))}\"";
        return new Frame($"{{\"next\":{next},\"value\":[", "]}", slice.Part(start, Limit(context)));
    }

    private static Frame Link(Slice slice, HttpContext context)
    {
        var page = Number(context, "page", 1);
        var links = new List<string> { $"<{LinkTo(context, "page", 1, isFault: false)}>; rel=\"first\"" };
        if (page * Limit(context) < slice.Count)
        {
            links.Add($"<{LinkTo(context, "page", page + 1)}>; title=\"one, two; three\"; rel=\"up next\"");
        }

        context.Response.Headers.Link = string.Join(", ", links);
        context.Response.Headers["X-Total-Count"] = slice.Count.ToString(CultureInfo.InvariantCulture);
        return new Frame("[", "]", slice.Part((page - 1) * Limit(context), Limit(context)));
    }

    /// <summary>This address with another value for one parameter, or wherever a fault wants the next link to lead.</summary>
    private static string LinkTo(HttpContext context, string parameter, int value, bool isFault = true)
    {
        if (isFault && FaultInjection.NextOf(context) is { } wrong)
        {
            return wrong;
        }

        var request = context.Request;
        var others = request.Query.Where(pair => pair.Key != parameter).Select(pair => $"{Uri.EscapeDataString(pair.Key)}={Uri.EscapeDataString(pair.Value.ToString())}");
        var origin = request.Query["relative"] == "true" ? "" : $"{request.Scheme}://{request.Host}";
        return $"{origin}{request.PathBase}{request.Path}?{string.Join('&', [.. others, $"{parameter}={value}"])}";
    }

    private static int Limit(HttpContext context) => Math.Clamp(Number(context, "limit", 100), 1, LargestPage);

    private static int Number(HttpContext context, string parameter, int otherwise) =>
        int.TryParse(context.Request.Query[parameter], CultureInfo.InvariantCulture, out var number) ? number : otherwise;

    private sealed record Frame(string Before, string After, IReadOnlyList<byte[]> Records);

    /// <summary>The records that an incremental request is about, or all.</summary>
    private sealed record Slice(Dataset Dataset, IReadOnlyList<int>? Numbers)
    {
        public int Count => Numbers?.Count ?? Dataset.Count;

        public IReadOnlyList<byte[]> All => Part(0, Count);

        public IReadOnlyList<byte[]> Part(int start, int length) =>
            [.. Enumerable.Range(start, Math.Clamp(Count - start, 0, length)).Select(index => Dataset[Numbers?[index] ?? index])];
    }
}
