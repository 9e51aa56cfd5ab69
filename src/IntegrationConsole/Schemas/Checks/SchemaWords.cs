using System.Globalization;
using System.Text.Json;

namespace IntegrationConsole.Schemas.Checks;

/// <summary>How a sentence quotes what a schema says.</summary>
internal static class SchemaWords
{
    private const int Longest = 60;

    /// <summary>A value of the schema as JSON, shortened.</summary>
    public static string Of(JsonElement value) => Short(value.GetRawText());

    public static string Name(string name) => $"\"{Short(name)}\"";

    public static string Short(string text) =>
        // Not in the middle of a character.
        text.Length <= Longest ? text : text[..(char.IsHighSurrogate(text[Longest - 1]) ? Longest - 1 : Longest)] + "…";

    public static string Count(long count, string one, string many) => count == 1 ? $"1 {one}" : $"{count.ToString(CultureInfo.InvariantCulture)} {many}";

    public static string List(IEnumerable<string> names)
    {
        var all = names.ToList();
        var named = string.Join(", ", all.Take(8).Select(Name));
        return all.Count > 8 ? $"{named} and {all.Count - 8} more" : named;
    }
}
