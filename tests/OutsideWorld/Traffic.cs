using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Features;

namespace OutsideWorld;

/// <summary>What was asked of us: how often by path, and the last requests with their headers.</summary>
public sealed class Traffic
{
    private const int Kept = 1_000;
    private readonly ConcurrentQueue<SeenRequest> _last = new();
    private readonly ConcurrentDictionary<string, int> _counts = new();

    public IReadOnlyCollection<SeenRequest> Last => [.. _last];

    public IReadOnlyDictionary<string, int> Counts => _counts;

    public int CountOf(string path) => _counts.GetValueOrDefault(path);

    internal void Add(HttpRequest request)
    {
        _counts.AddOrUpdate(request.Path, 1, (_, count) => count + 1);
        _last.Enqueue(new SeenRequest(
            request.Method, request.HttpContext.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "", request.Protocol,
            request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        while (_last.Count > Kept)
        {
            _last.TryDequeue(out _);
        }
    }
}

public sealed record SeenRequest(string Method, string Target, string Protocol, IReadOnlyDictionary<string, string> Headers);

internal static class TrafficCounting
{
    public static void UseTraffic(this WebApplication app) => app.Use((context, next) =>
    {
        if (!context.Request.Path.StartsWithSegments("/control"))
        {
            context.RequestServices.GetRequiredService<Traffic>().Add(context.Request);
        }

        return next(context);
    });
}
