namespace IntegrationConsole.Connectors.Files.Uploads;

/// <summary>The files that were uploaded for a connection.</summary>
internal sealed class UploadLocation(UploadedFiles files, TenantId tenant, Guid connection) : IFileLocation
{
    public async Task<IReadOnlyList<FileEntry>> ListAsync(CancellationToken cancellationToken) =>
    [
        .. (await files.ListAsync(tenant, connection, cancellationToken))
            .Select(file => new FileEntry(file.Name, file.Size, file.UploadedAt, file.Id.ToString(), file.Id)),
    ];

    public Task<Stream> OpenAsync(FileEntry file, CancellationToken cancellationToken) => files.OpenAsync(tenant, file.Id!.Value, 0, cancellationToken);

    /// <summary>An uploaded file never changes: another one of its name has another id.</summary>
    public void Confirm(FileEntry file)
    {
    }
}
