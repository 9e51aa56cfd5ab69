using System.Globalization;

namespace OutsideWorld;

/// <summary>How a company tells its limit.</summary>
public enum LimitFields
{
    /// <summary><c>X-RateLimit-*</c> with the seconds until there is more.</summary>
    XSeconds,

    /// <summary><c>X-RateLimit-*</c> with the moment, in seconds since 1970.</summary>
    XMoment,

    /// <summary><c>RateLimit</c> and <c>RateLimit-Policy</c>, as drafted.</summary>
    Drafted,

    /// <summary>Not at all, but with a 429.</summary>
    None,
}

/// <summary>Requests whose path begins with this are allowed so many in a period; further ones are answered with 429.</summary>
public sealed record RateLimit(string Path, int Calls, TimeSpan Period, LimitFields Fields = LimitFields.XSeconds);

/// <summary>The limit that is on now, and how many requests it refused.</summary>
public sealed class RateLimits(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private DateTimeOffset _until;
    private int _left;

    public RateLimit? Limit { get; set; }

    public int Refused { get; private set; }

    /// <returns>Whether the request is served.</returns>
    internal bool Take(HttpResponse response, RateLimit limit)
    {
        lock (_gate)
        {
            var now = clock.GetUtcNow();
            if (now >= _until)
            {
                (_until, _left) = (now + limit.Period, limit.Calls);
            }

            var isServed = _left > 0;
            _left -= isServed ? 1 : 0;
            Refused += isServed ? 0 : 1;
            Tell(response, limit, now, isServed);
            return isServed;
        }
    }

    private void Tell(HttpResponse response, RateLimit limit, DateTimeOffset now, bool isServed)
    {
        string Text(double number) => number.ToString("0", CultureInfo.InvariantCulture);
        var seconds = Math.Ceiling((_until - now).TotalSeconds);
        if (limit.Fields is LimitFields.Drafted)
        {
            response.Headers["RateLimit-Policy"] = $"\"default\";q={limit.Calls};w={Text(limit.Period.TotalSeconds)}, \"a day\";q=100000;w=86400";
            response.Headers["RateLimit"] = $"\"a day\";r=99999;t=40000, \"default\";r={_left};t={Text(seconds)}";
        }
        else if (limit.Fields is not LimitFields.None)
        {
            response.Headers["X-RateLimit-Limit"] = Text(limit.Calls);
            response.Headers["X-RateLimit-Remaining"] = Text(_left);
            response.Headers["X-RateLimit-Reset"] = Text(limit.Fields is LimitFields.XMoment ? Math.Ceiling(_until.ToUnixTimeMilliseconds() / 1000.0) : seconds);
        }

        if (!isServed)
        {
            response.StatusCode = 429;
            response.Headers.RetryAfter = Text(seconds);
        }
    }
}

internal static class RateLimiting
{
    public static void UseRateLimits(this WebApplication app) => app.Use((context, next) =>
        context.RequestServices.GetRequiredService<RateLimits>() is { Limit: { } limit } limits && context.Request.Path.StartsWithSegments(limit.Path)
            && !limits.Take(context.Response, limit)
            ? context.Response.WriteAsJsonAsync(new { error = "Too many requests." }) : next(context));
}
