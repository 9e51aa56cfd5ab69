using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace IntegrationConsole.Configuration.Sample;

/// <summary>
/// The outside system of the sample workspace: a small REST API that this console serves itself, over real HTTP, so that
/// something can be tried on a machine without any other system.
/// </summary>
public sealed class SampleSource(MasterKey master)
{
    internal const string KeyHeader = "X-Api-Key";
    private const int LargestPage = 200;

    /// <summary>The API's key. Made of the master key, so that it need not be stored and no two consoles share one.</summary>
    internal string Key { get; } = master.Derive("sample-source");

    public static void Map(WebApplication app)
    {
        app.MapGet("/sample-api/{list}", (string list, HttpContext http, SampleSource source, TimeProvider clock) => source.Answer(list, http, clock)).AllowAnonymous();
    }

    private IResult Answer(string list, HttpContext http, TimeProvider clock)
    {
        var given = Encoding.UTF8.GetBytes(http.Request.Headers[KeyHeader].ToString());
        if (!CryptographicOperations.FixedTimeEquals(given, Encoding.UTF8.GetBytes(Key)))
        {
            return Results.Json(new { error = "The API key is missing or wrong." }, statusCode: StatusCodes.Status401Unauthorized);
        }

        var all = SampleData.Of(list, clock.GetUtcNow());
        if (all.Count == 0)
        {
            return Results.Json(new { error = "There is no such list." }, statusCode: StatusCodes.Status404NotFound);
        }

        var page = NumberOf(http, "page", 1, int.MaxValue);
        var size = NumberOf(http, "limit", 50, LargestPage);
        var items = all.Skip((int)Math.Min((long)(page - 1) * size, int.MaxValue)).Take(size);
        return Results.Json(new { items, page, total = all.Count });
    }

    private static int NumberOf(HttpContext http, string name, int otherwise, int most) =>
        int.TryParse(http.Request.Query[name], NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= 1 ? Math.Min(number, most) : otherwise;
}
