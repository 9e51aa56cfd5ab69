using System.Text.Json;
using System.Text.Json.Serialization;

namespace OutsideWorld;

/// <summary>What a test sets in code, for those who run the outside world as a process of its own.</summary>
internal static class Control
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) } };

    public static void MapControl(this WebApplication app)
    {
        var control = app.MapGroup("/control");
        control.MapGet("/faults", (Faults faults) => Results.Json(faults.All, Json));
        control.MapDelete("/faults", (Faults faults) => faults.Clear());
        control.MapPost("/faults", async (HttpContext context, Faults faults) =>
        {
            if (await JsonSerializer.DeserializeAsync<Fault>(context.Request.Body, Json, context.RequestAborted) is not { } fault)
            {
                return Results.BadRequest();
            }

            faults.Add(fault);
            return Results.Json(faults.All, Json);
        });
        control.MapPut("/limit", (string path, int calls, int seconds, LimitFields fields, RateLimits limits) => limits.Limit = new RateLimit(path, calls, TimeSpan.FromSeconds(seconds), fields));
        control.MapDelete("/limit", (RateLimits limits) => limits.Limit = null);
        control.MapGet("/limit", (RateLimits limits) => Results.Json(new { refused = limits.Refused }));
        control.MapPost("/spoil", (bool on, Datasets datasets) => datasets.Find(CityRegister.Name)?.Spoil(on));
        control.MapPost("/compression", (string use, Datasets datasets) => datasets.Compression = use);
        control.MapPost("/tokens/revoke", (TokenOffice office) => office.RevokeAll());
        control.MapPost("/tokens/refuse", (bool on, TokenOffice office) => office.Refuses = on);
        control.MapGet("/traffic", (Traffic traffic) => Results.Json(traffic.Counts));
        control.MapGet("/sinks/{name}", (string name, Sinks sinks) => Results.Json(new { count = sinks[name].Count, requests = sinks[name].Requests, duplicates = sinks[name].Duplicates }));
        control.MapPut("/datasets/{name}", async (string name, HttpContext context, Datasets datasets) =>
        {
            using var records = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
            datasets.Put(name, records.RootElement.EnumerateArray().Select(record => record.GetRawText()));
        });
    }
}
