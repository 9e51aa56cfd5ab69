namespace IntegrationConsole.Connectors.Files.Uploads;

/// <summary>A file that somebody uploaded for a connection; complete, and never changed after that.</summary>
/// <param name="Size">Bytes, as uploaded.</param>
public sealed record UploadedFile(Guid Id, Guid ConnectionId, string Name, long Size, byte[] Sha256, string UploadedBy, DateTimeOffset UploadedAt);
