using System.Collections.Concurrent;

namespace OutsideWorld;

/// <summary>What was posted to a hook, byte for byte.</summary>
public sealed record ReceivedHook(IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    public string Header(string name) => Headers.GetValueOrDefault(name, "");
}

/// <summary>Incoming webhooks of others: <c>POST /hook/{name}</c> keeps what comes, and answers with the status that was asked for.</summary>
public sealed class Hooks
{
    private readonly ConcurrentDictionary<string, ConcurrentQueue<ReceivedHook>> _byName = new();

    /// <summary>What is answered; 204 by default.</summary>
    public ConcurrentDictionary<string, int> Status { get; } = new();

    public ConcurrentQueue<ReceivedHook> this[string name] => _byName.GetOrAdd(name, _ => new ConcurrentQueue<ReceivedHook>());
}

internal static class HookDoors
{
    public static void MapHooks(this WebApplication app) => app.MapPost("/hook/{name}", async (string name, HttpContext context, Hooks hooks) =>
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body);
        hooks[name].Enqueue(new ReceivedHook(context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase), body.ToArray()));
        return Results.StatusCode(hooks.Status.GetValueOrDefault(name, 204));
    });
}
