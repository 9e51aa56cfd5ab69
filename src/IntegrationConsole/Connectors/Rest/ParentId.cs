using System.Text.Json;
using IntegrationConsole.Connectors.Json;

namespace IntegrationConsole.Connectors.Rest;

/// <summary>The id of a record below which others stand: text stays text, and a number is kept as it is written.</summary>
internal readonly record struct ParentId(string Text, bool IsNumber)
{
    /// <summary>Many times what ids have; escaped, it still is an address that systems take.</summary>
    public const int Longest = 500;

    private const string NoToken = "null";

    public static ParentId None => new("", false);

    /// <summary>Whether it can be one segment of a path. Dots between slashes would lead elsewhere where a system takes an escaped slash for one.</summary>
    public bool FitsAddress =>
        Text.Length <= Longest && !string.IsNullOrWhiteSpace(Text) && !Text.Any(char.IsControl)
        && !Text.Split('/', '\\').Any(segment => segment.Trim() is "." or "..");

    /// <summary>As JSON, to be kept.</summary>
    public string Token => !FitsAddress ? NoToken : IsNumber ? Text : JsonSerializer.Serialize(Text);

    public static ParentId Parse(string token) => token switch
    {
        NoToken => None,
        ['"', ..] => new ParentId(JsonSerializer.Deserialize<string>(token)!, false),
        _ => new ParentId(token, true),
    };

    /// <returns>One that does not fit where the record has none.</returns>
    public static ParentId Of(ReadOnlySpan<byte> record, FieldPath field)
    {
        var reader = new Utf8JsonReader(record);
        return field.Find(ref reader) && reader.TokenType is JsonTokenType.String or JsonTokenType.Number
            ? new ParentId(FieldPath.ScalarText(ref reader)!, reader.TokenType is JsonTokenType.Number)
            : None;
    }
}
