namespace IntegrationConsole.Connectors.Files;

/// <summary>Where a connection's files are: uploaded into the console, or in a folder.</summary>
internal interface IFileLocation
{
    /// <summary>The files, by name.</summary>
    Task<IReadOnlyList<FileEntry>> ListAsync(CancellationToken cancellationToken);

    Task<Stream> OpenAsync(FileEntry file, CancellationToken cancellationToken);

    /// <summary>At the end of a file: throws when it changed while it was read.</summary>
    void Confirm(FileEntry file);
}
