using System.IO.Compression;
using System.Text;

namespace OutsideWorld;

/// <summary>Writes one page of records, compressed where client and company agree.</summary>
internal static class PageWriter
{
    public static async Task WriteAsync(HttpContext context, string compression, string before, IReadOnlyList<byte[]> records, string after)
    {
        context.Response.ContentType = "application/json; charset=utf-8";
        var isTaken = context.Request.Headers.AcceptEncoding.ToString().Contains(compression, StringComparison.OrdinalIgnoreCase);
        var body = context.Response.Body;
        await using var compressed = isTaken ? Compress(compression, body) : null;
        if (compressed is not null)
        {
            context.Response.Headers.ContentEncoding = compression;
        }

        var page = new MemoryStream();
        page.Write(Encoding.UTF8.GetBytes(before));
        for (var index = 0; index < records.Count; index++)
        {
            if (index > 0)
            {
                page.WriteByte((byte)',');
            }

            page.Write(records[index]);
        }

        page.Write(Encoding.UTF8.GetBytes(after));
        await (compressed ?? body).WriteAsync(page.GetBuffer().AsMemory(0, (int)page.Length), context.RequestAborted);
    }

    private static Stream? Compress(string encoding, Stream body) => encoding switch
    {
        "gzip" => new GZipStream(body, CompressionLevel.Fastest, leaveOpen: true),
        "deflate" => new ZLibStream(body, CompressionLevel.Fastest, leaveOpen: true),
        "br" => new BrotliStream(body, CompressionLevel.Fastest, leaveOpen: true),
        _ => null,
    };
}
