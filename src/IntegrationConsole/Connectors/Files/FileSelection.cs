using IntegrationConsole.Connectors.Failures;

namespace IntegrationConsole.Connectors.Files;

/// <summary>Which files a read goes over, and in which order.</summary>
internal sealed class FileSelection(IFileLocation location, FileSettings settings, Backoff backoff, TimeProvider clock)
{
    /// <summary>
    /// A file written so lately may still be being written: most programs that write a file do not pause for as long as
    /// this. Longer pauses are noticed when the file is found changed at its end.
    /// </summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(2);

    /// <param name="request">The stream is a file's name, or the pattern of the folder.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task<IReadOnlyList<FileEntry>> ForAsync(ReadRequest request, CancellationToken cancellationToken)
    {
        var isIncremental = request.Mode is ReadMode.Incremental;
        if (isIncremental && !settings.IsFolder)
        {
            throw new FailureException(new Failure(FailureCause.Configuration, "Uploaded files can only be read in full.", "mode"));
        }

        var order = isIncremental ? FileOrder.ByAge : FileOrder.ByName;
        var files = isIncremental ? await NewAsync(request, cancellationToken) : await AllAsync(request.Stream, cancellationToken);
        var ordered = files.Order(order).ToList();
        return request.Checkpoint is { } checkpoint ? FilePlace.Parse(checkpoint).Rest(ordered, order) : ordered;
    }

    /// <summary>
    /// A file that is too young is left to the next read. So is one from the future, which a wrong clock makes: the
    /// cursor would go past everything that is written until then.
    /// </summary>
    public bool IsYoung(FileEntry file) => file.Modified > clock.GetUtcNow() - Settled;

    public async Task<IReadOnlyList<FileEntry>> FindAsync(string stream, CancellationToken cancellationToken)
    {
        var files = await location.ListAsync(cancellationToken);
        if (settings.IsFolder && stream == settings.Pattern)
        {
            return files;
        }

        return files.Where(file => file.Name == stream).ToList() is { Count: > 0 } one ? one : throw new FailureException(new Failure(
            FailureCause.Configuration, $"There is no file {stream}: upload it or put it into the folder, or choose another stream.", "file"));
    }

    private async Task<IReadOnlyList<FileEntry>> NewAsync(ReadRequest request, CancellationToken cancellationToken)
    {
        var cursor = request.From is { } text ? FileCursor.Parse(text) : null;
        var end = request.Until is { } until ? FileCursor.Parse(until) : null;
        var files = await FindAsync(request.Stream, cancellationToken);
        return [.. files.Where(file => FileCursor.Of(file).CompareTo(cursor) > 0 && (end is null || FileCursor.Of(file).CompareTo(end) < 0) && !IsYoung(file))];
    }

    /// <summary>A read of everything must not miss a file: it waits for the young ones.</summary>
    private async Task<IReadOnlyList<FileEntry>> AllAsync(string stream, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            var files = await FindAsync(stream, cancellationToken);
            if (files.Count == 0)
            {
                // Everything there is, is never nothing: an empty folder is more often one that is not mounted.
                throw new FailureException(new Failure(FailureCause.Configuration, $"No file in the folder {settings.Folder} matches {settings.Pattern}.", "files"));
            }

            var unfinished = settings.IsFolder ? files.FirstOrDefault(file => IsYoung(file) && file.Modified < clock.GetUtcNow() + Settled) : null;
            if (unfinished is null)
            {
                return files;
            }

            var failure = new Failure(FailureCause.TargetDown, $"{unfinished.Name} was written less than two seconds ago and may not be whole yet.", "file-young") { RetryAfter = Settled };
            if (!await backoff.WaitAsync(failure, attempt, cancellationToken))
            {
                throw new FailureException(failure);
            }
        }
    }
}
