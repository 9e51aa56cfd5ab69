using System.Globalization;
using System.IO.Enumeration;
using IntegrationConsole.Connectors.Failures;
using Microsoft.Win32.SafeHandles;

namespace IntegrationConsole.Connectors.Files.Folders;

/// <summary>The files of a folder whose names match a pattern.</summary>
/// <param name="asked">The folder as the connection names it.</param>
/// <param name="folder">The folder without links.</param>
/// <param name="root">The allowed folder that nothing may lead out of.</param>
/// <param name="pattern">With <c>*</c> and <c>?</c>.</param>
internal sealed class FolderLocation(string asked, string folder, string root, string pattern) : IFileLocation
{
    /// <summary>So many names fit in memory; a folder with more is one that nobody clears.</summary>
    private const int MostFiles = 100_000;

    // Names with a dot in front are what programs write while a file is not finished.
    private readonly EnumerationOptions _enumeration = new()
    {
        AttributesToSkip = pattern.StartsWith('.') ? FileAttributes.None : FileAttributes.Hidden,
        IgnoreInaccessible = false,
        MatchCasing = MatchCasing.CaseSensitive,
    };

    public static FolderLocation Open(AllowedFolders allowed, FileSettings settings)
    {
        var (folder, root) = allowed.Find(settings.Folder);
        return new FolderLocation(settings.Folder, folder, root, settings.Pattern);
    }

    public Task<IReadOnlyList<FileEntry>> ListAsync(CancellationToken cancellationToken)
    {
        try
        {
            return Task.FromResult<IReadOnlyList<FileEntry>>(List(cancellationToken));
        }
        catch (Exception problem) when (FileProblem.Of(problem, $"The folder {asked}") is { } failure)
        {
            throw new FailureException(failure, problem);
        }
    }

    public Task<Stream> OpenAsync(FileEntry file, CancellationToken cancellationToken)
    {
        // A pipe or a device has no size either, and opening one could wait for ever.
        if (file.Size == 0)
        {
            return Task.FromResult(Stream.Null);
        }

        var stream = new FileStream(Path.Combine(folder, file.Name), new FileStreamOptions
        {
            Mode = FileMode.Open,
            Access = FileAccess.Read,
            Share = FileShare.ReadWrite | FileShare.Delete,
            Options = FileOptions.SequentialScan,
            BufferSize = 0,
        });
        if (LeadsOut(stream.SafeFileHandle))
        {
            stream.Dispose();
            throw new FailureException(new Failure(
                FailureCause.Configuration, $"{file.Name} is a link that leads out of the folders that the console may read: remove it, or narrow the pattern.", "link"));
        }

        return Task.FromResult<Stream>(stream);
    }

    public void Confirm(FileEntry file)
    {
        if (Look(Path.Combine(folder, file.Name))?.Stamp != file.Stamp)
        {
            throw new FailureException(new Failure(
                FailureCause.Configuration, $"{file.Name} changed while it was being read: write it under another name and rename it when it is whole, then start a new run.", "file-changed"));
        }
    }

    private List<FileEntry> List(CancellationToken cancellationToken)
    {
        var files = new List<FileEntry>();
        foreach (var path in Directory.EnumerateFiles(folder, "*", _enumeration))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (FileSystemName.MatchesSimpleExpression(pattern, Path.GetFileName(path.AsSpan()), ignoreCase: false) && Look(path) is { } file)
            {
                files.Add(file);
            }

            if (files.Count > MostFiles)
            {
                throw new FailureException(new Failure(
                    FailureCause.Configuration, $"More than {MostFiles} files match {pattern}: narrow the pattern, or move away what has been read.", "files"));
            }
        }

        files.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
        return files;
    }

    /// <summary>
    /// Asks the kernel what was opened. A check of the path before opening could be outrun by somebody who puts a link
    /// in its place in between.
    /// </summary>
    private bool LeadsOut(SafeFileHandle opened) =>
        new FileInfo($"/proc/self/fd/{opened.DangerousGetHandle()}").LinkTarget is not { } path || !RealPath.IsWithin(path, root);

    /// <returns>Null when there is no file any more, or the name is a link to something else than a file.</returns>
    private static FileEntry? Look(string path)
    {
        var file = new FileInfo(path);
        if (file.LinkTarget is not null)
        {
            file = new FileInfo(RealPath.Of(path) ?? path);
        }

        if (!file.Exists || file.LinkTarget is not null)
        {
            return null;
        }

        var modified = new DateTimeOffset(file.LastWriteTimeUtc, TimeSpan.Zero);
        return new FileEntry(Path.GetFileName(path), file.Length, modified, string.Create(CultureInfo.InvariantCulture, $"{modified.UtcTicks}/{file.Length}"));
    }
}
