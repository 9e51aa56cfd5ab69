using System.Collections.Concurrent;
using System.Text.Json;

namespace OutsideWorld;

/// <summary>The lists that others write to; each exists as soon as it is named.</summary>
public sealed class Sinks
{
    private readonly ConcurrentDictionary<string, Sink> _byName = new();

    public Sink this[string name] => _byName.GetOrAdd(name, _ => new Sink());

    public void Clear(string name) => _byName[name] = new Sink();
}

/// <summary>
/// <c>POST /sink/{name}</c> makes (with <c>unique=true</c> once for each id, with <c>upsert=true</c> by id),
/// <c>PUT</c> and <c>PATCH /sink/{name}/{id}</c> replace and change, <c>POST /sink/{name}/batch</c> does all of that for
/// a list (bare, or in <c>items</c>): answered item by item, or with <c>whole=true</c> taken as a whole or not at all.
/// <c>GET /sink/{name}/{id}</c> and <c>GET /sink/{name}/find?id=…</c> look one up, <c>DELETE /sink/{name}/{id}</c> takes it out.
/// </summary>
internal static class SinkDoors
{
    public static void MapSinks(this WebApplication app)
    {
        app.MapGet("/sink/{name}", (string name, Sinks sinks) => Results.Text($"{{\"items\":[{string.Join(',', sinks[name].Items)}]}}", "application/json"));
        app.MapGet("/sink/{name}/find", (string name, string id, Sinks sinks) => Results.Text($"{{\"items\":[{string.Join(',', sinks[name].Find(id))}]}}", "application/json"));
        app.MapGet("/sink/{name}/{id}", (string name, string id, Sinks sinks) => sinks[name].Find(id) is [var item, ..] ? Results.Text(item, "application/json") : Results.NotFound());
        app.MapDelete("/sink/{name}/{id}", (string name, string id, Sinks sinks) => sinks[name].Remove(id) ? Results.NoContent() : Results.NotFound());
        app.MapDelete("/sink/{name}", (string name, Sinks sinks) => sinks.Clear(name));
        app.MapPost("/sink/{name}", (string name, HttpContext context, Sinks sinks) =>
            TakeAsync(context, sinks[name], (sink, body) => One(sink, body, context.Request.Query)));
        app.MapPost("/sink/{name}/batch", (string name, HttpContext context, Sinks sinks) =>
            TakeAsync(context, sinks[name], (sink, body) => Batch(sink, body, context.Request.Query)));
        app.MapPut("/sink/{name}/{id}", (string name, string id, HttpContext context, Sinks sinks) =>
            TakeAsync(context, sinks[name], (sink, body) => sink.Replace(id, body)));
        app.MapPatch("/sink/{name}/{id}", (string name, string id, HttpContext context, Sinks sinks) =>
            TakeAsync(context, sinks[name], (sink, body) => sink.Change(id, body)));
    }

    private static async Task TakeAsync(HttpContext context, Sink sink, Func<Sink, JsonElement, SinkAnswer> act)
    {
        SinkAnswer answer;
        try
        {
            using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            answer = sink.Once(context.Request.Headers["Idempotency-Key"].ToString(), body.RootElement, () => act(sink, body.RootElement));
        }
        catch (JsonException)
        {
            answer = new SinkAnswer(400, "This is not JSON.");
        }

        context.Response.StatusCode = answer.Status;
        if (answer.Status != 304)
        {
            await context.Response.WriteAsJsonAsync(new { id = answer.Id, status = answer.Status, error = answer.Error, results = answer.Results?.Select(item => new { id = item.Id, status = item.Status, error = item.Error }) });
        }
    }

    private static SinkAnswer One(Sink sink, JsonElement body, IQueryCollection query) =>
        query["upsert"] == "true" ? sink.Replace(null, body)
            : query["update"] == "true" ? sink.Change(Sink.IdOf(body), body)
            : sink.Create(body, query["unique"] == "true");

    private static SinkAnswer Batch(Sink sink, JsonElement body, IQueryCollection query)
    {
        var list = body.ValueKind is JsonValueKind.Object && body.TryGetProperty("items", out var wrapped) ? wrapped : body;
        if (list.ValueKind is not JsonValueKind.Array)
        {
            return new SinkAnswer(400, "This is not a list.");
        }

        if (query["whole"] != "true")
        {
            return new SinkAnswer(207, Results: [.. list.EnumerateArray().Select(item => One(sink, item, query))]);
        }

        // Everything is tried on a copy that nobody sees.
        var trial = new Sink();
        foreach (var item in sink.Items)
        {
            using var known = JsonDocument.Parse(item);
            trial.Create(known.RootElement, isUnique: false);
        }

        var refused = list.EnumerateArray().Select(item => One(trial, item, query)).FirstOrDefault(answer => answer.Error is not null);
        if (refused is not null)
        {
            return refused;
        }

        foreach (var item in list.EnumerateArray())
        {
            One(sink, item, query);
        }

        return new SinkAnswer(200);
    }
}
