using System.Security.Cryptography;
using System.Text;
using IntegrationConsole.Access;
using IntegrationConsole.Health.Evaluation;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Options;
using Microsoft.Net.Http.Headers;

namespace IntegrationConsole.Health.Telemetry;

/// <summary>
/// <c>/metrics</c>, for a scraper with the token or a platform admin. Decides for itself: a scraper that is refused
/// gets a 401, not the way to the sign-in page.
/// </summary>
internal static class MetricsEndpoint
{
    private const string Scheme = "Bearer ";

    private static readonly AllowAttribute Admins = new(Permission.AdministerPlatform);

    public static void Map(IEndpointRouteBuilder routes) => routes.MapGet("/metrics", AnswerAsync).AllowAnonymous().WithMetadata(Admins);

    private static async Task<IResult> AnswerAsync(
        HttpContext context, IOptions<TelemetryOptions> options, IAuthorizationService authorization, MetricsBook book, LatestHealth latest)
    {
        if (!BearsToken(context.Request, options.Value.MetricsToken) && !(await authorization.AuthorizeAsync(context.User, context, Admins.GetRequirements())).Succeeded)
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Results.StatusCode(StatusCodes.Status401Unauthorized);
        }

        var names = new ObjectNames(latest);
        return Results.Text(book.Scrape(families => PrometheusText.Render(families, names)), PrometheusText.ContentType);
    }

    /// <summary>Hashes of one length are compared in constant time: neither the length nor the beginning of the token can be guessed from the answer's time.</summary>
    private static bool BearsToken(HttpRequest request, string token)
    {
        var presented = request.Headers[HeaderNames.Authorization].ToString();
        return token.Length > 0
            && presented.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase)
            && CryptographicOperations.FixedTimeEquals(Hash(presented[Scheme.Length..]), Hash(token));
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
