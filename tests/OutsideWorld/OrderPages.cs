using System.Buffers;
using System.Globalization;
using System.Text;

namespace OutsideWorld;

/// <summary>
/// <c>GET /orders/{count}?page=1&amp;limit=1000</c>: as many orders as the path says, in pages that cost the server next to
/// nothing, for those who measure others. The limit divides 5,000.
/// </summary>
internal static class OrderPages
{
    private const int Usual = 1_000;

    public static void MapOrders(this WebApplication app) => app.MapGet("/orders/{count:int}", ServeAsync);

    private static async Task ServeAsync(int count, HttpContext context)
    {
        int Number(string name, int otherwise) => int.TryParse(context.Request.Query[name], CultureInfo.InvariantCulture, out var number) ? number : otherwise;
        var (page, limit) = (Number("page", 1), Number("limit", Usual));
        if (!OrderRegister.IsPageSize(limit) || page < 1)
        {
            context.Response.StatusCode = 400;
            return;
        }

        var start = (page - 1L) * limit;
        var body = new ArrayBufferWriter<byte>(limit * 800);
        body.Write("{\"data\":["u8);
        if (start < count)
        {
            OrderRegister.WriteJson(body, (int)start, (int)Math.Min(limit, count - start));
        }

        body.Write(Encoding.ASCII.GetBytes($"],\"meta\":{{\"total\":{count}}}}}"));
        context.Response.ContentType = "application/json; charset=utf-8";
        context.Response.ContentLength = body.WrittenCount;
        await context.Response.Body.WriteAsync(body.WrittenMemory, context.RequestAborted);
    }
}
