using System.Text.Json;

namespace IntegrationConsole.Connectors.Files;

/// <summary>What a connection of kind file says, with what holds where it says nothing.</summary>
internal sealed record FileSettings(
    string From, string Folder, string Pattern, string Format, string Compression, string Delimiter, string Quote, string Encoding, bool Header,
    string Comment, bool Trim, string Empty, string Records, string Element)
{
    /// <summary>An XML Schema that XML files are held against; empty for none.</summary>
    public string Schema { get; init; } = "";

    public bool IsFolder => From is "folder";

    public static FileSettings Of(JsonElement settings)
    {
        string Text(string name, string otherwise) =>
            settings.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.String && value.GetString()!.Trim() is { Length: > 0 } text ? text : otherwise;
        bool Switch(string name, bool otherwise) =>
            settings.TryGetProperty(name, out var value) && value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : otherwise;

        return new FileSettings(
            Text("from", "upload"), Text("folder", ""), Text("pattern", "*"), Text("format", "auto"), Text("compression", "auto"),
            Text("delimiter", "auto"), Text("quote", "double"), Text("encoding", "auto"), Switch("header", true),
            Text("comment", ""), Switch("trim", false), Text("empty", "null"), Text("records", ""), Text("element", ""))
        {
            Schema = Text("schema", ""),
        };
    }

    /// <summary>The format of a file; null where neither the settings nor its name tell.</summary>
    public string? FormatOf(string file)
    {
        if (Format is not "auto")
        {
            return Format;
        }

        var name = file.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? file[..^3] : file;
        return Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".csv" or ".tsv" or ".tab" or ".txt" => "csv",
            ".json" => "json",
            ".ndjson" or ".jsonl" => "ndjson",
            ".xml" => "xml",
            _ => null,
        };
    }
}
