namespace IntegrationConsole.Connectors.Files;

/// <summary>What a connection of kind file asks for.</summary>
internal static class FileDescriptor
{
    public const string Kind = "file";

    private static readonly (string, IReadOnlyList<string>) InFolder = ("from", ["folder"]);
    private static readonly (string, IReadOnlyList<string>) AsCsv = ("format", ["auto", "csv"]);
    private static readonly (string, IReadOnlyList<string>) AsJson = ("format", ["auto", "json"]);
    private static readonly (string, IReadOnlyList<string>) AsXml = ("format", ["auto", "xml"]);

    public static ConnectorDescriptor Value { get; } = new(
        Kind, "Files", "Reads CSV, JSON, NDJSON and XML files, plain or compressed with gzip, that were uploaded or lie in a folder.",
        CanRead: true, CanWrite: false, Accepts: [], NeedsCredential: false,
        [
            Choice("from", "Where from", "upload", [("upload", "Uploaded files"), ("folder", "A folder")]) with { Required = true },
            new("folder", "Folder", SettingKind.Text)
            {
                Required = true, Placeholder = "in/orders", ShownWhen = InFolder,
                Help = "Below one of the folders that this console may read, or its full path.",
            },
            new("pattern", "File names", SettingKind.Text)
            {
                Required = true, Placeholder = "orders-*.csv", ShownWhen = InFolder,
                Help = "* stands for any characters, ? for one. An incremental sync reads the files written after the newest one it has read, "
                    + "so give a file its name when it is whole: until two seconds after it was last written it is left alone.",
            },
            Choice("format", "Format", "auto", [("auto", "By the file's extension"), ("csv", "CSV"), ("json", "JSON"), ("ndjson", "JSON lines"), ("xml", "XML")]),
            Choice("compression", "Compression", "auto", [("auto", "As the file says"), ("none", "None"), ("gzip", "gzip")]) with { Advanced = true },
            .. Csv,
            new("records", "Record selector", SettingKind.Text)
            {
                Placeholder = "data.items", ShownWhen = AsJson, Help = "For JSON: the property that holds the list; empty when the file itself is the list.",
            },
            new("element", "Record element", SettingKind.Text)
            {
                Placeholder = "order", ShownWhen = AsXml,
                Help = "For XML: the name of the element that is one record, or its path from the root such as export/orders/order; empty for every child of the root.",
            },
            new("schema", "XML schema", SettingKind.LongText)
            {
                ShownWhen = AsXml, Advanced = true,
                Help = "For XML: the text of an XSD. A record that does not fit is set aside with the cause Schema changed; what does not fit around the records stops the run. What the XSD imports must be in it: nothing is fetched.",
            },
        ]);

    private static IReadOnlyList<SettingField> Csv =>
    [
        Choice("delimiter", "Delimiter", "auto", [("auto", "As the file suggests"), ("comma", "Comma"), ("semicolon", "Semicolon"), ("tab", "Tab"), ("pipe", "Vertical bar")]) with { ShownWhen = AsCsv },
        new("header", "The first row holds the names", SettingKind.Switch) { Default = "true", ShownWhen = AsCsv },
        Choice("encoding", "Encoding", "auto", [("auto", "As the file says, or UTF-8"), ("utf-8", "UTF-8"), ("utf-16", "UTF-16"), ("windows-1252", "Windows-1252"), ("iso-8859-1", "ISO-8859-1")])
            with { ShownWhen = AsCsv, Help = "For CSV. A byte order mark in the file wins." },
        Choice("quote", "Quotes", "double", [("double", "Double quotes"), ("single", "Single quotes"), ("none", "None: they are part of the text")]) with { ShownWhen = AsCsv, Advanced = true },
        new("comment", "Comment prefix", SettingKind.Text) { Placeholder = "#", ShownWhen = AsCsv, Advanced = true, Help = "Lines that begin with this character are left out." },
        new("trim", "Remove blanks around values", SettingKind.Switch) { Default = "false", ShownWhen = AsCsv, Advanced = true },
        Choice("empty", "Empty values", "null", [("null", "Are null"), ("text", "Are empty text")]) with { ShownWhen = AsCsv, Advanced = true },
    ];

    private static SettingField Choice(string name, string label, string otherwise, IReadOnlyList<(string, string)> choices) =>
        new(name, label, SettingKind.Choice) { Default = otherwise, Choices = choices };
}
