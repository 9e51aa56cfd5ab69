using System.IO.Compression;
using System.Text;

namespace OutsideWorld;

/// <summary>Stands before everything but <c>/control</c> and lets a request meet its fault.</summary>
internal static class FaultInjection
{
    private static readonly object Next = new();
    private static readonly object Hollow = new();

    /// <summary>Where a fault wants the next page to be; null for where it is.</summary>
    public static string? NextOf(HttpContext context) => context.Items[Next] as string;

    /// <summary>Whether a fault wants the page to hold no record.</summary>
    public static bool IsHollow(HttpContext context) => context.Items.ContainsKey(Hollow);

    public static void UseFaults(this WebApplication app) => app.Use((context, next) =>
        context.Request.Path.StartsWithSegments("/control") || context.RequestServices.GetRequiredService<Faults>().Meet(context.Request) is not { } fault
            ? next(context)
            : MeetAsync(context, fault, next));

    private static async Task MeetAsync(HttpContext context, Fault fault, RequestDelegate next)
    {
        await fault.Behind.WaitAsync(context.RequestAborted);
        switch (fault.Kind)
        {
            case FaultKind.Status:
                context.Response.StatusCode = fault.Status;
                context.Response.Headers.RetryAfter = fault.RetryAfter;
                await context.Response.WriteAsJsonAsync(new { error = $"This is a bad day ({fault.Status})." });
                break;
            case FaultKind.Late:
                await Task.Delay(fault.Delay, context.RequestAborted);
                await next(context);
                break;
            case FaultKind.Cut or FaultKind.Truncated or FaultKind.Silent:
                await ShortenAsync(context, fault, next);
                break;
            case FaultKind.Down:
                context.Abort();
                break;
            case FaultKind.AnswerLost:
                await RecordAsync(context, next);
                context.Abort();
                break;
            case FaultKind.Redirect:
                context.Response.Redirect(fault.Target);
                break;
            case FaultKind.NextLeadsTo:
                context.Items[Next] = fault.Target;
                await next(context);
                break;
            case FaultKind.Hollow:
                context.Items[Hollow] = Hollow;
                await next(context);
                break;
            case FaultKind.Html:
                context.Response.ContentType = fault.ContentType;
                await context.Response.WriteAsync("<!doctype html>\n<html><body>Please sign in.</body></html>");
                break;
            case FaultKind.HugeRecord or FaultKind.Endless or FaultKind.GzipBomb:
                await FloodAsync(context, fault);
                break;
        }
    }

    private static async Task ShortenAsync(HttpContext context, Fault fault, RequestDelegate next)
    {
        // Half of a compressed body would be another fault.
        context.Request.Headers.Remove("Accept-Encoding");
        var whole = await RecordAsync(context, next);
        var part = whole.AsMemory(0, (int)Math.Min(fault.Bytes, whole.Length));
        context.Response.ContentLength = fault.IsChunked ? null : fault.Kind is FaultKind.Truncated ? part.Length : whole.Length;
        await context.Response.Body.WriteAsync(part, context.RequestAborted);
        await context.Response.Body.FlushAsync(context.RequestAborted);
        if (fault.Kind is FaultKind.Cut)
        {
            context.Abort();
        }
        else if (fault.Kind is FaultKind.Silent)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        }
    }

    private static async Task<byte[]> RecordAsync(HttpContext context, RequestDelegate next)
    {
        var real = context.Response.Body;
        using var recorded = new MemoryStream();
        context.Response.Body = recorded;
        await next(context);
        context.Response.Body = real;
        return recorded.ToArray();
    }

    private static async Task FloodAsync(HttpContext context, Fault fault)
    {
        context.Response.ContentType = "application/json";
        await using var bomb = fault.Kind is FaultKind.GzipBomb ? new GZipStream(context.Response.Body, CompressionLevel.Fastest, leaveOpen: true) : null;
        context.Response.Headers.ContentEncoding = bomb is null ? default : "gzip";
        var (before, piece, after) = fault.Kind switch
        {
            FaultKind.HugeRecord => ("[{\"id\":1,\"name\":\"", new string('x', 64 * 1024), "\"}]"),
            FaultKind.Endless => ("[{\"id\":0}", string.Concat(Enumerable.Range(1, 1_000).Select(id => $",{{\"id\":{id}}}")), "]"),
            _ => ("[", new string(' ', 64 * 1024), "]"),
        };
        var body = bomb ?? context.Response.Body;
        await body.WriteAsync(Encoding.ASCII.GetBytes(before), context.RequestAborted);
        var bytes = Encoding.ASCII.GetBytes(piece);
        for (var written = 0L; fault.Kind is FaultKind.Endless || written < fault.Bytes; written += bytes.Length)
        {
            await body.WriteAsync(bytes, context.RequestAborted);
        }

        await body.WriteAsync(Encoding.ASCII.GetBytes(after), context.RequestAborted);
    }
}
