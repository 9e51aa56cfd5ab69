using System.Text;

namespace OutsideWorld;

/// <summary>
/// Everything again behind a sign-in: <c>/secure/{kind}/…</c>, where the kind is <c>header</c> (X-Api-Key),
/// <c>query</c> (api_key), <c>bearer</c>, <c>basic</c> or <c>oauth</c> (a token of <see cref="TokenOffice"/>).
/// </summary>
public static class SecureArea
{
    public const string ApiKey = "key-of-the-outside-world";
    public const string BearerToken = "token-of-the-outside-world";
    public const string User = "integration";
    public const string Password = "pässword:with:colons";

    internal static void UseSecureArea(this WebApplication app) => app.Use((context, next) =>
    {
        if (!context.Request.Path.StartsWithSegments("/secure", out var rest))
        {
            return next(context);
        }

        var kind = rest.Value!.Split('/') is [_, var first, ..] ? first : "";
        if (!IsAllowed(context, kind))
        {
            context.Response.StatusCode = 401;
            context.Response.Headers.WWWAuthenticate = kind is "basic" ? "Basic realm=\"outside\"" : "Bearer error=\"invalid_token\"";
            return context.Response.WriteAsJsonAsync(new { error = "Who are you?" });
        }

        // The rest of the world does not know that it lies behind a door, but its links lead through it.
        context.Request.PathBase += $"/secure/{kind}";
        context.Request.Path = rest.Value[(kind.Length + 1)..];
        return next(context);
    });

    private static bool IsAllowed(HttpContext context, string kind)
    {
        var authorization = context.Request.Headers.Authorization.ToString();
        return kind switch
        {
            "header" => context.Request.Headers["X-Api-Key"] == ApiKey,
            "query" => context.Request.Query["api_key"] == ApiKey,
            "bearer" => authorization == $"Bearer {BearerToken}",
            "basic" => authorization == $"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}"))}",
            "oauth" => authorization.StartsWith("Bearer ", StringComparison.Ordinal)
                && context.RequestServices.GetRequiredService<TokenOffice>().IsValid(authorization["Bearer ".Length..]),
            _ => false,
        };
    }
}
