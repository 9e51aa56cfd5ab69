using System.Text.Json;
using IntegrationConsole.Connectors;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Files;
using IntegrationConsole.Connectors.Outgoing;
using IntegrationConsole.Tests.Support;

namespace IntegrationConsole.Tests.Connectors.Files;

/// <summary>A real folder that connections may read, and a connector that reads it; nothing here needs a database.</summary>
internal sealed class FolderOfFiles : IDisposable
{
    private readonly string _above = Directory.CreateTempSubdirectory("console-files-").FullName;

    public FolderOfFiles()
    {
        Directory.CreateDirectory(Folder);
        Options.AllowedFolders.Add(Folder);
        Connector = new FileConnector(
            null!, Microsoft.Extensions.Options.Options.Create(Options), Microsoft.Extensions.Options.Options.Create(Limits),
            new Backoff(Clock, new Random(42)), Clock);
    }

    public string Folder => Path.Combine(_above, "in");

    /// <summary>Beside the allowed folder.</summary>
    public string Outside => Path.Combine(_above, "outside");

    public FilesOptions Options { get; } = new();

    public OutgoingOptions Limits { get; } = new();

    public ManualClock Clock { get; } = new();

    public TenantId Tenant { get; } = new(Guid.CreateVersion7(new ManualClock().GetUtcNow()));

    public FileConnector Connector { get; }

    /// <param name="age">How long ago it was written, by the clock; an hour unless it says otherwise.</param>
    public void Put(string name, byte[] content, TimeSpan? age = null)
    {
        // Whoever reads meanwhile must not find it with the age that it has while it is being written.
        var beside = Folder + ".part";
        File.WriteAllBytes(beside, content);
        File.SetLastWriteTimeUtc(beside, (Clock.GetUtcNow() - (age ?? TimeSpan.FromHours(1))).UtcDateTime);
        File.Move(beside, Path.Combine(Folder, name), overwrite: true);
    }

    public void Put(string name, string content, TimeSpan? age = null) => Put(name, GivenFiles.Utf8(content), age);

    /// <param name="settings">As JSON without braces, such as <c>"element": "order"</c>.</param>
    /// <param name="pattern">The file names.</param>
    /// <param name="folder">The folder; the allowed one unless it says otherwise.</param>
    public OpenConnection Connection(string settings = "", string pattern = "*", string folder = ".")
    {
        var all = $$"""{"from": "folder", "folder": {{JsonSerializer.Serialize(folder)}}, "pattern": {{JsonSerializer.Serialize(pattern)}}{{(settings.Length > 0 ? "," : "")}}{{settings}}}""";
        return new OpenConnection(Tenant, Guid.NewGuid(), "files", "file", JsonSerializer.Deserialize<JsonElement>(all), new NoAuthentication());
    }

    /// <summary>Reads one file that holds this.</summary>
    public async Task<IReadOnlyList<ReadRecord>> ReadAsync(string name, byte[] content, string settings = "")
    {
        Put(name, content);
        return (await ReadAsync(Connection(settings), new ReadRequest(name, ReadMode.Full, null, null, 100))).SelectMany(batch => batch.Records).ToList();
    }

    public Task<IReadOnlyList<ReadRecord>> ReadAsync(string name, string content, string settings = "") => ReadAsync(name, GivenFiles.Utf8(content), settings);

    public async Task<IReadOnlyList<ReadFileBatch>> ReadAsync(OpenConnection connection, ReadRequest request, Action<ReadFileBatch>? seen = null)
    {
        var batches = new List<ReadFileBatch>();
        await foreach (var batch in Connector.ReadAsync(connection, request, CancellationToken.None))
        {
            using (batch)
            {
                var records = Enumerable.Range(0, batch.Count)
                    .Select(index => new ReadRecord(System.Text.Encoding.UTF8.GetString(batch[index].Span), batch.ProblemOf(index))).ToList();
                batches.Add(new ReadFileBatch(records, batch.Checkpoint, batch.Watermark));
                seen?.Invoke(batches[^1]);
            }
        }

        return batches;
    }

    /// <summary>Reads one file that cannot be read to its end.</summary>
    public async Task<Failure> FailAsync(string name, byte[] content, string settings = "") =>
        (await Assert.ThrowsAsync<FailureException>(() => ReadAsync(name, content, settings))).Failure;

    public Task<Failure> FailAsync(string name, string content, string settings = "") => FailAsync(name, GivenFiles.Utf8(content), settings);

    public void Dispose() => Directory.Delete(_above, recursive: true);
}

internal sealed record ReadRecord(string Json, Failure? Problem);

internal sealed record ReadFileBatch(IReadOnlyList<ReadRecord> Records, string? Checkpoint, string? Watermark)
{
    public IReadOnlyList<string> Texts => [.. Records.Select(record => record.Json)];
}
