using System.Text;
using System.Text.Json;
using System.Xml.Linq;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Files;
using IntegrationConsole.Connectors.Records;
using IntegrationConsole.Tests.Support;
using Microsoft.Extensions.Options;

namespace IntegrationConsole.Tests.Connectors.Files;

/// <summary>An uploaded file keeps what every source promises.</summary>
public abstract class UploadContract : SourceContract
{
    protected abstract string FileName { get; }

    protected abstract string Settings { get; }

    protected abstract byte[] Write(IReadOnlyList<SourceRow> rows);

    internal override async Task<SourceUnderTest> GivenAsync(TestConsole console, IReadOnlyList<SourceRow> rows)
    {
        var tenant = await console.GivenATenantAsync();
        var id = await console.GivenAConnectionAsync(tenant);
        await console.UploadAsync(tenant, id, FileName, Write(rows));
        var connection = new OpenConnection(tenant, id, "files", "file", JsonSerializer.Deserialize<JsonElement>(Settings), new NoAuthentication());
        return new SourceUnderTest(
            (ISource)console.Get<ConnectorCatalog>().Get("file"), connection, FileName, SupportsIncremental: false, _ => throw new NotSupportedException());
    }

    internal override OpenConnection? Dead(SourceUnderTest source) => source.Connection with { Id = Guid.NewGuid() };
}

/// <summary>A folder of files keeps what every source promises; a record is added to it in another file.</summary>
public abstract class FolderContract : SourceContract, IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("console-files-").FullName;

    protected abstract string Extension { get; }

    protected abstract string Settings { get; }

    protected abstract byte[] Write(IReadOnlyList<SourceRow> rows);

    internal override Task<SourceUnderTest> GivenAsync(TestConsole console, IReadOnlyList<SourceRow> rows)
    {
        console.Get<IOptions<FilesOptions>>().Value.AllowedFolders.Add(_root);
        var folder = Directory.CreateDirectory(Path.Combine(_root, Guid.NewGuid().ToString())).FullName;
        var clock = console.Get<TimeProvider>();
        var written = 0;
        void Put(IReadOnlyList<SourceRow> some)
        {
            var path = Path.Combine(folder, $"orders-{++written}.{Extension}");
            File.WriteAllBytes(path, Write(some));
            File.SetLastWriteTimeUtc(path, (clock.GetUtcNow() - TimeSpan.FromMinutes(60 - written)).UtcDateTime);
        }

        // The first records come in two files, so that everything here crosses from one file to the next.
        Put([.. rows.Take(rows.Count / 3)]);
        Put([.. rows.Skip(rows.Count / 3)]);
        var settings = $$"""{"from": "folder", "folder": {{JsonSerializer.Serialize(folder)}}, "pattern": "orders-*.{{Extension}}", {{Settings}}}""";
        var connection = new OpenConnection(
            new TenantId(Guid.NewGuid()), Guid.NewGuid(), "files", "file", JsonSerializer.Deserialize<JsonElement>(settings), new NoAuthentication());
        return Task.FromResult(new SourceUnderTest(
            (ISource)console.Get<ConnectorCatalog>().Get("file"), connection, $"orders-*.{Extension}", SupportsIncremental: true, more =>
            {
                Put(more);
                return Task.CompletedTask;
            }));
    }

    internal override OpenConnection? Dead(SourceUnderTest source) => source.Connection with
    {
        Settings = JsonSerializer.Deserialize<JsonElement>($$"""{"from": "folder", "folder": "gone", "pattern": "*.{{Extension}}"}"""),
    };

    public void Dispose()
    {
        Directory.Delete(_root, recursive: true);
        GC.SuppressFinalize(this);
    }
}

public sealed class An_uploaded_csv_file : UploadContract
{
    protected override string FileName => "orders.csv";

    protected override string Settings => """{"from": "upload", "empty": "text"}""";

    protected override byte[] Write(IReadOnlyList<SourceRow> rows) => FilesOfRows.Csv(rows, ';');
}

public sealed class An_uploaded_compressed_json_file : UploadContract
{
    protected override string FileName => "orders.json.gz";

    protected override string Settings => """{"from": "upload", "records": "data.items"}""";

    protected override byte[] Write(IReadOnlyList<SourceRow> rows) => GivenFiles.Gzip(FilesOfRows.Json(rows));
}

public sealed class A_folder_of_csv_files : FolderContract
{
    protected override string Extension => "csv";

    protected override string Settings => "\"encoding\": \"utf-16\", \"empty\": \"text\"";

    protected override byte[] Write(IReadOnlyList<SourceRow> rows) => Encoding.Unicode.GetBytes(Encoding.UTF8.GetString(FilesOfRows.Csv(rows, '\t')));
}

public sealed class A_folder_of_ndjson_files : FolderContract
{
    protected override string Extension => "ndjson";

    protected override string Settings => "\"format\": \"auto\"";

    protected override byte[] Write(IReadOnlyList<SourceRow> rows) => FilesOfRows.Lines(rows);
}

public sealed class A_folder_of_compressed_ndjson_files : FolderContract
{
    protected override string Extension => "jsonl.gz";

    protected override string Settings => "\"compression\": \"gzip\"";

    protected override byte[] Write(IReadOnlyList<SourceRow> rows) => GivenFiles.Gzip(FilesOfRows.Lines(rows));
}

public sealed class A_folder_of_xml_files : FolderContract
{
    protected override string Extension => "xml";

    protected override string Settings => "\"element\": \"order\"";

    protected override byte[] Write(IReadOnlyList<SourceRow> rows) => FilesOfRows.Xml(rows);
}

/// <summary>The contract's records as files.</summary>
internal static class FilesOfRows
{
    public static byte[] Csv(IReadOnlyList<SourceRow> rows, char delimiter) => GivenFiles.Utf8(
        string.Join(delimiter, "id", "name", "changed") + "\r\n"
        + string.Concat(rows.Select(row => string.Join(delimiter, row.Id, $"\"{row.Name.Replace("\"", "\"\"")}\"", FieldText.TimestampText(row.Changed)) + "\r\n")));

    public static byte[] Json(IReadOnlyList<SourceRow> rows) =>
        JsonSerializer.SerializeToUtf8Bytes(new { total = rows.Count, data = new { items = rows } }, JsonSerializerOptions.Web);

    public static byte[] Lines(IReadOnlyList<SourceRow> rows) => GivenFiles.Utf8(string.Concat(rows.Select(row => JsonSerializer.Serialize(row, JsonSerializerOptions.Web) + "\n")));

    public static byte[] Xml(IReadOnlyList<SourceRow> rows) => GivenFiles.Utf8(new XElement(
        "export", new XElement("made", "today"),
        new XElement("orders", rows.Select(row => new XElement("order", new XElement("id", row.Id), new XElement("name", row.Name), new XElement("changed", row.Changed))))).ToString());
}
