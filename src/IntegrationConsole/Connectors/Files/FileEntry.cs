namespace IntegrationConsole.Connectors.Files;

/// <summary>One file, as it was when it was listed.</summary>
/// <param name="Name">Its name, without folders.</param>
/// <param name="Modified">When it was last written, or when it was uploaded.</param>
/// <param name="Stamp">Text that is different once the file is.</param>
/// <param name="Id">Of an uploaded file.</param>
internal sealed record FileEntry(string Name, long Size, DateTimeOffset Modified, string Stamp, Guid? Id = null);
