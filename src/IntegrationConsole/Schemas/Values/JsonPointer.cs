using System.Globalization;
using System.Text.Json;

namespace IntegrationConsole.Schemas.Values;

/// <summary>Points at a place in a JSON document, such as <c>/orders/0/total</c> (RFC 6901).</summary>
internal static class JsonPointer
{
    public static string Append(string pointer, string name) =>
        $"{pointer}/{name.Replace("~", "~0", StringComparison.Ordinal).Replace("/", "~1", StringComparison.Ordinal)}";

    /// <summary>The names along the pointer; null where it is no pointer.</summary>
    public static string[]? NamesOf(string pointer)
    {
        if (pointer.Length == 0)
        {
            return [];
        }

        return pointer[0] != '/'
            ? null
            : [.. pointer.Split('/').Skip(1).Select(name => name.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal))];
    }

    /// <summary>One step down; null where there is nothing.</summary>
    public static JsonElement? Step(JsonElement from, string name)
    {
        if (from.ValueKind is JsonValueKind.Object)
        {
            JsonElement? found = null;
            foreach (var property in from.EnumerateObject())
            {
                // The last one holds where a name is given twice.
                found = JsonText.NameOf(property) == name ? property.Value : found;
            }

            return found;
        }

        return from.ValueKind is JsonValueKind.Array
            && int.TryParse(name, NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            && (name.Length == 1 || name[0] != '0')
            && index < from.GetArrayLength() ? from[index] : null;
    }
}
