using System.Text.Json;

namespace IntegrationConsole.Controls;

/// <summary>How two records differ in kind, whatever their values: what one of them lacks, and what is of another kind there.</summary>
public static class RecordContrast
{
    /// <summary>In sentences without values, sorted by place; empty where both have the same shape, or where one of them is not JSON.</summary>
    /// <param name="good">A record that is as it should be.</param>
    /// <param name="bad">The one that is looked at.</param>
    public static IReadOnlyList<string> Of(byte[] good, byte[] bad) =>
        ShapeOf(good) is not { } known || ShapeOf(bad) is not { } looked ? []
            : [.. known.Keys.Union(looked.Keys).Order(StringComparer.Ordinal).Where(place => IsWorthSaying(place, known, looked)).Select(place => Sentence(place, known, looked))];

    private static bool IsWorthSaying(string place, Dictionary<string, HashSet<string>> good, Dictionary<string, HashSet<string>> bad)
    {
        // Of a part that is missing as a whole, its own parts are not named one by one.
        var above = place.LastIndexOfAny(['.', '[']) is > 0 and var end ? place[..end] : null;
        return above is not null && good.ContainsKey(above) != bad.ContainsKey(above) ? false
            : !(good.TryGetValue(place, out var one) && bad.TryGetValue(place, out var other) && other.IsSubsetOf(one));
    }

    private static string Sentence(string place, Dictionary<string, HashSet<string>> good, Dictionary<string, HashSet<string>> bad) =>
        !bad.TryGetValue(place, out var here) ? $"{place} is missing ({Kinds(good[place])} in the good one)."
        : !good.TryGetValue(place, out var there) ? $"{place} is there ({Kinds(here)}) and not in the good one."
        : $"{place} is {Kinds(here)}, and {Kinds(there)} in the good one.";

    private static string Kinds(HashSet<string> kinds) => string.Join(" or ", kinds.Order(StringComparer.Ordinal));

    private static Dictionary<string, HashSet<string>>? ShapeOf(byte[] record)
    {
        try
        {
            using var document = JsonDocument.Parse(record);
            var shape = new Dictionary<string, HashSet<string>>();
            Walk(document.RootElement, "", shape);
            return shape;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Walk(JsonElement element, string place, Dictionary<string, HashSet<string>> shape)
    {
        if (place.Length > 0)
        {
            (shape.TryGetValue(place, out var kinds) ? kinds : shape[place] = []).Add(KindOf(element));
        }

        switch (element.ValueKind)
        {
            case JsonValueKind.Object:
                foreach (var property in element.EnumerateObject())
                {
                    Walk(property.Value, place.Length == 0 ? property.Name : $"{place}.{property.Name}", shape);
                }

                break;
            case JsonValueKind.Array:
                foreach (var item in element.EnumerateArray())
                {
                    Walk(item, $"{place}[*]", shape);
                }

                break;
        }
    }

    private static string KindOf(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => element.GetString() is { Length: 0 } ? "empty text" : "text",
        JsonValueKind.Number => "a number",
        JsonValueKind.True or JsonValueKind.False => "a yes or no",
        _ => "null",
    };
}
