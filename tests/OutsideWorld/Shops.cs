using System.Collections.Concurrent;
using System.Text.Json;

namespace OutsideWorld;

/// <summary>Companies that keep orders with lines; each exists as soon as it is named.</summary>
public sealed class Shops
{
    private readonly ConcurrentDictionary<string, Shop> _byName = new();

    public Shop this[string name] => _byName.GetOrAdd(name, _ => new Shop());
}

/// <summary>
/// Orders, each with lines of its own. It gives both ids, knows a call by its idempotency key, refuses a line whose
/// <c>code</c> is <c>bad</c>, and lets no order go that still has lines.
/// </summary>
public sealed class Shop
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, (string Number, Dictionary<string, string> Lines)> _orders = [];
    private readonly Dictionary<string, (int Status, string Id)> _answered = [];
    private readonly List<string> _deeds = [];
    private int _ids;

    /// <summary>What was done, in that order.</summary>
    public IReadOnlyList<string> Deeds
    {
        get
        {
            lock (_gate)
            {
                return [.. _deeds];
            }
        }
    }

    /// <summary>Each order that is there, with its lines: <c>7: a, b</c>.</summary>
    public IReadOnlyList<string> Orders
    {
        get
        {
            lock (_gate)
            {
                return [.. _orders.Values.Select(order => $"{order.Number}: {string.Join(", ", order.Lines.Values)}")];
            }
        }
    }

    internal (int Status, string Id) Once(string idempotencyKey, Func<(int Status, string Id)> act)
    {
        lock (_gate)
        {
            return idempotencyKey.Length == 0 ? act() : _answered.TryGetValue(idempotencyKey, out var before) ? before : _answered[idempotencyKey] = act();
        }
    }

    internal (int Status, string Id) Make(string number)
    {
        var id = $"o{++_ids}";
        _orders[id] = (number, []);
        _deeds.Add($"made {number}");
        return (201, id);
    }

    internal (int Status, string Id) MakeLine(string order, string code)
    {
        if (!_orders.TryGetValue(order, out var found) || code == "bad")
        {
            return (_orders.ContainsKey(order) ? 422 : 404, "");
        }

        var id = $"l{++_ids}";
        found.Lines[id] = code;
        _deeds.Add($"made {found.Number}/{code}");
        return (201, id);
    }

    internal int Remove(string order)
    {
        lock (_gate)
        {
            if (!_orders.TryGetValue(order, out var found) || found.Lines.Count > 0)
            {
                return _orders.ContainsKey(order) ? 409 : 404;
            }

            _orders.Remove(order);
            _deeds.Add($"took back {found.Number}");
            return 204;
        }
    }

    internal int RemoveLine(string order, string line)
    {
        lock (_gate)
        {
            if (!_orders.TryGetValue(order, out var found) || !found.Lines.Remove(line, out var code))
            {
                return 404;
            }

            _deeds.Add($"took back {found.Number}/{code}");
            return 204;
        }
    }
}

/// <summary>
/// <c>POST /shops/{name}/orders</c> and <c>POST /shops/{name}/orders/{order}/lines</c> make, <c>DELETE</c> of what they made
/// takes it back.
/// </summary>
internal static class ShopDoors
{
    public static void MapShops(this WebApplication app)
    {
        app.MapPost("/shops/{name}/orders", (string name, HttpContext context, Shops shops) =>
            TakeAsync(context, shops[name], (shop, body) => shop.Make(body.GetProperty("number").ToString())));
        app.MapPost("/shops/{name}/orders/{order}/lines", (string name, string order, HttpContext context, Shops shops) =>
            TakeAsync(context, shops[name], (shop, body) => shop.MakeLine(order, body.GetProperty("code").ToString())));
        app.MapDelete("/shops/{name}/orders/{order}", (string name, string order, Shops shops) => Results.StatusCode(shops[name].Remove(order)));
        app.MapDelete("/shops/{name}/orders/{order}/lines/{line}", (string name, string order, string line, Shops shops) => Results.StatusCode(shops[name].RemoveLine(order, line)));
    }

    private static async Task TakeAsync(HttpContext context, Shop shop, Func<Shop, JsonElement, (int Status, string Id)> act)
    {
        using var body = await JsonDocument.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        var (status, id) = shop.Once(context.Request.Headers["Idempotency-Key"].ToString(), () => act(shop, body.RootElement));
        context.Response.StatusCode = status;
        await context.Response.WriteAsJsonAsync(new { id });
    }
}
