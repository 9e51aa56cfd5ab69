using System.Globalization;
using System.Text;
using System.Text.Json;
using IntegrationConsole.Connectors.Failures;
using IntegrationConsole.Connectors.Files;
using IntegrationConsole.Connectors.Files.Formats;
using IntegrationConsole.Connectors.Json;
using IntegrationConsole.Connectors.Records;

namespace IntegrationConsole.Mappings.Studio;

/// <summary>Makes sample records of what a person uploads or types. Nothing of it is kept.</summary>
public static class GivenSample
{
    public const int MostBytes = 5 * 1024 * 1024;

    private const int MostRecordBytes = 1024 * 1024;
    private const string Typed = "typed.ndjson";

    /// <summary>A byte order mark and white space.</summary>
    private static ReadOnlySpan<byte> Skipped => [0xEF, 0xBB, 0xBF, (byte)' ', (byte)'\t', (byte)'\r', (byte)'\n'];

    private static readonly FileSettings Usual = FileSettings.Of(JsonDocument.Parse("{}").RootElement);

    /// <summary>A file's first records; its name tells the format.</summary>
    public static async Task<StreamSample> OfFileAsync(string name, byte[] content, int count, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (Usual.FormatOf(name) is not ("json" or "ndjson" or "csv"))
        {
            return Refused($"{name} is none of .json, .ndjson and .csv.", "format");
        }

        return Usual.FormatOf(name) is "json" && StartsWith(content, '{') ? OfObjects(name, content) ?? await ReadAsync($"{name}.ndjson", content, count, clock, cancellationToken)
            : await ReadAsync(name, content, count, clock, cancellationToken);
    }

    /// <summary>Typed or pasted: one object, a list of objects, or one object on each line.</summary>
    public static async Task<StreamSample> OfTextAsync(string text, int count, TimeProvider clock, CancellationToken cancellationToken)
    {
        var content = Encoding.UTF8.GetBytes(text);
        if (content.Length > MostBytes)
        {
            return Refused("The text is longer than 5 MB.", "size");
        }

        return text.Trim().Length == 0 ? new StreamSample([], null)
            : StartsWith(content, '[') ? await ReadAsync("The text.json", content, count, clock, cancellationToken)
            : OfObjects("The text", content) ?? await ReadAsync(Typed, content, count, clock, cancellationToken);
    }

    /// <returns>The one object, or what is wrong with it; null where there is one on each line.</returns>
    private static StreamSample? OfObjects(string name, byte[] content)
    {
        var start = content.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? Encoding.UTF8.Preamble.Length : 0;
        try
        {
            using var document = JsonDocument.Parse(content.AsMemory(start), new JsonDocumentOptions { MaxDepth = RecordText.MostLevels });
            return document.RootElement.ValueKind is JsonValueKind.Object ? new StreamSample([content[start..]], null) : Refused($"{name} is not a record: a record is an object in braces.", "json");
        }
        catch (JsonException broken)
        {
            return IsObject(content.AsSpan(start)) ? null
                : Refused(string.Create(CultureInfo.InvariantCulture, $"{name} is not JSON: line {broken.LineNumber + 1}, character {broken.BytePositionInLine + 1} is not what was expected there."), "json");
        }
    }

    /// <summary>Whether the first line is a whole record of its own.</summary>
    private static bool IsObject(ReadOnlySpan<byte> content)
    {
        var trimmed = content.TrimStart(" \t\r\n"u8);
        var end = trimmed.IndexOf((byte)'\n');
        try
        {
            var reader = new Utf8JsonReader(end < 0 ? trimmed : trimmed[..end]);
            return end >= 0 && JsonDocument.TryParseValue(ref reader, out var line) && Disposed(line);
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static bool Disposed(JsonDocument document)
    {
        using (document)
        {
            return document.RootElement.ValueKind is JsonValueKind.Object;
        }
    }

    private static async Task<StreamSample> ReadAsync(string name, byte[] content, int count, TimeProvider clock, CancellationToken cancellationToken)
    {
        var options = new FilesOptions { MostUnpackedBytes = 10L * MostBytes };
        var file = new FileEntry(name, content.Length, clock.GetUtcNow(), "");
        var records = new List<byte[]>();
        Failure? unreadable = null;
        var good = 0;
        try
        {
            await using var reader = await new RecordReaders(new OneFile(content), Usual, options, MostRecordBytes).OpenAsync(file, cancellationToken);
            using var builder = new BatchBuilder(count, isSteady: true, clock);
            while (!builder.IsFull && await reader.ReadAsync(cancellationToken))
            {
                reader.AddTo(builder);
            }

            using var batch = builder.Take(null);
            for (var index = 0; index < batch.Count; index++)
            {
                records.Add(batch[index].ToArray());
                good += batch.ProblemOf(index) is null ? 1 : 0;
                unreadable ??= batch.ProblemOf(index);
            }

            return new StreamSample(records, good == 0 ? unreadable : null);
        }
        catch (Exception problem) when (FileProblem.Of(problem, name) is { } failure)
        {
            return new StreamSample([], failure);
        }
    }

    private static bool StartsWith(byte[] content, char bracket) => content.AsSpan().TrimStart(Skipped).StartsWith((byte)bracket);

    private static StreamSample Refused(string sentence, string code) => new([], new Failure(FailureCause.Malformed, sentence, code));

    /// <summary>The upload, for the readers of files.</summary>
    private sealed class OneFile(byte[] content) : IFileLocation
    {
        public Task<IReadOnlyList<FileEntry>> ListAsync(CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<FileEntry>>([]);

        public Task<Stream> OpenAsync(FileEntry file, CancellationToken cancellationToken) => Task.FromResult<Stream>(new MemoryStream(content, writable: false));

        public void Confirm(FileEntry file)
        {
            // What is in memory does not change while it is read.
        }
    }
}
