using System.Collections.Concurrent;
using System.Text;

namespace OutsideWorld;

/// <summary>Gives OAuth 2.0 tokens to clients that know their secret (RFC 6749, section 4.4), for a short time.</summary>
public sealed class TokenOffice(TimeProvider clock)
{
    public const string ClientId = "console";
    public const string ClientSecret = "s3cret/with+odd=characters";

    private readonly ConcurrentDictionary<string, DateTimeOffset> _validUntil = new();
    private int _calls;

    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>Turns everybody away, as for a secret that was withdrawn.</summary>
    public bool Refuses { get; set; }

    /// <summary>How often a token was asked for.</summary>
    public int Calls => _calls;

    /// <summary>Makes every token that was given worthless.</summary>
    public void RevokeAll() => _validUntil.Clear();

    internal bool IsValid(string token) => _validUntil.TryGetValue(token, out var until) && clock.GetUtcNow() < until;

    internal IResult Ask(HttpContext context, IFormCollection form)
    {
        Interlocked.Increment(ref _calls);
        if (form["grant_type"] != "client_credentials")
        {
            return Results.Json(new { error = "unsupported_grant_type" }, statusCode: 400);
        }

        var (id, secret) = Presented(context, form);
        if (Refuses || id != ClientId || secret != ClientSecret)
        {
            return Results.Json(new { error = "invalid_client", error_description = "The client is not known." }, statusCode: 401);
        }

        var token = Guid.NewGuid().ToString("N");
        _validUntil[token] = clock.GetUtcNow() + Lifetime;
        return Results.Json(new { access_token = token, token_type = "Bearer", expires_in = (int)Lifetime.TotalSeconds, scope = form["scope"].ToString() });
    }

    private static (string Id, string Secret) Presented(HttpContext context, IFormCollection form)
    {
        var header = context.Request.Headers.Authorization.ToString();
        if (!header.StartsWith("Basic ", StringComparison.Ordinal))
        {
            return (form["client_id"].ToString(), form["client_secret"].ToString());
        }

        var parts = Encoding.UTF8.GetString(Convert.FromBase64String(header["Basic ".Length..])).Split(':', 2);
        return (Uri.UnescapeDataString(parts[0]), Uri.UnescapeDataString(parts.ElementAtOrDefault(1) ?? ""));
    }
}

internal static class TokenOfficeDoor
{
    public static void MapTokenOffice(this WebApplication app) =>
        app.MapPost("/oauth/token", async (HttpContext context, TokenOffice office) => office.Ask(context, await context.Request.ReadFormAsync(context.RequestAborted)));
}
