using System.Globalization;
using System.Net;
using IntegrationConsole.Connectors.Outgoing;

namespace IntegrationConsole.Connectors.Budgets;

/// <summary>
/// Reads what an answer says about the calls that are left: the fields <c>RateLimit</c> and <c>RateLimit-Policy</c> as
/// drafted by the IETF (draft-ietf-httpapi-ratelimit-headers, and its earlier forms), <c>X-RateLimit-*</c> as most
/// systems have it, and <c>Retry-After</c> of a 429. Where several limits are told, the tightest counts.
/// </summary>
internal static class RateLimitHeaders
{
    /// <summary>A reset that is larger than this is no number of seconds but a moment, in seconds or milliseconds since 1970.</summary>
    private const double FirstMoment = 1_000_000_000;
    private const double FirstMillisecond = 100_000_000_000;

    /// <summary>What a limit is taken for that is not told, where it has to be compared with others.</summary>
    private const double RoundNumber = 100;
    private static readonly TimeSpan LatestReset = TimeSpan.FromDays(1);

    private static readonly (string Limit, string Remaining, string Reset)[] Threes =
    [
        ("RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset"), ("X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"),
        ("X-Rate-Limit-Limit", "X-Rate-Limit-Remaining", "X-Rate-Limit-Reset"),
    ];

    /// <returns>Null where it says nothing that can be used.</returns>
    public static ToldLimit? Read(HttpResponseMessage response, TimeProvider clock)
    {
        var now = clock.GetUtcNow();
        if (response.StatusCode is HttpStatusCode.TooManyRequests && RetryAfter.Of(response, clock) is { } asked)
        {
            return new ToldLimit(null, 0, Within(now + asked, now));
        }

        return Fields(response, now) ?? Threes.Select(names => Three(response, names, now)).FirstOrDefault(told => told is not null);
    }

    private static ToldLimit? Fields(HttpResponseMessage response, DateTimeOffset now)
    {
        if (Value(response, "RateLimit") is not { } text)
        {
            return null;
        }

        var policies = FieldItem.List(Value(response, "RateLimit-Policy") ?? "");
        var items = FieldItem.List(text);

        // An earlier draft had one dictionary: limit=100, remaining=50, reset=5.
        if (items.FirstOrDefault(item => item.Name == "remaining") is { Number: { } left })
        {
            var reset = items.FirstOrDefault(item => item.Name == "reset")?.Number;
            return reset is null ? null : new ToldLimit(items.FirstOrDefault(item => item.Name == "limit")?.Number, left, Within(now + TimeSpan.FromSeconds(Math.Min(reset.Value, 1e6)), now));
        }

        return items.Select(item => Of(item, policies.FirstOrDefault(policy => policy.Name == item.Name), now)).OfType<ToldLimit>()
            .MinBy(told => told.Remaining / (told.Limit is > 0 and var limit ? limit : RoundNumber));
    }

    /// <param name="item">Such as <c>"default";r=50;t=30</c>.</param>
    /// <param name="policy">The one of the same name, such as <c>"default";q=100;w=60</c>.</param>
    /// <param name="now">The moment.</param>
    private static ToldLimit? Of(FieldItem item, FieldItem? policy, DateTimeOffset now)
    {
        // Quotas of bytes or of calls at the same time are other matters.
        var isOfCalls = policy?.Text("qu") is null or "requests";
        return isOfCalls && item.Parameter("r") is { } remaining && (item.Parameter("t") ?? policy?.Parameter("w")) is { } seconds
            ? new ToldLimit(policy?.Parameter("q"), remaining, Within(now + TimeSpan.FromSeconds(Math.Min(seconds, 1e6)), now)) : null;
    }

    private static ToldLimit? Three(HttpResponseMessage response, (string Limit, string Remaining, string Reset) names, DateTimeOffset now) =>
        Number(Value(response, names.Remaining)) is { } remaining && ResetOf(Value(response, names.Reset), now) is { } reset
            ? new ToldLimit(Number(Value(response, names.Limit)), Math.Max(0, remaining), Within(reset, now)) : null;

    private static DateTimeOffset? ResetOf(string? text, DateTimeOffset now) => Number(text) switch
    {
        >= FirstMillisecond and < 1e14 and var milliseconds => DateTimeOffset.FromUnixTimeMilliseconds((long)milliseconds),
        >= FirstMoment and < FirstMillisecond and var seconds => DateTimeOffset.FromUnixTimeSeconds((long)seconds),
        >= 0 and < FirstMoment and var seconds => now + TimeSpan.FromSeconds(seconds),
        null when DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var moment) => moment,
        _ => null,
    };

    /// <summary>The first number: some list several with commas.</summary>
    private static double? Number(string? text) =>
        double.TryParse((text ?? "").Split(',', ';')[0].Trim(), NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static DateTimeOffset Within(DateTimeOffset reset, DateTimeOffset now) => reset > now + LatestReset ? now + LatestReset : reset;

    private static string? Value(HttpResponseMessage response, string name) =>
        response.Headers.NonValidated.TryGetValues(name, out var values) ? string.Join(", ", values) : null;
}
