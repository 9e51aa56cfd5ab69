using System.Net;
using IntegrationConsole.Connectors.Budgets;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Connectors.Budgets;

public sealed class Hearing_of_limits
{
    private static readonly ManualClock Clock = new(new DateTimeOffset(2026, 3, 2, 8, 0, 0, TimeSpan.Zero));

    [Theory]
    [InlineData("X-RateLimit-Limit: 100|X-RateLimit-Remaining: 40|X-RateLimit-Reset: 30", 100.0, 40, 30)]
    [InlineData("x-ratelimit-limit: 100|x-ratelimit-remaining: 40|x-ratelimit-reset: 1772438430", 100.0, 40, 30)]
    [InlineData("X-RateLimit-Remaining: 40|X-RateLimit-Reset: 1772438430000", null, 40, 30)]
    [InlineData("X-Rate-Limit-Limit: 100|X-Rate-Limit-Remaining: 0|X-Rate-Limit-Reset: 30", 100.0, 0, 30)]
    [InlineData("RateLimit-Limit: 100, 100;w=60|RateLimit-Remaining: 40|RateLimit-Reset: 30", 100.0, 40, 30)]
    [InlineData("RateLimit: limit=100, remaining=40, reset=30", 100.0, 40, 30)]
    [InlineData("RateLimit: \"default\";r=40;t=30|RateLimit-Policy: \"default\";q=100;w=60", 100.0, 40, 30)]
    [InlineData("RateLimit: \"default\";r=40|RateLimit-Policy: \"default\";q=100;w=60", 100.0, 40, 60)]
    [InlineData("RateLimit: \"day\";r=5000;t=40000, \"burst\";r=2;t=30|RateLimit-Policy: \"burst\";q=10;w=60, \"day\";q=9000;w=86400", 10.0, 2, 30)]
    [InlineData("RateLimit: \"a;b,c\";r=40;t=30;pk=:cHsdsRa894==:|RateLimit-Policy: \"a;b,c\";q=100;w=60", 100.0, 40, 30)]
    [InlineData("RateLimit: \"bytes\";r=1;t=5, \"calls\";r=40;t=30|RateLimit-Policy: \"bytes\";q=9;w=5;qu=\"content-bytes\", \"calls\";q=100;w=60;qu=\"requests\"", 100.0, 40, 30)]
    [InlineData("X-RateLimit-Remaining: 40|X-RateLimit-Reset: 9999999999", null, 40, 86_400)]
    public void What_an_answer_says_is_understood(string headers, double? limit, double remaining, int seconds) =>
        Assert.Equal(new ToldLimit(limit, remaining, Clock.GetUtcNow() + TimeSpan.FromSeconds(seconds)), Read(200, headers));

    [Theory]
    [InlineData("")]
    [InlineData("X-RateLimit-Remaining: many|X-RateLimit-Reset: soon")]
    [InlineData("X-RateLimit-Limit: 100")]
    [InlineData("RateLimit: ;;;,,\"\"=|RateLimit-Policy: =;q")]
    [InlineData("RateLimit: \"default\";r=x;t=y")]
    [InlineData("Retry-After: 30")]
    public void What_cannot_be_used_is_left_alone(string headers) => Assert.Null(Read(200, headers));

    [Fact]
    public void A_429_that_names_its_time_leaves_nothing_until_then() =>
        Assert.Equal(new ToldLimit(null, 0, Clock.GetUtcNow() + TimeSpan.FromSeconds(30)), Read(429, "Retry-After: 30"));

    private static ToldLimit? Read(int status, string headers)
    {
        using var response = new HttpResponseMessage((HttpStatusCode)status);
        foreach (var header in headers.Split('|', StringSplitOptions.RemoveEmptyEntries))
        {
            response.Headers.TryAddWithoutValidation(header[..header.IndexOf(": ", StringComparison.Ordinal)], header[(header.IndexOf(": ", StringComparison.Ordinal) + 2)..]);
        }

        return RateLimitHeaders.Read(response, Clock);
    }
}
