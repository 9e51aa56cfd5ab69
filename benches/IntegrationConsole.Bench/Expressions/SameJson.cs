using System.Text.Json;

namespace IntegrationConsole.Bench.Expressions;

/// <summary>Whether two JSON values are the same: numbers as doubles, fields in any order.</summary>
internal static class SameJson
{
    public static bool Equal(JsonElement one, JsonElement other)
    {
        if (one.ValueKind != other.ValueKind)
        {
            return false;
        }

        return one.ValueKind switch
        {
            JsonValueKind.Number => one.GetDouble().Equals(other.GetDouble()),
            JsonValueKind.String => one.GetString() == other.GetString(),
            JsonValueKind.Array => one.GetArrayLength() == other.GetArrayLength() && one.EnumerateArray().Zip(other.EnumerateArray()).All(pair => Equal(pair.First, pair.Second)),
            JsonValueKind.Object => one.GetPropertyCount() == other.GetPropertyCount()
                && one.EnumerateObject().All(field => other.TryGetProperty(field.Name, out var value) && Equal(field.Value, value)),
            _ => true,
        };
    }
}
