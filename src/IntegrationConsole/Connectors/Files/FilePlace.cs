using System.Text.Json;
using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Files;

/// <summary>A place in a read that goes over files: behind so many records of one of them.</summary>
/// <param name="Stamp">Of the file, as it was then.</param>
/// <param name="IsDone">The file has been read to its end.</param>
/// <param name="Cursor">Up to which file an incremental read is complete here.</param>
internal sealed record FilePlace(string File, DateTimeOffset Modified, string Stamp, long Records, bool IsDone, string? Cursor)
{
    public static FilePlace Behind(FileEntry file, long records, bool isDone, string? cursor) =>
        new(file.Name, file.Modified, file.Stamp, records, isDone, cursor);

    public static FilePlace Parse(string checkpoint)
    {
        try
        {
            return JsonSerializer.Deserialize<FilePlace>(checkpoint, JsonSerializerOptions.Web) is { File: not null, Stamp: not null } place ? place : throw new JsonException();
        }
        catch (JsonException broken)
        {
            throw new FailureException(new Failure(FailureCause.Configuration, "The place where the run stopped cannot be understood: start a new run.", ReadRequest.MisplacedCode), broken);
        }
    }

    public override string ToString() => JsonSerializer.Serialize(this, JsonSerializerOptions.Web);

    /// <summary>The files that are left from here, beginning with the one that was not finished.</summary>
    /// <param name="files">In the order in which they are read.</param>
    /// <param name="order">That order.</param>
    public IReadOnlyList<FileEntry> Rest(IReadOnlyList<FileEntry> files, IComparer<FileEntry> order)
    {
        var here = new FileEntry(File, 0, Modified, Stamp);
        var rest = files.Where(file => order.Compare(file, here) > 0);
        if (IsDone)
        {
            return [.. rest];
        }

        // A record number means nothing in a file that is not the same any more. It is no change of its fields, which
        // somebody would look at in the mapping: nothing but a new run helps.
        var file = files.FirstOrDefault(file => file.Name == File && file.Stamp == Stamp) ?? throw new FailureException(new Failure(
            FailureCause.Configuration, $"{File}, in the middle of which the run stopped, was changed, replaced or removed since: start a new run.", "file-changed"));
        return [file, .. rest.Where(other => other.Name != File)];
    }
}
